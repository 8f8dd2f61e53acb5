import assert from "node:assert/strict";
import * as authorization from "@pulumi/azure-native/authorization";
import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { BatchAccount, BatchServicePrincipal, FederatedIdentity } from "../../components";
import { captureStack } from "../../components/testing";
import { problemsOf, value } from "./program";

const github = { repository: "me/render" };

describe("BatchServicePrincipal", function () {
    this.timeout(60_000);

    for (const preview of [false, true]) {
        it(`is an application with a service principal and no secret${preview ? ", at preview too" : ""}`, async () => {
            const stack = await captureStack(
                () => {
                    const account = new BatchAccount("a", { resourceGroupName: "g", storage: "none" });
                    const ci = new BatchServicePrincipal("ci", {
                        federations: { main: FederatedIdentity.githubActions({ ...github, branch: "main" }) },
                    });
                    account.grantSubmit("ci", ci);
                    return ci;
                },
                { preview },
            );
            assert.deepEqual(stack.one(azuread.Application).inputs, {
                displayName: "ci",
                signInAudience: "AzureADMyOrg",
            });
            const { inputs } = stack.one(azuread.ApplicationFederatedIdentityCredential);
            const { applicationId: _later, ...said } = inputs;
            assert.deepEqual(said, {
                displayName: "main",
                issuer: "https://token.actions.githubusercontent.com",
                subject: "repo:me/render:ref:refs/heads/main",
                audiences: ["api://AzureADTokenExchange"],
            });
            assert.equal(stack.all(azuread.ApplicationPassword).length, 0);
            assert.equal(stack.result.clientSecret, undefined);
            const role = stack.one(authorization.RoleAssignment).inputs;
            assert.equal(role.principalType, "ServicePrincipal");
            if (!preview) {
                assert.equal(role.principalId, "ci-principal");
                assert.equal(stack.one(azuread.ServicePrincipal).inputs.clientId, "ci-client");
            }
        });
    }

    it("has a secret when one is asked for, and that is one to the engine too", async () => {
        const stack = await captureStack(
            () => new BatchServicePrincipal("old", { clientSecret: { expires: "90d", rotate: "2026-11" } }),
            {
                outputs: ({ type }) =>
                    type.endsWith(":ApplicationPassword") ? { value: "s3cret" } : undefined,
            },
        );
        const { inputs } = stack.one(azuread.ApplicationPassword);
        assert.deepEqual(
            [inputs.endDateRelative, inputs.rotateWhenChanged],
            ["2160h", { rotate: "2026-11" }],
        );
        const secret = stack.result.clientSecret;
        assert.ok(secret !== undefined);
        assert.equal(await value(secret), "s3cret");
        assert.equal(await pulumi.isSecret(secret), true);
    });

    it("reports all that is wrong at once", async () => {
        await captureStack(() => {
            const main = FederatedIdentity.githubActions({ ...github, branch: "main" });
            const many = Object.fromEntries(
                Array.from({ length: 20 }, (_, index) => [`name-${index}`, main]),
            );
            const problems = problemsOf(
                () =>
                    new BatchServicePrincipal("x", {
                        federations: { ...many, "a b": main },
                        clientSecret: { expires: "5s" },
                    }),
            );
            assert.deepEqual(
                problems.map((problem) => /^(\S.*?): (BATCH\d+)/.exec(problem)?.slice(1).join(" ")),
                ['federations["a b"] BATCH1003', "federations BATCH1014", "clientSecret.expires BATCH1005"],
            );
        });
    });
});

describe("FederatedIdentity", () => {
    it("says the subjects of GitHub Actions, GitLab and Kubernetes", () => {
        const subjects = [
            FederatedIdentity.githubActions({ ...github, tag: "v1" }),
            FederatedIdentity.githubActions({ ...github, environment: "prod:eu" }),
            FederatedIdentity.githubActions({ ...github, pullRequests: true }),
            FederatedIdentity.gitlab({ project: "team/sub/render", branch: "main" }),
            FederatedIdentity.gitlab({
                project: "team/render",
                tag: "v1",
                issuer: "https://git.example.com",
            }),
            FederatedIdentity.kubernetes({
                issuer: "https://oidc/",
                namespace: "render",
                serviceAccount: "submit",
            }),
        ].map(({ issuer, subject }) => `${String(issuer)} ${String(subject)}`);
        assert.deepEqual(subjects, [
            "https://token.actions.githubusercontent.com repo:me/render:ref:refs/tags/v1",
            "https://token.actions.githubusercontent.com repo:me/render:environment:prod%3Aeu",
            "https://token.actions.githubusercontent.com repo:me/render:pull_request",
            "https://gitlab.com project_path:team/sub/render:ref_type:branch:ref:main",
            "https://git.example.com project_path:team/render:ref_type:tag:ref:v1",
            "https://oidc/ system:serviceaccount:render:submit",
        ]);
    });

    it("says what is missing, or too much", () => {
        assert.throws(
            () => FederatedIdentity.githubActions(github),
            /takes one of branch, tag, environment, pullRequests, and 0 were given/,
        );
        assert.throws(
            () => FederatedIdentity.gitlab({ project: "a/b", branch: "x", tag: "y" }),
            /and 2 were given/,
        );
        assert.throws(
            () => FederatedIdentity.githubActions({ repository: "me", branch: "x" }),
            /'me': it looks like 'owner\/repository'/,
        );
    });
});
