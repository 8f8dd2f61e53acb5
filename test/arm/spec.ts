import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The published documents lie beside the repository where it is developed. */
const folder = join(__dirname, "..", "..", "..", "shared", "specs");

interface Schema {
    $ref?: string;
    allOf?: Schema[];
    type?: string;
    format?: string;
    enum?: unknown[];
    items?: Schema;
    properties?: Record<string, Schema>;
    required?: string[];
    additionalProperties?: boolean | Schema;
    readOnly?: boolean;
}

interface Media {
    schema?: Schema;
}

interface Step {
    parameters?: { in?: string; schema?: Schema }[];
    requestBody?: { content: Record<string, Media> };
    responses: Record<string, { schema?: Schema; content?: Record<string, Media> }>;
}

interface Document {
    paths: Record<string, Record<string, Step>>;
    definitions?: Record<string, Schema>;
    components?: { schemas: Record<string, Schema> };
}

export interface SpecOperation {
    /** Method and path, without the part that all of them share. */
    key: string;
    method: string;
    pattern: RegExp;
    literal: number;
    request?: Schema;
    /** By status; an answer without a schema has no body. */
    answers: ReadonlyMap<number, Schema | undefined>;
}

export class Specification {
    readonly operations: SpecOperation[];

    private constructor(private readonly document: Document) {
        this.operations = Object.entries(document.paths).flatMap(([path, methods]) =>
            Object.entries(methods)
                .filter(([method]) => method !== "parameters")
                .map(([method, step]) => operationOf(path, method.toUpperCase(), step)),
        );
    }

    static read(version: string): Specification | undefined {
        const file = join(folder, `resource-manager-${version}.json`);
        return existsSync(file)
            ? new Specification(JSON.parse(readFileSync(file, "utf8")) as Document)
            : undefined;
    }

    find(method: string, path: string): SpecOperation | undefined {
        // Where several fit, the one with the most literal text is meant.
        return this.operations
            .filter((operation) => operation.method === method && operation.pattern.test(path))
            .sort((a, b) => b.literal - a.literal)[0];
    }

    /** Everything in the value that the schema does not allow. */
    faults(schema: Schema, value: unknown, at = "body"): string[] {
        const { properties, required } = this.whole(schema);
        const known = this.bare(schema);
        if (value === null || value === undefined) return [`${at}: nothing`];
        if (known.enum) return known.enum.includes(value) ? [] : [`${at}: ${String(value)} is not allowed`];
        if (Object.keys(properties).length > 0) {
            if (typeof value !== "object" || Array.isArray(value)) return [`${at}: no object`];
            const given = value as Record<string, unknown>;
            return [
                ...required
                    .filter((name) => given[name] === undefined)
                    .map((name) => `${at}.${name}: missing`),
                ...Object.entries(given).flatMap(([name, item]) => {
                    const inner = properties[name];
                    return inner
                        ? this.faults(inner, item, `${at}.${name}`)
                        : [`${at}.${name}: not in the specification`];
                }),
            ];
        }
        if (known.type === "array") {
            if (!Array.isArray(value)) return [`${at}: no list`];
            return value.flatMap((item, index) => this.faults(known.items ?? {}, item, `${at}[${index}]`));
        }
        const kind = known.type === "integer" ? "number" : known.type;
        if (kind === undefined || kind === "file") return [];
        if (typeof value !== kind) return [`${at}: no ${kind}`];
        if (known.format === "date-time" && Number.isNaN(Date.parse(String(value))))
            return [`${at}: no date`];
        if (known.format === "duration" && !String(value).startsWith("P")) return [`${at}: no duration`];
        return [];
    }

    private bare(schema: Schema): Schema {
        const ref =
            schema.$ref ?? (schema.properties ? undefined : schema.allOf?.find((part) => part.$ref)?.$ref);
        if (ref === undefined) return schema;
        const name = ref.slice(ref.lastIndexOf("/") + 1);
        const target = (this.document.components?.schemas ?? this.document.definitions ?? {})[name];
        if (!target) throw new Error(`no schema ${name}`);
        return this.bare(target);
    }

    /** Properties of a schema with those it inherits. */
    private whole(schema: Schema): { properties: Record<string, Schema>; required: string[] } {
        const own = this.bare(schema);
        const inherited = (own.allOf ?? []).map((part) => this.whole(part));
        return {
            properties: Object.assign(
                {},
                ...inherited.map(({ properties }) => properties),
                own.properties,
            ) as Record<string, Schema>,
            required: [...inherited.flatMap(({ required }) => required), ...(own.required ?? [])],
        };
    }
}

const shared =
    /^\/subscriptions\/\{subscriptionId\}(\/resourceGroups\/\{resourceGroupName\})?\/providers\/Microsoft\.Batch/i;

function operationOf(path: string, method: string, step: Step): SpecOperation {
    const body = step.parameters?.find((parameter) => parameter.in === "body")?.schema;
    const request = Object.values(step.requestBody?.content ?? {})[0]?.schema ?? body;
    const answers = Object.entries(step.responses)
        .filter(([status]) => status !== "default")
        .map(
            ([status, { schema, content }]) =>
                [Number(status), schema ?? Object.values(content ?? {})[0]?.schema] as const,
        );
    const pattern = path.replace(/[.]/g, "\\.").replace(/\{[^}]+\}/g, "[^/]+");
    return {
        key: `${method} ${path.replace(shared, (_, group: string | undefined) => (group ? "" : "(subscription)"))}`,
        method,
        pattern: new RegExp(`^${pattern}$`, "i"),
        literal: path.replace(/\{[^}]+\}/g, "").length,
        ...(request ? { request } : {}),
        answers: new Map(answers),
    };
}
