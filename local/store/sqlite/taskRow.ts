import type { JsonObject } from "../../model/json";
import type { FailureInfo } from "../../model/pool";
import type { SubtaskRecord, TaskNode, TaskRecord, TaskState } from "../../model/task";

export const stateCodes: Readonly<Record<TaskState, number>> = {
    active: 0,
    preparing: 1,
    running: 2,
    completed: 3,
};
const states = Object.keys(stateCodes) as TaskState[];

/** A row of the table `tasks`, as SQLite gives it. */
export type TaskRow = Record<string, unknown>;

/** What has no column of its own. */
interface Life {
    previousState?: TaskState | undefined;
    previousStateTransitionTime?: number | undefined;
    attempt?: number | undefined;
    retryCount?: number | undefined;
    lastRetryTime?: number | undefined;
    requeueCount?: number | undefined;
    lastRequeueTime?: number | undefined;
    failureInfo?: FailureInfo | undefined;
    node?: TaskNode | undefined;
    stopping?: TaskRecord["stopping"] | undefined;
    subtasks?: SubtaskRecord[] | undefined;
}

export function lifeText(task: Omit<TaskRecord, "sequence">): string {
    const life: Life = {
        previousState: task.previousState,
        previousStateTransitionTime: task.previousStateTransitionTime,
        attempt: task.attempt || undefined,
        retryCount: task.retryCount || undefined,
        lastRetryTime: task.lastRetryTime,
        requeueCount: task.requeueCount || undefined,
        lastRequeueTime: task.lastRequeueTime,
        failureInfo: task.failureInfo,
        node: task.node,
        stopping: task.stopping,
        subtasks: task.subtasks,
    };
    return JSON.stringify(life);
}

export function taskOf(row: TaskRow): TaskRecord {
    const life = JSON.parse(String(row["life"])) as Life;
    const task: TaskRecord = {
        job: Number(row["job"]),
        sequence: Number(row["sequence"]),
        id: String(row["id"]),
        spec: JSON.parse(String(row["spec"])) as JsonObject,
        state: states[Number(row["state"])] ?? "active",
        stateTransitionTime: Number(row["stateTime"]),
        creationTime: Number(row["created"]),
        lastModified: Number(row["modified"]),
        blockedBy: Number(row["blockedBy"]),
        requiredSlots: Number(row["slots"]),
        attempt: life.attempt ?? 0,
        retryCount: life.retryCount ?? 0,
        requeueCount: life.requeueCount ?? 0,
    };
    if (life.previousState) task.previousState = life.previousState;
    if (life.previousStateTransitionTime !== undefined)
        task.previousStateTransitionTime = life.previousStateTransitionTime;
    if (life.lastRetryTime !== undefined) task.lastRetryTime = life.lastRetryTime;
    if (life.lastRequeueTime !== undefined) task.lastRequeueTime = life.lastRequeueTime;
    if (life.failureInfo) task.failureInfo = life.failureInfo;
    if (life.node) task.node = life.node;
    if (life.stopping) task.stopping = life.stopping;
    if (life.subtasks) task.subtasks = life.subtasks;
    if (row["startTime"] !== null) task.startTime = Number(row["startTime"]);
    if (row["endTime"] !== null) task.endTime = Number(row["endTime"]);
    if (row["exitCode"] !== null) task.exitCode = Number(row["exitCode"]);
    if (row["retention"] !== null) task.retentionEnds = Number(row["retention"]);
    if (row["result"] === "success" || row["result"] === "failure") task.result = row["result"];
    return task;
}
