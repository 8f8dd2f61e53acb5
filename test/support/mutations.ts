import assert from "node:assert/strict";
import type { ApiOperation, OpenApi, Raw, Schema } from "./openApi";

/** One body with one thing wrong, or at least strange. */
export interface Mutation {
    /** Path of the property, such as `poolInfo.poolId`. */
    at: string;
    what: "missing" | "type" | "enum" | "unknown" | "format" | "odd";
    body: unknown;
}

type Wrap = (value: unknown) => unknown;

/** A value that is right for a property or for a schema of this name; everything else is made from the document. */
export type RightValues = Readonly<Record<string, unknown>>;

const text = "x".repeat(70_000);
const odd: Readonly<Record<string, readonly unknown[]>> = {
    string: ["", " ", text, "\u0000", "../../x", "\ud800", "__proto__"],
    integer: [-1, 0, -2_147_483_648, 2_147_483_647],
    number: [-1, 0, 1e308],
    duration: ["PT0S", "-PT1S", "P10675199D", "P99999999999D"],
    "date-time": ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"],
    array: [[]],
    boolean: [],
    object: [{}],
};
const wrongType: Readonly<Record<string, readonly unknown[]>> = {
    string: [5, true, {}, ["x"]],
    integer: ["five", 1.5, true, {}, 2_147_483_648, 1e30],
    number: ["five", true, {}],
    boolean: ["yes", 1, {}],
    array: ["x", {}, 5, [5]],
    object: ["x", 5, ["x"]],
};
const wrongFormat: Readonly<Record<string, readonly string[]>> = {
    duration: ["soon", "5 minutes", "PT", "1:00:00"],
    "date-time": ["tomorrow", "2026-13-45T00:00:00Z", "12/24/2026"],
};

/** Every body that is wrong in one place, for each property of the schema and of those within it, `depth` deep. */
export class Mutations {
    constructor(
        private readonly api: OpenApi,
        private readonly right: RightValues,
        /** A property of a named schema is looked at in one place only. */
        private readonly once: boolean,
    ) {}

    private readonly seen = new Set<string>();

    /** The least that the schema allows. */
    least(raw: Raw, property = ""): unknown {
        const schema = this.api.whole(raw);
        const known = this.right[property] ?? this.right[schema.name ?? ""];
        if (typeof known === "function") return (known as () => unknown)();
        if (known !== undefined) return structuredClone(known);
        if (schema.enum) return schema.enum[0];
        switch (kindOf(schema)) {
            case "object":
                return Object.fromEntries(
                    schema.required.map((name) => [name, this.least(schema.properties[name] ?? {}, name)]),
                );
            case "array":
                return [];
            case "integer":
            case "number":
                return 1;
            case "boolean":
                return true;
            default:
                if (schema.format === "duration") return "PT5M";
                return schema.format === "date-time" ? "2026-01-01T00:00:00Z" : "x";
        }
    }

    *of(raw: Raw, depth = 9): Generator<Mutation> {
        for (const value of ["x", 5, [], true]) yield { at: "", what: "type", body: value };
        yield* this.within(raw, (value) => value, "", depth);
    }

    private *within(raw: Raw, wrap: Wrap, at: string, depth: number): Generator<Mutation> {
        const schema = this.api.whole(raw);
        if (depth === 0 || Object.keys(schema.properties).length === 0) return;
        const base = () => {
            const least = this.least(raw);
            return typeof least === "object" && least !== null && !Array.isArray(least)
                ? (least as object)
                : {};
        };
        if (this.isNew(`${schema.name ?? at} unknown`))
            yield { at, what: "unknown", body: wrap({ ...base(), colour: "red" }) };
        for (const [name, inner] of Object.entries(schema.properties)) {
            const place = at === "" ? name : `${at}.${name}`;
            const put: Wrap = (value) => wrap({ ...base(), [name]: value });
            const property = this.api.whole(inner);
            if (property.readOnly) continue;
            if (this.isNew(`${schema.name ?? at}.${name}`)) {
                if (schema.required.includes(name)) {
                    const without = Object.fromEntries(
                        Object.entries(base()).filter(([key]) => key !== name),
                    );
                    yield { at: place, what: "missing", body: wrap(without) };
                    yield { at: place, what: "missing", body: put(null) };
                }
                yield* this.ofProperty(property, put, place);
            }
            yield* this.within(inner, put, place, depth - 1);
            if (property.items)
                yield* this.within(property.items, (value) => put([value]), `${place}[0]`, depth - 1);
        }
    }

    private *ofProperty(property: Schema, put: Wrap, at: string): Generator<Mutation> {
        const kind = kindOf(property);
        if (kind === undefined) return;
        const isList = kind === "array" && property.items && this.isTyped(property.items);
        for (const value of wrongType[kind] ?? []) {
            if (Array.isArray(value) && kind === "array" && !isList) continue;
            yield { at, what: "type", body: put(value) };
        }
        if (property.enum) yield { at, what: "enum", body: put("no such value") };
        for (const value of wrongFormat[property.format ?? ""] ?? [])
            yield { at, what: "format", body: put(value) };
        for (const value of odd[property.format ?? ""] ?? odd[kind] ?? [])
            yield { at, what: property.enum ? "enum" : "odd", body: put(value) };
    }

    private isTyped(raw: Raw): boolean {
        const kind = kindOf(this.api.whole(raw));
        return kind !== undefined && kind !== "integer" && kind !== "number";
    }

    private isNew(what: string): boolean {
        if (!this.once) return true;
        if (this.seen.has(what)) return false;
        this.seen.add(what);
        return true;
    }
}

/** Sends every body that is wrong in one place to every operation that takes one; `ask` says what is wrong with the answer. */
export async function refusesEach(
    api: OpenApi,
    right: RightValues,
    ask: (operation: ApiOperation, mutation: Mutation) => Promise<string | undefined>,
): Promise<void> {
    const mutations = new Mutations(api, right, !process.env["FULL"]);
    const wrong = new Set<string>();
    const asked = new Map<string, number>();
    for (const operation of api.operations) {
        if (!operation.request) continue;
        for (const mutation of mutations.of(operation.request)) {
            asked.set(mutation.what, (asked.get(mutation.what) ?? 0) + 1);
            const fault = await ask(operation, mutation);
            if (fault !== undefined) wrong.add(`${operation.key}, ${mutation.at} ${mutation.what}: ${fault}`);
        }
    }
    console.log(`      ${[...asked].map(([what, times]) => `${times} ${what}`).join(", ")}`);
    assert.deepEqual([...wrong].slice(0, 60), []);
}

function kindOf(schema: Schema): string | undefined {
    if (Object.keys(schema.properties).length > 0) return "object";
    if (schema.type !== undefined) return schema.type === "object" ? undefined : schema.type;
    return schema.enum ? "string" : undefined;
}
