import * as pulumi from "@pulumi/pulumi";
import { isEventual } from "./diagnostics";
import { digestOf } from "./digest";

/** Stands for a value that is still to come. */
class Pending {
    readonly index: number;

    constructor(index: number) {
        this.index = index;
    }
}

/**
 * Waits for all Outputs within a value and passes it on with what they hold. `pulumi.output` does the same by making an Output of every
 * object on the way, which for ten thousand tasks takes seconds and hundreds of megabytes; this makes one for all.
 */
export function whenResolved<T, R>(value: T, use: (resolved: unknown) => R): pulumi.Output<R> {
    const outputs = new Map<unknown, Pending>();
    const marked = mark(value, outputs);
    return pulumi
        .all([...outputs.keys()] as pulumi.Input<unknown>[])
        .apply((values) => use(outputs.size === 0 ? marked : fill(marked, values))) as pulumi.Output<R>;
}

/** A digest of a value as far as it is known at once: what is still to come counts as the same each time. */
export const plainDigest = (value: unknown): string => digestOf(mark(value, new Map()));

function mark(value: unknown, outputs: Map<unknown, Pending>): unknown {
    if (typeof value !== "object" || value === null) return value;
    if (isEventual(value)) {
        const pending = outputs.get(value) ?? new Pending(outputs.size);
        outputs.set(value, pending);
        return pending;
    }
    if (Array.isArray(value)) return value.map((item) => mark(item, outputs));
    const copy: Record<string, unknown> = {};
    for (const [name, inner] of Object.entries(value)) copy[name] = mark(inner, outputs);
    return copy;
}

function fill(value: unknown, values: readonly unknown[]): unknown {
    if (typeof value !== "object" || value === null) return value;
    if (value instanceof Pending) return values[value.index];
    if (Array.isArray(value)) return value.map((item) => fill(item, values));
    const copy: Record<string, unknown> = {};
    for (const [name, inner] of Object.entries(value)) copy[name] = fill(inner, values);
    return copy;
}

/** A short digest of any value; the same for the same value whatever the order of its properties. */
export function digest(value: unknown): pulumi.Output<string> {
    // A digest tells nothing of a secret, and a secret name would make every plan unreadable.
    return pulumi.unsecret(whenResolved(value, digestOf));
}
