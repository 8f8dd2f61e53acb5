import type { BatchClient } from "../batchClient";
import type { BatchTask, BatchTaskCreateOptions } from "../models";
import { wait } from "../retry";
import { isDeclared } from "./equal";
import { IdSet } from "./idSet";
import type { SubmitResult } from "./result";
import { isRepeatable, preparedTasks } from "./sources";
import type { TaskSource } from "./sources";
import type { PreparedTask } from "./task";

// Long enough for few requests, short enough for every proxy.
const FILTER_LENGTH = 1500;

/** Which of these tasks are in the job already, as they were sent, and which are there but different. */
export async function compareWithService(
    client: BatchClient,
    jobId: string,
    tasks: readonly PreparedTask[],
    signal?: AbortSignal,
): Promise<{ equal: Set<string>; different: Map<string, BatchTask> }> {
    const wanted = new Map(tasks.map((task) => [task.id.toLowerCase(), task]));
    const equal = new Set<string>();
    const different = new Map<string, BatchTask>();
    for (const filter of idFilters(tasks.map(({ id }) => id))) {
        for await (const found of client.tasks.list(jobId, { filter, signal })) {
            const task = wanted.get(found.id?.toLowerCase() ?? "");
            if (task === undefined) continue;
            if (isDeclared(JSON.parse(task.json) as BatchTaskCreateOptions, found)) equal.add(task.id);
            else different.set(task.id, found);
        }
    }
    return { equal, different };
}

/** Filters that find tasks by their ids, each short enough for a request. */
export function* idFilters(ids: Iterable<string>): Generator<string> {
    let clauses: string[] = [];
    let length = 0;
    for (const id of ids) {
        const clause = `id eq '${id}'`;
        if (length + clause.length > FILTER_LENGTH) {
            yield clauses.join(" or ");
            clauses = [];
            length = 0;
        }
        clauses.push(clause);
        length += clause.length + 4;
    }
    if (clauses.length > 0) yield clauses.join(" or ");
}

/** Tasks of a job by count, all states together. */
export async function countTasks(client: BatchClient, jobId: string, signal?: AbortSignal): Promise<number> {
    const { taskCounts } = await client.jobs.taskCounts(jobId, { signal });
    return taskCounts.active + taskCounts.running + taskCounts.completed;
}

/** Waits a little for the counts, which lag some seconds, to reach a number. */
export async function countsReach(
    client: BatchClient,
    jobId: string,
    expected: number,
    patience: number,
    signal?: AbortSignal,
): Promise<boolean> {
    const until = Date.now() + patience;
    for (let delay = 50; ; delay = Math.min(delay * 2, 1000)) {
        if ((await countTasks(client, jobId, signal)) >= expected) return true;
        if (Date.now() + delay > until) return false;
        await wait(delay, signal);
    }
}

/** Ids of all tasks of a job, asked page by page. */
export async function listTaskIds(client: BatchClient, jobId: string, signal?: AbortSignal): Promise<IdSet> {
    const ids = new IdSet();
    for await (const task of client.tasks.list(jobId, { select: "id", signal }))
        if (task.id !== undefined) ids.add(task.id);
    return ids;
}

/** How much of a source the job does not have. */
export interface Missing {
    /** Ids of the first ones. */
    readonly ids: readonly string[];
    has(task: PreparedTask): boolean;
}

/** Tasks of a source that the job does not have, whatever is told of them elsewhere. */
export async function missingTasks(
    client: BatchClient,
    jobId: string,
    source: TaskSource,
    signal?: AbortSignal,
): Promise<Missing> {
    const present = await listTaskIds(client, jobId, signal);
    const has = (task: PreparedTask): boolean => !present.has(task.id);
    const ids: string[] = [];
    const tasks = preparedTasks(source, { checked: true, wanted: has });
    while (ids.length < 10) {
        const next = await tasks.next();
        if (next.done === true) break;
        ids.push(next.value.id);
    }
    await tasks.return?.();
    return { ids, has };
}

const COMPARED_AT_ONCE = 100;

/**
 * What a submission did that is over: of a job that takes no tasks any more.
 * @returns undefined when the job does not have all tasks of the source as they are, or the source cannot be read again
 */
export async function submittedBefore(
    client: BatchClient,
    jobId: string,
    source: TaskSource,
    signal?: AbortSignal,
): Promise<SubmitResult | undefined> {
    if (!isRepeatable(source)) return undefined;
    const start = Date.now();
    let existing = 0;
    let part: PreparedTask[] = [];
    const compare = async (): Promise<boolean> => {
        const { equal } = await compareWithService(client, jobId, part, signal);
        existing += equal.size;
        const all = equal.size === part.length;
        part = [];
        return all;
    };
    for (const tasks = preparedTasks(source, { checked: true }); ;) {
        const { done, value } = await tasks.next();
        if (done !== true) part.push(value);
        if ((part.length === COMPARED_AT_ONCE || done === true) && !(await compare())) {
            await tasks.return?.();
            return undefined;
        }
        if (done === true) break;
    }
    const duration = Date.now() - start;
    const none = { replaced: 0, resumed: 0, requests: 0, retried: 0, throttled: 0 };
    return { ...none, submitted: existing, existing, duration };
}
