import { withoutLifetimes } from "../signatures";

// What the engine sends in place of a value that it does not know yet. It would pass as an id, so inputs are read through `known`.
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

declare const asSent: unique symbol;

/**
 * An input as it is sent: it, or any part of it, may stand for a value that is still to come. Its parts can be named, and only
 * `known` and `items` read them: the compiler refuses all else.
 */
export type Unsure<T> = T extends undefined | null
    ? T
    : T extends readonly (infer U)[]
      ? { readonly [asSent]: T; readonly item?: U }
      : T extends object
        ? { readonly [asSent]: T } & { readonly [K in keyof T]: Unsure<T[K]> }
        : { readonly [asSent]: T };

interface Sent {
    readonly [asSent]: unknown;
}

/** Says of a value that it may not be known: what a program passes, what the engine sends. */
export const unsure = <T>(value: T): Unsure<T> => value as Unsure<T>;

/** A value if it and all that is in it is known; undefined otherwise. The only way to read an input in `check` and `diff`. */
export function known<I extends Sent>(input: I | undefined): I[typeof asSent] | undefined {
    return input === undefined || containsUnknown(input) ? undefined : (input as I[typeof asSent]);
}

/** The items of a list as far as the list itself is known, each to be read by `known`. */
export function items<U>(input: { readonly [asSent]: readonly U[] } | undefined): Unsure<U>[] {
    return Array.isArray(input) ? (input as Unsure<U>[]) : [];
}

function containsUnknown(value: unknown): boolean {
    if (value === UNKNOWN) return true;
    if (typeof value !== "object" || value === null) return false;
    if (Array.isArray(value)) return value.some(containsUnknown);
    // In the program itself a value that is still to come is an Output or a promise.
    if ("__pulumiOutput" in value || value instanceof Promise) return true;
    return Object.values(value).some(containsUnknown);
}

/** True when two inputs are known and differ. What is not known counts as unchanged: a plan must not promise what may not come. */
export function differs(old: unknown, next: unknown): boolean {
    if (containsUnknown(next)) return false;
    return canonical(old) !== canonical(next);
}

/** True when an input is not known, so that a plan has to say that something may change. */
export function uncertain(next: unknown): boolean {
    return containsUnknown(next);
}

/** Names of the parts that are known and differ. */
export function changedParts(old: object | undefined, next: object | undefined): string[] {
    // What is not known at all arrives as a text.
    if (typeof next !== "object" || typeof old !== "object") return [];
    const [before, after] = [old, next] as Record<string, unknown>[];
    return [...new Set([...Object.keys(old), ...Object.keys(next)])].filter((name) =>
        differs(before?.[name], after?.[name]),
    );
}

function canonical(value: unknown): string {
    if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
    if (typeof value === "object" && value !== null) {
        const entries = Object.entries(value).filter(([, inner]) => inner !== undefined && inner !== null);
        return `{${entries
            .sort(([left], [right]) => (left < right ? -1 : 1))
            .map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`)
            .join(",")}}`;
    }
    return withoutLifetimes(JSON.stringify(value) ?? "null");
}
