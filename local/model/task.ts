import type { Instant } from "./instant";
import type { JsonObject } from "./json";
import type { FailureInfo } from "./pool";

export type TaskState = "active" | "preparing" | "running" | "completed";

/** A task. `spec` never changes but by update of constraints; everything else is its life. */
export interface TaskRecord {
    /** Number of its job. */
    job: number;
    /** Order of arrival within the job. */
    sequence: number;
    id: string;
    /** As added, in data plane names. */
    spec: JsonObject;
    state: TaskState;
    stateTransitionTime: Instant;
    previousState?: TaskState;
    previousStateTransitionTime?: Instant;
    creationTime: Instant;
    lastModified: Instant;
    /** Dependencies not yet satisfied; above 0 it waits. */
    blockedBy: number;
    requiredSlots: number;
    /** Counts every start, so that a report of an earlier attempt is dropped. */
    attempt: number;
    retryCount: number;
    lastRetryTime?: Instant;
    requeueCount: number;
    lastRequeueTime?: Instant;
    startTime?: Instant;
    endTime?: Instant;
    exitCode?: number;
    result?: "success" | "failure";
    failureInfo?: FailureInfo;
    /** Where it runs or ran last. */
    node?: TaskNode;
    /** Of a multi-instance task: all but the primary, of its last try. */
    subtasks?: SubtaskRecord[];
    /** When its files are deleted. */
    retentionEnds?: Instant;
    /** Set while it is being stopped: what it becomes when its process is gone. */
    stopping?: "requeue" | "terminate" | "delete";
}

export type SubtaskState = "preparing" | "running" | "completed";

/** A part of a multi-instance task on one node. Running from its coordination command until the primary has ended. */
export interface SubtaskRecord {
    /** 1 and up; 0 is the primary, which is the task itself. */
    id: number;
    node: TaskNode;
    state: SubtaskState;
    stateTransitionTime: Instant;
    previousState?: SubtaskState;
    previousStateTransitionTime?: Instant;
    startTime?: Instant;
    endTime?: Instant;
    exitCode?: number;
    failureInfo?: FailureInfo;
    result?: "success" | "failure";
}

export interface TaskNode {
    pool: string;
    node: string;
    address: string;
    /** Directory of its files below the node's root, such as `workitems/job/job-1/task`. */
    directory: string;
}
