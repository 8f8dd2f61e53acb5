// What the engine sends in place of a value that it does not know yet. It would pass as an id, so inputs are read through `known`.
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A value if it and all that is in it is known; undefined otherwise. The only way to read an input in `check` and `diff`. */
export function known<T>(value: T): T | undefined {
    return containsUnknown(value) ? undefined : value;
}

function containsUnknown(value: unknown): boolean {
    if (value === UNKNOWN) return true;
    if (typeof value !== "object" || value === null) return false;
    return (Array.isArray(value) ? value : Object.values(value)).some(containsUnknown);
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

function canonical(value: unknown): string {
    if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
    if (typeof value === "object" && value !== null) {
        const entries = Object.entries(value).filter(([, inner]) => inner !== undefined && inner !== null);
        return `{${entries
            .sort(([left], [right]) => (left < right ? -1 : 1))
            .map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`)
            .join(",")}}`;
    }
    return JSON.stringify(value) ?? "null";
}
