import type { BatchClient, BatchTaskCounts, FailedTask, TaskSet } from "../../client";
import { describeFailure, failedTasks, isServiceError, taskOutcomes, waitForTasks } from "../../client";
import { cancelled } from "./cancel";
import { batchClient } from "./connections";
import { advice, InitializationError, withAdvice } from "./errors";
import { rangesHold } from "./idRanges";
import type { IdRange } from "./idRanges";
import { differs, uncertain } from "./known";
import { Progress } from "./progress";

/** Inputs of a wait. */
export interface TaskWaitInputs {
    readonly endpoint: string;
    /** Name of the settings of the sign-in; not compared. */
    readonly batchCredentials?: string;
    readonly jobId: string;
    /** Digest of the tasks waited for: other tasks are waited for anew. */
    readonly digest: string;
    /** Their number; none in the state of older versions, which waited for all tasks of the job. */
    readonly count?: number;
    /** Their ids, where these are known in short. */
    readonly ids?: readonly IdRange[];
    /** Seconds. */
    readonly timeout: number;
    /** Seconds between two questions at most. */
    readonly pollInterval: number;
    /** Whether a failed task fails the deployment. */
    readonly onFailure: "fail" | "report";
    /** Tasks whose end is reported one by one at most. */
    readonly resultLimit: number;
}

type Failure = { property: string; reason: string };

/** Failed tasks that a message names. */
const NAMED = 10;
const STDERR_BYTES = 2000;

export function check(_olds: unknown, news: TaskWaitInputs): { inputs: TaskWaitInputs; failures: Failure[] } {
    return { inputs: news, failures: [] };
}

/** Waiting again makes sense for other tasks only; another time-out counts for the next wait. */
export function diff(
    _id: string,
    olds: TaskWaitInputs & { done?: boolean },
    news: TaskWaitInputs,
): { changes: boolean; replaces: string[] } {
    const replaces = (["endpoint", "jobId"] as const).filter((name) => differs(olds[name], news[name]));
    const changed =
        differs(olds.digest, news.digest) ||
        differs(olds.resultLimit, news.resultLimit) ||
        differs(olds.onFailure, news.onFailure) ||
        olds.done !== true;
    return {
        changes: changed || replaces.length > 0 || uncertain([news.digest, news.jobId, news.endpoint]),
        replaces,
    };
}

export async function create(inputs: TaskWaitInputs): Promise<{ id: string; outs: Record<string, unknown> }> {
    return { id: `${inputs.endpoint}/jobs/${inputs.jobId}/completion`, outs: await waitAndCollect(inputs) };
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
    const among = ownTasks(inputs);
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
    let outputs: Record<string, unknown>;
    let failures: FailedTask[];
    try {
        const client = await batchClient(inputs);
        const counts = await waitForTasks(client, jobId, {
            signal: cancelled,
            timeout: inputs.timeout * 1000,
            pollInterval: inputs.pollInterval * 1000,
            onProgress,
            among,
        });
        const seconds = ((Date.now() - started) / 1000).toFixed(1);
        progress.say(
            `job ${jobId}: ${counts.completed} of ${tasksOf(counts.completed)} done, ${counts.failed} failed in ${seconds} s`,
        );
        ({ outputs, failures } = await collect(client, inputs, counts, among));
    } catch (error) {
        // Nothing was made, so there is nothing to save: the next run waits again.
        throw withAdvice(error);
    }
    if (failures.length > 0 && inputs.onFailure === "fail") throw failed(inputs, outputs, failures);
    return outputs;
}

const tasksOf = (count: number): string => (count === 1 ? "1 task" : `${count} tasks`);

/** The tasks that are waited for, where they can be told from others of their job. */
function ownTasks({ ids, count }: TaskWaitInputs): TaskSet | undefined {
    return ids === undefined || count === undefined ? undefined : { count, has: rangesHold(ids) };
}

async function collect(
    client: BatchClient,
    inputs: TaskWaitInputs,
    counts: BatchTaskCounts,
    among: TaskSet | undefined,
): Promise<{ outputs: Record<string, unknown>; failures: FailedTask[] }> {
    const { jobId, resultLimit } = inputs;
    const options = { signal: cancelled, limit: NAMED, stderrBytes: STDERR_BYTES, among };
    const failures = counts.failed > 0 ? await failedTasks(client, jobId, options) : [];
    const tasks =
        resultLimit > 0
            ? await taskOutcomes(client, jobId, { signal: cancelled, limit: resultLimit, among })
            : [];
    return {
        outputs: { ...inputs, counts, failures: plain(failures), tasks: plain(tasks), done: true },
        failures,
    };
}

// What is undefined is left out: the engine cannot take it.
const plain = (items: readonly object[]): unknown[] => JSON.parse(JSON.stringify(items)) as unknown[];

function failed(
    inputs: TaskWaitInputs,
    outputs: Record<string, unknown>,
    failures: readonly FailedTask[],
): Error {
    const { counts } = outputs as { counts: BatchTaskCounts };
    const named = failures.map((failure) => `  ${describeFailure(failure)}`);
    const more = counts.failed > failures.length ? [`  and ${counts.failed - failures.length} more`] : [];
    const reason = [
        `${counts.failed} of ${counts.completed} tasks of job ${inputs.jobId} failed:`,
        ...named,
        ...more,
    ].join("\n");
    // `done` is left out: the next run looks again, since the tasks may have been reactivated.
    return new InitializationError(
        `${inputs.endpoint}/jobs/${inputs.jobId}/completion`,
        { ...inputs },
        { ...outputs, done: false },
        [reason],
    );
}

export async function read(
    id: string,
    props: TaskWaitInputs,
): Promise<{ id?: string; props?: Record<string, unknown> }> {
    try {
        const client = await batchClient(props);
        await client.jobs.get(props.jobId, { select: "id,state" });
        return { id, props: { ...props } };
    } catch (error) {
        if (isServiceError(error, "JobNotFound", "ResourceNotFound")) return {};
        throw new Error(advice(error), { cause: error });
    }
}

/** A wait leaves nothing behind. */
export function remove(): Promise<void> {
    return Promise.resolve();
}
