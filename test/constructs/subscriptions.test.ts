import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { TestStack } from "./stack";

// Everything twice: in this run's own subscription, and in one of another tenant, at another cloud.
const program = `
const { Provider } = require("@pulumi/azure-native/provider");
const resources = require("@pulumi/azure-native/resources");
const pulumi = require("@pulumi/pulumi");
const batch = require("pulumi-azure-batch");
const config = new pulumi.Config("theirs");
const provider = new Provider("theirs", {
    subscriptionId: config.require("subscriptionId"), tenantId: config.require("tenantId"),
    clientId: config.require("clientId"), clientSecret: config.requireSecret("clientSecret"),
    metadataHost: config.require("metadataHost"), disableInstanceDiscovery: true,
});
const run = (name, batchCredentials, explicit) => {
    const opts = explicit && { providers: [explicit] };
    const group = new resources.ResourceGroup(name, { location: "westeurope" }, { provider: explicit });
    const account = new batch.BatchAccount(name, { resourceGroupName: group.name, batchCredentials }, opts);
    const tool = new batch.Application(name, { account, files: "tool" }, opts);
    const files = new batch.UploadedFiles(name, { files: "tool",
        container: new batch.Container(name, { storage: account.storage }, opts) }, opts);
    const pool = new batch.Pool(name, { account, image: batch.VmImage.ubuntu2404(), vmSize: "Standard_D2s_v5",
        scale: batch.Scale.dedicated(1), packages: [tool.version()] }, opts);
    const job = new batch.Job(name, { pool }, opts);
    const tasks = new batch.TaskCollection(name, { job, wait: { timeout: "3m" }, tasks: [
        { id: "one", commandLine: batch.shell('sh "' + tool.directory() + '/run.sh"') }] }, opts);
    return { id: account.id, counts: tasks.counts, uploaded: files.blob("run.sh") };
};
exports.ours = run("ours", undefined, undefined);
exports.theirs = run("theirs", "theirs", provider);
const again = batch.BatchAccount.fromExisting("again", exports.theirs.id, { provider, batchCredentials: "theirs" });
exports.quota = again.dedicatedCoreQuota;
`;

interface Deployed {
    deployment: {
        resources: { urn: string; type: string; provider?: string; inputs?: Record<string, unknown> }[];
    };
}

describe("a program for two subscriptions", function () {
    this.timeout(900_000);

    it("gives explicit providers to the children of azure-native, and sign-ins by name to all others", async () => {
        const theirs = new TestStack("");
        let ours: TestStack | undefined;
        try {
            await theirs.start();
            const ca = path.join(theirs.data, "identity", "ca.pem");
            assert.ok(fs.existsSync(ca));
            ours = new TestStack(program, { NODE_EXTRA_CA_CERTS: ca });
            fs.mkdirSync(path.join(ours.project, "tool"));
            fs.writeFileSync(path.join(ours.project, "tool", "run.sh"), "echo hello\n");
            await ours.start();
            const env = async (stack: TestStack): Promise<Record<string, string>> =>
                JSON.parse((await stack.local(["env", "--shell", "json"])).stdout) as Record<string, string>;
            const [here, there] = [await env(ours), await env(theirs)];
            assert.notEqual(here["ARM_SUBSCRIPTION_ID"], there["ARM_SUBSCRIPTION_ID"]);
            for (const [name, variable] of [
                ["subscriptionId", "ARM_SUBSCRIPTION_ID"],
                ["tenantId", "ARM_TENANT_ID"],
                ["clientId", "ARM_CLIENT_ID"],
                ["metadataHost", "ARM_METADATA_HOSTNAME"],
            ] as const)
                await ours.config(`theirs:${name}`, there[variable] ?? "");

            // Said by name, and there is no secret: an error that tells what to set, before anything of theirs is made.
            const incomplete = await ours.pulumi(["preview"]);
            assert.notEqual(incomplete.code, 0);
            await ours.config("theirs:clientSecret", there["ARM_CLIENT_SECRET"] ?? "", true);
            await ours.up();

            const outputs = await ours.outputs();
            for (const [name, { ARM_SUBSCRIPTION_ID = "" }] of [
                ["ours", here],
                ["theirs", there],
            ] as const) {
                const { id, counts } = outputs[name] as { id: string; counts: { succeeded: number } };
                assert.ok(id.startsWith(`/subscriptions/${ARM_SUBSCRIPTION_ID}/`), id);
                assert.equal(counts.succeeded, 1);
            }
            assert.equal(typeof outputs["quota"], "number");

            const state = await ours.pulumi(["stack", "export"]);
            const { deployment } = JSON.parse(state.stdout) as Deployed;
            const children = deployment.resources.filter(
                ({ urn, provider }) => provider && /::theirs[^:]*$/.test(urn),
            );
            const kinds = new Set<string>();
            for (const { type, provider = "", inputs } of children) {
                const explicit = provider.includes("pulumi:providers:azure-native::theirs::");
                assert.equal(explicit, type.startsWith("azure-native:"), type);
                if (!type.startsWith("pulumi-nodejs:")) continue;
                kinds.add(type.split(":").at(-1) ?? "");
                assert.equal(inputs?.["batchCredentials"], "theirs", type);
            }
            assert.deepEqual([...kinds].sort(), [
                "ApplicationPackage",
                "Job",
                "TaskCollection",
                "TaskWait",
                "UploadedFiles",
            ]);
            assert.ok(
                !state.stdout.includes(there["ARM_CLIENT_SECRET"] ?? "?"),
                "the secret is not in the state",
            );

            await ours.up({}, "--expect-no-changes");
            await ours.leave();
        } finally {
            await ours?.close();
            await theirs.close();
        }
    });
});
