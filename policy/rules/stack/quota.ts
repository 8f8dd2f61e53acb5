import { findVmSize, limits } from "../../../catalog";
import { UnknownValue } from "../../core/known";
import { links } from "../../core/links";
import { stackRule } from "../../core/rule";
import type { StackRule } from "../../core/rule";
import { whole } from "../../core/settings";
import type { Stack, StackResource } from "../../core/stack";

const poolsOf = (stack: Stack, account: StackResource): readonly StackResource[] =>
    stack.referring(account, "pool", "accountName");

/** The quota of an account: what the service said of it, else what the configuration says; unknown before the account is there. */
function quotaOf(account: StackResource, property: string, given: number): number {
    if (given > 0) return given;
    const quota = account.facts.number(property);
    if (quota === undefined) throw new UnknownValue(property);
    return quota;
}

function coresOf(pool: StackResource, nodes: string): number {
    const count = pool.facts.number(`scaleSettings.fixedScale.${nodes}`) ?? 0;
    if (count === 0) return 0;
    const size = findVmSize(pool.facts.text("vmSize") ?? "");
    if (size === undefined) throw new UnknownValue(`cores of ${pool.facts.text("vmSize")}`);
    return count * size.cores;
}

function coreQuotaRule(kind: "dedicated" | "spot", nodes: string, property: string): StackRule {
    return stackRule({
        name: `azure-batch-account-configure-${kind}-core-quota`,
        on: "stack",
        title: `${kind === "spot" ? "Spot" : "Dedicated"} cores within quota`,
        description: `The pools of an account should fit its quota of ${kind} cores: what is above never gets nodes, and each resize ends in an error.`,
        fix: "use fewer or smaller nodes, or ask for more quota",
        link: links.quotas,
        severity: "medium",
        profile: "recommended",
        settings: { quota: whole(0, "the quota to hold to; 0 takes the account's own") },
        check: (stack, { quota }) =>
            stack.judge("account", (account) => {
                const wanted = poolsOf(stack, account).reduce((sum, pool) => sum + coresOf(pool, nodes), 0);
                if (wanted === 0) return undefined;
                const allowed = quotaOf(account, property, quota);
                return wanted > allowed
                    ? `Its pools of fixed size want ${wanted} ${kind} cores, and its quota is ${allowed}.`
                    : undefined;
            }),
    });
}

export const quotaRules = [
    stackRule({
        name: "azure-batch-account-configure-pool-quota",
        on: "stack",
        title: "Pools within quota",
        description:
            "An account should not have more pools than its quota: the service refuses the next one.",
        fix: "let jobs share pools, or ask for more quota",
        link: links.quotas,
        severity: "high",
        profile: "essential",
        settings: { quota: whole(0, "the quota to hold to; 0 takes the account's own") },
        check: (stack, { quota }) =>
            stack.judge("account", (account) => {
                const count = poolsOf(stack, account).length;
                if (count === 0) return undefined;
                const allowed = quotaOf(account, "poolQuota", quota);
                return count > allowed ? `It has ${count} pools, and its quota is ${allowed}.` : undefined;
            }),
    }),
    coreQuotaRule("dedicated", "targetDedicatedNodes", "dedicatedCoreQuota"),
    coreQuotaRule("spot", "targetLowPriorityNodes", "lowPriorityCoreQuota"),
    stackRule({
        name: "azure-batch-account-configure-application-count",
        on: "stack",
        title: "Applications within limits",
        description: `An account can have ${limits.applicationsPerAccount.value} applications: the service refuses the next one.`,
        fix: "make versions of one application in place of applications",
        link: links.quotas,
        severity: "high",
        profile: "essential",
        check: (stack) =>
            stack.judge("account", (account) => {
                const count = stack.referring(account, "application", "accountName").length;
                const most = limits.applicationsPerAccount.value;
                return count > most ? `It has ${count} applications, above ${most}.` : undefined;
            }),
    }),
    stackRule({
        name: "azure-batch-application-configure-package-count",
        on: "stack",
        title: "Packages of an application within limits",
        description: `An application can have ${limits.packagesPerApplication.value} packages: the service refuses the next one.`,
        fix: "delete versions that no pool refers to",
        link: links.quotas,
        severity: "high",
        profile: "essential",
        check: (stack) =>
            stack.judge("application", (application) => {
                // By id it is the packages of our constructs.
                const count = ["applicationName", "applicationId"].reduce(
                    (sum, path) => sum + stack.referring(application, "package", path).length,
                    0,
                );
                const most = limits.packagesPerApplication.value;
                return count > most ? `It has ${count} packages, above ${most}.` : undefined;
            }),
    }),
];
