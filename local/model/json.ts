/** A JSON object as it came over the wire. */
export type JsonObject = { [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
