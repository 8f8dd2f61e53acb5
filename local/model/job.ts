import type { Instant } from "./instant";
import type { JsonObject } from "./json";
import type { FailureInfo } from "./pool";

export type JobState =
    "active" | "disabling" | "disabled" | "enabling" | "terminating" | "completed" | "deleting";

export interface JobRecord {
    /** `account/job`, case-folded. */
    key: string;
    account: string;
    id: string;
    /** Small number that keys its tasks in the store; never reused. */
    number: number;
    /** What was declared, with defaults filled in, in data plane names. */
    spec: JsonObject;
    /** Case-folded id of the pool it runs on; absent until an auto pool exists. */
    pool?: string;
    priority: number;
    state: JobState;
    stateTransitionTime: Instant;
    previousState?: JobState;
    previousStateTransitionTime?: Instant;
    startTime: Instant;
    endTime?: Instant;
    terminateReason?: string;
    schedulingError?: FailureInfo;
    /** From constraints.maxWallClockTime, counted from creation. */
    deadline?: Instant;
    /** While disabling: what happens to its running tasks. */
    disableTasks?: "requeue" | "terminate" | "wait";
    /** Key of the job schedule that made it. */
    schedule?: string;
    creationTime: Instant;
    lastModified: Instant;
    eTag: string;
}

/** Preparation or release of one job on one node. */
export interface JobNodeRecord {
    /** `account/job/pool/node`. */
    key: string;
    account: string;
    job: string;
    pool: string;
    node: string;
    /** The node's boot in which preparation ran: a reboot may ask for another run. */
    boot: number;
    preparation?: SpecialTaskInfo;
    release?: SpecialTaskInfo;
    /** A failed preparation keeps the node away from this job until it is reimaged. */
    ineligible: boolean;
}

export interface SpecialTaskInfo {
    state: "running" | "completed";
    startTime: Instant;
    endTime?: Instant;
    exitCode?: number;
    failureInfo?: FailureInfo;
    retryCount: number;
    lastRetryTime?: Instant;
    result?: "success" | "failure";
    /** Directory of its files below the node's root. */
    directory: string;
}

export type ScheduleState = "active" | "completed" | "disabled" | "terminating" | "deleting";

export interface ScheduleRecord {
    key: string;
    account: string;
    id: string;
    spec: JsonObject;
    state: ScheduleState;
    stateTransitionTime: Instant;
    previousState?: ScheduleState;
    previousStateTransitionTime?: Instant;
    nextRunTime?: Instant;
    recentJob?: string;
    jobCount: number;
    endTime?: Instant;
    creationTime: Instant;
    lastModified: Instant;
    eTag: string;
}
