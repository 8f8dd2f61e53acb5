// From the SDK's flat properties to the body on the wire and back.
import { isObject, type Properties } from "../protocol/values";

/** How an object of the SDK lies on the wire. */
export interface Shape {
    /** Whether the members lie in a `properties` object on the wire. @default true */
    flattened?: boolean;
    /** Members that lie beside `properties`; those of every resource are known already. */
    beside?: readonly string[];
    /** Members that lie within `properties` although resources elsewhere have them beside it. */
    within?: readonly string[];
    /** Members with another name on the wire. */
    wire?: Readonly<Record<string, string>>;
    /** Members whose object, or objects in a list, have a shape of their own. */
    items?: Readonly<Record<string, Shape>>;
}

/** Beside `properties` in every Azure resource. */
const ENVELOPE = new Set([
    ...[
        "id",
        "name",
        "type",
        "location",
        "tags",
        "identity",
        "sku",
        "kind",
        "plan",
        "zones",
        "etag",
        "managedBy",
    ],
    ...["extendedLocation", "systemData", "eTag"],
]);

function isBeside(shape: Shape, member: string): boolean {
    if (shape.flattened === false) return true;
    if (shape.within?.includes(member)) return false;
    return ENVELOPE.has(member) || (shape.beside?.includes(member) ?? false);
}

function forItems(value: unknown, convert: (item: Properties) => Properties): unknown {
    if (Array.isArray(value)) return value.map((item: unknown) => (isObject(item) ? convert(item) : item));
    return isObject(value) ? convert(value) : value;
}

/** The body of a PUT. */
export function toWire(shape: Shape, values: Properties): Properties {
    const body: Properties = {};
    const properties: Properties = {};
    for (const [member, value] of Object.entries(values)) {
        if (value === undefined || value === null) continue;
        const item = shape.items?.[member];
        const converted = item ? forItems(value, (inner) => toWire(item, inner)) : value;
        const target = isBeside(shape, member) ? body : properties;
        target[shape.wire?.[member] ?? member] =
            member === "identity" ? identityToWire(converted) : converted;
    }
    if (Object.keys(properties).length > 0) body.properties = properties;
    return body;
}

/** The outputs from a response. */
export function fromWire(shape: Shape, body: Properties): Properties {
    const names = new Map(Object.entries(shape.wire ?? {}).map(([member, wire]) => [wire, member]));
    const inner = shape.flattened !== false && isObject(body.properties) ? body.properties : {};
    const outer = { ...body };
    if (shape.flattened !== false) delete outer.properties;
    const outputs: Properties = {};
    for (const [wire, value] of [...Object.entries(outer), ...Object.entries(inner)]) {
        const member = names.get(wire) ?? wire;
        const item = shape.items?.[member];
        outputs[member] = item ? forItems(value, (entry) => fromWire(item, entry)) : value;
    }
    return outputs;
}

/** Sets of ids are lists in the SDK and objects on the wire. */
function identityToWire(identity: unknown): unknown {
    if (!isObject(identity) || !Array.isArray(identity.userAssignedIdentities)) return identity;
    const ids = identity.userAssignedIdentities as string[];
    return { ...identity, userAssignedIdentities: Object.fromEntries(ids.map((id) => [id, {}])) };
}

/** As an input has it, for comparing with the program. */
export function identityToInput(identity: unknown): unknown {
    if (!isObject(identity)) return identity;
    const input: Properties = { type: identity.type };
    if (isObject(identity.userAssignedIdentities)) {
        input.userAssignedIdentities = Object.keys(identity.userAssignedIdentities);
    }
    return input;
}
