import { ID_PATTERN, limits } from "../../catalog";
import type { BatchTaskCreateOptions } from "../models";
import { sasBytes } from "../sas";

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

/** True for what has all that a task must have. */
export function isTask(value: unknown): value is BatchTaskCreateOptions {
    if (typeof value !== "object" || value === null) return false;
    const { id, commandLine } = value as Partial<BatchTaskCreateOptions>;
    return (
        typeof id === "string" &&
        ID_PATTERN.test(id) &&
        typeof commandLine === "string" &&
        commandLine.length > 0
    );
}

/**
 * A task made ready to be sent.
 * @param text its JSON, where there is one already
 * @throws InvalidTaskError for one that cannot be sent
 */
export function prepare(task: unknown, position: number, text?: string): PreparedTask {
    if (!isTask(task)) throw notATask(task, position);
    const { id } = task;
    const json = text ?? asJson(task, position);
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

function asJson(task: BatchTaskCreateOptions, position: number): string {
    try {
        return JSON.stringify(task);
    } catch (error) {
        const [reason] = (error as Error).message.split("\n", 1);
        throw new InvalidTaskError(position, task.id, `it cannot be written as JSON (${reason})`);
    }
}

function notATask(value: unknown, position: number): InvalidTaskError {
    if (typeof value !== "object" || value === null) {
        const what = value === null ? "null" : typeof value;
        return new InvalidTaskError(position, undefined, `it is ${what}, not a task; leave it out`);
    }
    const { id } = value as Partial<Record<string, unknown>>;
    if (id === undefined) return new InvalidTaskError(position, undefined, "it has no id; give it one");
    if (typeof id !== "string")
        return new InvalidTaskError(position, undefined, `its id is ${asText(id)}; an id is a text`);
    if (!ID_PATTERN.test(id)) {
        const rule = `an id is 1 to ${limits.idLength.value} letters, digits, hyphens and underscores`;
        return new InvalidTaskError(position, id.slice(0, 80), rule);
    }
    const { commandLine } = value as Partial<Record<string, unknown>>;
    const reason =
        commandLine === undefined || commandLine === ""
            ? "it has no commandLine; give it one"
            : `its commandLine is ${asText(commandLine)}; a command line is a text`;
    return new InvalidTaskError(position, id, reason);
}

const asText = (value: unknown): string =>
    typeof value === "object" && value !== null
        ? Array.isArray(value)
            ? "a list"
            : "an object"
        : `the ${typeof value} ${String(value)}`;
