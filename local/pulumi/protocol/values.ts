// Property values as the engine sends them: plain JSON in which some objects and one string have a meaning.
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

export type Properties = Record<string, unknown>;

/** What stands for a value that is not known yet (in previews). */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e";

export interface Opened {
    values: Properties;
    /** The top-level properties that are or contain secrets. */
    secrets: ReadonlySet<string>;
}

export function isObject(value: unknown): value is Properties {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Takes the wrapping off. A secret anywhere within a property makes the whole property secret. */
export function open(struct: Struct | undefined): Opened {
    const secrets = new Set<string>();
    const values: Properties = {};
    for (const [key, value] of Object.entries(struct?.toJavaScript() ?? {})) {
        values[key] = unwrap(value, () => secrets.add(key));
    }
    return { values, secrets };
}

function unwrap(value: unknown, foundSecret: () => void): unknown {
    if (Array.isArray(value)) return value.map((item) => unwrap(item, foundSecret));
    if (!isObject(value)) return value;
    switch (value[SIGNATURE]) {
        case SECRET:
            foundSecret();
            return unwrap(value.value, foundSecret);
        case OUTPUT:
            if (value.secret === true) foundSecret();
            return "value" in value ? unwrap(value.value, foundSecret) : UNKNOWN;
        case RESOURCE:
            return value.id ?? UNKNOWN;
        default:
            return Object.fromEntries(
                Object.entries(value).map(([key, item]) => [key, unwrap(item, foundSecret)]),
            );
    }
}

/** Puts the wrapping on: the named properties are secrets. */
export function seal(values: Properties, secrets: Iterable<string> = []): Struct {
    const hidden = new Set(secrets);
    const sealed: Record<string, JavaScriptValue> = {};
    for (const [key, value] of Object.entries(values)) {
        if (value === undefined) continue;
        const clean = withoutUndefined(value);
        sealed[key] = hidden.has(key) && clean !== null ? { [SIGNATURE]: SECRET, value: clean } : clean;
    }
    return Struct.fromJavaScript(sealed);
}

function withoutUndefined(value: unknown): JavaScriptValue {
    if (Array.isArray(value)) return value.map(withoutUndefined);
    if (isObject(value)) {
        const kept = Object.entries(value).filter(([, item]) => item !== undefined);
        return Object.fromEntries(kept.map(([key, item]) => [key, withoutUndefined(item)]));
    }
    return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
        ? value
        : null;
}

export function hasUnknown(value: unknown): boolean {
    if (value === UNKNOWN) return true;
    if (Array.isArray(value)) return value.some(hasUnknown);
    return isObject(value) && Object.values(value).some(hasUnknown);
}

export function without(values: Properties, names: readonly string[]): Properties {
    return Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));
}
