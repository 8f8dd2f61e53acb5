import { choices } from "../language/choices";
import { Type, type TypeSet } from "../language/types";

/** Milliseconds since 1970, with fraction. */
export class Timestamp {
    constructor(readonly time: number) {}
}

/** A length of time in milliseconds. */
export class TimeInterval {
    constructor(readonly milliseconds: number) {}
}

/** A bare node deallocation keyword. */
export class Keyword {
    constructor(readonly name: string) {}
}

export type Vector = ArrayLike<number>;
/** A value of the language: double, doubleVec, string, timestamp, timeinterval or keyword. */
export type Value = number | string | Vector | Timestamp | TimeInterval | Keyword;

export function typeOf(value: Value): TypeSet {
    if (typeof value === "number") return Type.double;
    if (typeof value === "string") return Type.string;
    if (value instanceof Timestamp) return Type.timestamp;
    if (value instanceof TimeInterval) return Type.timeinterval;
    return value instanceof Keyword ? Type.keyword : Type.doubleVec;
}

/** The number a vector counts as where a number is needed. */
export function newest(vector: Vector): number {
    return vector[vector.length - 1] ?? choices.ofNothing;
}

/** A number in six significant digits, as C's `%g` prints it. */
export function formatNumber(value: number): string {
    if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value === 0 ? 0 : value);
    // guess: names of what is not a number as C prints them.
    if (Number.isNaN(value)) return "nan";
    if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
    const size = Math.abs(value);
    // Six significant digits are a fixed number of decimals once the power of ten is known; rounding up to the next power is no harm.
    if (size >= 1e-4 && size < 999_999.5) return trimZeros(value.toFixed(5 - powerOfTen(size)));
    const [mantissa = "", exponentText = "0"] = value.toExponential(5).split("e");
    const exponent = Number(exponentText);
    if (exponent === -4) return trimZeros(value.toFixed(9));
    const digits = String(Math.abs(exponent)).padStart(2, "0");
    return `${trimZeros(mantissa)}e${exponent < 0 ? "-" : "+"}${digits}`;
}

function powerOfTen(size: number): number {
    let power = 0;
    for (let limit = 10; size >= limit; limit *= 10) power++;
    for (let limit = 1; size < limit; limit /= 10) power--;
    return power;
}

function trimZeros(digits: string): string {
    if (!digits.includes(".")) return digits;
    let end = digits.length;
    while (digits.charCodeAt(end - 1) === 48) end--;
    return digits.slice(0, digits.charCodeAt(end - 1) === 46 ? end - 1 : end);
}

function formatInterval(milliseconds: number): string {
    if (!Number.isFinite(milliseconds)) return formatNumber(milliseconds);
    const sign = milliseconds < 0 ? "-" : "";
    const seconds = Math.abs(milliseconds) / 1000;
    const days = Math.floor(seconds / 86_400);
    const hours = Math.floor((seconds % 86_400) / 3600);
    const minutes = Math.floor((seconds % 3600) / 60);
    const rest = trimZeros((seconds % 60).toFixed(7));
    const time = `${hours ? `${hours}H` : ""}${minutes ? `${minutes}M` : ""}${rest !== "0" ? `${rest}S` : ""}`;
    if (days === 0 && time === "") return "PT0S";
    return `${sign}P${days ? `${days}D` : ""}${time ? `T${time}` : ""}`;
}

function formatTime(time: number): string {
    const date = new Date(Math.floor(time));
    return Number.isNaN(date.getTime()) ? formatNumber(NaN) : date.toISOString();
}

/** A value as the service's results string shows it. */
export function formatValue(value: Value): string {
    if (typeof value === "number") return formatNumber(value);
    if (typeof value === "string") return value;
    if (value instanceof Timestamp) return formatTime(value.time);
    if (value instanceof TimeInterval) return formatInterval(value.milliseconds);
    if (value instanceof Keyword) return value.name;
    return `[${Array.from(value, formatNumber).join(",")}]`;
}
