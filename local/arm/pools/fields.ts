import { isObject } from "../../model/json";
import type { JsonObject } from "../../model/json";

/** How one value differs between the planes. */
export interface Field {
    /** Its name on the data plane, where that differs. */
    as?: string;
    /** Its values on the resource manager; the data plane writes them in lower case. */
    values?: readonly string[];
    /** The data plane lowers the first letter only. */
    camel?: true;
    /** Shape of the object, or of each object of the list. */
    fields?: Fields;
    /** Never shown again. */
    secret?: true;
}

/** Fields that differ between the planes, by their name on the resource manager's; all others are alike. */
export type Fields = Readonly<Record<string, Field>>;

/** Resource manager to data plane. Names match without regard to case in enumerations only. */
export function toDataPlane(fields: Fields, value: unknown): unknown {
    return walk(value, (source) => {
        const entries = Object.entries(source).map(([name, item]): [string, unknown] => {
            const field = fields[name];
            if (!field) return [name, item];
            const inner = field.fields ? toDataPlane(field.fields, item) : item;
            return [field.as ?? name, field.values ? lowered(inner, field) : inner];
        });
        return Object.fromEntries(entries);
    });
}

/** Data plane to resource manager; secrets are left out. */
export function toManagement(fields: Fields, value: unknown): unknown {
    const byDataName = new Map(
        Object.entries(fields).map(([name, field]) => [field.as ?? name, { name, field }]),
    );
    return walk(value, (source) => {
        const entries = Object.entries(source).flatMap(([dataName, item]): [string, unknown][] => {
            const found = byDataName.get(dataName);
            if (!found) return [[dataName, item]];
            if (found.field.secret) return [];
            const inner = found.field.fields ? toManagement(found.field.fields, item) : item;
            return [[found.name, found.field.values ? raised(inner, found.field.values) : inner]];
        });
        return Object.fromEntries(entries);
    });
}

/** The value without its secrets, in data plane names. */
export function withoutSecrets(fields: Fields, value: unknown): unknown {
    const byDataName = new Map(Object.entries(fields).map(([name, field]) => [field.as ?? name, field]));
    return walk(value, (source) => {
        const entries = Object.entries(source).flatMap(([name, item]): [string, unknown][] => {
            const field = byDataName.get(name);
            if (field?.secret) return [];
            return [[name, field?.fields ? withoutSecrets(field.fields, item) : item]];
        });
        return Object.fromEntries(entries);
    });
}

function walk(value: unknown, convert: (source: JsonObject) => unknown): unknown {
    if (Array.isArray(value)) return value.map((item: unknown) => walk(item, convert));
    return isObject(value) ? convert(value) : value;
}

function lowered(value: unknown, field: Field): unknown {
    if (Array.isArray(value)) return value.map((item: unknown) => lowered(item, field));
    if (typeof value !== "string") return value;
    if (!field.camel) return value.toLowerCase();
    return value.charAt(0).toLowerCase() + value.slice(1);
}

function raised(value: unknown, values: readonly string[]): unknown {
    if (Array.isArray(value)) return value.map((item: unknown) => raised(item, values));
    if (typeof value !== "string") return value;
    return values.find((known) => known.toLowerCase() === value.toLowerCase()) ?? value;
}
