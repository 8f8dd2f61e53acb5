import type {
    BatchClient,
    BatchTaskCounts,
    BatchSignIn,
    FailedTask,
    TaskOutcome,
    TaskSet,
} from "../../client";
import { describeFailure, failedTasks, taskOutcomes, waitForTasks, WaitError } from "../../client";
import { cancelled } from "./cancel";
import { batchClient } from "./connections";
import { InitializationError, withAdvice } from "./errors";
import type { Fault } from "./faults";
import { Faults } from "./faults";
import { isGone, untilSettled } from "./gone";
import { rangesHold, unpackRanges } from "./idRanges";
import type { IdRange } from "./idRanges";
import { isOver } from "./jobRun";
import { differs, known, uncertain } from "./known";
import type { Unsure } from "./known";
import { Progress } from "./progress";
import { durationsOf, nodeFiles, nodeTasks, taskFiles } from "./taskResults";

/** Inputs of a wait. */
export interface TaskWaitInputs {
    readonly endpoint: string;
    readonly jobId: string;
    /** Digest of the tasks waited for: other tasks are waited for anew. None for whatever tasks the job has. */
    readonly digest?: string;
    /** Their number; none in the state of older versions, which waited for all tasks of the job. */
    readonly count?: number;
    /** Their ids, where these are known in short. */
    readonly ids?: string | readonly IdRange[];
    /** Seconds. */
    readonly timeout: number;
    /** Seconds between two questions at most. */
    readonly pollInterval: number;
    /** Whether a failed task fails the deployment. */
    readonly onFailure: "fail" | "report";
    /** Tasks whose end is reported one by one at most. */
    readonly resultLimit: number;
    /** Files of tasks that are read. */
    readonly files?: readonly { readonly taskId: string; readonly path: string }[];
    /** Files that are read on every node that ran the job, relative to the node's root. */
    readonly nodeFiles?: readonly string[];
    /** Bytes of each file at most, from its end. */
    readonly fileBytes?: number;
    /** Whether the job ends then, and its release tasks are waited for. */
    readonly endJob?: boolean;
    /** Values whose change means to look again. */
    readonly triggers?: unknown;
    readonly batchCredentials?: BatchSignIn;
}

/** Failed tasks that a message names. */
const NAMED = 10;
const STDERR_BYTES = 2000;
const FILE_BYTES = 16 * 1024;

export function check(_olds: unknown, news: Unsure<TaskWaitInputs>): { inputs: object; failures: Fault[] } {
    const faults = new Faults();
    for (const name of ["timeout", "pollInterval"] as const) {
        const value = known(news[name]);
        if (value !== undefined && !(value > 0)) faults.add(name, `${value}: it must be above 0 seconds`);
    }
    faults.whole("resultLimit", news.resultLimit, 0);
    faults.whole("fileBytes", news.fileBytes, 1);
    return { inputs: news, failures: faults.found };
}

/** What is looked at again when it changes: other tasks, or other things to see of them. */
const asked = [
    "digest",
    "resultLimit",
    "onFailure",
    "files",
    "nodeFiles",
    "fileBytes",
    "endJob",
    "triggers",
] as const;

/** Waiting again makes sense for other tasks only; another time-out counts for the next wait. */
export function diff(
    _id: string,
    olds: TaskWaitInputs & { done?: boolean },
    news: TaskWaitInputs,
): { changes: boolean; replaces: string[] } {
    const replaces = (["endpoint", "jobId"] as const).filter((name) => differs(olds[name], news[name]));
    // The id of a job that stays is known.
    if (uncertain(news.jobId)) replaces.push("jobId");
    const changed = asked.some((name) => differs(olds[name], news[name])) || olds.done !== true;
    return {
        changes: changed || replaces.length > 0 || uncertain([news.digest, news.triggers, news.endpoint]),
        replaces,
    };
}

const idOf = ({ endpoint, jobId }: TaskWaitInputs): string => `${endpoint}/jobs/${jobId}/completion`;

export async function create(inputs: TaskWaitInputs): Promise<{ id: string; outs: Record<string, unknown> }> {
    return { id: idOf(inputs), outs: await waitAndCollect(inputs) };
}

export async function update(
    _id: string,
    _olds: unknown,
    news: TaskWaitInputs,
): Promise<{ outs: Record<string, unknown> }> {
    return { outs: await waitAndCollect(news) };
}

async function waitAndCollect(inputs: TaskWaitInputs): Promise<Record<string, unknown>> {
    const { jobId } = inputs;
    let outputs: Record<string, unknown>;
    let failures: FailedTask[];
    try {
        const client = await batchClient(inputs);
        const among = ownTasks(inputs);
        const counts = await waitFor(client, inputs, among);
        ({ outputs, failures } = await collect(client, inputs, counts, among));
        if (inputs.endJob === true) await endJob(client, inputs);
        outputs["nodes"] = plain(await nodeTasks(client, jobId, inputs.resultLimit));
    } catch (error) {
        // Nothing was made, so there is nothing to save: the next run waits again.
        throw withAdvice(error);
    }
    if (failures.length > 0 && inputs.onFailure === "fail") throw failed(inputs, outputs, failures);
    return outputs;
}

/** A task as the state shows it: short, for there may be many. */
function shown({ taskId, nodeId, exitCode, result, startTime, endTime }: TaskOutcome): object {
    const seconds = (Date.parse(endTime ?? "") - Date.parse(startTime ?? "")) / 1000;
    return { taskId, nodeId, exitCode, result, ...(Number.isNaN(seconds) ? {} : { seconds }) };
}

