import type { FilterFields } from "../../http/filter";
import { limits } from "../../../catalog";
import { versionOrder } from "../../http/routes";
import { recordKey } from "../../model/ids";
import type { NodeRecord, NodeState } from "../../model/pool";
import { listed } from "../answers";
import type { BatchOperation } from "../services";

const fields: FilterFields = { poolId: "text" };

/** Name of each state's count on the wire. */
const names: Record<NodeState | "upgradingos", string> = {
    creating: "creating",
    idle: "idle",
    offline: "offline",
    preempted: "preempted",
    rebooting: "rebooting",
    reimaging: "reimaging",
    running: "running",
    starting: "starting",
    starttaskfailed: "startTaskFailed",
    leavingpool: "leavingPool",
    unknown: "unknown",
    unusable: "unusable",
    waitingforstarttask: "waitingForStartTask",
    deallocated: "deallocated",
    deallocating: "deallocating",
    upgradingos: "upgradingOS",
};

export const listNodeCounts: BatchOperation = {
    id: "Pools_ListPoolNodeCounts",
    method: "GET",
    path: "/nodecounts",
    handle: (call, { store, counts: delayed }) =>
        listed(
            call,
            { set: "poolnodecounts", fields, most: limits.nodeCountsPageSize.value },
            store.pools.list(recordKey(call.account.name)),
            (pool) => pool.key,
            (pool) => {
                const read = () => {
                    const nodes = store.nodes.list(pool.key);
                    const [dedicated, lowPriority] = [true, false].map((kind) =>
                        counts(
                            nodes.filter((node) => node.dedicated === kind),
                            call.apiVersion,
                        ),
                    );
                    return { poolId: pool.id, dedicated, lowPriority };
                };
                const key = `pool ${pool.key} ${pool.creationTime} ${call.apiVersion}`;
                return delayed ? delayed.read(key, call.now, read) : read();
            },
        ),
};

/** States that nodes have since that version. */
const newer = new Set(["deallocated", "deallocating"]);
const newerSince = "2024-07-01";

function counts(nodes: readonly NodeRecord[], apiVersion: string): Record<string, number> {
    const shown = Object.values(names).filter(
        (name) => versionOrder(apiVersion) >= newerSince || !newer.has(name),
    );
    const found: Record<string, number> = Object.fromEntries(shown.map((name) => [name, 0]));
    for (const { state } of nodes) {
        const name = names[state];
        if (name in found) found[name] = (found[name] ?? 0) + 1;
    }
    return { ...found, total: nodes.length };
}
