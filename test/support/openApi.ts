import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The published documents lie beside the repository where it is developed. */
const folder = join(__dirname, "..", "..", "..", "shared", "specs");

/** A schema as the document has it. */
export interface Raw {
    $ref?: string;
    allOf?: Raw[];
    type?: string;
    format?: string;
    enum?: unknown[];
    items?: Raw;
    properties?: Record<string, Raw>;
    required?: string[];
    readOnly?: boolean;
}

/** A schema without references: what it inherits is in it. */
export interface Schema {
    /** Name in the document, of those that have one. */
    name?: string;
    type?: string;
    format?: string;
    enum?: unknown[];
    items?: Raw;
    properties: Readonly<Record<string, Raw>>;
    required: readonly string[];
    readOnly: boolean;
}

interface Media {
    schema?: Raw;
}

interface RawOperation {
    parameters?: { in?: string; schema?: Raw }[];
    requestBody?: { content: Record<string, Media> };
    responses: Record<string, Media & { content?: Record<string, Media> }>;
}

interface Document {
    paths: Record<string, Record<string, RawOperation>>;
    definitions?: Record<string, Raw>;
    components?: { schemas: Record<string, Raw> };
}

export interface ApiOperation {
    /** Method and path as in the document. */
    key: string;
    method: string;
    path: string;
    pattern: RegExp;
    request?: Raw;
    /** By status; an answer without a schema has no body, or one that is no JSON. */
    answers: ReadonlyMap<number, Raw | undefined>;
}

/** A published document of either plane. */
export class OpenApi {
    readonly operations: ApiOperation[];

    private constructor(
        private readonly document: Document,
        /** Else the resource manager's. */
        readonly isDataPlane: boolean,
    ) {
        this.operations = Object.entries(document.paths).flatMap(([path, methods]) =>
            Object.entries(methods)
                .filter(([method]) => method !== "parameters")
                .map(([method, operation]) => operationOf(method.toUpperCase(), path, operation)),
        );
    }

    /** Undefined where the documents are not at hand. */
    static read(name: string): OpenApi | undefined {
        const file = join(folder, `${name}.json`);
        if (!existsSync(file)) return undefined;
        return new OpenApi(JSON.parse(readFileSync(file, "utf8")) as Document, name.startsWith("data-plane"));
    }

    /** What a request asks for; where several operations fit, the one with the most literal text is meant. */
    find(method: string, target: string): ApiOperation | undefined {
        const path = target.split("?", 1)[0] ?? "";
        return this.operations
            .filter((operation) => operation.method === method && operation.pattern.test(path))
            .sort((a, b) => literal(b.path) - literal(a.path))[0];
    }

    has(name: string): boolean {
        return name in this.schemas;
    }

    whole(raw: Raw): Schema {
        const parts = [...(raw.allOf ?? []), ...(raw.$ref ? [this.named(raw.$ref)] : [])].map((part) =>
            this.whole(part),
        );
        const own = Object.fromEntries(
            (["type", "format", "enum", "items"] as const)
                .map((key) => [key, raw[key] ?? parts.find((part) => part[key] !== undefined)?.[key]])
                .filter(([, value]) => value !== undefined),
        ) as Pick<Schema, "type" | "format" | "enum" | "items">;
        const name = raw.$ref?.split("/").at(-1) ?? parts.find((part) => part.name)?.name;
        return {
            ...own,
            ...(name === undefined ? {} : { name }),
            properties: Object.assign({}, ...parts.map((part) => part.properties), raw.properties) as Record<
                string,
                Raw
            >,
            required: [...parts.flatMap((part) => part.required), ...(raw.required ?? [])],
            readOnly: raw.readOnly ?? false,
        };
    }

    /** The bodies by their names. */
    get schemas(): Readonly<Record<string, Raw>> {
        return this.document.components?.schemas ?? this.document.definitions ?? {};
    }

    private named(ref: string): Raw {
        const name = ref.split("/").at(-1) ?? "";
        const found = this.schemas[name];
        if (!found) throw new Error(`no schema ${name}`);
        return found;
    }
}

const literal = (path: string) => path.replace(/\{[^}]+\}/g, "").length;

function operationOf(method: string, path: string, operation: RawOperation): ApiOperation {
    const request =
        first(operation.requestBody?.content)?.schema ??
        operation.parameters?.find((parameter) => parameter.in === "body")?.schema;
    const answers = Object.entries(operation.responses)
        .filter(([status]) => status !== "default")
        .map(([status, { schema, content }]) => {
            const declared = schema ?? first(content)?.schema;
            const binary = declared?.type === "file" || /^(binary|file)$/.test(declared?.format ?? "");
            return [Number(status), binary ? undefined : declared] as const;
        });
    const pattern = path
        .replace(/[.*+?^$()|[\]\\]/g, "\\$&")
        .replace(/\{filePath\}/g, ".+")
        .replace(/\{[^}]+\}/g, "[^/]+");
    return {
        key: `${method} ${path}`,
        method,
        path,
        pattern: new RegExp(`^${pattern}$`, "i"),
        ...(request ? { request } : {}),
        answers: new Map(answers),
    };
}

function first<T>(values: Record<string, T> | undefined): T | undefined {
    return Object.values(values ?? {})[0];
}
