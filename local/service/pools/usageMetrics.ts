import { findVmSize } from "../../../catalog";
import { recordKey } from "../../model/ids";
import { isoText } from "../../model/instant";
import type { PoolRecord } from "../../model/pool";
import { listed } from "../answers";
import { badQuery } from "../../http/query";
import type { BatchOperation } from "../services";

/** Usage is told for intervals of half an hour. */
const interval = 30 * 60_000;

/** Core hours of each pool's nodes. guess: of nodes that have left nothing is kept, so only present ones count. */
export const listPoolUsageMetrics: BatchOperation = {
    id: "Pools_ListPoolUsageMetrics",
    method: "GET",
    path: "/poolusagemetrics",
    handle(call, { store }) {
        const last = Math.floor(call.now / interval) * interval;
        const times = { start: last - interval, end: last };
        for (const [name, side] of [
            ["starttime", "start"],
            ["endtime", "end"],
        ] as const) {
            const text = call.query.get(name);
            if (text === undefined) continue;
            const at = Date.parse(text);
            if (Number.isNaN(at)) return badQuery(name, text, "An ISO 8601 date.");
            times[side] = Math.floor(at / interval) * interval;
        }
        if (times.start > times.end) {
            return badQuery("starttime", call.query.get("starttime") ?? "", "It lies before endtime.");
        }
        const hours = (pool: PoolRecord) => {
            const cores = findVmSize(String(pool.spec["vmSize"]))?.cores ?? 1;
            return store.nodes.list(pool.key).reduce((sum, node) => {
                const time = Math.min(times.end, call.now) - Math.max(times.start, node.allocationTime);
                return sum + (Math.max(0, time) / 3_600_000) * cores;
            }, 0);
        };
        const used = store.pools.list(recordKey(call.account.name)).filter((pool) => hours(pool) > 0);
        return listed(
            call,
            { set: "poolusagemetrics", fields: { poolId: "text" } },
            used,
            (pool) => pool.key,
            (pool) => ({
                poolId: pool.id,
                startTime: isoText(times.start),
                endTime: isoText(times.end),
                vmSize: pool.spec["vmSize"],
                totalCoreHours: hours(pool),
            }),
        );
    },
};
