import type { BatchClient } from "./batchClient";
import { BatchServiceError } from "./errors";
import type { BatchErrorSourceCategory, BatchTask } from "./models";
import type { TaskSet } from "./waiting";

/** Whose fault a failure is, as the service says it. */
export type FailureCategory = BatchErrorSourceCategory;

/** How one task ended. */
export interface TaskOutcome {
    readonly taskId: string;
    /** Node that it ran on; undefined when it never got to one. */
    readonly nodeId?: string;
    /** Exit code of its process; undefined when there was none. */
    readonly exitCode?: number;
    readonly result?: "success" | "failure";
    /** Start and end of its last try, ISO 8601. */
    readonly startTime?: string;
    readonly endTime?: string;
}

/** How one task failed. */
export interface FailedTask extends TaskOutcome {
    readonly category?: FailureCategory;
    /** Code of the service, such as `FailureExitCode`. */
    readonly code?: string;
    readonly message?: string;
    /** End of the task's stderr.txt, as far as the node still has it. */
    readonly stderr?: string;
}

/** Options of {@link taskOutcomes} and {@link failedTasks}. */
export interface ResultOptions {
    readonly signal?: AbortSignal;
    /** Tasks at most. */
    readonly limit: number;
    /** Only these tasks of the job. @default all tasks */
    readonly among?: TaskSet;
}

const SELECT = "id,state,executionInfo,nodeInfo";

function outcome(task: BatchTask): TaskOutcome {
    return {
        taskId: task.id ?? "",
        nodeId: task.nodeInfo?.nodeId,
        exitCode: task.executionInfo?.exitCode,
        result: task.executionInfo?.result,
        startTime: task.executionInfo?.startTime,
        endTime: task.executionInfo?.endTime,
    };
}

/** How the tasks of a job ended, the first `limit` of them in the service's order. */
export async function taskOutcomes(
    client: BatchClient,
    jobId: string,
    options: ResultOptions,
): Promise<TaskOutcome[]> {
    const outcomes: TaskOutcome[] = [];
    const filter = "state eq 'completed'";
    for await (const task of client.tasks.list(jobId, { filter, select: SELECT, signal: options.signal })) {
        if (options.among?.has(task.id ?? "") === false) continue;
        outcomes.push(outcome(task));
        if (outcomes.length >= options.limit) break;
    }
    return outcomes;
}

/** The tasks of a job that failed, with reasons and the end of their stderr.txt. */
export async function failedTasks(
    client: BatchClient,
    jobId: string,
    options: ResultOptions & { stderrBytes?: number },
): Promise<FailedTask[]> {
    const failed: FailedTask[] = [];
    const filter = "executionInfo/result eq 'failure'";
    for await (const task of client.tasks.list(jobId, { filter, select: SELECT, signal: options.signal })) {
        if (options.among?.has(task.id ?? "") === false) continue;
        const info = task.executionInfo?.failureInfo;
        failed.push({
            ...outcome(task),
            category: info?.category,
            code: info?.code,
            message: info?.message,
            stderr: await stderrOf(client, jobId, task, options),
        });
        if (failed.length >= options.limit) break;
    }
    return failed;
}

async function stderrOf(
    client: BatchClient,
    jobId: string,
    task: BatchTask,
    options: { stderrBytes?: number; signal?: AbortSignal },
): Promise<string | undefined> {
    if (task.id === undefined || task.nodeInfo?.nodeId === undefined || options.stderrBytes === 0)
        return undefined;
    try {
        return await client.files.tailOfTask(jobId, task.id, "stderr.txt", options.stderrBytes ?? 2000, {
            signal: options.signal,
        });
    } catch (error) {
        // The node may be gone, and its files with it: the failure itself is still worth telling.
        if (error instanceof BatchServiceError && error.status < 500) return undefined;
        throw error;
    }
}

/** One line about a failed task, for people. */
export function describeFailure(task: FailedTask): string {
    const exit = task.exitCode === undefined ? "no exit code" : `exit code ${task.exitCode}`;
    const reason = task.code === undefined ? "" : `, ${task.code}`;
    const category = task.category === undefined ? "" : ` (${task.category})`;
    const tail = task.stderr?.trim().split("\n").slice(-5).join("\n    ");
    return `${task.taskId}: ${exit}${reason}${category}${tail ? `\n    ${tail}` : ""}`;
}
