import type { Problems } from "./diagnostics";

const units: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };

/** A length of time: `"90s"`, `"30m"`, `"2h"`, `"7d"`, or as the service writes it, `"PT30M"`. */
export type Duration = string;

/** Seconds of a duration; undefined when it cannot be read. */
export function seconds(duration: Duration): number | undefined {
    const short = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(duration);
    if (short !== null) return Number(short[1]) * (units[short[2] ?? ""] ?? 0);
    const iso = /^P(?=.)(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(duration);
    if (iso === null) return undefined;
    const [days, hours, minutes, rest] = iso
        .slice(1)
        .map((part) => Number((part as string | undefined) ?? 0));
    return (((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (rest ?? 0);
}

/** A duration as the service writes it: `PT1H30M`. */
export function isoDuration(total: number): string {
    const days = Math.floor(total / 86_400);
    const hours = Math.floor((total % 86_400) / 3600);
    const minutes = Math.floor((total % 3600) / 60);
    const rest = total % 60;
    const time = `${hours > 0 ? `${hours}H` : ""}${minutes > 0 ? `${minutes}M` : ""}${rest > 0 ? `${rest}S` : ""}`;
    if (days === 0 && time === "") return "PT0S";
    return `P${days > 0 ? `${days}D` : ""}${time === "" ? "" : `T${time}`}`;
}

/** Reads a duration argument, within bounds in seconds, and gives it as the service writes it. */
export function readDuration(
    value: Duration | undefined,
    path: string,
    problems: Problems,
    bounds: { min?: number; max?: number } = {},
): string | undefined {
    if (value === undefined) return undefined;
    const total = seconds(value);
    if (total === undefined) {
        problems.add(
            "BATCH1005",
            path,
            `'${value}' is not a duration: write '90s', '30m', '2h', '7d' or 'PT30M'`,
        );
        return undefined;
    }
    const { min = 0, max = Infinity } = bounds;
    if (total < min || total > max) {
        const range =
            max === Infinity ? `at least ${isoDuration(min)}` : `${isoDuration(min)} to ${isoDuration(max)}`;
        problems.add("BATCH1005", path, `'${value}' is out of range: it can be ${range}`);
    }
    return isoDuration(total);
}
