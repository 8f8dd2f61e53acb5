/*
 * Writes generated/shapes.ts from the OpenAPI documents of the resource manager plane. Run by hand where they are at hand:
 *   npx ts-node local/arm/shapes/generate.ts <folder with resource-manager-*.json>
 * Only facts are taken: property names, types, enum values, what is required. The older document adds what it alone knows, so
 * that one shape takes the bodies of every version.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writeShapes, type Row } from "../../http/writeShapes";

interface Schema {
    $ref?: string;
    allOf?: Schema[];
    type?: string;
    format?: string;
    enum?: string[];
    items?: Schema;
    properties?: Record<string, Schema>;
    required?: string[];
    additionalProperties?: Schema | boolean;
}

interface Document {
    paths: Record<string, Record<string, { requestBody?: { content: Record<string, { schema: Schema }> } }>>;
    components: { schemas: Record<string, Schema> };
}

const folder = process.argv[2] ?? "../shared/specs";
const read = (file: string) => JSON.parse(readFileSync(join(folder, file), "utf8")) as Document;
const documents = [read("resource-manager-2025-06-01.json"), read("resource-manager-2024-07-01.json")];

const shapes = new Map<string, Map<string, Row>>();
const enums = new Map<string, Set<string>>();
const lastPart = (ref: string) => ref.slice(ref.lastIndexOf("/") + 1);
const refOf = (schema: Schema) => schema.$ref ?? schema.allOf?.find((part) => part.$ref)?.$ref;

/** Adds what one document knows of a schema to the tables; `called` is what an unnamed object is to be called. */
function typeOf(document: Document, schema: Schema, called: string, seen: Set<string>): string {
    const ref = refOf(schema);
    if (ref && !schema.properties) {
        const name = lastPart(ref);
        const target = document.components.schemas[name];
        if (!target) throw new Error(`No definition ${name}`);
        return typeOf(document, target, name, seen);
    }
    if (schema.enum) {
        const values = enums.get(called) ?? new Set<string>();
        schema.enum.forEach((value) => values.add(value));
        enums.set(called, values);
        return `#${called}`;
    }
    if (schema.properties) {
        addShape(document, schema, called, seen);
        return called;
    }
    if (schema.type === "array") return `[${typeOf(document, schema.items ?? {}, `${called}Item`, seen)}]`;
    if (schema.type === "object") {
        const values = schema.additionalProperties;
        return typeof values === "object" && values.type === "string" ? "map" : "any";
    }
    if (schema.type === "integer") return schema.format === "int64" ? "int64" : "int32";
    if (schema.type === "number" || schema.type === "boolean") return schema.type;
    if (schema.format === "duration" || schema.format === "date-time") return schema.format;
    return schema.type === "string" ? "string" : "any";
}

function addShape(document: Document, source: Schema, called: string, seen: Set<string>): void {
    if (seen.has(called)) return;
    seen.add(called);
    const known = shapes.get(called);
    const rows = known ?? new Map<string, Row>();
    shapes.set(called, rows);
    const inherited = (source.allOf ?? []).flatMap((part) => {
        const parent = part.$ref ? document.components.schemas[lastPart(part.$ref)] : part;
        return Object.entries(parent?.properties ?? {});
    });
    for (const [property, schema] of [...inherited, ...Object.entries(source.properties ?? {})]) {
        const before = rows.get(property);
        const unnamed = property === "properties" ? `${called}Properties` : `${called}_${property}`;
        const name = before && !/^[[#a-z]/.test(before.type) ? before.type : unnamed;
        const type = typeOf(document, schema, name, seen);
        const required = source.required?.includes(property) ?? false;
        // Required is what both ask for: a version's client cannot know what the other one wants.
        rows.set(property, {
            type: before?.type ?? type,
            required: before ? before.required && required : !known && required,
        });
    }
    if (known) for (const [property, row] of rows) if (!source.properties?.[property]) row.required = false;
}

for (const document of documents) {
    const seen = new Set<string>();
    for (const methods of Object.values(document.paths)) {
        for (const step of Object.values(methods)) {
            const schema = Object.values(step.requestBody?.content ?? {})[0]?.schema;
            if (schema) typeOf(document, schema, "", seen);
        }
    }
}

writeShapes(
    join(__dirname, "generated", "shapes.ts"),
    "2025-06-01 and 2024-07-01 of the resource manager",
    shapes,
    enums,
);
