import { findVmSize } from "../../../catalog";
import { isoText } from "../../model/instant";
import type { JsonObject } from "../../model/json";
import type { NodeRecord, PoolRecord } from "../../model/pool";
import { secondsText } from "./task";

/** What a pool's present nodes have used. What the machine's processes take is not told apart by pool and left out. */
export function poolStatistics(
    pool: PoolRecord,
    nodes: readonly NodeRecord[],
    origin: string,
    now: number,
): JsonObject {
    return {
        url: `${origin}/pools/${pool.id}/stats`,
        startTime: isoText(pool.creationTime),
        lastUpdateTime: isoText(now),
        usageStats: {
            startTime: isoText(pool.creationTime),
            lastUpdateTime: isoText(now),
            dedicatedCoreTime: secondsText(coreTimeOf(pool, nodes, now)),
        },
    };
}

/** Core time of a pool's nodes, in ms. */
export function coreTimeOf(pool: PoolRecord, nodes: readonly NodeRecord[], now: number): number {
    const cores = findVmSize(String(pool.spec["vmSize"]))?.cores ?? 1;
    return nodes.reduce((sum, node) => sum + (now - node.allocationTime) * cores, 0);
}
