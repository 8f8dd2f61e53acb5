import { durationOf } from "../model/instant";

/**
 * Shapes as published: property names with their type. A type is `string`, `boolean`, `int32`, `int64`, `number`, `date-time`,
 * `duration`, `any`, `raw` (not looked at), `map` (of strings), `#Enum` or the name of a shape; `[T]` is a list of it, a trailing
 * `!` means required.
 */
export type Shapes = Readonly<Record<string, Readonly<Record<string, string>>>>;

export type Enums = Readonly<Record<string, readonly string[]>>;

/** One fault of a value. `at` is its path, such as `resourceFiles[2].httpUrl`. */
export interface Problem {
    at: string;
    /** `unknown`, `type`, `required`, `enum`, or the name of a correction. */
    rule: string;
    /** What is allowed, as a sentence part. */
    limit: string;
    got: unknown;
}

/** What the published shapes leave out: returns what is allowed when the value breaks the rule. `got` names another culprit. */
export interface Rule {
    name: string;
    /** Property that is looked at; absent: the whole object. */
    property?: string;
    broken(value: unknown, whole: Readonly<Record<string, unknown>>): string | undefined;
}

export type Corrections = Readonly<Record<string, readonly Rule[]>>;

export type Check = (shape: string, value: unknown) => Problem[];

type Walk = (value: unknown, at: string, problems: Problem[]) => unknown;

/** Shown as problems at most; a body of noise is not worth more. */
const enough = 20;

/**
 * One walker for all shapes. Besides finding problems it puts the value into its normal form, in place: properties that are
 * null are taken out (null means not given) and enum values get the case of the specification.
 */
export function checker(shapes: Shapes, enums: Enums, corrections: Corrections = {}): Check {
    const walks = new Map<string, Walk>();
    const walkOf = (type: string): Walk => {
        const known = walks.get(type);
        if (known) return known;
        // Shapes contain themselves (a job schedule has a pool has tasks); the indirection ends the circle.
        const inner: { walk?: Walk } = {};
        walks.set(type, (value, at, problems) => (inner.walk ?? fail(type))(value, at, problems));
        const walk = (inner.walk = compile(type));
        walks.set(type, walk);
        return walk;
    };
    const compile = (type: string): Walk => {
        const scalar = scalars[type];
        if (scalar) return scalar;
        if (type.startsWith("[")) return listWalk(walkOf(type.slice(1, -1)));
        if (type.startsWith("#")) return enumWalk(enums[type.slice(1)] ?? fail(type));
        return objectWalk(shapes[type] ?? fail(type), corrections[type] ?? [], walkOf);
    };
    return (shape, value) => {
        const problems: Problem[] = [];
        walkOf(shape)(value, "", problems);
        return problems;
    };
}

function fail(type: string): never {
    throw new Error(`No shape is called ${type}`);
}

function objectWalk(
    shape: Readonly<Record<string, string>>,
    rules: readonly Rule[],
    walkOf: (type: string) => Walk,
): Walk {
    const properties = new Map<string, Walk>();
    const required: string[] = [];
    for (const [name, type] of Object.entries(shape)) {
        properties.set(name, walkOf(type.replace("!", "")));
        if (type.endsWith("!")) required.push(name);
    }
    return (value, at, problems) => {
        if (typeof value !== "object" || value === null || Array.isArray(value)) {
            return note(problems, at, "type", "a JSON object", value);
        }
        const given = value as Record<string, unknown>;
        const known = problems.length;
        for (const name of Object.keys(given)) {
            const item = given[name];
            if (item === null) {
                // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- null means not given
                delete given[name];
                continue;
            }
            const walk = properties.get(name);
            const place = at ? `${at}.${name}` : name;
            if (walk) {
                const normal = walk(item, place, problems);
                if (normal !== item) given[name] = normal;
            } else if (!name.startsWith("odata.")) {
                note(problems, place, "unknown", `one of ${[...properties.keys()].join(", ")}`, item);
            }
        }
        for (const name of required) {
            if (given[name] === undefined) {
                note(problems, at ? `${at}.${name}` : name, "required", "a value", undefined);
            }
        }
        // Rules may trust the types: what is not of its shape does not come to them.
        if (problems.length > known || problems.length >= enough) return value;
        for (const rule of rules) {
            const subject = rule.property === undefined ? given : given[rule.property];
            if (subject === undefined) continue;
            const limit = rule.broken(subject, given);
            if (limit === undefined) continue;
            const place = [at, rule.property].filter(Boolean).join(".");
            note(problems, place, rule.name, limit, subject);
        }
        return value;
    };
}

function listWalk(item: Walk): Walk {
    return (value, at, problems) => {
        if (!Array.isArray(value)) return note(problems, at, "type", "a list", value);
        for (let index = 0; index < value.length && problems.length < enough; index++) {
            const normal = item(value[index], `${at}[${index}]`, problems);
            if (normal !== value[index]) value[index] = normal;
        }
        return value;
    };
}

function enumWalk(values: readonly string[]): Walk {
    const exact = new Set(values);
    return (value, at, problems) => {
        if (typeof value !== "string") return note(problems, at, "type", "a string", value);
        if (exact.has(value)) return value;
        // guess: the service reads enum values without regard to case.
        const lower = value.toLowerCase();
        const match = values.find((candidate) => candidate.toLowerCase() === lower);
        return match ?? note(problems, at, "enum", `one of ${values.join(", ")}`, value);
    };
}

function scalar(limit: string, holds: (value: unknown) => boolean): Walk {
    return (value, at, problems) => (holds(value) ? value : note(problems, at, "type", limit, value));
}

/** Days of .NET's longest TimeSpan, which is what the service counts in. */
const longestDuration = 10_675_200 * 86_400_000;
const dateText = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/i;

const scalars: Readonly<Record<string, Walk>> = {
    /** Checked later, by whoever asked for it so. */
    raw: (value) => value,
    any: (value) => value,
    string: scalar("a string", (value) => typeof value === "string"),
    boolean: scalar("true or false", (value) => typeof value === "boolean"),
    number: scalar("a number", (value) => typeof value === "number"),
    int32: (value, at, problems) => {
        // az sends integers as texts (`az batch job set --priority`, `az batch pool resize`), so the service takes them.
        const number = typeof value === "string" && /^-?\d{1,10}$/.test(value) ? Number(value) : value;
        if (typeof number === "number" && Number.isInteger(number) && (number | 0) === number) return number;
        return note(problems, at, "type", "a 32-bit integer", value);
    },
    int64: scalar(
        "an integer",
        (value) => Number.isSafeInteger(value) || (typeof value === "string" && /^-?\d{1,19}$/.test(value)),
    ),
    duration: scalar("an ISO 8601 duration such as PT15M", (value) => {
        const length = typeof value === "string" ? durationOf(value) : undefined;
        return length !== undefined && Math.abs(length) <= longestDuration;
    }),
    "date-time": scalar(
        "an ISO 8601 date such as 2025-01-31T08:00:00Z",
        (value) => typeof value === "string" && dateText.test(value) && !Number.isNaN(Date.parse(value)),
    ),
    // Null means not given here too.
    map: scalar("an object of strings", (value) => {
        if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
        return Object.values(value).every((item) => typeof item === "string" || item === null);
    }),
};

function note(problems: Problem[], at: string, rule: string, limit: string, got: unknown): unknown {
    if (problems.length < enough) problems.push({ at, rule, limit, got });
    return got;
}
