import * as pulumi from "@pulumi/pulumi";

/** Where a workload's branch, tag or environment is said; one of them. */
export interface GitHubWorkflow {
    /** `owner/repository`. */
    readonly repository: string;
    readonly branch?: string;
    readonly tag?: string;
    /** Jobs with this environment. */
    readonly environment?: string;
    /** Workflows of pull requests. */
    readonly pullRequests?: true;
    /** @default "https://token.actions.githubusercontent.com"; enterprises may have one of their own */
    readonly issuer?: pulumi.Input<string>;
}

/** Where a pipeline runs: a branch or a tag of a project. */
export interface GitLabPipeline {
    /** `group/project`. */
    readonly project: string;
    readonly branch?: string;
    readonly tag?: string;
    /** Address of the GitLab. @default "https://gitlab.com" */
    readonly issuer?: pulumi.Input<string>;
}

/** A service account of a cluster. */
export interface KubernetesWorkload {
    /** The cluster's OIDC issuer, such as `oidcIssuerProfile.issuerURL` of an AKS cluster. */
    readonly issuer: pulumi.Input<string>;
    readonly namespace: string;
    readonly serviceAccount: string;
}

/** What Entra ID expects in tokens that it exchanges: "Workload identity federation", read 2026-11. */
const AUDIENCE = "api://AzureADTokenExchange";

/**
 * Tokens of somebody else that stand for a service principal, so that no secret is needed: of a pipeline or a cluster.
 * @example
 * FederatedIdentity.githubActions({ repository: "me/render", branch: "main" })
 */
export class FederatedIdentity {
    private constructor(
        readonly issuer: pulumi.Input<string>,
        readonly subject: pulumi.Input<string>,
        readonly audiences: readonly pulumi.Input<string>[],
    ) {}

    /** Any issuer of OpenID Connect tokens. @param options `audience` @default "api://AzureADTokenExchange" */
    static of(
        issuer: pulumi.Input<string>,
        subject: pulumi.Input<string>,
        options: { readonly audience?: pulumi.Input<string> } = {},
    ): FederatedIdentity {
        return new FederatedIdentity(issuer, subject, [options.audience ?? AUDIENCE]);
    }

    /** A workflow of GitHub Actions with `permissions: id-token: write`. @throws when not exactly one place is said */
    static githubActions(workflow: GitHubWorkflow): FederatedIdentity {
        const { repository, branch, tag, environment, pullRequests } = workflow;
        mustMatch(repository, /^[^/\s]+\/[^/\s]+$/, "repository", "owner/repository");
        const place = onlyOne("githubActions", {
            branch: branch && `ref:refs/heads/${branch}`,
            tag: tag && `ref:refs/tags/${tag}`,
            environment: environment && `environment:${environment.replaceAll(":", "%3A")}`,
            pullRequests: pullRequests && "pull_request",
        });
        const issuer = workflow.issuer ?? "https://token.actions.githubusercontent.com";
        return FederatedIdentity.of(issuer, `repo:${repository}:${place}`);
    }

    /** A pipeline of GitLab whose job has an `id_tokens` entry with `aud: api://AzureADTokenExchange`. @throws as `githubActions` */
    static gitlab(pipeline: GitLabPipeline): FederatedIdentity {
        const { project, branch, tag } = pipeline;
        mustMatch(project, /^[^/\s]+(\/[^/\s]+)+$/, "project", "group/project");
        const place = onlyOne("gitlab", {
            branch: branch && `ref_type:branch:ref:${branch}`,
            tag: tag && `ref_type:tag:ref:${tag}`,
        });
        const issuer = pipeline.issuer ?? "https://gitlab.com";
        return FederatedIdentity.of(issuer, `project_path:${project}:${place}`);
    }

    /** Pods of a Kubernetes service account. */
    static kubernetes({ issuer, namespace, serviceAccount }: KubernetesWorkload): FederatedIdentity {
        return FederatedIdentity.of(issuer, `system:serviceaccount:${namespace}:${serviceAccount}`);
    }
}

function mustMatch(value: string, pattern: RegExp, what: string, form: string): void {
    if (!pattern.test(value)) throw new pulumi.RunError(`${what} '${value}': it looks like '${form}'`);
}

function onlyOne(what: string, places: Readonly<Record<string, string | undefined>>): string {
    const given = Object.values(places).filter((place) => place !== undefined && place !== "");
    const [place] = given;
    if (place !== undefined && given.length === 1) return place;
    const names = Object.keys(places).join(", ");
    throw new pulumi.RunError(
        `FederatedIdentity.${what} takes one of ${names}, and ${given.length} were given: make one identity for each`,
    );
}
