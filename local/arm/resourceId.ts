/** A resource manager id, or the path of a collection, taken apart. */
export interface ResourceId {
    /** The path as it came. */
    id: string;
    /** Form in which ids are compared and stored. */
    key: string;
    subscription?: string;
    resourceGroup?: string;
    /** What the resource extends or lies in: everything before its own `/providers/`. */
    scope: string;
    namespace: string;
    /** `Microsoft.Network/virtualNetworks/subnets`. */
    type: string;
    /** Last name; empty for a collection. */
    name: string;
    /** Id of the resource that holds this one, for nested types. */
    parent?: string;
    /** The path ends with a type: it names all resources of that type. */
    collection: boolean;
}

export function idKeyOf(id: string): string {
    return `/${id.split("/").filter(Boolean).join("/")}`.toLowerCase();
}

/** Undefined where the path is none: no provider, or parts that do not pair up. */
export function parseResourceId(path: string): ResourceId | undefined {
    const parts = path.split("/").filter(Boolean);
    const is = (index: number, word: string) => parts[index]?.toLowerCase() === word;
    let at = 0;
    let subscription: string | undefined;
    let resourceGroup: string | undefined;
    if (is(0, "subscriptions")) {
        subscription = parts[1];
        at = 2;
        if (is(2, "resourcegroups")) {
            resourceGroup = parts[3];
            at = 4;
        }
    }
    let found: Omit<ResourceId, "id" | "key" | "subscription" | "resourceGroup"> | undefined;
    while (is(at, "providers")) {
        const namespace = parts[at + 1];
        if (namespace === undefined) return undefined;
        const start = at;
        at += 2;
        const types: string[] = [];
        const names: string[] = [];
        while (at < parts.length && !is(at, "providers")) {
            types.push(parts[at] ?? "");
            if (at + 1 < parts.length) names.push(parts[at + 1] ?? "");
            at += 2;
        }
        if (types.length === 0) return undefined;
        const collection = names.length < types.length;
        const nested = types.length > 1;
        found = {
            scope: `/${parts.slice(0, start).join("/")}`,
            namespace,
            type: [namespace, ...types].join("/"),
            name: collection ? "" : (names.at(-1) ?? ""),
            collection,
            ...(nested ? { parent: `/${parts.slice(0, at - 2).join("/")}` } : {}),
        };
    }
    if (!found || at < parts.length) return undefined;
    const id = `/${parts.join("/")}`;
    return { id, key: id.toLowerCase(), subscription, resourceGroup, ...found };
}

/** `westeurope` of `West Europe`: the form in which places are compared. */
export function placeOf(location: string): string {
    return location.replaceAll(" ", "").toLowerCase();
}

/** `Microsoft.Network/virtualNetworks/subnets` of an id. */
export function typeOfId(id: string): string {
    const [namespace = "", ...rest] = (id.split(/\/providers\//i).at(-1) ?? "").split("/");
    return [namespace, ...rest.filter((_, index) => index % 2 === 0)].join("/");
}
