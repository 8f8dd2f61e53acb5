import { idKey, recordKey } from "./ids";
import { durationOf, unlimitedDuration } from "./instant";
import type { Instant } from "./instant";
import type { JobRecord } from "./job";
import type { JsonObject } from "./json";
import { isObject } from "./json";
import { newTask } from "./newTask";
import type { JobManagerSpec, JobSpec } from "./spec";
import type { TaskRecord } from "./task";

/** The record of a job from its checked declaration, for clients' jobs and those that schedules make. */
export function newJob(given: {
    account: string;
    id: string;
    number: number;
    spec: JsonObject;
    now: Instant;
    eTag: string;
    /** Key of the schedule that makes it. */
    schedule?: string;
    /** Pool that an auto pool specification led to. */
    pool?: string;
}): JobRecord {
    const { account, id, now } = given;
    const spec = { ...withJobDefaults(given.spec), id };
    const job = spec as unknown as JobSpec;
    const pool = given.pool ?? job.poolInfo.poolId;
    const deadline = deadlineOf(job.constraints?.maxWallClockTime, now);
    return {
        key: recordKey(account, id),
        account: idKey(account),
        id,
        number: given.number,
        spec,
        ...(pool === undefined ? {} : { pool: idKey(pool) }),
        priority: job.priority ?? 0,
        state: "active",
        stateTransitionTime: now,
        startTime: now,
        ...(deadline === undefined ? {} : { deadline }),
        ...(given.schedule === undefined ? {} : { schedule: given.schedule }),
        creationTime: now,
        lastModified: now,
        eTag: given.eTag,
    };
}

/** When a wall clock limit counted from `start` is reached; undefined where there is none. */
export function deadlineOf(maxWallClockTime: string | undefined, start: Instant): Instant | undefined {
    if (maxWallClockTime === undefined || maxWallClockTime === unlimitedDuration) return undefined;
    const limit = durationOf(maxWallClockTime);
    // Beyond what a date can be there is no limit.
    return limit === undefined || start + limit > 8.64e15 ? undefined : start + limit;
}

/** A job's or schedule's declaration with the service's defaults, as it is shown. */
export function withJobDefaults(declared: JsonObject): JsonObject {
    const spec: JsonObject = {
        priority: 0,
        maxParallelTasks: -1,
        allowTaskPreemption: false,
        usesTaskDependencies: false,
        onAllTasksComplete: "noaction",
        onTaskFailure: "noaction",
        ...declared,
        constraints: jobConstraints(declared["constraints"]),
    };
    if (isObject(declared["jobManagerTask"])) {
        spec["jobManagerTask"] = {
            killJobOnCompletion: true,
            runExclusive: true,
            allowLowPriorityNode: true,
            requiredSlots: 1,
            ...declared["jobManagerTask"],
        };
    }
    if (isObject(declared["jobPreparationTask"])) {
        spec["jobPreparationTask"] = {
            id: "jobpreparation",
            waitForSuccess: true,
            rerunOnNodeRebootAfterSuccess: true,
            ...declared["jobPreparationTask"],
            constraints: taskConstraints(declared["jobPreparationTask"]["constraints"]),
        };
    }
    if (isObject(declared["jobReleaseTask"])) {
        spec["jobReleaseTask"] = {
            id: "jobrelease",
            maxWallClockTime: "PT15M",
            retentionTime: "P7D",
            ...declared["jobReleaseTask"],
        };
    }
    return spec;
}

export function jobConstraints(given: unknown): JsonObject {
    return { maxWallClockTime: unlimitedDuration, maxTaskRetryCount: 0, ...(isObject(given) ? given : {}) };
}

/** `retries`: what applies to a task that says nothing itself. */
export function taskConstraints(given: unknown, retries = 0): JsonObject {
    return {
        maxWallClockTime: unlimitedDuration,
        retentionTime: "P7D",
        maxTaskRetryCount: retries,
        ...(isObject(given) ? given : {}),
    };
}

/** What a job manager has and a task has not. */
const managerOnly = new Set(["killJobOnCompletion", "runExclusive", "allowLowPriorityNode"]);

/** The task that a job's job manager runs as; undefined where it has none. */
export function newJobManagerTask(job: JobRecord, now: Instant): Omit<TaskRecord, "sequence"> | undefined {
    const manager = (job.spec as unknown as JobSpec).jobManagerTask;
    if (!manager) return undefined;
    const spec = Object.entries(manager).filter(([name]) => !managerOnly.has(name));
    return newTask(job, Object.fromEntries(spec), now);
}

export function isJobManager(job: JobRecord, task: { id: string }): JobManagerSpec | undefined {
    const manager = (job.spec as unknown as JobSpec).jobManagerTask;
    return manager && idKey(manager.id) === idKey(task.id) ? manager : undefined;
}
