import type { StackCase } from "../support/case";
import { goodAccount, goodPool, goodStack, POOL, stackWith } from "../support/estate";
import type { Declared } from "../support/judge";
import { changed, UNKNOWN } from "../support/judge";

const account = (changes: Record<string, unknown>): Partial<Declared> => ({
    properties: changed(goodAccount, changes),
});
const pool = (changes: Record<string, unknown>): Partial<Declared> => ({
    properties: changed(goodPool, changes),
});
const FIXED = "scaleSettings.fixedScale";
const nodes = (dedicated: number, spot = 0): Partial<Declared> =>
    pool({ [FIXED]: { targetDedicatedNodes: dedicated, targetLowPriorityNodes: spot } });
const second: Partial<Declared> = {
    type: POOL,
    properties: changed(goodPool, { poolName: "idle", accountName: "render" }),
};

const scaled = (formula: string): Partial<Declared> =>
    pool({ poolName: "auto", scaleSettings: { autoScale: { formula } } });
const UNBOUNDED = "$TargetDedicatedNodes = $PendingTasks.GetSample(1);";
const ENFORCED = "dedicatedCoreQuotaPerVMFamilyEnforced";
const FAMILIES = "dedicatedCoreQuotaPerVMFamily";
const family = (coreQuota: number, name = "standardDSv5Family"): object => ({ name, coreQuota });

