import type { NodeEvent } from "../model/agent";
import { idKey } from "../model/ids";
import { durationOf } from "../model/instant";
import type { JobRecord } from "../model/job";
import { isJobManager } from "../model/newJob";
import type { FailureInfo } from "../model/pool";
import type { ExitConditions, JobAction, JobSpec, TaskSpec } from "../model/spec";
import type { TaskRecord } from "../model/task";
import { endGang } from "./gang";
import { endJob } from "./jobs";
import type { Turn } from "./turn";
import type { Flight } from "./world";

type Ended = Extract<NodeEvent, { event: "ended" }>;

/** How a task came to its end. */
export interface TaskEnd {
    exitCode?: number;
    failureInfo?: FailureInfo;
}

const week = 7 * 24 * 3_600_000;

/** The code that tells a run out of time, which is final, from an exit code, which may be retried. */
export const taskEnded = "TaskEnded";

export function terminatedByUser(): FailureInfo {
    return { category: "usererror", code: taskEnded, message: "Task Was Ended by User Request" };
}

export function failureOf(event: Ended): FailureInfo | undefined {
    if (event.failureInfo) return event.failureInfo;
    if (event.stopped) return terminatedByUser();
    if (event.exitCode === 0) return undefined;
    return {
        category: "usererror",
        code: "FailureExitCode",
        message: "The task exited with an exit code representing a failure",
        details: [{ name: "Message", value: "The task exited with an exit code representing a failure" }],
    };
}

/** A task's process is gone (or never came to run): done, again, or given back. */
export function taskRunEnded(turn: Turn, flight: Flight, event: Ended): void {
    const job = flight.job === undefined ? undefined : turn.store.jobs.get(flight.job);
    const task = flight.task && turn.store.tasks.get(flight.task.job, flight.task.id);
    turn.touchPool(flight.pool);
    if (!job || !task || (task.state !== "running" && task.state !== "preparing")) return;
    turn.touchJob(job.key);
    if (task.stopping === "delete") {
        removeTask(turn, job, task);
        return;
    }
    // What ended by itself before it was stopped has ended.
    if (event.stopped && (task.stopping === "requeue" || task.stopping === undefined)) {
        giveBack(
            turn,
            job,
            task,
            { requeueCount: task.requeueCount + 1, lastRequeueTime: turn.now },
            "requeued",
        );
        return;
    }
    const failureInfo = failureOf(event);
    if (failureInfo?.code === "FailureExitCode" && task.stopping !== "terminate" && mayRetry(job, task)) {
        giveBack(
            turn,
            job,
            task,
            { retryCount: task.retryCount + 1, lastRetryTime: turn.now },
            `exit code ${String(event.exitCode)}, retry`,
        );
        return;
    }
    completeTask(turn, task, job, {
        ...(event.exitCode !== undefined && { exitCode: event.exitCode }),
        ...(failureInfo && { failureInfo }),
    });
}

/** Back to active without counting: its node or its preparation was lost. */
export function requeueFlight(turn: Turn, flight: Flight, cause: string): void {
    if (flight.gang) endGang(turn, flight.gang, { lost: cause });
    else if (turn.world.remove(flight)) requeueTask(turn, flight, cause);
}

/** The task of a flight that is gone goes back, or becomes what it was being stopped for. */
export function requeueTask(turn: Turn, flight: Flight, cause: string): void {
    turn.touchPool(flight.pool);
    const job = flight.job === undefined ? undefined : turn.store.jobs.get(flight.job);
    const task = flight.task && turn.store.tasks.get(flight.task.job, flight.task.id);
    if (!job || !task || (task.state !== "running" && task.state !== "preparing")) return;
    turn.touchJob(job.key);
    if (task.stopping === "terminate") completeTask(turn, task, job, { failureInfo: terminatedByUser() });
    else if (task.stopping === "delete") removeTask(turn, job, task);
    else
        giveBack(
            turn,
            job,
            task,
            task.stopping === "requeue"
                ? { requeueCount: task.requeueCount + 1, lastRequeueTime: turn.now }
                : {},
            cause,
        );
}

function giveBack(
    turn: Turn,
    job: JobRecord,
    task: TaskRecord,
    counts: Partial<TaskRecord>,
    cause: string,
): void {
    const {
        node: _node,
        startTime: _start,
        stopping: _stopping,
        subtasks: _subtasks,
        ...rest
    } = turn.moved(task, "active");
    const after: TaskRecord = { ...rest, ...counts };
    turn.putTask(task, after, job.key, cause);
    const { returned } = turn.world.queue(job.key);
    // Documented: a job manager that starts again comes first.
    if (isJobManager(job, task)) returned.unshift(after);
    else returned.push(after);
}

