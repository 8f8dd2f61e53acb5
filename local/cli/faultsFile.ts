/** Reads `--faults FILE`. Its schema is docs/faults.schema.json. */
import { readFileSync } from "node:fs";
import { faultStatuses } from "../http/faults";
import type { Failure, RequestFault } from "../http/faults";
import type { Chance } from "../model/chance";
import { isObject, type JsonObject } from "../model/json";
import type { NodeFault, StartTaskFault } from "./faultyNodes";
import { messageOf, wrongUsage } from "./problems";

export interface Faults {
    /** The same file with the same seed fails the same requests of the same row. @default 1 */
    seed: number;
    requests: RequestFault[];
    startTasks: StartTaskFault[];
    nodes: NodeFault[];
}

const chanceNames = ["rate", "count", "skip"];
const names = {
    file: ["$schema", "seed", "requests", "startTasks", "nodes"],
    requests: ["plane", "method", "path", "when", "fail", ...chanceNames],
    fail: ["status", "retryAfter"],
    startTasks: ["pool", "exitCode", ...chanceNames],
    nodes: ["pool", "afterSeconds", "preempt", ...chanceNames],
};
const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

export function readFaults(file: string): Faults {
    let text: string;
    try {
        text = readFileSync(file, "utf8");
    } catch (error) {
        throw wrongUsage(`--faults ${file} cannot be read: ${messageOf(error)}`);
    }
    try {
        return parseFaults(JSON.parse(text) as unknown);
    } catch (error) {
        throw wrongUsage(`--faults ${file}: ${messageOf(error)}`);
    }
}

/** @throws an Error that names the place, what is there and what is allowed. */
export function parseFaults(value: unknown): Faults {
    const file = object(value, "the file", names.file);
    return {
        seed: whole(file.seed, "seed", 0) ?? 1,
        requests: list(file, "requests", (each, at) => ({
            ...chance(each, at),
            plane: oneOf(each.plane, `${at}.plane`, ["batch", "resourceManager", "storage"] as const),
            method: oneOf(each.method, `${at}.method`, methods),
            path: text(each.path, `${at}.path`),
            when: oneOf(each.when, `${at}.when`, ["before", "after"] as const),
            fail: failure(each.fail, `${at}.fail`),
        })),
        startTasks: list(file, "startTasks", (each, at) => ({
            ...chance(each, at),
            pool: text(each.pool, `${at}.pool`),
            exitCode: whole(each.exitCode, `${at}.exitCode`, 1, 255),
        })),
        nodes: list(file, "nodes", (each, at) => ({
            ...chance(each, at),
            pool: text(each.pool, `${at}.pool`),
            afterSeconds: number(each.afterSeconds, `${at}.afterSeconds`, 0, 86_400) ?? 0,
            preempt: oneOf(each.preempt, `${at}.preempt`, [true, false]) ?? false,
        })),
    };
}

function failure(value: unknown, at: string): Failure {
    if (value === "timeout" || value === "reset") return value;
    if (!isObject(value))
        throw wrong(
            at,
            value,
            '"timeout", "reset" or {"status": 401, 403, 429, 500 or 503, "retryAfter": seconds}',
        );
    const { status, retryAfter } = object(value, at, names.fail);
    const known = faultStatuses.find((each) => each === status);
    if (known === undefined) throw wrong(`${at}.status`, status, faultStatuses.join(", "));
    const seconds = whole(retryAfter, `${at}.retryAfter`, 0);
    return seconds === undefined ? { status: known } : { status: known, retryAfter: seconds };
}

function chance(each: JsonObject, at: string): Chance {
    return {
        rate: number(each.rate, `${at}.rate`, 0, 1),
        count: whole(each.count, `${at}.count`, 0),
        skip: whole(each.skip, `${at}.skip`, 0),
    };
}

function list<T>(
    file: JsonObject,
    name: "requests" | "startTasks" | "nodes",
    read: (each: JsonObject, at: string) => T,
): T[] {
    const value = file[name];
    if (value === undefined) return [];
    if (!Array.isArray(value)) throw wrong(name, value, "a list");
    return value.map((each: unknown, index) => {
        const at = `${name}[${index}]`;
        return read(object(each, at, names[name]), at);
    });
}

function object(value: unknown, at: string, allowed: readonly string[]): JsonObject {
    if (!isObject(value)) throw wrong(at, value, "an object");
    const unknown = Object.keys(value).find((name) => !allowed.includes(name));
    if (unknown !== undefined)
        throw new Error(`${at} has an unknown property '${unknown}'; allowed: ${allowed.join(", ")}`);
    return value;
}

function text(value: unknown, at: string): string | undefined {
    if (value === undefined || (typeof value === "string" && value !== "")) return value;
    throw wrong(at, value, "a text");
}

function oneOf<T extends string | boolean>(value: unknown, at: string, allowed: readonly T[]): T | undefined {
    if (value === undefined) return undefined;
    const found = allowed.find((each) => each === value);
    if (found === undefined) throw wrong(at, value, allowed.join(", "));
    return found;
}

function number(value: unknown, at: string, least: number, most: number): number | undefined {
    if (value === undefined) return undefined;
    if (typeof value === "number" && value >= least && value <= most) return value;
    throw wrong(at, value, `a number from ${least} to ${most}`);
}

function whole(
    value: unknown,
    at: string,
    least: number,
    most = Number.MAX_SAFE_INTEGER,
): number | undefined {
    if (value === undefined) return undefined;
    if (Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most) return Number(value);
    throw wrong(
        at,
        value,
        most === Number.MAX_SAFE_INTEGER
            ? `a whole number from ${least} on`
            : `a whole number from ${least} to ${most}`,
    );
}

function wrong(at: string, value: unknown, allowed: string): Error {
    return new Error(
        `${at} is ${value === undefined ? "missing" : JSON.stringify(value)}; allowed: ${allowed}`,
    );
}
