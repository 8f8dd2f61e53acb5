import { build } from "../build/build";
import { at, max, min, minutes, now, when } from "../build/functions";
import { type Double } from "../build/values";
import type { FormulaWriter } from "../build/build";
import { type NodeKind, whole, writeNeeded, writeTarget } from "./tasks";

export interface WorkingHoursOptions {
    /** IANA name of the time zone, such as "Europe/Berlin". */
    readonly timeZone: string;
    /** First working hour, 0 to 23. @default 8 */
    readonly from?: number;
    /** Hour at which work ends, 1 to 24. @default 18 */
    readonly to?: number;
    /** Whether Saturday and Sunday are working days. @default false */
    readonly weekends?: boolean;
    /** Nodes in working hours. */
    readonly nodes: number;
    /** Nodes at other times. @default 0 */
    readonly otherwise?: number;
    /** When given, tasks can raise the size up to this at any time. */
    readonly maxNodes?: number;
    /** Which kind of nodes. @default "dedicated" */
    readonly nodeKind?: NodeKind;
    /** First year whose changes of the clock are written down. @default this year */
    readonly firstYear?: number;
    /** For how many years they are; after them the last offset stays. @default 5 */
    readonly years?: number;
}

/** Minutes a zone is ahead of UTC at a moment. */
export function offsetMinutes(timeZone: string, moment: number): number {
    const parts = formatter(timeZone).formatToParts(moment);
    const part = (type: string): number => Number(parts.find((candidate) => candidate.type === type)?.value);
    const local = Date.UTC(
        part("year"),
        part("month") - 1,
        part("day"),
        part("hour"),
        part("minute"),
        part("second"),
    );
    return Math.round((local - Math.floor(moment / 1000) * 1000) / 60_000);
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(timeZone: string): Intl.DateTimeFormat {
    let known = formatters.get(timeZone);
    if (known) return known;
    const numeric = {
        year: "numeric",
        month: "numeric",
        day: "numeric",
        hour: "numeric",
        minute: "numeric",
        second: "numeric",
    } as const;
    try {
        known = new Intl.DateTimeFormat("en-US", { timeZone, hourCycle: "h23", ...numeric });
    } catch {
        throw new RangeError(
            `timeZone is "${timeZone}"; an IANA name such as "Europe/Berlin" or "UTC" is needed.`,
        );
    }
    formatters.set(timeZone, known);
    return known;
}

export interface ClockChange {
    /** First moment of the new offset. */
    readonly at: number;
    readonly offset: number;
}

/** The changes of a zone's offset between two moments, to the minute. */
export function clockChanges(timeZone: string, from: number, to: number): ClockChange[] {
    const changes: ClockChange[] = [];
    const day = 86_400_000;
    let offset = offsetMinutes(timeZone, from);
    for (let start = from; start < to; start += day) {
        const end = Math.min(start + day, to);
        const next = offsetMinutes(timeZone, end);
        if (next === offset) continue;
        let [low, high] = [start, end];
        while (high - low > 60_000) {
            const middle = Math.floor((low + high) / 120_000) * 60_000;
            if (offsetMinutes(timeZone, middle) === next) high = middle;
            else low = middle;
        }
        changes.push({ at: high, offset: next });
        offset = next;
    }
    return changes;
}

/** The zone's offset in minutes, as a value of the formula. Nested conditions, the latest change outermost. */
function writeOffset(f: FormulaWriter, options: WorkingHoursOptions): Double {
    const { timeZone, firstYear = new Date().getUTCFullYear(), years = 5 } = options;
    whole("years", years, 1);
    const from = Date.UTC(whole("firstYear", firstYear, 1970), 0, 1);
    const first = offsetMinutes(timeZone, from);
    const changes = clockChanges(timeZone, from, Date.UTC(firstYear + years, 0, 1));
    f.comment(
        `Minutes that ${timeZone} is ahead of UTC, with its changes of the clock from ${firstYear} to ${firstYear + years - 1}.`,
    );
    if (changes.length === 0) return f.let("offset", first);
    const moment = f.let("now", now());
    // One statement a change: a chain of nested conditions would be hard to read.
    let offset = f.let("offset", first);
    for (const change of changes) {
        offset = f.let("offset", when(moment.isAtLeast(at(new Date(change.at))), change.offset, offset));
    }
    return offset;
}

/**
 * One size in working hours and another at other times, in a time zone with its daylight saving. The changes of the clock of the next
 * years stand in the formula, so deploy again within `years`. Replaces the documented sample "Time-based adjustment", which is in UTC.
 */
export function workingHours(options: WorkingHoursOptions): string {
    const from = whole("from", options.from ?? 8);
    const to = whole("to", options.to ?? 18, 1);
    if (from >= to || to > 24)
        throw new RangeError(`from is ${from} and to is ${to}; 0 <= from < to <= 24 is needed.`);
    const nodes = whole("nodes", options.nodes);
    const otherwise = whole("otherwise", options.otherwise ?? 0);
    return build((f) => {
        const offset = writeOffset(f, options);
        const local = f.let("local", now().plus(minutes(offset)));
        f.comment(`${from}:00 to ${to}:00${options.weekends ? "" : ", Monday to Friday"}, local time.`);
        const inHours = local.hour.isAtLeast(from).and(local.hour.isLess(to));
        const weekday = local.weekday.isAtLeast(1).and(local.weekday.isAtMost(5));
        const working = f.let("working", options.weekends ? inHours : inHours.and(weekday));
        let size = f.let("size", when(working, nodes, otherwise));
        if (options.maxNodes !== undefined) {
            const most = whole("maxNodes", options.maxNodes, Math.max(nodes, otherwise, 1));
            const needed = writeNeeded(f);
            size = max(size, min(needed, most));
        }
        f.comment("Let running tasks finish before their node goes.");
        f.nodeDeallocationOption("taskcompletion");
        writeTarget(f, options.nodeKind ?? "dedicated", size);
    });
}
