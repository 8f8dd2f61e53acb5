import type { OpenApi, Raw, Schema } from "./openApi";

/** Everything in a value that the schema of a published document does not allow. */
export function schemaFaults(api: OpenApi, raw: Raw, value: unknown, at = "body"): string[] {
    const schema = api.whole(raw);
    if (value === null || value === undefined) return [`${at}: nothing`];
    if (schema.enum) return schema.enum.includes(value) ? [] : [`${at}: ${String(value)} is not allowed`];
    if (Object.keys(schema.properties).length > 0) return objectFaults(api, schema, value, at);
    switch (schema.type) {
        case "object":
            return typeof value === "object" && !Array.isArray(value) ? [] : [`${at}: no object`];
        case "array":
            if (!Array.isArray(value)) return [`${at}: no list`];
            return value.flatMap((item, index) =>
                schemaFaults(api, schema.items ?? {}, item, `${at}[${index}]`),
            );
        case "integer":
            // The data plane writes large numbers as text.
            if (api.isDataPlane && typeof value === "string" && /^-?\d+$/.test(value)) return [];
            return Number.isInteger(value) ? [] : [`${at}: no integer`];
        case "number":
        case "boolean":
            return typeof value === schema.type ? [] : [`${at}: no ${schema.type}`];
        case "string":
            return stringFaults(api, schema, value, at);
        default:
            return [];
    }
}

function objectFaults(api: OpenApi, { properties, required }: Schema, value: unknown, at: string): string[] {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${at}: no object`];
    const given = value as Record<string, unknown>;
    return [
        ...required.filter((name) => given[name] === undefined).map((name) => `${at}.${name}: missing`),
        ...Object.entries(given).flatMap(([name, item]) => {
            const inner = properties[name];
            if (inner) return schemaFaults(api, inner, item, `${at}.${name}`);
            return api.isDataPlane && name.startsWith("odata.")
                ? []
                : [`${at}.${name}: not in the specification`];
        }),
    ];
}

function stringFaults({ isDataPlane }: OpenApi, { format }: Schema, value: unknown, at: string): string[] {
    if (typeof value !== "string") return [`${at}: no text`];
    if (format === "date-time" && Number.isNaN(Date.parse(value))) return [`${at}: no date`];
    if (format === "duration" && !(isDataPlane ? /^-?P/ : /^P/).test(value)) return [`${at}: no duration`];
    return [];
}
