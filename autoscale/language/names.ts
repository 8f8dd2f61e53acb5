import { choices } from "./choices";

/** Where a service-defined variable may stand: read through sample methods, as a number, or both. */
export type ReadKind = "metric" | "number" | "either";

export interface ServiceVariable {
    readonly name: string;
    readonly read: ReadKind;
    /** `today`: documented. `old`: of former versions; taken with a warning. `unsure`: newer, little known. `retired`: holds no samples. */
    readonly status: "today" | "old" | "unsure" | "retired";
    /** What it measures, to be put behind "the". */
    readonly meaning: string;
}

function variable(
    name: string,
    read: ReadKind,
    meaning: string,
    status: ServiceVariable["status"] = "today",
): [string, ServiceVariable] {
    return [name, { name, read, status, meaning }];
}

/** Variables of the service that a formula can only read. */
export const READ_ONLY: ReadonlyMap<string, ServiceVariable> = new Map([
    variable("$ActiveTasks", "metric", "number of tasks ready to run but not yet running"),
    variable("$RunningTasks", "metric", "number of running tasks"),
    variable("$PendingTasks", "metric", "number of active and running tasks"),
    variable("$SucceededTasks", "metric", "number of tasks that finished successfully"),
    variable("$FailedTasks", "metric", "number of tasks that failed"),
    variable("$PreemptedNodeCount", "metric", "number of spot nodes in preempted state"),
    variable("$SampleNodeCount", "metric", "number of nodes that give samples"),
    variable("$SampleTVMCount", "metric", "number of nodes that give samples", "old"),
    // guess: the resource metrics hold no samples since the end of March 2024 (from memory).
    variable("$CPUPercent", "metric", "average processor load of the nodes", "retired"),
    variable("$WallClockSeconds", "metric", "seconds consumed", "retired"),
    variable("$MemoryBytes", "metric", "average memory used, in bytes", "retired"),
    variable("$DiskBytes", "metric", "average disk space used, in bytes", "retired"),
    variable("$DiskReadBytes", "metric", "bytes read from disk", "retired"),
    variable("$DiskWriteBytes", "metric", "bytes written to disk", "retired"),
    variable("$DiskReadOps", "metric", "disk read operations", "retired"),
    variable("$DiskWriteOps", "metric", "disk write operations", "retired"),
    variable("$NetworkInBytes", "metric", "bytes received", "retired"),
    variable("$NetworkOutBytes", "metric", "bytes sent", "retired"),
    variable("$CurrentDedicatedNodes", "number", "current number of dedicated nodes"),
    variable("$CurrentLowPriorityNodes", "number", "current number of spot nodes, preempted ones included"),
    variable("$CurrentDedicated", "number", "current number of dedicated nodes", "old"),
    variable("$TaskSlotsPerNode", "number", "task slots of a node"),
    variable("$UsableNodeCount", "either", "number of usable nodes", "unsure"),
]);

export const DEDICATED = "$TargetDedicatedNodes";
export const SPOT = "$TargetLowPriorityNodes";
export const DEALLOCATION = "$NodeDeallocationOption";

/** Variables of the service that a formula sets; each maps to its full name. */
export const READ_WRITE: ReadonlyMap<string, typeof DEDICATED | typeof SPOT | typeof DEALLOCATION> = new Map([
    [DEDICATED, DEDICATED],
    ["$TargetDedicated", DEDICATED],
    [SPOT, SPOT],
    ["$TargetLowPriority", SPOT],
    [DEALLOCATION, DEALLOCATION],
    ["$TVMDeallocationOption", DEALLOCATION],
] as const);

export const DEALLOCATION_OPTIONS = ["requeue", "terminate", "taskcompletion", "retaineddata"] as const;
/** What happens to tasks on a node that is removed. `requeue` unless the formula says otherwise. */
export type NodeDeallocationOption = (typeof DEALLOCATION_OPTIONS)[number];

export function isDeallocationOption(name: string): name is NodeDeallocationOption {
    return (DEALLOCATION_OPTIONS as readonly string[]).includes(name);
}

const SECOND = 1000;

/** Constants of type timeinterval, in milliseconds. */
export const INTERVALS: ReadonlyMap<string, number> = new Map([
    ["TimeInterval_Zero", 0],
    ["TimeInterval_100ns", 1e-4],
    ["TimeInterval_Microsecond", 1e-3],
    ["TimeInterval_Millisecond", 1],
    ["TimeInterval_Second", SECOND],
    ["TimeInterval_Minute", 60 * SECOND],
    ["TimeInterval_Hour", 3600 * SECOND],
    ["TimeInterval_Day", 86_400 * SECOND],
    ["TimeInterval_Week", 7 * 86_400 * SECOND],
    ["TimeInterval_Year", choices.year],
]);

export const TIMESTAMP_MEMBERS = ["year", "month", "day", "weekday", "hour", "minute", "second"] as const;
export type TimestampMember = (typeof TIMESTAMP_MEMBERS)[number];

export function isTimestampMember(name: string): name is TimestampMember {
    return (TIMESTAMP_MEMBERS as readonly string[]).includes(name);
}