async function waitFor(
    client: BatchClient,
    inputs: TaskWaitInputs,
    among: TaskSet | undefined,
): Promise<BatchTaskCounts> {
    const { jobId } = inputs;
    const started = Date.now();
    const progress = new Progress();
    progress.say(`job ${jobId}: waiting for ${among === undefined ? "its tasks" : tasksOf(among.count)}`);
    const onProgress = (counts: BatchTaskCounts): void => {
        const total = counts.active + counts.running + counts.completed;
        progress.line(
            () =>
                `job ${jobId}: ${counts.completed} of ${tasksOf(total)} done, ${counts.running} running, ${counts.failed} failed`,
        );
    };
    const counts = await waitForTasks(client, jobId, {
        signal: cancelled,
        timeout: inputs.timeout * 1000,
        pollInterval: inputs.pollInterval * 1000,
        onProgress,
        among,
    }).catch(async (error: unknown) => {
        throw error instanceof WaitError ? await withFailures(client, inputs, among, error) : error;
    });
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    progress.say(
        `job ${jobId}: ${counts.completed} of ${tasksOf(counts.completed)} done, ${counts.failed} failed in ${seconds} s`,
    );
    return counts;
}

/** What has failed by then may be why the others do not end. */
async function withFailures(
    client: BatchClient,
    inputs: TaskWaitInputs,
    among: TaskSet | undefined,
    error: WaitError,
): Promise<Error> {
    if (error.counts.failed === 0) return error;
    const options = { signal: cancelled, limit: NAMED, stderrBytes: STDERR_BYTES, among };
    const failures = await failedTasks(client, inputs.jobId, options).catch(() => []);
    return new Error(`${error.message}\n${listed(inputs.jobId, error.counts, failures)}`, { cause: error });
}

const tasksOf = (count: number): string => (count === 1 ? "1 task" : `${count} tasks`);

/** The tasks that are waited for, where they can be told from others of their job. */
function ownTasks({ ids, count }: TaskWaitInputs): TaskSet | undefined {
    const ranges = unpackRanges(ids);
    return ranges === undefined || count === undefined ? undefined : { count, has: rangesHold(ranges) };
}

async function collect(
    client: BatchClient,
    inputs: TaskWaitInputs,
    counts: BatchTaskCounts,
    among: TaskSet | undefined,
): Promise<{ outputs: Record<string, unknown>; failures: FailedTask[] }> {
    const { jobId, resultLimit, files = [], nodeFiles: paths = [], fileBytes = FILE_BYTES } = inputs;
    const options = { signal: cancelled, limit: NAMED, stderrBytes: STDERR_BYTES, among };
    const failures = counts.failed > 0 ? await failedTasks(client, jobId, options) : [];
    const tasks =
        resultLimit > 0
            ? await taskOutcomes(client, jobId, { signal: cancelled, limit: resultLimit, among })
            : [];
    return {
        outputs: plain({
            ...inputs,
            // The inputs hold them, and so does the collection: once more would be too much of the state.
            ids: undefined,
            counts,
            failures,
            tasks: tasks.map(shown),
            durations: durationsOf(tasks),
            taskFiles: await taskFiles(client, jobId, files, fileBytes),
            filesOnNodes: await nodeFiles(client, jobId, paths, fileBytes),
            done: true,
        }),
        failures,
    };
}

/** Ends the job now that nothing of it is needed any more, so that its release tasks run, and waits for them. */
async function endJob(client: BatchClient, { jobId, timeout }: TaskWaitInputs): Promise<void> {
    const { state } = await client.jobs.get(jobId, { select: "id,state", signal: cancelled });
    if (state !== "completed" && state !== "terminating")
        await client.jobs.terminate(jobId, { reason: "AllTasksCompleted", signal: cancelled });
    const question = async (): Promise<string | undefined> => {
        const job = await client.jobs.get(jobId, { select: "id,state", signal: cancelled });
        return job.state === "completed" || !isOver(job)
            ? undefined
            : `job ${jobId}: waiting for its release tasks`;
    };
    await untilSettled(question, timeout, `the release tasks of job ${jobId} have not ended in time`);
}

// What is undefined is left out: the engine cannot take it.
const plain = (value: object): Record<string, unknown> =>
    JSON.parse(JSON.stringify(value)) as Record<string, unknown>;

function listed(jobId: string, counts: BatchTaskCounts, failures: readonly FailedTask[]): string {
    const named = failures.map((failure) => `  ${describeFailure(failure)}`);
    const more = counts.failed > failures.length ? [`  and ${counts.failed - failures.length} more`] : [];
    return [`${counts.failed} of ${counts.completed} tasks of job ${jobId} failed:`, ...named, ...more].join(
        "\n",
    );
}

function failed(
    inputs: TaskWaitInputs,
    outputs: Record<string, unknown>,
    failures: readonly FailedTask[],
): Error {
    const { counts } = outputs as { counts: BatchTaskCounts };
    // `done` is left out: the next run looks again, since the tasks may have been reactivated.
    return new InitializationError(idOf(inputs), { ...inputs }, { ...outputs, done: false }, [
        listed(inputs.jobId, counts, failures),
    ]);
}

export async function read(
    id: string,
    props: TaskWaitInputs,
): Promise<{ id?: string; props?: Record<string, unknown> }> {
    try {
        const client = await batchClient(props);
        await client.jobs.get(props.jobId, { select: "id,state", signal: cancelled });
        return { id, props: { ...props } };
    } catch (error) {
        if (isGone(error)) return {};
        throw withAdvice(error);
    }
}

/** A wait leaves nothing behind. */
export function remove(): Promise<void> {
    return Promise.resolve();
}
