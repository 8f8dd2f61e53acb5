import { choices } from "./choices";
import type { TimestampMember } from "./names";

export interface ParsedTime {
    /** Milliseconds since 1970, with fraction. */
    readonly time: number;
    /** What makes it unsure that the service reads it alike. */
    readonly doubt?: string;
}

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const W3C = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:\d\d)?)?)?)?$/;
const RFC1123 = /^([A-Z][a-z]{2}), (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/;

/** Reads the argument of time(): W3C date-time format or RFC 1123. A string says why it cannot be read. */
export function parseTime(text: string): ParsedTime | string {
    return (
        parseW3c(text) ??
        parseRfc1123(text) ??
        'use "2026-01-05T08:00:00Z" or "Mon, 05 Jan 2026 08:00:00 GMT"'
    );
}

function utc(
    year: number,
    month: number,
    day: number,
    hour: number,
    minute: number,
    second: number,
): number | string {
    if (month < 1 || month > 12) return `there is no month ${month}`;
    const time = Date.UTC(year, month - 1, day, hour, minute, second);
    if (new Date(time).getUTCDate() !== day || day < 1)
        return hour > 23 ? `there is no hour ${hour}` : `there is no day ${day} in that month`;
    if (hour > 23 || minute > 59 || second > 59) return `there is no time of day ${hour}:${minute}:${second}`;
    return time;
}

function parseW3c(text: string): ParsedTime | string | undefined {
    const match = W3C.exec(text);
    if (!match) return undefined;
    const [, year, month = "1", day = "1", hour, minute = "0", second = "0", fraction = "", zone] = match;
    if (fraction.length > choices.fractionDigits) {
        return `a second's fraction has at most 6 digits, not ${fraction.length}`;
    }
    const whole = utc(
        Number(year),
        Number(month),
        Number(day),
        Number(hour ?? "0"),
        Number(minute),
        Number(second),
    );
    if (typeof whole === "string") return whole;
    let time = whole + Number(`0.${fraction || "0"}`) * 1000;
    if (zone && zone !== "Z") {
        const offset = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4));
        time -= (zone.startsWith("-") ? -offset : offset) * 60_000;
    }
    let doubt: string | undefined;
    if (hour !== undefined && !zone) doubt = "it names no time zone; UTC is assumed. End it with Z";
    else if (fraction.length > 6) doubt = "more than 6 digits of a second's fraction may be refused";
    return { time, doubt };
}

function parseRfc1123(text: string): ParsedTime | string | undefined {
    const match = RFC1123.exec(text);
    if (!match) return undefined;
    const [, weekday = "", day, monthName = "", year, hour, minute, second] = match;
    const month = MONTHS.indexOf(monthName) + 1;
    if (month === 0) return `there is no month "${monthName}"`;
    if (!DAYS.includes(weekday)) return `there is no weekday "${weekday}"`;
    const time = utc(Number(year), month, Number(day), Number(hour), Number(minute), Number(second));
    if (typeof time === "string") return time;
    const right = DAYS[new Date(time).getUTCDay()];
    return { time, doubt: right === weekday ? undefined : `that day is a ${right}, not a ${weekday}` };
}

/** A member of a timestamp, in UTC. */
export function timestampMember(time: number, member: TimestampMember): number {
    const date = new Date(Math.floor(time));
    switch (member) {
        case "year":
            return date.getUTCFullYear();
        case "month":
            return date.getUTCMonth() + 1;
        case "day":
            return date.getUTCDate();
        case "weekday":
            return date.getUTCDay() || choices.sunday;
        case "hour":
            return date.getUTCHours();
        case "minute":
            return date.getUTCMinutes();
        case "second":
            return date.getUTCSeconds();
    }
}
