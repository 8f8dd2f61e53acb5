import type { ScheduleRecord } from "../../model/job";
import { isoText } from "../../model/instant";
import type { JsonObject } from "../../model/json";
import type { Store } from "../../store/store";
import { secondsText, unmeasured } from "./task";

/** What the tasks of a schedule's jobs came to. */
export function scheduleStatistics(
    schedule: ScheduleRecord,
    store: Store,
    origin: string,
    now: number,
): JsonObject {
    const jobs = store.jobs.list(schedule.account).filter((job) => job.schedule === schedule.key);
    const counts = jobs.map((job) => store.tasks.counts(job.number));
    const sum = (of: "succeeded" | "failed") => counts.reduce((total, one) => total + one[of], 0);
    return {
        url: `${origin}/jobschedules/${schedule.id}/stats`,
        startTime: isoText(schedule.creationTime),
        lastUpdateTime: isoText(now),
        ...unmeasured,
        wallClockTime: secondsText(
            jobs.reduce((total, job) => total + (job.endTime ?? now) - job.startTime, 0),
        ),
        numSucceededTasks: sum("succeeded"),
        numFailedTasks: sum("failed"),
        numTaskRetries: 0,
        waitTime: "PT0S",
    };
}
