import * as fs from "node:fs";

/** Wrong use of the command: one line for stderr, exit code 2. */
export class UsageError extends Error {}

/** Where a command writes and reads, so that tests can run it in their own process. */
export interface Streams {
    readonly out: (text: string) => void;
    readonly error: (text: string) => void;
}

/** Text of a file, of stdin for `-`. */
export function readText(file: string): string {
    try {
        return file === "-" ? readInput() : fs.readFileSync(file, "utf8");
    } catch (error) {
        throw new UsageError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    }
}

/** All of stdin. A pipe may be set not to block: then nothing is there for a moment, which is not its end. */
function readInput(): string {
    const chunks: Buffer[] = [];
    const buffer = Buffer.alloc(65_536);
    for (;;) {
        try {
            const size = fs.readSync(0, buffer);
            if (size === 0) return Buffer.concat(chunks).toString("utf8");
            chunks.push(Buffer.from(buffer.subarray(0, size)));
        } catch (error) {
            const code = (error as NodeJS.ErrnoException).code;
            if (code === "EOF") return Buffer.concat(chunks).toString("utf8");
            if (code !== "EAGAIN") throw error;
            Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
        }
    }
}

export function readJson(file: string): unknown {
    const text = readText(file);
    try {
        return JSON.parse(text);
    } catch (error) {
        throw new UsageError(`${file}: not JSON: ${error instanceof Error ? error.message : String(error)}`);
    }
}

function isRecord(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object of numbers, each under one of the names allowed. */
export function readNumbers<K extends string>(
    file: string,
    allowed: readonly K[],
): Partial<Record<K, number>> {
    const data = readJson(file);
    if (!isRecord(data)) throw new UsageError(`${file}: expected an object with ${allowed.join(", ")}.`);
    const result: Partial<Record<K, number>> = {};
    for (const [key, value] of Object.entries(data)) {
        const name = allowed.find((candidate) => candidate === key);
        if (name === undefined)
            throw new UsageError(`${file}: unknown property "${key}"; allowed are ${allowed.join(", ")}.`);
        if (typeof value !== "number" || !Number.isFinite(value) || value < 0) {
            throw new UsageError(`${file}: ${key} is ${JSON.stringify(value)}; write a number of 0 or more.`);
        }
        result[name] = value;
    }
    return result;
}

export function number(name: string, text: string, minimum = 0): number {
    const value = Number(text);
    if (text.trim() === "" || !Number.isFinite(value) || value < minimum) {
        throw new UsageError(`${name} is "${text}"; write a number of at least ${minimum}.`);
    }
    return value;
}

export function time(name: string, text: string): Date {
    const value = new Date(text);
    if (Number.isNaN(value.getTime()))
        throw new UsageError(`${name} is "${text}"; write a time such as 2026-01-05T08:00:00Z.`);
    return value;
}