function mayRetry(job: JobRecord, task: TaskRecord): boolean {
    const most =
        (task.spec as unknown as TaskSpec).constraints?.maxTaskRetryCount ??
        (job.spec as unknown as JobSpec).constraints?.maxTaskRetryCount ??
        0;
    return job.state === "active" && (most < 0 || task.retryCount < most);
}

/** The end of a task, whatever brought it about: dependants, exit conditions, the job's own end. */
export function completeTask(turn: Turn, task: TaskRecord, job: JobRecord, how: TaskEnd): void {
    const {
        stopping: _stopping,
        exitCode: _code,
        failureInfo: _failure,
        ...rest
    } = turn.moved(task, "completed");
    const spec = task.spec as unknown as TaskSpec;
    const retention = durationOf(spec.constraints?.retentionTime ?? "") ?? week;
    const after: TaskRecord = {
        ...rest,
        endTime: turn.now,
        startTime: task.startTime ?? turn.now,
        result: how.failureInfo ? "failure" : "success",
        ...(how.exitCode !== undefined && { exitCode: how.exitCode }),
        ...(how.failureInfo && { failureInfo: how.failureInfo }),
        ...(task.node && { retentionEnds: turn.now + retention }),
    };
    turn.putTask(task, after, job.key, how.failureInfo ? how.failureInfo.code : "exit code 0");
    countOnNode(turn, job, after);
    const action = actionFor(spec.exitConditions, how);
    const jobSpec = job.spec as unknown as JobSpec;
    if (jobSpec.usesTaskDependencies && action.dependencyAction === "satisfy") {
        turn.world.queue(job.key).returned.push(...turn.store.tasks.satisfy(job.number, task.id));
        turn.touchPool(`${job.account}/${job.pool ?? ""}`);
    }
    const manager = jobSpec.jobManagerTask;
    if (manager && idKey(manager.id) === idKey(task.id) && manager.killJobOnCompletion !== false) {
        endJob(turn, job.key, "terminate", "JMComplete");
    } else if (jobSpec.onTaskFailure === "performexitoptionsjobaction" && action.jobAction !== "none") {
        if (action.jobAction === "terminate") endJob(turn, job.key, "terminate", "TaskFailed");
        else endJob(turn, job.key, "disable");
    }
    turn.touchJob(job.key);
}

function countOnNode(turn: Turn, job: JobRecord, task: TaskRecord): void {
    if (!task.node) return;
    const node = turn.store.nodes.get(`${job.account}/${idKey(task.node.pool)}/${idKey(task.node.node)}`);
    if (!node) return;
    turn.store.nodes.put({
        ...node,
        totalTasksSucceeded: node.totalTasksSucceeded + (task.result === "success" ? 1 : 0),
        dataRetainedUntil: Math.max(node.dataRetainedUntil ?? 0, task.retentionEnds ?? 0),
    });
}

/** The row of the exit conditions that fits, with the documented defaults for what it leaves open. */
export function actionFor(conditions: ExitConditions | undefined, how: TaskEnd): Required<JobAction> {
    const chosen = choose(conditions, how);
    const good = how.failureInfo === undefined;
    return {
        jobAction: chosen?.jobAction ?? (good ? "none" : "terminate"),
        dependencyAction: chosen?.dependencyAction ?? (good ? "satisfy" : "block"),
    };
}

function choose(
    conditions: ExitConditions | undefined,
    { exitCode, failureInfo }: TaskEnd,
): JobAction | undefined {
    if (!conditions) return undefined;
    if (exitCode !== undefined) {
        const exact = conditions.exitCodes?.find((row) => row.code === exitCode);
        if (exact) return exact.exitOptions;
        const within = conditions.exitCodeRanges?.find((row) => exitCode >= row.start && exitCode <= row.end);
        if (within) return within.exitOptions;
    }
    if (!failureInfo) return undefined;
    if (exitCode === undefined && failureInfo.code !== taskEnded)
        return conditions.preProcessingError ?? conditions.default;
    if (failureInfo.code.startsWith("FileUpload")) return conditions.fileUploadError ?? conditions.default;
    return conditions.default;
}

export function removeTask(turn: Turn, job: JobRecord, task: TaskRecord): void {
    if (task.node) {
        turn.do({
            do: "removeFiles",
            node: `${job.account}/${idKey(task.node.pool)}/${idKey(task.node.node)}`,
            directory: task.node.directory,
        });
    }
    turn.store.tasks.delete(job.number, task.id);
    turn.note(`${job.key}/${idKey(task.id)}`, task.state, "deleted", "delete task");
    turn.touchJob(job.key);
}
