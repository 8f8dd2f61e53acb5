// The difference of old and new inputs, property by property.
import { isDeepStrictEqual } from "node:util";
import { isObject, UNKNOWN, type Properties } from "./values";

export interface PropertyChange {
    /** As in `startTask.environmentSettings[0].value`. */
    path: string;
    kind: "add" | "delete" | "update";
    replace: boolean;
}

export interface DiffRules {
    /** A change of these top-level inputs replaces the resource. */
    replaceOn: ReadonlySet<string>;
    /** Whether two values of a top-level input mean the same. */
    same?: (key: string, old: unknown, value: unknown) => boolean;
}

export function diffInputs(old: Properties, news: Properties, rules: DiffRules): PropertyChange[] {
    const changes: PropertyChange[] = [];
    for (const key of new Set([...Object.keys(old), ...Object.keys(news)])) {
        if (rules.same?.(key, old[key], news[key])) continue;
        compare(key, old[key], news[key], rules.replaceOn.has(key), changes);
    }
    return changes;
}

function compare(
    path: string,
    old: unknown,
    value: unknown,
    replace: boolean,
    changes: PropertyChange[],
): void {
    const had = old !== undefined && old !== null;
    const has = value !== undefined && value !== null;
    if (!had && !has) return;
    if (!had || !has) {
        changes.push({ path, kind: had ? "delete" : "add", replace });
    } else if (Array.isArray(old) && Array.isArray(value)) {
        for (let index = 0; index < Math.max(old.length, value.length); index++) {
            compare(`${path}[${index}]`, old[index], value[index], replace, changes);
        }
    } else if (isObject(old) && isObject(value)) {
        for (const key of new Set([...Object.keys(old), ...Object.keys(value)])) {
            compare(path + member(key), old[key], value[key], replace, changes);
        }
    } else if (value === UNKNOWN || old !== value) {
        changes.push({ path, kind: "update", replace });
    }
}

function member(key: string): string {
    return /^[A-Za-z_][\w-]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

/**
 * The inputs as a refresh finds them: where an output differs from what it was, the input is what the service has
 * now, as far as the program speaks of it. Where nothing moved, the program's own words stay.
 */
export function driftedInputs(inputs: Properties, before: Properties, now: Properties): Properties {
    const result: Properties = {};
    for (const [key, input] of Object.entries(inputs)) {
        // The engine keeps properties in another order than the service shows them.
        const moved = key in before && !isDeepStrictEqual(before[key], now[key]);
        result[key] = moved ? project(input, before[key], now[key]) : input;
    }
    return result;
}

/** What the service never shows, such as a password, cannot have moved. */
function project(input: unknown, before: unknown, now: unknown): unknown {
    if (isObject(input) && isObject(now)) {
        const old = isObject(before) ? before : {};
        const pairs = Object.keys(input).filter((key) => key in now || !(key in old));
        return Object.fromEntries(
            pairs.map((key) => [key, key in now ? project(input[key], old[key], now[key]) : input[key]]),
        );
    }
    if (Array.isArray(input) && Array.isArray(now) && input.length === now.length) {
        const old: unknown[] = Array.isArray(before) ? before : [];
        return now.map((item, index) => project(input[index], old[index], item));
    }
    return now;
}
