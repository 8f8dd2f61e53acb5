import { isObject } from "../model/json";
import type { JsonObject } from "../model/json";

/** JSON merge patch: objects merge, null removes, everything else replaces. */
export function merge(old: JsonObject, patch: JsonObject): JsonObject {
    const merged = new Map(Object.entries(old));
    for (const [name, value] of Object.entries(patch)) {
        if (value === null) merged.delete(name);
        else merged.set(name, isObject(value) ? merge(objectOf(merged.get(name)), value) : value);
    }
    return Object.fromEntries(merged);
}

/** Without its nulls: in a whole document they mean the same as nothing. */
export function withoutNulls<T>(value: T): T {
    if (Array.isArray(value)) return value.map((item: unknown) => withoutNulls(item)) as T;
    if (!isObject(value)) return value;
    const kept = Object.entries(value).filter(([, item]) => item !== null && item !== undefined);
    return Object.fromEntries(kept.map(([name, item]) => [name, withoutNulls(item)])) as T;
}

export function objectOf(value: unknown): JsonObject {
    return isObject(value) ? value : {};
}

export function textOf(value: unknown): string | undefined {
    return typeof value === "string" && value !== "" ? value : undefined;
}

export function listOf(value: unknown): JsonObject[] {
    return Array.isArray(value) ? value.filter(isObject) : [];
}

/** Two values that a client would call the same: order of names, empty lists, nulls and letter case of ids aside. */
export function same(left: unknown, right: unknown): boolean {
    return JSON.stringify(canonical(left)) === JSON.stringify(canonical(right));
}

function canonical(value: unknown): unknown {
    if (Array.isArray(value))
        return value.length === 0 ? undefined : value.map((item) => canonical(item) ?? null);
    if (typeof value === "string") return value.startsWith("/subscriptions/") ? value.toLowerCase() : value;
    if (!isObject(value)) return value ?? undefined;
    const rows = Object.entries(value)
        .map(([name, item]) => [name, canonical(item)] as const)
        .filter(([, item]) => item !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : 1));
    return rows.length === 0 ? undefined : Object.fromEntries(rows);
}
