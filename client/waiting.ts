import type { BatchClient } from "./batchClient";
import { isServiceError } from "./errors";
import type { BatchTask, BatchTaskCounts } from "./models";
import { wait } from "./retry";
import { whatIsMissing, whyStuck } from "./stuck";
import { abortReason } from "./transport";

/** Options of {@link waitForTasks}. */
export interface WaitOptions {
    readonly signal?: AbortSignal;
    /** Milliseconds in all. @default no limit */
    readonly timeout?: number;
    /** Milliseconds between two questions at most; the first ones come faster. @default 10000 */
    readonly pollInterval?: number;
    /** Called after every question. */
    readonly onProgress?: (counts: BatchTaskCounts) => void;
    /** Waits for these tasks of the job alone. @default all tasks */
    readonly among?: TaskSet;
}

/** Some tasks of a job. */
export interface TaskSet {
    readonly count: number;
    has(taskId: string): boolean;
}

/** The tasks did not end in time, or cannot end any more. */
export class WaitError extends Error {
    override readonly name = "WaitError";
    /** `timeout`: not in time; `ended`: the job ended before its tasks; `stuck`: those that wait will never run. */
    readonly why: "timeout" | "ended" | "stuck";
    readonly counts: BatchTaskCounts;

    constructor(why: WaitError["why"], message: string, counts: BatchTaskCounts) {
        super(message);
        this.why = why;
        this.counts = counts;
    }
}

const ENDED = new Set(["terminating", "completed", "deleting"]);

/**
 * Waits until every task of a job, or every one of some, has completed, by asking for counts and never for single tasks.
 * @returns the counts at the end
 * @throws WaitError when time is over or the job ended before its tasks
 */
export async function waitForTasks(
    client: BatchClient,
    jobId: string,
    options: WaitOptions = {},
): Promise<BatchTaskCounts> {
    const { signal, onProgress, among } = options;
    assertMilliseconds("timeout", options.timeout);
    assertMilliseconds("pollInterval", options.pollInterval);
    const deadline = options.timeout === undefined ? Infinity : Date.now() + options.timeout;
    const longest = options.pollInterval ?? 10_000;
    for (let delay = Math.min(100, longest), round = 0; ; round++, delay = Math.min(longest, delay * 1.5)) {
        if (signal?.aborted === true) throw abortReason(signal);
        const { taskCounts } = await client.jobs.taskCounts(jobId, { signal });
        onProgress?.(taskCounts);
        const left = taskCounts.active + taskCounts.running;
        const others = among === undefined ? 0 : Math.max(0, left + taskCounts.completed - among.count);
        // Counts lag, so the end is confirmed by the list; before, there is no need to ask for it.
        if (left <= others && (await firstUnfinished(client, jobId, among, signal)) === undefined)
            return among === undefined || others === 0
                ? finalCounts(client, jobId, signal)
                : countsAmong(client, jobId, among, signal);
        if (round % 5 === 4) await assertRunning(client, jobId, taskCounts, among, signal);
        if (round % 5 === 4 && taskCounts.running === 0 && taskCounts.active > 0)
            await assertNotStuck(client, jobId, taskCounts, signal);
        if (Date.now() >= deadline) {
            const why = await explainWaiting(client, jobId, signal);
            throw new WaitError("timeout", `${haveNot(left, jobId)} completed in time.${why}`, taskCounts);
        }
        await wait(Math.min(delay, Math.max(1, deadline - Date.now())), signal);
    }
}

/** A text or NaN would compare with no instant, and the wait would have no end. */
function assertMilliseconds(name: string, value: unknown): void {
    if (value === undefined || (typeof value === "number" && value >= 0)) return;
    throw new TypeError(`${name} is ${String(value)}: give milliseconds, a number such as 30 * 60_000`);
}

async function firstUnfinished(
    client: BatchClient,
    jobId: string,
    among: TaskSet | undefined,
    signal?: AbortSignal,
): Promise<BatchTask | undefined> {
    const filter = "state eq 'active' or state eq 'preparing' or state eq 'running'";
    const pageSize = among === undefined ? 1 : undefined;
    for await (const task of client.tasks.list(jobId, { filter, select: "id,state", pageSize, signal }))
        if (among?.has(task.id ?? "") !== false) return task;
    return undefined;
}

/** Counts of some tasks of a job, all of which have completed. */
async function countsAmong(
    client: BatchClient,
    jobId: string,
    among: TaskSet,
    signal?: AbortSignal,
): Promise<BatchTaskCounts> {
    let failed = 0;
    const filter = "executionInfo/result eq 'failure'";
    for await (const task of client.tasks.list(jobId, { filter, select: "id", signal }))
        if (among.has(task.id ?? "")) failed += 1;
    const completed = among.count;
    return { active: 0, running: 0, completed, succeeded: completed - failed, failed };
}

