import type { BatchClient } from "./batchClient";
import { isServiceError } from "./errors";
import type { BatchJobCreateOptions, BatchTaskCounts } from "./models";
import { describeFailure, failedTasks, taskOutcomes } from "./results";
import type { FailedTask, TaskOutcome } from "./results";
import { wait as pause } from "./retry";
import type { SubmitOptions, SubmitResult } from "./submission/result";
import { assertSource } from "./submission/sources";
import type { TaskSource } from "./submission/sources";
import { submitTasks } from "./submission/submit";
import { submittedBefore } from "./submission/verify";
import { waitForTasks } from "./waiting";
import type { WaitOptions } from "./waiting";

/** A job that {@link submit} makes when there is none of its id. */
export type SubmittedJob = string | BatchJobCreateOptions;

/**
 * Brings tasks to a job. A job that is given with more than its id is made if need be, filled, and then ends by itself when all its tasks
 * have completed, unless it says otherwise; so run again after an interruption, this ends in the same job with the same tasks.
 * @throws SubmissionError, InvalidTaskError, BatchServiceError as `submitTasks` does
 */
export async function submit(
    client: BatchClient,
    job: SubmittedJob,
    tasks: TaskSource,
    options: SubmitOptions = {},
): Promise<SubmitResult> {
    assertSource(tasks);
    if (typeof job === "string") return submitTasks(client, job, tasks, options);
    const { signal } = options;
    const { onAllTasksComplete = "terminatejob", ...rest } = job;
    // An empty job counts as complete, so it may not end by itself before its tasks are in.
    await client.jobs
        .add({ ...rest, onAllTasksComplete: "noaction" }, { signal })
        .catch(async (error: unknown) => {
            if (!isServiceError(error, "JobExists")) throw error;
            await assertSamePool(client, job, signal);
        });
    let result: SubmitResult;
    try {
        result = await submitTasks(client, job.id, tasks, options);
    } catch (error) {
        // Interrupted after the tasks were in, the job may have ended meanwhile: then all has been done.
        if (!isServiceError(error, ...ENDED)) throw error;
        const before = await submittedBefore(client, job.id, tasks, signal);
        if (before === undefined) throw error;
        return before;
    }
    if (onAllTasksComplete !== "noaction")
        await client.jobs.patch(job.id, { onAllTasksComplete }, { signal });
    return result;
}

const ENDED = ["JobCompleted", "JobTerminating", "JobBeingTerminated"];

async function assertSamePool(
    client: BatchClient,
    { id, poolInfo }: BatchJobCreateOptions,
    signal?: AbortSignal,
): Promise<void> {
    const wanted = poolInfo.poolId;
    if (wanted === undefined) return;
    const found = (await client.jobs.get(id, { select: "id,poolInfo", signal })).poolInfo?.poolId;
    if (found !== undefined && found.toLowerCase() !== wanted.toLowerCase())
        throw new Error(
            `job ${id} exists already and runs on pool ${found}, not on ${wanted}: give the job another id, delete the old one, or say its pool`,
        );
}

/** Some tasks of a job failed. */
export class TasksFailedError extends Error {
    override readonly name = "TasksFailedError";
    readonly counts: BatchTaskCounts;
    /** The first ones, with reasons and the end of their stderr.txt. */
    readonly failures: readonly FailedTask[];

    constructor(jobId: string, counts: BatchTaskCounts, failures: readonly FailedTask[]) {
        const lines = failures.map((failure) => `  ${describeFailure(failure)}`);
        if (counts.failed > failures.length) lines.push(`  and ${counts.failed - failures.length} more`);
        super([`${counts.failed} of ${counts.completed} tasks of job ${jobId} failed:`, ...lines].join("\n"));
        this.counts = counts;
        this.failures = failures;
    }
}

/**
 * Waits until the tasks of a job have completed, asking for counts alone.
 * @throws TasksFailedError when some failed, unless `onFailure` is "report"
 * @throws WaitError when time is over, or the job ended before its tasks; it says why none runs
 */
