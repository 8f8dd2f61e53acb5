import type { FilterFields } from "../../http/filter";
import { isoText } from "../../model/instant";
import type { JobRecord } from "../../model/job";
import type { JsonObject } from "../../model/json";
import type { Store } from "../../store/store";
import { propertiesOf } from "../shapes";
import { given, stateOf, when, withoutSecrets } from "./parts";
import { secondsText, unmeasured } from "./task";

export const jobProperties = propertiesOf("BatchJob", "BatchJobCreateOptions");

export const jobFields: FilterFields = {
    id: "id",
    state: "enum",
    stateTransitionTime: "date",
    creationTime: "date",
    lastModified: "date",
    "executionInfo/startTime": "date",
    "executionInfo/endTime": "date",
    "executionInfo/poolId": "text",
};

export function renderJob(job: JobRecord, origin: string, pools: Store["pools"]): JsonObject {
    const { id, displayName, ...spec } = job.spec;
    return given({
        id,
        displayName,
        url: `${origin}/jobs/${job.id}`,
        eTag: job.eTag,
        lastModified: isoText(job.lastModified),
        creationTime: isoText(job.creationTime),
        ...stateOf(job),
        ...(withoutSecrets(spec) as JsonObject),
        priority: job.priority,
        executionInfo: given({
            startTime: isoText(job.startTime),
            endTime: when(job.endTime),
            // The pool's own case where there is one, what was declared where there is none yet.
            poolId:
                job.pool === undefined
                    ? undefined
                    : (pools.get(`${job.account}/${job.pool}`)?.id ?? declaredPool(job)),
            schedulingError: job.schedulingError,
            terminateReason: job.terminateReason,
        }),
    });
}

function declaredPool(job: JobRecord): unknown {
    const info = job.spec["poolInfo"] as { poolId?: string } | undefined;
    return info?.poolId ?? job.pool;
}

/** What a job's tasks came to. */
export function jobStatistics(job: JobRecord, store: Store, origin: string, now: number): JsonObject {
    return {
        url: `${origin}/jobs/${job.id}/stats`,
        startTime: isoText(job.startTime),
        lastUpdateTime: isoText(now),
        ...jobTotals([job], store, now),
    };
}

/** What the tasks of jobs came to; times of processors, reads and writes are not measured here and shown as nothing. */
export function jobTotals(jobs: readonly JobRecord[], store: Store, now: number): JsonObject {
    const counts = jobs.map((job) => store.tasks.counts(job.number));
    const sum = (of: "succeeded" | "failed") => counts.reduce((total, one) => total + one[of], 0);
    return {
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
