import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { ID_PATTERN, limits } from "../../catalog";
import type { BatchTaskCreateOptions } from "../models";
import { sasBytes } from "../sas";
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
    /** Bytes of that text, with what its links will add. */
    readonly bytes: number;
    /** Whether links are to be made when it is sent. */
    readonly linked: boolean;
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
    const more = sasBytes(json);
    const bytes = Buffer.byteLength(json) + more;
    if (bytes + FRAME_BYTES >= limits.collectionBytes.value) {
        throw new InvalidTaskError(
            position,
            id,
            `it takes ${bytes} bytes and a request takes fewer than ${limits.collectionBytes.value}; put its resource files into a container or an archive`,
        );
    }
    return { id, json, bytes, linked: more > 0, position };
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

/** How tasks of a source are given. */
export interface PreparedOptions {
    /** The source has been checked whole before, so ids need not be compared again. */
    readonly checked?: boolean;
    /** Tasks that are wanted. @default all */
    readonly wanted?: (task: PreparedTask) => boolean;
}

/** The tasks of a source one by one; never more than a few in memory. */
export function preparedTasks(source: TaskSource, options: PreparedOptions = {}): PreparedTasks {
    const expected = Array.isArray(source) ? source.length : 0;
    const step = options.checked === true ? undefined : uniqueness(expected);
    const wanted = (task: PreparedTask): boolean => {
        step?.(task);
        return options.wanted?.(task) !== false;
    };
    if (isFile(source)) return fromFile(source.jsonLines, wanted);
    // Waiting for each task would cost more than all the rest.
    return Symbol.asyncIterator in source ? fromAsync(source, wanted) : fromSync(source, wanted);
}

type Wanted = (task: PreparedTask) => boolean;

function uniqueness(expected: number): (task: PreparedTask) => void {
    const ids = new IdSet(expected);
    return (task) => {
        if (ids.add(task.id)) return;
        const reason = `another task of the collection, number ${(ids.orderOf(task.id) ?? 0) + 1}, has this id`;
        throw new InvalidTaskError(task.position, task.id, reason);
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

async function* fromFile(file: string, wanted: Wanted): AsyncGenerator<PreparedTask> {
    const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity });
    let position = 0;
    try {
        for await (const line of lines) {
            position += 1;
            if (line.trim() === "") continue;
            const prepared = parseLine(line, position);
            if (wanted(prepared)) yield prepared;
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
    return (await surveySource(source, false)).total;
}

/** What a source holds. */
export interface Survey {
    /** Number of tasks. */
    readonly total: number;
    /** Place of the last one. */
    readonly last: number;
    readonly linked: boolean;
    /** Digest of all of them; empty where nobody asked. */
    readonly digest: string;
    /** The tasks themselves, where they are few enough to be kept. */
    readonly prepared: readonly PreparedTask[] | undefined;
}

/** Tasks of a list that are kept between the check and the submission, so that they need not be made into JSON twice. */
const KEPT = 200_000;
/** Bytes of them at most. */
const KEPT_BYTES = 64 * 1024 * 1024;

/** Reads a source to its end, as {@link checkSource} does. @param digested whether the digest is wanted */
export async function surveySource(source: TaskSource, digested = true): Promise<Survey> {
    let [total, last, linked, bytes] = [0, 0, false, 0];
    const hash = createHash("sha256");
    let text = "";
    let prepared: PreparedTask[] | undefined =
        Array.isArray(source) && source.length <= KEPT ? [] : undefined;
    for (const tasks = preparedTasks(source); ; total += 1) {
        const next = tasks.next();
        const { done, value } = next instanceof Promise ? await next : next;
        if (done === true) break;
        last = value.position;
        linked ||= value.linked;
        bytes += value.bytes;
        if (bytes > KEPT_BYTES) prepared = undefined;
        prepared?.push(value);
        if (!digested) continue;
        text += `${value.json}\n`;
        if (text.length < 65_536) continue;
        hash.update(text);
        text = "";
    }
    return { total, last, linked, digest: digested ? hash.update(text).digest("hex") : "", prepared };
}
