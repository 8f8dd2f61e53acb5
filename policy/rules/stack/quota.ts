import { limits, quotaShortfalls, unknownSizes } from "../../../catalog";
import type { AccountQuota, FamilyQuota, PoolDemand, QuotaShortfall } from "../../../catalog";
import { UnknownValue } from "../../core/known";
import { links } from "../../core/links";
import { stackRule } from "../../core/rule";
import type { StackRule } from "../../core/rule";
import { amounts, whole } from "../../core/settings";
import type { Stack, StackResource } from "../../core/stack";
import { formulaNodes } from "../pool/formula";

const poolsOf = (stack: Stack, account: StackResource): readonly StackResource[] =>
    stack.referring(account, "pool", "accountName");

/** The quota of an account: what the configuration says, else what the service said of it; unknown before the account is there. */
function quotaOf(account: StackResource, property: string, given: number): number {
    if (given > 0) return given;
    const quota = account.facts.number(property);
    if (quota === undefined) throw new UnknownValue(property);
    return quota;
}

/** Of such an account the subscription has the quotas of cores, and the service says none. */
const ownSubscription = ({ facts }: StackResource): boolean =>
    facts.is("poolAllocationMode", "UserSubscription");

const NODES = { dedicated: "targetDedicatedNodes", spot: "targetLowPriorityNodes" } as const;

type NodeKind = keyof typeof NODES;

/** The most nodes of a kind that a pool asks for. */
function nodesOf({ facts }: StackResource, kind: NodeKind, unbounded: number): number {
    const fixed = facts.number(`scaleSettings.fixedScale.${NODES[kind]}`);
    if (fixed !== undefined) return fixed;
    const most = formulaNodes(facts);
    return most === undefined ? 0 : (most[kind] ?? unbounded);
}

/** Whether some pool of an account wants nodes of a kind: where none does, it does not matter that a quota is not known. */
const wantsAny = (stack: Stack, account: StackResource, kind: NodeKind, unbounded: number): boolean =>
    poolsOf(stack, account).some((pool) => nodesOf(pool, kind, unbounded) > 0);

/** What the pools of an account ask for of one kind of nodes; pools that want none are left out. */
function demandsOf(stack: Stack, account: StackResource, kind: NodeKind, unbounded: number): PoolDemand[] {
    return poolsOf(stack, account).flatMap((pool) => {
        const nodes = nodesOf(pool, kind, unbounded);
        if (nodes === 0) return [];
        const vmSize = pool.facts.text("vmSize") ?? "";
        return [{ name: pool.name, vmSize, dedicated: 0, spot: 0, [kind]: nodes }];
    });
}

const SHOWN = 5;

function tell({ what, wanted, allowed, pools }: QuotaShortfall): string {
    const largest = [...pools].sort((left, right) => right.cores - left.cores);
    const shown = largest.slice(0, SHOWN).map(({ name, cores }) => `${name} ${cores}`);
    const more = pools.length > SHOWN ? `, and ${pools.length - SHOWN} more` : "";
    return `Its pools can want ${wanted} ${what} (${shown.join(", ")}${more}), and its quota is ${allowed}.`;
}

/** What is beyond a quota; of cores that nobody knows it is open whether the rest is. */
function judge(demands: readonly PoolDemand[], quota: AccountQuota): string | undefined {
    const found = quotaShortfalls(demands, quota);
    if (found.length > 0) return found.map(tell).join("\n");
    const [unknown] = unknownSizes(demands);
    if (unknown !== undefined) throw new UnknownValue(`cores of ${unknown}`);
    return undefined;
}

const unboundedNodes = whole(
    100,
    "nodes of each kind that a formula without an upper bound counts for; 0 leaves such formulas out",
);

function coreQuotaRule(kind: NodeKind, property: string): StackRule {
    return stackRule({
        name: `azure-batch-account-configure-${kind}-core-quota`,
        on: "stack",
        title: `${kind === "spot" ? "Spot" : "Dedicated"} cores within quota`,
        description: `The pools of an account should fit its quota of ${kind} cores, at their fixed size and at the most that their formulas can ask for: what is above never gets nodes, and each resize ends in an error.`,
        fix: "use fewer or smaller nodes, lower the cap of a formula, or ask for more quota",
        link: links.quotas,
        severity: "medium",
        profile: "recommended",
        settings: {
            quota: whole(0, "the quota to hold to; 0 takes the account's own"),
            formulaNodes: unboundedNodes,
        },
        check: (stack, { quota, formulaNodes: unbounded }) =>
            stack.judge("account", (account) => {
                if (!wantsAny(stack, account, kind, unbounded)) return undefined;
                if (quota === 0 && ownSubscription(account)) return undefined;
                const allowed = quotaOf(account, property, quota);
                const demands = demandsOf(stack, account, kind, unbounded);
                return judge(demands, kind === "spot" ? { spotCores: allowed } : { dedicatedCores: allowed });
            }),
    });
}

/** Quotas of VM families, where the account holds to them; undefined where it does not. */
function familiesOf({ facts }: StackResource): FamilyQuota[] | undefined {
    const enforced = facts.flag("dedicatedCoreQuotaPerVMFamilyEnforced");
    if (enforced === undefined) throw new UnknownValue("dedicatedCoreQuotaPerVMFamilyEnforced");
    if (!enforced) return undefined;
    return facts.items("dedicatedCoreQuotaPerVMFamily").flatMap((family) => {
        const [name, coreQuota] = [family.text("name"), family.number("coreQuota")];
        return name === undefined || coreQuota === undefined ? [] : [{ name, coreQuota }];
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
    coreQuotaRule("dedicated", "dedicatedCoreQuota"),
    stackRule({
        name: "azure-batch-account-configure-family-core-quota",
        on: "stack",
        title: "Dedicated cores within the quota of their VM family",
        description:
            "The pools of an account should fit its quota for their VM family, which counts besides that of all dedicated cores: what is above never gets nodes, however much is left of the whole.",
        fix: "use fewer or smaller nodes or another VM family, lower the cap of a formula, or ask for more quota of the family",
        link: links.quotas,
        severity: "medium",
        profile: "recommended",
        settings: {
            quotas: amounts(
                {},
                "quotas to hold to, in place of the account's own, by VM family such as standardDSv5Family",
            ),
            formulaNodes: unboundedNodes,
        },
        check: (stack, { quotas, formulaNodes: unbounded }) => {
            const given = Object.entries(quotas).map(([name, coreQuota]) => ({ name, coreQuota }));
            return stack.judge("account", (account) => {
                if (!wantsAny(stack, account, "dedicated", unbounded)) return undefined;
                if (given.length === 0 && ownSubscription(account)) return undefined;
                const families = given.length > 0 ? given : familiesOf(account);
                if (families === undefined) return undefined;
                return judge(demandsOf(stack, account, "dedicated", unbounded), { families });
            });
        },
    }),
    coreQuotaRule("spot", "lowPriorityCoreQuota"),
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
