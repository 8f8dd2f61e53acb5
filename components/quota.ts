import type { BatchAccount } from "@pulumi/azure-native/batch";
import * as pulumi from "@pulumi/pulumi";
import { mostNodes } from "../autoscale";
import { quotaShortfalls } from "../catalog";
import type { AccountQuota, FamilyQuota, PoolDemand, QuotaShortfall } from "../catalog";
import type { AccountReference } from "./accountParts";
import { isEventual, warn } from "./diagnostics";
import type { Acknowledged } from "./diagnostics";
import type { Scale } from "./scale";

/** What a pool asks of its account. */
interface Demand {
    readonly name: string;
    readonly vmSize: pulumi.Input<string>;
    readonly scale: Scale;
    readonly acknowledge?: readonly Acknowledged[];
}

/** A size of its own, or a formula that is looked at when there is a quota to compare with. */
type Size = readonly [dedicated: number, spot: number] | readonly [formula: string];

interface Tally {
    readonly pools: { readonly name: string; readonly vmSize: string; readonly size: Size }[];
    acknowledged: boolean;
    watched: boolean;
    told: boolean;
}

const tallies = new WeakMap<AccountReference, Tally>();

/**
 * Warns once when the pools of the stack can want more cores, of all or of a VM family, or are more, than the account may have, as far as
 * numbers and quota are known. A formula counts for the most that it can ask for; one without an upper bound is not counted.
 */
export function watchQuota(account: AccountReference, demand: Demand): void {
    const { dedicatedCoreQuota, spotCoreQuota, poolQuota, familyCoreQuotas } = account;
    if (dedicatedCoreQuota === undefined) return;
    const tally = tallies.get(account) ?? { pools: [], acknowledged: false, watched: false, told: false };
    tallies.set(account, tally);
    if (demand.acknowledge?.includes("BATCH2004") === true) tally.acknowledged = true;
    const { scale, name, vmSize } = demand;
    const size = scale.kind === "fixed" ? [scale.dedicated, scale.spot] : [scale.formula];
    const count = (known: unknown, sizeOfVm: string): void => {
        tally.pools.push({ name, vmSize: sizeOfVm, size: known as Size });
    };
    const [plain, known] = [[...size, vmSize].every((one) => !isEventual(one)), tally.watched];
    if (plain) count(size, vmSize as string);
    // One look at the quota does for all pools whose numbers are known at once.
    if (plain && known) return;
    tally.watched = true;
    pulumi
        .all([
            vmSize,
            pulumi.all(size as pulumi.Input<number | string>[]),
            dedicatedCoreQuota,
            spotCoreQuota,
            poolQuota,
            account.name,
            familyCoreQuotas,
        ])
        .apply(([sizeOfVm, found, dedicated, spot, pools, accountName, families]) => {
            if (!plain) count(found, sizeOfVm);
            const quota = {
                pools: numeric(pools),
                dedicatedCores: numeric(dedicated),
                spotCores: numeric(spot),
            };
            // In a turn of its own, so that all pools of the program are counted.
            setImmediate(() => judge(accountName, tally, { ...quota, families }));
        });
}

// An account with nodes in its own subscription has no quota of cores.
const numeric = (quota: unknown): number | undefined => (typeof quota === "number" ? quota : undefined);

type AccountOfService = Pick<
    BatchAccount,
    "dedicatedCoreQuotaPerVMFamilyEnforced" | "dedicatedCoreQuotaPerVMFamily"
>;

/** Quotas of VM families as the service says them; undefined where the account does not hold to them. @internal */
export function familyQuotasOf(account: AccountOfService): pulumi.Output<readonly FamilyQuota[] | undefined> {
    const { dedicatedCoreQuotaPerVMFamilyEnforced, dedicatedCoreQuotaPerVMFamily } = account;
    return pulumi
        .all([dedicatedCoreQuotaPerVMFamilyEnforced, dedicatedCoreQuotaPerVMFamily])
        .apply(([enforced, families]) => (enforced === true ? families : undefined));
}

function demandOf({ name, vmSize, size }: Tally["pools"][number]): PoolDemand {
    const [first, spot] = size;
    if (typeof first === "number") return { name, vmSize, dedicated: first, spot: spot ?? 0 };
    const most = mostNodes(first);
    return { name, vmSize, dedicated: most?.dedicated ?? 0, spot: most?.spot ?? 0 };
}

function describe({ of, what, wanted, allowed, pools }: QuotaShortfall): string {
    if (of === "pools") return `are ${wanted} pools of ${allowed}`;
    const list = pools.map(({ name, cores }) => `${name} ${cores}`).join(", ");
    return `can want ${wanted} ${what} (${list}) of ${allowed}`;
}

function judge(account: string, tally: Tally, quota: AccountQuota): void {
    if (tally.told || tally.acknowledged) return;
    const found = quotaShortfalls(tally.pools.map(demandOf), quota);
    if (found.length === 0) return;
    tally.told = true;
    warn(
        "BATCH2004",
        `account ${account}: the pools of this stack ${found.map(describe).join(", and ")} that its quota allows: nodes beyond it never come; ask for more quota, or for less`,
        {},
    );
}
