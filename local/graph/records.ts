/** The objects of Microsoft Graph, kept as resource records below `/graph`. */
import { randomUUID } from "node:crypto";
import { refuse } from "../http/operation";
import type { ArmCall, Operation, Refused, Reply } from "../http/operation";
import type { Platform } from "../http/pipeline";
import type { Identity } from "../identity/identity";
import type { ResourceRecord } from "../model/account";
import { isObject, type JsonObject } from "../model/json";
import type { Store } from "../store/store";

export interface GraphServices extends Platform {
    store: Store;
    identity: Pick<Identity, "tenantId" | "verifyToken" | "client">;
    /** Addresses that tokens may be for, besides https://graph.microsoft.com. */
    graph: { baseUrls: readonly string[] };
}

export type GraphOperation = Operation<GraphServices, ArmCall>;

export type Collection = "applications" | "servicePrincipals";

export function keyOf(collection: Collection, id: string): string {
    return `/graph/${collection}/${id}`.toLowerCase();
}

export function all(store: Pick<Store, "resources">, collection: Collection): ResourceRecord[] {
    return store.resources.list(`/graph/${collection}`.toLowerCase());
}

/** Makes an object. What it has of its own wins over what was sent. */
export function make(
    collection: Collection,
    sent: JsonObject,
    own: JsonObject,
    { store }: GraphServices,
    call: ArmCall,
): ResourceRecord {
    const id = randomUUID();
    const record: ResourceRecord = {
        key: keyOf(collection, id),
        id,
        type: `microsoft.graph/${collection}`.toLowerCase(),
        name: id,
        body: { ...sent, ...own, id, createdDateTime: new Date(call.now).toISOString() },
        createdAt: call.now,
        lastModified: call.now,
        eTag: "",
    };
    store.resources.put(record);
    return record;
}

export function change(
    record: ResourceRecord,
    body: JsonObject,
    { store }: GraphServices,
    call: ArmCall,
): ResourceRecord {
    const changed = { ...record, body: { ...record.body, ...body, id: record.id }, lastModified: call.now };
    store.resources.put(changed);
    return changed;
}

/** What only the directory itself knows of an object. */
const hidden = new Set(["secretHashes"]);

export function shown(record: ResourceRecord): JsonObject {
    return Object.fromEntries(Object.entries(record.body).filter(([name]) => !hidden.has(name)));
}

/** By object id, or by `appId=...` where the path had the alternate key. */
export function find(
    call: ArmCall,
    collection: Collection,
    { store }: GraphServices,
): ResourceRecord | Refused {
    const id = call.params["id"] ?? "";
    const [, appId] = /^appId=(.+)$/i.exec(id) ?? [];
    const record =
        appId === undefined
            ? store.resources.get(keyOf(collection, id))
            : all(store, collection).find(({ body }) => body["appId"] === appId.toLowerCase());
    return record ?? notFound(appId ?? id);
}

export function notFound(id: string): Refused {
    return refuse("NotFound", {
        message: `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
    });
}

export function badRequest(message: string): Refused {
    return refuse("InvalidRequestContent", { message });
}

const readOnly = ["id", "appId", "createdDateTime", "passwordCredentials", "secretHashes", "publisherDomain"];

/** What a client may write; credentials have operations of their own. */
export function writable(body: JsonObject): JsonObject {
    return Object.fromEntries(Object.entries(body).filter(([name]) => !readOnly.includes(name)));
}

export function bodyOf(call: ArmCall): JsonObject {
    return isObject(call.body) ? call.body : {};
}

export function entriesOf(record: ResourceRecord, name: string): JsonObject[] {
    const list = record.body[name];
    return Array.isArray(list) ? list.filter(isObject) : [];
}

export function withContext(call: ArmCall, collection: string, body: JsonObject, status = 200): Reply {
    return {
        status,
        body: { "@odata.context": `${call.origin}/v1.0/$metadata#${collection}/$entity`, ...body },
    };
}
