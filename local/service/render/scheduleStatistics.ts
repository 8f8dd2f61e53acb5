import type { ScheduleRecord } from "../../model/job";
import { isoText } from "../../model/instant";
import type { JsonObject } from "../../model/json";
import type { Store } from "../../store/store";
import { jobTotals } from "./job";

/** What the tasks of a schedule's jobs came to. */
export function scheduleStatistics(
    schedule: ScheduleRecord,
    store: Store,
    origin: string,
    now: number,
): JsonObject {
    const jobs = store.jobs.list(schedule.account).filter((job) => job.schedule === schedule.key);
    return {
        url: `${origin}/jobschedules/${schedule.id}/stats`,
        startTime: isoText(schedule.creationTime),
        lastUpdateTime: isoText(now),
        ...jobTotals(jobs, store, now),
    };
}