async function finalCounts(
    client: BatchClient,
    jobId: string,
    signal?: AbortSignal,
): Promise<BatchTaskCounts> {
    for (let tries = 0; ; tries++) {
        const { taskCounts } = await client.jobs.taskCounts(jobId, { signal });
        if (taskCounts.succeeded + taskCounts.failed === taskCounts.completed || tries === 10)
            return taskCounts;
        await wait(500, signal);
    }
}

async function assertRunning(
    client: BatchClient,
    jobId: string,
    counts: BatchTaskCounts,
    among: TaskSet | undefined,
    signal?: AbortSignal,
): Promise<void> {
    const job = await client.jobs.get(jobId, { select: "id,state,executionInfo", signal });
    if (!ENDED.has(job.state ?? "")) return;
    const rest = await firstUnfinished(client, jobId, among, signal);
    if (rest === undefined) return;
    if (job.state !== "completed") return;
    const reason = job.executionInfo?.terminateReason ?? "no reason given";
    throw new WaitError(
        "ended",
        `job ${jobId} ended (${reason}) while tasks such as ${rest.id} were ${rest.state}`,
        counts,
    );
}

const haveNot = (tasks: number, jobId: string): string =>
    tasks === 1 ? `1 task of job ${jobId} has not` : `${tasks} tasks of job ${jobId} have not`;

async function assertNotStuck(
    client: BatchClient,
    jobId: string,
    counts: BatchTaskCounts,
    signal?: AbortSignal,
): Promise<void> {
    const why = await whyStuck(client, jobId, signal);
    if (why === undefined) return;
    throw new WaitError("stuck", `${haveNot(counts.active, jobId)} completed and never will: ${why}`, counts);
}

/** Why tasks of a job do not run, from the state of its pool; an empty text when nothing is found. */
export async function explainWaiting(
    client: BatchClient,
    jobId: string,
    signal?: AbortSignal,
): Promise<string> {
    try {
        const job = await client.jobs.get(jobId, { select: "id,state,poolInfo,executionInfo", signal });
        const lines: string[] = [];
        if (job.state !== "active") lines.push(`The job is ${job.state}.`);
        const missing = await whatIsMissing(client, jobId, signal);
        if (missing !== undefined) lines.push(missing);
        const poolId = job.executionInfo?.poolId ?? job.poolInfo?.poolId;
        if (poolId !== undefined) lines.push(...(await explainPool(client, poolId, signal)));
        return lines.map((line) => ` ${line}`).join("");
    } catch (error) {
        if (signal?.aborted === true) throw error;
        return "";
    }
}

async function explainPool(client: BatchClient, poolId: string, signal?: AbortSignal): Promise<string[]> {
    try {
        const pool = await client.pools.get(poolId, { signal });
        const lines = (pool.resizeErrors ?? []).map(
            (error) => `Pool ${poolId}: ${error.code}: ${error.message}.`,
        );
        const nodes = (pool.currentDedicatedNodes ?? 0) + (pool.currentLowPriorityNodes ?? 0);
        if (nodes === 0) lines.push(`Pool ${poolId} has no nodes (${pool.allocationState}).`);
        const filter = "state eq 'starttaskfailed' or state eq 'unusable'";
        const broken: string[] = [];
        for await (const node of client.pools.nodes(poolId, {
            filter,
            select: "id,state,startTaskInfo",
            signal,
        })) {
            const exit = node.startTaskInfo?.exitCode;
            broken.push(
                `${node.id} is ${node.state}${exit === undefined ? "" : ` (start task exited with ${exit})`}`,
            );
        }
        if (broken.length > 0)
            lines.push(`${broken.slice(0, 5).join(", ")}${broken.length > 5 ? ", ..." : ""}.`);
        return lines.length > 0 ? lines : [await nodesByState(client, poolId, signal)];
    } catch (error) {
        if (isServiceError(error, "PoolNotFound")) return [`Pool ${poolId} does not exist.`];
        throw error;
    }
}

/** What nodes do instead, such as tasks of another job. */
async function nodesByState(client: BatchClient, poolId: string, signal?: AbortSignal): Promise<string> {
    const states = new Map<string, number>();
    for await (const { state = "unknown" } of client.pools.nodes(poolId, { select: "id,state", signal }))
        states.set(state, (states.get(state) ?? 0) + 1);
    const counts = [...states].map(([state, count]) => `${count} ${state}`);
    return `Nodes of pool ${poolId}: ${counts.join(", ") || "none is listed"}.`;
}
