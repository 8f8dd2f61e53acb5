import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The published documents lie beside the repository where it is developed. */
const folder = join(__dirname, "..", "..", "..", "shared", "specs");

interface Raw {
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

interface RawOperation {
    parameters?: { in?: string; schema?: Raw }[];
    requestBody?: { content: Record<string, { schema?: Raw }> };
}

interface Document {
    paths: Record<string, Record<string, RawOperation>>;
    definitions?: Record<string, Raw>;
    components?: { schemas: Record<string, Raw> };
}

export interface BodyOperation {
    method: string;
    path: string;
    request?: Raw;
}

/** A published document of either plane, as far as requests go. */
export class OpenApi {
    readonly operations: BodyOperation[];

    private constructor(private readonly document: Document) {
        this.operations = Object.entries(document.paths).flatMap(([path, methods]) =>
            Object.entries(methods)
                .filter(([method]) => method !== "parameters")
                .map(([method, { requestBody, parameters }]) => {
                    const request =
                        Object.values(requestBody?.content ?? {})[0]?.schema ??
                        parameters?.find((parameter) => parameter.in === "body")?.schema;
                    return { method: method.toUpperCase(), path, ...(request ? { request } : {}) };
                }),
        );
    }

    /** Undefined where the documents are not at hand. */
    static read(name: string): OpenApi | undefined {
        const file = join(folder, `${name}.json`);
        if (!existsSync(file)) return undefined;
        return new OpenApi(JSON.parse(readFileSync(file, "utf8")) as Document);
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

    private named(ref: string): Raw {
        const name = ref.split("/").at(-1) ?? "";
        const found = (this.document.components?.schemas ?? this.document.definitions ?? {})[name];
        if (!found) throw new Error(`no schema ${name}`);
        return found;
    }
}
