import { lineFault, linesOf } from "../lines";
import type { BatchTaskCreateOptions } from "../models";
import { IdSet } from "./idSet";
import { InvalidTaskError, prepare } from "./task";
import type { PreparedTask } from "./task";

/** Where tasks come from: a list, anything that gives them one by one, or a file of JSON Lines. */
export type TaskSource =
    | readonly BatchTaskCreateOptions[]
    | Iterable<BatchTaskCreateOptions>
    | AsyncIterable<BatchTaskCreateOptions>
    | { readonly jsonLines: string };

function parseLine(line: string, position: number): PreparedTask {
    let value: unknown;
    try {
        value = JSON.parse(line);
    } catch (error) {
        throw new InvalidTaskError(position, undefined, lineFault(line, error));
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
        throw new InvalidTaskError(position, undefined, lineFault(line));
    }
    return prepare(value, position, line.trim());
}

/** @throws TypeError for what gives no tasks: a program in JavaScript has no compiler that sees it */
export function assertSource(source: unknown): void {
    const ok =
        typeof source === "object" &&
        source !== null &&
        (Symbol.iterator in source ||
            Symbol.asyncIterator in source ||
            typeof (source as { jsonLines?: unknown }).jsonLines === "string");
    if (ok) return;
    const what = typeof source === "string" ? `the text '${source.slice(0, 80)}'` : typeof source;
    throw new TypeError(
        `the tasks are ${what}: give a list, what gives tasks one by one, or { jsonLines: "tasks.jsonl" } for a file`,
    );
}

const isFile = (source: TaskSource): source is { readonly jsonLines: string } => "jsonLines" in source;

/** True for a list, which can be read by index. */
export const isList = (source: TaskSource): source is readonly BatchTaskCreateOptions[] =>
    Array.isArray(source);

/** True for sources that can be read twice, and so be checked whole before anything is sent. */
export const isRepeatable = (source: TaskSource): boolean => isFile(source) || isList(source);

/** Gives tasks one by one, at once where the source does. */
export type PreparedTasks = Iterator<PreparedTask> | AsyncIterator<PreparedTask>;

/** How tasks of a source are given. */
export interface PreparedOptions {
    /** The source has been checked whole before, so ids need not be compared again. */
    readonly checked?: boolean;
    /** Tasks that are wanted. @default all */
    readonly wanted?: (task: PreparedTask) => boolean;
}

/** The tasks of a source one by one; never more than a few in memory. */
export function preparedTasks(source: TaskSource, options: PreparedOptions = {}): PreparedTasks {
    const step = options.checked === true ? undefined : uniqueness();
    const wanted = (task: PreparedTask): boolean => {
        step?.(task.id, task.position);
        return options.wanted?.(task) !== false;
    };
    if (isFile(source)) return fromFile(source.jsonLines, wanted);
    // Waiting for each task would cost more than all the rest.
    return Symbol.asyncIterator in source ? fromAsync(source, wanted) : fromSync(source, wanted);
}

type Wanted = (task: PreparedTask) => boolean;

/** Throws at the first id that was there before. @param expected ids that there will be, where that is known */
export function uniqueness(expected?: number): (id: string, position: number) => void {
    const ids = new IdSet(expected);
    return (id, position) => {
        if (ids.add(id)) return;
        const reason = `another task of the collection, number ${(ids.orderOf(id) ?? 0) + 1}, has this id`;
        throw new InvalidTaskError(position, id, reason);
    };
}

function* fromSync(source: Iterable<BatchTaskCreateOptions>, wanted: Wanted): Generator<PreparedTask> {
    let position = 0;
    for (const task of source) {
        const prepared = prepare(task, (position += 1));
        if (wanted(prepared)) yield prepared;
    }
}

async function* fromAsync(
    source: AsyncIterable<BatchTaskCreateOptions>,
    wanted: Wanted,
): AsyncGenerator<PreparedTask> {
    let position = 0;
    for await (const task of source) {
        const prepared = prepare(task, (position += 1));
        if (wanted(prepared)) yield prepared;
    }
}

function* fromFile(file: string, wanted: Wanted): Generator<PreparedTask> {
    let position = 0;
    for (const line of linesOf(file)) {
        position += 1;
        if (line.trim() === "") continue;
        const prepared = parseLine(line, position);
        if (wanted(prepared)) yield prepared;
    }
}