export async function wait(
    client: BatchClient,
    jobId: string,
    { onFailure = "fail", ...options }: WaitOptions & { readonly onFailure?: "fail" | "report" } = {},
): Promise<BatchTaskCounts> {
    const counts = await waitForTasks(client, jobId, options);
    if (counts.failed === 0 || onFailure === "report") return counts;
    const { signal, among } = options;
    throw new TasksFailedError(jobId, counts, await failedTasks(client, jobId, { limit: 10, signal, among }));
}

const OVERLAP = 5000;

/**
 * Gives each task of a job as it completes, once, until all have. Each question is for what has completed since the last one.
 * @param options as those of `wait`
 */
export async function* stream(
    client: BatchClient,
    jobId: string,
    { signal, pollInterval = 5000, among }: Pick<WaitOptions, "signal" | "pollInterval" | "among"> = {},
): AsyncGenerator<TaskOutcome> {
    const given = new Set<string>();
    let since: string | undefined;
    for (let delay = Math.min(100, pollInterval); ; delay = Math.min(pollInterval, delay * 1.5)) {
        const counts = await client.jobs.taskCounts(jobId, { signal });
        const { active, running } = counts.taskCounts;
        const filter = `state eq 'completed'${since === undefined ? "" : ` and stateTransitionTime ge DateTime'${since}'`}`;
        const select = "id,state,stateTransitionTime,executionInfo,nodeInfo";
        let latest = since;
        for await (const task of client.tasks.list(jobId, { filter, select, signal })) {
            const { id = "", stateTransitionTime = "" } = task;
            if (latest === undefined || stateTransitionTime > latest) latest = stateTransitionTime;
            if (given.has(id) || among?.has(id) === false) continue;
            given.add(id);
            const { exitCode, result } = task.executionInfo ?? {};
            yield { taskId: id, nodeId: task.nodeInfo?.nodeId, exitCode, result };
        }
        // A list is no moment: what completed while it was read may be before its last one.
        if (latest !== undefined) since = new Date(Date.parse(latest) - OVERLAP).toISOString();
        const all = among?.count ?? counts.taskCounts.completed;
        if (active + running === 0 && given.size >= all) return;
        await pause(delay, signal);
    }
}

/** What {@link collect} gives of a task. */
export interface Collected extends TaskOutcome {
    /** Texts of the files that were asked for, by name; a file that is gone, or never was, is not there. */
    readonly files: Readonly<Record<string, string>>;
}

/**
 * How the tasks of a job ended, with files of theirs from the nodes, as long as these have them.
 * @param options.files names relative to the task's directory. @default stdout.txt
 * @param options.limit tasks at most. @default 1000
 * @param options.bytes of each file its last bytes, at most so many. @default 65536
 */
export async function collect(
    client: BatchClient,
    jobId: string,
    options: {
        readonly files?: readonly string[];
        readonly limit?: number;
        readonly bytes?: number;
        readonly signal?: AbortSignal;
    } = {},
): Promise<Collected[]> {
    const { files = ["stdout.txt"], limit = 1000, bytes = 65_536, signal } = options;
    const outcomes = await taskOutcomes(client, jobId, { limit, signal });
    const collected: Collected[] = outcomes.map((outcome) => ({ ...outcome, files: {} }));
    const queue = collected.values();
    const work = async (): Promise<void> => {
        for (const task of queue) {
            for (const name of files) {
                const text = await client.files
                    .tailOfTask(jobId, task.taskId, name, bytes, { signal })
                    .catch((error: unknown) => {
                        // The node may be gone, and its files with it.
                        if (isServiceError(error) && error.status < 500) return undefined;
                        throw error;
                    });
                if (text !== undefined) Object.assign(task.files, { [name]: text });
            }
        }
    };
    await Promise.all(Array.from({ length: 8 }, work));
    return collected;
}
