import { refuse } from "../http/operation";
import type { ArmCall, Refused } from "../http/operation";

type Fields<R> = Readonly<Record<string, (record: R) => unknown>>;

/** `$filter` of a list: comparisons and startswith over the fields given, joined by `and`. */
export function matches<R>(call: ArmCall, fields: Fields<R>): { holds: (record: R) => boolean } | Refused {
    const text = call.query.get("$filter")?.trim();
    if (!text) return { holds: () => true };
    const tests: ((record: R) => boolean)[] = [];
    for (const clause of text.split(/\s+and\s+(?=(?:[^']*'[^']*')*[^']*$)/i)) {
        const test = testOf(clause.trim(), fields);
        if (!test) {
            return refuse("InvalidQueryParameterValue", {
                values: [
                    { key: "QueryParameterName", value: "$filter" },
                    { key: "QueryParameterValue", value: text },
                    {
                        key: "Reason",
                        value: `'${clause}' is not understood. Fields: ${Object.keys(fields).join(", ")}.`,
                    },
                ],
            });
        }
        tests.push(test);
    }
    return { holds: (record) => tests.every((test) => test(record)) };
}

const comparisons: Readonly<Record<string, (order: number) => boolean>> = {
    eq: (order) => order === 0,
    ne: (order) => order !== 0,
    lt: (order) => order < 0,
    le: (order) => order <= 0,
    gt: (order) => order > 0,
    ge: (order) => order >= 0,
};

function testOf<R>(clause: string, fields: Fields<R>): ((record: R) => boolean) | undefined {
    const reader = (name: string) =>
        Object.entries(fields).find(([known]) => known.toLowerCase() === name.toLowerCase())?.[1];
    const starts = /^startswith\(\s*([\w/]+)\s*,\s*'([^']*)'\s*\)$/i.exec(clause);
    if (starts) {
        const [, name = "", prefix = ""] = starts;
        const read = reader(name);
        return (
            read &&
            ((record) =>
                String(read(record) ?? "")
                    .toLowerCase()
                    .startsWith(prefix.toLowerCase()))
        );
    }
    const [, name = "", operator = "", value = ""] =
        /^([\w/]+)\s+(eq|ne|lt|le|gt|ge)\s+(?:datetime)?('[^']*'|[\w.:+-]+)$/i.exec(clause) ?? [];
    const read = reader(name);
    const compare = comparisons[operator.toLowerCase()];
    if (!read || !compare) return undefined;
    const wanted = value.replace(/^'|'$/g, "");
    return (record) => compare(order(read(record), wanted));
}

function order(actual: unknown, wanted: string): number {
    if (wanted.toLowerCase() === "null") return actual === null || actual === undefined ? 0 : 1;
    const text = String(actual ?? "");
    const dates = [Date.parse(text), Date.parse(wanted)];
    const [left = NaN, right = NaN] = dates;
    if (/^\d{4}-\d{2}-\d{2}/.test(wanted) && !Number.isNaN(left) && !Number.isNaN(right)) return left - right;
    const [a, b] = [text.toLowerCase(), wanted.toLowerCase()];
    return a < b ? -1 : a > b ? 1 : 0;
}
