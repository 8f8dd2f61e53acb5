import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { ID_PATTERN, limits } from "../../catalog";
import type { BatchTaskCreateOptions } from "../models";
import { IdSet } from "./idSet";

/** Where tasks come from: a list, anything that gives them one by one, or a file of JSON Lines. */
export type TaskSource =
    | readonly BatchTaskCreateOptions[]
    | Iterable<BatchTaskCreateOptions>
    | AsyncIterable<BatchTaskCreateOptions>
    | { readonly jsonLines: string };

/** A task as it is sent. */
export interface PreparedTask {
    readonly id: string;
    /** The task as JSON text. */
    readonly json: string;
    /** Bytes of that text. */
    readonly bytes: number;
    /** Place in the source: index of a list, line number of a file, counted from 1. */
    readonly position: number;
}

/** A task that cannot be sent, with its place in the source. */
export class InvalidTaskError extends Error {
    override readonly name = "InvalidTaskError";
    readonly position: number;
    readonly taskId: string | undefined;

    constructor(position: number, taskId: string | undefined, reason: string) {
        super(`task ${taskId === undefined ? "" : `'${taskId}' `}at ${position}: ${reason}`);
        this.position = position;
        this.taskId = taskId;
    }
}

/** Bytes that the frame of a request takes besides its tasks: `{"value":[` and `]}`. */
export const FRAME_BYTES = 12;

function prepare(task: BatchTaskCreateOptions, position: number, text?: string): PreparedTask {
    const { id, commandLine } = task;
    if (typeof id !== "string") throw new InvalidTaskError(position, undefined, "it has no id; give it one");
    if (!ID_PATTERN.test(id)) {
        throw new InvalidTaskError(
            position,
            id.slice(0, 80),
            `an id is 1 to ${limits.idLength.value} letters, digits, hyphens and underscores`,
        );
    }
    if (typeof commandLine !== "string" || commandLine === "") {
        throw new InvalidTaskError(position, id, "it has no commandLine; give it one");
    }
    const json = text ?? JSON.stringify(task);
    const bytes = Buffer.byteLength(json);
    if (bytes + FRAME_BYTES >= limits.collectionBytes.value) {
        throw new InvalidTaskError(
            position,
            id,
            `it takes ${bytes} bytes and a request takes fewer than ${limits.collectionBytes.value}; put its resource files into a container or an archive`,
        );
    }
    return { id, json, bytes, position };
}

function parseLine(line: string, position: number): PreparedTask {
    let value: unknown;
    try {
        value = JSON.parse(line);
    } catch (error) {
        throw new InvalidTaskError(position, undefined, `the line is not JSON (${(error as Error).message})`);
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
        throw new InvalidTaskError(position, undefined, "the line is not a JSON object");
    }
    return prepare(value as BatchTaskCreateOptions, position, line.trim());
}

const isFile = (source: TaskSource): source is { readonly jsonLines: string } => "jsonLines" in source;

/** Gives tasks one by one, at once where the source does. */
export type PreparedTasks = Iterator<PreparedTask> | AsyncIterator<PreparedTask>;

/**
 * The tasks of a source one by one; never more than a few in memory.
 * @param checked the source has been checked whole before, so ids need not be compared again
 */
export function preparedTasks(source: TaskSource, checked = false): PreparedTasks {
    const unique = checked ? (task: PreparedTask) => task : uniqueness();
    if (isFile(source)) return fromFile(source.jsonLines, unique);
    // Waiting for each task would cost more than all the rest.
    return Symbol.asyncIterator in source ? fromAsync(source, unique) : fromSync(source, unique);
}

type Step = (task: PreparedTask) => PreparedTask;

function uniqueness(): Step {
    const ids = new IdSet();
    return (task) => {
        if (!ids.add(task.id))
            throw new InvalidTaskError(task.position, task.id, "another task of the collection has this id");
        return task;
    };
}

function* fromSync(source: Iterable<BatchTaskCreateOptions>, unique: Step): Generator<PreparedTask> {
    let position = 0;
    for (const task of source) yield unique(prepare(task, (position += 1)));
}

async function* fromAsync(
    source: AsyncIterable<BatchTaskCreateOptions>,
    unique: Step,
): AsyncGenerator<PreparedTask> {
    let position = 0;
    for await (const task of source) yield unique(prepare(task, (position += 1)));
}

async function* fromFile(file: string, unique: Step): AsyncGenerator<PreparedTask> {
    const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity });
    let position = 0;
    try {
        for await (const line of lines) {
            position += 1;
            if (line.trim() !== "") yield unique(parseLine(line, position));
        }
    } finally {
        lines.close();
    }
}

/** True for sources that can be read twice, and so be checked whole before anything is sent. */
export function isRepeatable(source: TaskSource): boolean {
    return isFile(source) || Array.isArray(source);
}

/**
 * Reads a source to its end and throws at the first task that cannot be sent.
 * @returns the number of tasks
 */
export async function checkSource(source: TaskSource): Promise<number> {
    let count = 0;
    for (const tasks = preparedTasks(source); ; count += 1) {
        const next = tasks.next();
        if ((next instanceof Promise ? await next : next).done === true) return count;
    }
}
