import type { Instant } from "./instant";
import type { JsonObject } from "./json";

export type PoolState = "active" | "deleting";
export type AllocationState = "steady" | "resizing" | "stopping";
export type DeallocationOption = "requeue" | "terminate" | "taskcompletion" | "retaineddata";

/** A pool, in the data plane's shape. The resource manager converts at its own border. */
export interface PoolRecord {
    /** `account/pool`, case-folded. */
    key: string;
    account: string;
    id: string;
    /**
     * What was declared, in data plane names (2025-06-01 plus older ones): vmSize, virtualMachineConfiguration, startTask,
     * taskSlotsPerNode, taskSchedulingPolicy, networkConfiguration, mountConfiguration, userAccounts, metadata,
     * applicationPackageReferences, resizeTimeout, enableInterNodeCommunication, upgradePolicy, displayName, ...
     * Never the targets, autoscale or states: those are fields here.
     */
    spec: JsonObject;
    state: PoolState;
    stateTransitionTime: Instant;
    previousState?: PoolState;
    previousStateTransitionTime?: Instant;
    allocationState: AllocationState;
    allocationStateTransitionTime: Instant;
    targetDedicatedNodes: number;
    targetSpotNodes: number;
    /** While resizing: since when, until when, and what happens to tasks on nodes that go. */
    resize?: { startedAt: Instant; deadline: Instant; deallocation: DeallocationOption };
    resizeErrors?: NameValueError[];
    autoScale?: AutoScaleSetting;
    /** Counts up; part of the ids of nodes. */
    nodeCount: number;
    /** Names the pool's owner when a job or schedule made it (auto pool): its record key. */
    autoPoolOwner?: string;
    /** What only the resource manager shows: identity, tags. */
    armOnly: JsonObject;
    creationTime: Instant;
    lastModified: Instant;
    eTag: string;
}

export interface AutoScaleSetting {
    formula: string;
    /** Milliseconds. */
    interval: number;
    nextEvaluation: Instant;
    /** When autoscale was last enabled: enabling again within 30 s is refused. */
    enabledAt: Instant;
    lastRun?: { timestamp: Instant; results?: string; error?: NameValueError };
}

export interface NameValueError {
    code: string;
    message: string;
    values?: { name: string; value: string }[];
}

export type NodeState =
    | "creating"
    | "starting"
    | "waitingforstarttask"
    | "starttaskfailed"
    | "idle"
    | "running"
    | "rebooting"
    | "reimaging"
    | "offline"
    | "leavingpool"
    | "preempted"
    | "unusable"
    | "unknown"
    | "deallocating"
    | "deallocated";

export interface NodeRecord {
    /** `account/pool/node`. */
    key: string;
    account: string;
    pool: string;
    id: string;
    state: NodeState;
    stateTransitionTime: Instant;
    schedulingState: "enabled" | "disabled";
    dedicated: boolean;
    /** Its own loopback address, such as 127.0.3.7. */
    address: string;
    allocationTime: Instant;
    lastBootTime?: Instant;
    /** Grows with each boot, so that a report of an earlier life is told apart. */
    boot: number;
    /** Deadline of the present boot, reboot or reimage step, where a delay is configured. */
    readyAt?: Instant;
    /** What its pool puts on it is under way; the start task waits for that. */
    settingUp?: true;
    /** Packages of the pool as of this boot, with the version that was then meant: changes come with the next one. */
    packages?: InstalledPackage[];
    startTask?: StartTaskInfo;
    errors?: NodeError[];
    /** Set when the node is on its way out or to another state: what happens to its tasks. */
    draining?: {
        option: DeallocationOption;
        then: "leave" | "reboot" | "reimage" | "deallocate" | "offline" | "preempt";
    };
    /** Tasks that ran here lately, newest first. */
    recentTasks?: RecentTask[];
    totalTasksRun: number;
    totalTasksSucceeded: number;
    /** Until when files of tasks are kept here: a node that leaves with `retaineddata` stays as long. */
    dataRetainedUntil?: Instant;
}

export interface InstalledPackage {
    applicationId: string;
    /** As the pool refers to it; none: the default version. */
    version?: string;
    installed: string;
}

/** Ids of nodes tell their kind by how they end. */
export function nodeIdEnd(dedicated: boolean): string {
    return dedicated ? "_d" : "_p";
}

export interface RecentTask {
    /** Key of its job. */
    job: string;
    /** Case-folded id. */
    task: string;
    subtask?: number;
}

export interface NodeError {
    code: string;
    message: string;
    errorDetails?: { name: string; value: string }[];
}

export interface StartTaskInfo {
    state: "running" | "completed";
    startTime: Instant;
    endTime?: Instant;
    exitCode?: number;
    failureInfo?: FailureInfo;
    retryCount: number;
    lastRetryTime?: Instant;
    result?: "success" | "failure";
}

export interface FailureInfo {
    category: "usererror" | "servererror";
    code: string;
    message: string;
    details?: { name: string; value: string }[];
}
