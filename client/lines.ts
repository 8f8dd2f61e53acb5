import fs from "node:fs";

// Texts of more than some 100 KB live until V8 looks through its whole heap.
const CHUNK = 1 << 16;

/** Bytes of a line at most: more than any task can have, few enough to find out soon that a file is of another kind. */
const LONGEST = 1 << 24;

/** The bytes of a file, some at a time; each part is there until the next one is asked for. */
export function* chunksOf(file: string): Generator<Buffer> {
    const input = fs.openSync(file, "r");
    const buffer = Buffer.allocUnsafe(CHUNK);
    try {
        for (;;) {
            const length = fs.readSync(input, buffer);
            if (length === 0) return;
            yield buffer.subarray(0, length);
        }
    } finally {
        fs.closeSync(input);
    }
}

/**
 * The lines of a text file, without their line feeds. Read while the caller waits: a program's resources are to be registered in order, and
 * waiting for each line would cost more than what is done with it.
 * @param onBytes is given the bytes of the file as they are read
 * @throws Error with `code` when the file cannot be read, or has a line of more than 16 MiB
 */
export function* linesOf(file: string, onBytes?: (bytes: Buffer) => void): Generator<string> {
    // Of the line that has not ended yet.
    let begun: Buffer[] = [];
    let length = 0;
    let first = true;
    for (const part of chunksOf(file)) {
        onBytes?.(part);
        const bytes = first ? withoutMark(part, file) : part;
        first = false;
        const end = bytes.lastIndexOf(10);
        if (end >= 0) {
            const whole = Buffer.concat([...begun, bytes.subarray(0, end)]).toString("utf8");
            [begun, length] = [[], 0];
            yield* whole.split("\n");
        }
        const rest = Buffer.from(bytes.subarray(end + 1));
        begun.push(rest);
        length += rest.length;
        if (length > LONGEST) throw tooLong(file);
    }
    if (length > 0) yield Buffer.concat(begun).toString("utf8");
}

/** The bytes without the mark with which editors of Windows begin UTF-8. */
function withoutMark(bytes: Buffer, file: string): Buffer {
    const [one, two, three] = bytes;
    if ((one === 0xff && two === 0xfe) || (one === 0xfe && two === 0xff)) {
        const message = `${file} is UTF-16: write it as UTF-8, in PowerShell by Out-File -Encoding utf8`;
        throw Object.assign(new Error(message), { code: "NOT_UTF8" });
    }
    return one === 0xef && two === 0xbb && three === 0xbf ? bytes.subarray(3) : bytes;
}

/**
 * Why a line is no task of a file of JSON Lines; nothing of the line is said, which may hold a secret.
 * @param error of the JSON parser; undefined for a line that is JSON but no object
 */
export function lineFault(line: string, error?: unknown): string {
    const text = line.trim();
    if (text.startsWith("["))
        return "the line begins a JSON array: write one task, an object, on each line (jq -c '.[]' does)";
    if (error === undefined) return "the line is not a JSON object: write one task on each line";
    if (text === "{")
        return "the line is not a whole JSON object: write each task on one line (jq -c . does)";
    const at = /position \d+/.exec((error as Error).message)?.[0];
    return `the line is not JSON${at === undefined ? "" : ` (at ${at})`}`;
}

function tooLong(file: string): Error {
    const message = `${file} has a line of more than ${LONGEST / (1 << 20)} MiB; a file of JSON Lines has a line for each task`;
    return Object.assign(new Error(message), { code: "LINE_TOO_LONG" });
}
