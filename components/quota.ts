import * as pulumi from "@pulumi/pulumi";
import { findVmSize } from "../catalog";
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

interface Wanted {
    readonly name: string;
    readonly dedicated: number;
    readonly spot: number;
}

interface Tally {
    readonly pools: Wanted[];
    acknowledged: boolean;
    watched: boolean;
    told: boolean;
}

const tallies = new WeakMap<AccountReference, Tally>();

/**
 * Warns once when the pools of the stack want more cores, or are more, than the account may have, as far as numbers and quota are known.
 * What formulas ask for is not counted.
 */
export function watchQuota(account: AccountReference, demand: Demand): void {
    const { dedicatedCoreQuota, spotCoreQuota, poolQuota } = account;
    if (dedicatedCoreQuota === undefined) return;
    const tally = tallies.get(account) ?? { pools: [], acknowledged: false, watched: false, told: false };
    tallies.set(account, tally);
    if (demand.acknowledge?.includes("BATCH2004") === true) tally.acknowledged = true;
    const { scale, name, vmSize } = demand;
    const nodes = scale.kind === "fixed" ? [scale.dedicated, scale.spot] : [0, 0];
    const count = ([dedicated = 0, spot = 0]: readonly number[], size: string): void => {
        const cores = findVmSize(size)?.cores ?? 0;
        tally.pools.push({ name, dedicated: dedicated * cores, spot: spot * cores });
    };
    const [plain, known] = [[...nodes, vmSize].every((one) => !isEventual(one)), tally.watched];
    if (plain) count(nodes as number[], vmSize as string);
    // One look at the quota does for all pools whose numbers are known at once.
    if (plain && known) return;
    tally.watched = true;
    pulumi
        .all([vmSize, pulumi.all(nodes), dedicatedCoreQuota, spotCoreQuota, poolQuota, account.name])
        .apply(([size, numbers, dedicatedQuota, spotQuota, pools, accountName]) => {
            if (!plain) count(numbers, size);
            // In a turn of its own, so that all pools of the program are counted.
            setImmediate(() => judge(accountName, tally, { dedicatedQuota, spotQuota, pools }));
        });
}

function judge(
    account: string,
    tally: Tally,
    quota: { dedicatedQuota: number; spotQuota?: number | undefined; pools?: number | undefined },
): void {
    if (tally.told || tally.acknowledged) return;
    const sum = (kind: "dedicated" | "spot"): number =>
        tally.pools.reduce((total, pool) => total + pool[kind], 0);
    const list = (kind: "dedicated" | "spot"): string =>
        tally.pools
            .filter((pool) => pool[kind] > 0)
            .map((pool) => `${pool.name} ${pool[kind]}`)
            .join(", ");
    const found: string[] = [];
    for (const [kind, most] of [
        ["dedicated", quota.dedicatedQuota],
        ["spot", quota.spotQuota],
    ] as const) {
        // An account with nodes in its own subscription has no quota.
        if (typeof most !== "number" || sum(kind) <= most) continue;
        found.push(`${sum(kind)} ${kind} cores (${list(kind)}) of ${most}`);
    }
    if (typeof quota.pools === "number" && tally.pools.length > quota.pools)
        found.push(`${tally.pools.length} pools of ${quota.pools}`);
    if (found.length === 0) return;
    tally.told = true;
    warn(
        "BATCH2004",
        `account ${account}: the pools of this stack want ${found.join(", and ")} that its quota allows: nodes beyond it never come; ask for more quota, or for less`,
        {},
    );
}
