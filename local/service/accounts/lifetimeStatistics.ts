import { recordKey } from "../../model/ids";
import { isoText } from "../../model/instant";
import type { JobRecord } from "../../model/job";
import type { JsonObject } from "../../model/json";
import { shown } from "../answers";
import { jobTotals } from "../render/job";
import { coreTimeOf } from "../render/poolStatistics";
import { secondsText } from "../render/task";
import type { BatchOperation } from "../services";

/** Versions after 2022-01-01.15.0 do not have the two operations. */
const until = "2022-01-01.15.0";

const properties = new Set(["url", "startTime", "lastUpdateTime", "usageStats", "resourceStats"]);

/** Core time of the nodes that are there. guess: what nodes that have left used is not kept. */
export const getLifetimePoolStatistics: BatchOperation = {
    id: "Pool_GetAllLifetimeStatistics",
    method: "GET",
    path: "/lifetimepoolstats",
    until,
    handle(call, { store }) {
        const times = timesOf(call);
        const pools = store.pools.list(recordKey(call.account.name));
        const time = pools.reduce(
            (sum, pool) => sum + coreTimeOf(pool, store.nodes.list(pool.key), call.now),
            0,
        );
        const stats = {
            url: `${call.origin}/lifetimepoolstats`,
            ...times,
            usageStats: { ...times, dedicatedCoreTime: secondsText(time) },
        };
        return shown(call, "poolstats", stats, properties);
    },
};

/** What the tasks of all jobs that are there came to. guess: jobs that were deleted do not count. */
export const getLifetimeJobStatistics: BatchOperation = {
    id: "Job_GetAllLifetimeStatistics",
    method: "GET",
    path: "/lifetimejobstats",
    until,
    handle(call, { store }) {
        const jobs: readonly JobRecord[] = store.jobs.list(recordKey(call.account.name));
        const stats: JsonObject = {
            url: `${call.origin}/lifetimejobstats`,
            ...timesOf(call),
            ...jobTotals(jobs, store, call.now),
        };
        return shown(call, "jobstats", stats, new Set(Object.keys(stats)));
    },
};

function timesOf(call: { account: { createdAt: number }; now: number }) {
    return { startTime: isoText(call.account.createdAt), lastUpdateTime: isoText(call.now) };
}
