/*
 * Writes generated/shapes.ts from the published OpenAPI documents of the data plane. Run by hand where they are at hand:
 *   npx ts-node local/service/shapes/generate.ts <folder with data-plane-*.json>
 * Only facts are taken: property names, types, enum values, what is required. Older documents add what they alone know to the
 * shape of the same place in the newest, so that one shape takes the bodies of every version.
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
    additionalProperties?: unknown;
}

interface Parameter {
    in?: string;
    schema?: Schema;
}

interface Step {
    parameters?: Parameter[];
    requestBody?: { content: Record<string, { schema: Schema }> };
}

interface Document {
    paths: Record<string, Record<string, Step>>;
    definitions?: Record<string, Schema>;
    components?: { schemas: Record<string, Schema> };
}

const folder = process.argv[2] ?? "../shared/specs";
const read = (file: string) => JSON.parse(readFileSync(join(folder, file), "utf8")) as Document;
const newest = read("data-plane-2025-06-01.json");
const older = read("data-plane-2024-02-01.19.0.json");

const shapes = new Map<string, Map<string, Row>>();
const enums = new Map<string, Set<string>>();
const done = new Set<string>();

const lastPart = (ref: string) => ref.slice(ref.lastIndexOf("/") + 1);
const refOf = (schema: Schema | undefined) => schema?.$ref ?? schema?.allOf?.find((part) => part.$ref)?.$ref;

function definition(document: Document, name: string): Schema {
    const found = (document.components?.schemas ?? document.definitions ?? {})[name];
    if (!found) throw new Error(`No definition ${name}`);
    return found;
}

/** The type's text, after adding what the schema at hand knows to the tables. `name` is what an older document's shape is called here. */
function typeOf(document: Document, schema: Schema, name?: string): string {
    const ref = refOf(schema);
    if (ref) {
        const target = definition(document, lastPart(ref));
        const called = name ?? lastPart(ref);
        if (target.enum) {
            const values = enums.get(called) ?? new Set<string>();
            target.enum.forEach((value) => values.add(value));
            enums.set(called, values);
            return `#${called}`;
        }
        if (target.type === "object" && target.properties) {
            addShape(document, lastPart(ref), called);
            return called;
        }
        return typeOf(document, target);
    }
    if (schema.type === "array") {
        const inner = name?.startsWith("[") ? name.slice(1, -1) : undefined;
        return `[${typeOf(document, schema.items ?? {}, inner?.replace("#", ""))}]`;
    }
    if (schema.type === "object") return schema.additionalProperties && document === older ? "map" : "any";
    if (schema.type === "integer") return schema.format === "int64" ? "int64" : "int32";
    if (schema.type === "number") return "number";
    if (schema.type === "boolean") return "boolean";
    if (schema.format === "duration" || schema.format === "date-time") return schema.format;
    return "string";
}

function addShape(document: Document, name: string, called: string): void {
    const visit = `${document === newest ? "new" : "old"} ${name} ${called}`;
    if (done.has(visit)) return;
    done.add(visit);
    const source = definition(document, name);
    const rows = shapes.get(called) ?? new Map<string, Row>();
    const fresh = !shapes.has(called);
    shapes.set(called, rows);
    for (const [property, schema] of Object.entries(source.properties ?? {})) {
        const known = rows.get(property);
        const type = typeOf(document, schema, known?.type.replace("#", ""));
        const required = source.required?.includes(property) ?? false;
        // Required is what both ask for: a version's client cannot know what the other one wants.
        rows.set(property, {
            type: known && document === older && type !== "int64" ? known.type : type,
            required: known ? known.required && required : fresh && required,
        });
    }
    if (document === older) {
        for (const [property, row] of rows) if (!source.properties?.[property]) row.required = false;
    }
}

function bodies(document: Document): Map<string, string> {
    const found = new Map<string, string>();
    for (const [path, methods] of Object.entries(document.paths)) {
        for (const [method, step] of Object.entries(methods)) {
            const schema =
                Object.values(step.requestBody?.content ?? {})[0]?.schema ??
                step.parameters?.find((parameter) => parameter.in === "body")?.schema;
            const ref = refOf(schema);
            if (ref) found.set(`${method} ${path}`, lastPart(ref));
        }
    }
    return found;
}

const newBodies = bodies(newest);
for (const name of newBodies.values()) addShape(newest, name, name);
for (const [place, name] of bodies(older)) addShape(older, name, newBodies.get(place) ?? name);

writeShapes(
    join(__dirname, "generated", "shapes.ts"),
    "2025-06-01 and 2024-02-01.19.0 of the data plane",
    shapes,
    enums,
);
