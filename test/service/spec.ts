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
    additionalProperties?: unknown;
}

interface Media {
    schema?: Schema;
}

interface Operation {
    operationId: string;
    parameters?: { in?: string; schema?: Schema; $ref?: string }[];
    requestBody?: { content: Record<string, Media> };
    responses: Record<string, { schema?: Schema; content?: Record<string, Media> }>;
}

interface Document {
    paths: Record<string, Record<string, Operation>>;
    definitions?: Record<string, Schema>;
    components?: { schemas: Record<string, Schema> };
}

export interface SpecOperation {
    key: string;
    pattern: RegExp;
    method: string;
    path: string;
    statuses: ReadonlySet<number>;
    request?: Schema;
    response?: Schema;
}

/**
 * The document of 2025-06-01 lost what single reads answer with; these are the models that the SDK of that version reads them
 * into.
 */
const lost: Record<string, string> = {
    "GET /applications/{applicationId}": "BatchApplication",
    "GET /jobs/{jobId}": "BatchJob",
    "GET /jobs/{jobId}/taskcounts": "BatchTaskCountsResult",
    "POST /jobs/{jobId}/addtaskcollection": "BatchCreateTaskCollectionResult",
    "GET /jobs/{jobId}/tasks/{taskId}": "BatchTask",
    "GET /jobschedules/{jobScheduleId}": "BatchJobSchedule",
    "GET /pools/{poolId}": "BatchPool",
    "POST /pools/{poolId}/evaluateautoscale": "AutoScaleRun",
    "GET /pools/{poolId}/nodes/{nodeId}": "BatchNode",
    "GET /pools/{poolId}/nodes/{nodeId}/remoteloginsettings": "BatchNodeRemoteLoginSettings",
    "POST /pools/{poolId}/nodes/{nodeId}/uploadbatchservicelogs": "UploadBatchServiceLogsResult",
    "GET /pools/{poolId}/nodes/{nodeId}/extensions/{extensionName}": "BatchNodeVMExtension",
};

export class Specification {
    readonly operations: SpecOperation[];

    private constructor(private readonly document: Document) {
        this.operations = Object.entries(document.paths).flatMap(([path, methods]) =>
            Object.entries(methods)
                .filter(([method]) => method !== "parameters")
                .map(([method, operation]) => this.read(path, method.toUpperCase(), operation)),
        );
    }

    static read(version: string): Specification | undefined {
        const file = join(folder, `data-plane-${version}.json`);
        return existsSync(file)
            ? new Specification(JSON.parse(readFileSync(file, "utf8")) as Document)
            : undefined;
    }

    private read(path: string, method: string, operation: Operation): SpecOperation {
        const key = `${method} ${path}`;
        const statuses = Object.keys(operation.responses).filter((status) => status !== "default");
        const answer = operation.responses[statuses[0] ?? ""];
        const known = lost[key];
        const declared = answer?.schema ?? Object.values(answer?.content ?? {})[0]?.schema;
        const binary = declared?.format === "binary" || declared?.format === "file";
        const response = known && this.has(known) ? { $ref: `#/${known}` } : binary ? undefined : declared;
        const request =
            Object.values(operation.requestBody?.content ?? {})[0]?.schema ??
            operation.parameters?.find((parameter) => parameter.in === "body")?.schema;
        const pattern = path
            .replace(/[.*+?^$()|[\]\\]/g, "\\$&")
            .replace(/\{filePath\}/g, ".+")
            .replace(/\{[^}]+\}/g, "[^/]+");
        return {
            key,
            method,
            path,
            pattern: new RegExp(`^${pattern}$`, "i"),
            statuses: new Set(statuses.map(Number)),
            ...(request ? { request } : {}),
            ...(response ? { response } : {}),
        };
    }

    private has(name: string): boolean {
        return name in (this.document.components?.schemas ?? this.document.definitions ?? {});
    }

    find(method: string, path: string): SpecOperation | undefined {
        const bare = path.split("?")[0] ?? "";
        // Where several fit, the one with the most literal text is meant.
        return this.operations
            .filter((operation) => operation.method === method && operation.pattern.test(bare))
            .sort(
                (a, b) => b.path.replace(/\{[^}]+\}/g, "").length - a.path.replace(/\{[^}]+\}/g, "").length,
            )[0];
    }

    /** Everything in the value that the schema does not allow. */
    faults(schema: Schema, value: unknown, at = "body"): string[] {
        const ref = schema.$ref ?? schema.allOf?.find((part) => part.$ref)?.$ref;
        if (ref) {
            const name = ref.slice(ref.lastIndexOf("/") + 1);
            const target = (this.document.components?.schemas ?? this.document.definitions ?? {})[name];
            return target ? this.faults(target, value, at) : [`${at}: no schema ${name}`];
        }
        if (value === null) return [`${at}: null`];
        if (schema.enum) return schema.enum.includes(value) ? [] : [`${at}: ${String(value)} is not allowed`];
        switch (schema.type) {
            case "object":
                return this.objectFaults(schema, value, at);
            case "array":
                if (!Array.isArray(value)) return [`${at}: no list`];
                return value.flatMap((item, index) =>
                    this.faults(schema.items ?? {}, item, `${at}[${index}]`),
                );
            case "integer":
                // Large numbers come as text.
                if (typeof value === "string" && /^-?\d+$/.test(value)) return [];
                return Number.isInteger(value) ? [] : [`${at}: no integer`];
            case "number":
                return typeof value === "number" ? [] : [`${at}: no number`];
            case "boolean":
                return typeof value === "boolean" ? [] : [`${at}: no boolean`];
            case "string":
                return stringFaults(schema, value, at);
            default:
                return [];
        }
    }

    private objectFaults(schema: Schema, value: unknown, at: string): string[] {
        if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${at}: no object`];
        const { properties } = schema;
        if (!properties) return [];
        const given = value as Record<string, unknown>;
        return [
            ...(schema.required ?? [])
                .filter((name) => given[name] === undefined)
                .map((name) => `${at}.${name}: missing`),
            ...Object.entries(given).flatMap(([name, item]) => {
                const inner = properties[name];
                if (inner) return this.faults(inner, item, `${at}.${name}`);
                return name.startsWith("odata.") ? [] : [`${at}.${name}: not in the specification`];
            }),
        ];
    }
}

function stringFaults(schema: Schema, value: unknown, at: string): string[] {
    if (typeof value !== "string") return [`${at}: no text`];
    if (schema.format === "date-time" && Number.isNaN(Date.parse(value))) return [`${at}: no date`];
    if (schema.format === "duration" && !/^-?P/.test(value)) return [`${at}: no duration`];
    return [];
}