export const quotaCases: readonly StackCase[] = [
    {
        rule: "azure-batch-account-configure-pool-quota",
        fires: [
            {
                stack: stackWith({ account: account({ poolQuota: 1 }) }),
                at: "account",
                finds: /It has 2 pools, and its quota is 1\./,
            },
            { stack: goodStack, config: { quota: 1 }, at: "account", finds: /quota is 1/ },
        ],
        quiet: [
            { stack: stackWith({ account: account({ poolQuota: 2 }) }) },
            { stack: stackWith({ account: account({ poolQuota: 1 }) }), config: { quota: 2 } },
            {
                stack: stackWith({
                    account: account({ poolQuota: undefined }),
                    pool: undefined,
                    auto: undefined,
                }),
            },
            {
                stack: stackWith({
                    account: account({ poolQuota: 2 }),
                    third: { type: POOL, properties: changed(goodPool, { accountName: "another" }) },
                }),
            },
        ],
        unknown: [
            { stack: stackWith({ account: account({ poolQuota: undefined }) }), path: "account: poolQuota" },
            { stack: stackWith({ account: account({ poolQuota: UNKNOWN }) }), path: "account: poolQuota" },
        ],
    },
    {
        rule: "azure-batch-account-configure-dedicated-core-quota",
        fires: [
            {
                stack: stackWith({ pool: nodes(16, 1) }),
                at: "account",
                finds: /Its pools can want 104 dedicated cores \(pool 64, auto 40\), and its quota is 100\./,
            },
            {
                stack: goodStack,
                config: { quota: 47 },
                at: "account",
                finds: /want 48 dedicated cores \(auto 40, pool 8\), and its quota is 47/,
            },
            {
                stack: stackWith({ pool: nodes(1), auto: scaled("$TargetDedicatedNodes = 25;") }),
                at: "account",
                finds: /want 104 dedicated cores \(auto 100, pool 4\)/,
            },
            {
                stack: stackWith({ pool: nodes(1), auto: scaled(UNBOUNDED) }),
                at: "account",
                finds: /want 404 dedicated cores \(auto 400, pool 4\)/,
            },
            {
                stack: stackWith({ pool: nodes(1), auto: scaled(UNBOUNDED) }),
                config: { formulaNodes: 25 },
                at: "account",
                finds: /want 104 dedicated cores \(auto 100, pool 4\)/,
            },
            {
                stack: stackWith({ pool: pool({ vmSize: "Standard_Unheard_of" }), auto: scaled(UNBOUNDED) }),
                at: "account",
                finds: /want 400 dedicated cores \(auto 400\)/,
            },
            {
                stack: stackWith(
                    Object.fromEntries([
                        ["auto", undefined],
                        ["pool", nodes(20)],
                        ...["b", "c", "d", "e", "f"].map((name, at) => [
                            name,
                            { ...second, properties: nodes(at + 1).properties },
                        ]),
                    ]),
                ),
                at: "account",
                finds: /want 140 dedicated cores \(pool 80, f 20, e 16, d 12, c 8, and 1 more\)/,
            },
            {
                stack: stackWith({ account: account({ poolAllocationMode: "UserSubscription" }) }),
                config: { quota: 47 },
                at: "account",
                finds: /want 48 dedicated cores/,
            },
        ],
        quiet: [
            { stack: stackWith({ pool: nodes(15, 90) }) },
            { stack: stackWith({ pool: nodes(25, 90), auto: scaled("$TargetLowPriorityNodes = 9;") }) },
            { stack: stackWith({ pool: nodes(25), auto: scaled("$TargetDedicatedNodes = ;") }) },
            { stack: stackWith({ pool: nodes(25), auto: scaled(UNBOUNDED) }), config: { formulaNodes: 0 } },
            {
                stack: stackWith({
                    account: account({ dedicatedCoreQuota: undefined }),
                    pool: nodes(0, 5),
                    auto: undefined,
                }),
            },
            {
                stack: stackWith({
                    account: account({
                        dedicatedCoreQuota: undefined,
                        poolAllocationMode: "UserSubscription",
                    }),
                }),
            },
        ],
        unknown: [
            {
                stack: stackWith({ account: account({ dedicatedCoreQuota: UNKNOWN }) }),
                path: "account: dedicatedCoreQuota",
            },
            {
                stack: stackWith({ account: account({ dedicatedCoreQuota: undefined }) }),
                path: "account: dedicatedCoreQuota",
            },
            {
                stack: stackWith({ pool: pool({ vmSize: "Standard_Unheard_of" }) }),
                path: "cores of Standard_Unheard_of",
            },
            { stack: stackWith({ pool: pool({ vmSize: UNKNOWN }) }), path: "vmSize" },
            { stack: stackWith({ auto: scaled(UNKNOWN) }), path: "scaleSettings.autoScale.formula" },
        ],
    },
    {
        rule: "azure-batch-account-configure-family-core-quota",
        fires: [
            {
                stack: stackWith({ account: account({ [FAMILIES]: [family(47)] }) }),
                at: "account",
                finds: /can want 48 dedicated cores of standardDSv5Family \(auto 40, pool 8\), and its quota is 47\./,
            },
            {
                stack: stackWith({
                    account: account({ [FAMILIES]: [family(100), family(7, "STANDARDFSV2FAMILY")] }),
                    pool: pool({ vmSize: "Standard_F4s_v2" }),
                }),
                at: "account",
                finds: /want 8 dedicated cores of STANDARDFSV2FAMILY \(pool 8\), and its quota is 7\./,
            },
            {
                stack: stackWith({ account: account({ [ENFORCED]: false }) }),
                config: { quotas: { standardDSv5Family: 47 } },
                at: "account",
                finds: /want 48 dedicated cores of standardDSv5Family .* is 47\./,
            },
            {
                stack: stackWith({ account: account({ poolAllocationMode: "UserSubscription" }) }),
                config: { quotas: { standardDSv5Family: 0 } },
                at: "account",
                finds: /its quota is 0\./,
            },
            {
                stack: stackWith({ auto: scaled(UNBOUNDED) }),
                config: { formulaNodes: 24 },
                at: "account",
                finds: /want 104 dedicated cores of standardDSv5Family/,
            },
        ],
        quiet: [
            { stack: stackWith({ account: account({ [FAMILIES]: [family(48)] }) }) },
            { stack: stackWith({ account: account({ [ENFORCED]: false, [FAMILIES]: [family(1)] }) }) },
            { stack: stackWith({ account: account({ [FAMILIES]: [family(1, "standardFSv2Family")] }) }) },
            { stack: stackWith({ account: account({ [FAMILIES]: [{ name: "standardDSv5Family" }] }) }) },
            { stack: stackWith({ account: account({ [FAMILIES]: [family(40)] }), pool: nodes(0, 90) }) },
            {
                stack: stackWith({ account: account({ [FAMILIES]: [family(1)] }) }),
                config: { quotas: { standardDSv5Family: 48 } },
            },
            {
                stack: stackWith({
                    account: account({ [ENFORCED]: undefined, poolAllocationMode: "UserSubscription" }),
                }),
            },
            {
                stack: stackWith({
                    account: account({ [ENFORCED]: undefined }),
                    pool: nodes(0, 9),
                    auto: undefined,
                }),
            },
        ],
        unknown: [
            {
                stack: stackWith({ account: account({ [ENFORCED]: undefined }) }),
                path: `account: ${ENFORCED}`,
            },
            { stack: stackWith({ account: account({ [ENFORCED]: UNKNOWN }) }), path: `account: ${ENFORCED}` },
            { stack: stackWith({ account: account({ [FAMILIES]: UNKNOWN }) }), path: `account: ${FAMILIES}` },
            {
                stack: stackWith({ pool: pool({ vmSize: "Standard_Unheard_of" }) }),
                path: "cores of Standard_Unheard_of",
            },
        ],
    },
    {
        rule: "azure-batch-account-configure-spot-core-quota",
        fires: [
            {
                stack: stackWith({ pool: nodes(1, 26) }),
                at: "account",
                finds: /can want 104 spot cores \(pool 104\), and its quota is 100\./,
            },
            {
                stack: stackWith({ pool: nodes(1, 16), auto: scaled("$TargetLowPriority = 10;") }),
                at: "account",
                finds: /can want 104 spot cores \(pool 64, auto 40\), and its quota is 100\./,
            },
        ],
        quiet: [
            { stack: stackWith({ pool: nodes(90, 25) }) },
            {
                stack: stackWith({
                    account: account({
                        lowPriorityCoreQuota: undefined,
                        poolAllocationMode: "UserSubscription",
                    }),
                }),
            },
        ],
        unknown: [
            {
                stack: stackWith({ account: account({ lowPriorityCoreQuota: UNKNOWN }) }),
                path: "account: lowPriorityCoreQuota",
            },
        ],
    },
];
