/** Operations that are the same for every kind of object of the directory. */
import type { ArmCall } from "../http/operation";
import type { JsonObject } from "../model/json";
import type { ResourceRecord } from "../model/account";
import { listed } from "./listing";
import {
    all,
    bodyOf,
    change,
    find,
    shown,
    withContext,
    writable,
    type Collection,
    type GraphOperation,
    type GraphServices,
} from "./records";

/** Objects that are there without anybody having made them. */
type Given = (services: GraphServices) => JsonObject[];

export function listObjects(collection: Collection, given: Given = () => []): GraphOperation {
    return {
        id: `${collection}_List`,
        method: "GET",
        path: `/v1.0/${collection}`,
        handle: (call, services) =>
            listed(call, collection, [...all(services.store, collection).map(shown), ...given(services)]),
    };
}

export function getObject(collection: Collection, given: Given = () => []): GraphOperation {
    return {
        id: `${collection}_Get`,
        method: "GET",
        path: `/v1.0/${collection}/:id`,
        handle(call, services) {
            const record = find(call, collection, services);
            if (!("refused" in record)) return withContext(call, collection, shown(record));
            const wanted = wantedId(call);
            const found = given(services).find(({ id, appId }) => id === wanted || appId === wanted);
            return found ? withContext(call, collection, found) : record;
        },
    };
}

function wantedId(call: ArmCall): string {
    return (call.params["id"] ?? "").replace(/^appId=/i, "").toLowerCase();
}

export function updateObject(collection: Collection): GraphOperation {
    return {
        id: `${collection}_Update`,
        method: "PATCH",
        path: `/v1.0/${collection}/:id`,
        body: "any",
        handle(call, services) {
            const record = find(call, collection, services);
            if ("refused" in record) return record;
            change(record, writable(bodyOf(call)), services, call);
            return { status: 204 };
        },
    };
}

/** @param withIt what goes with it */
export function deleteObject(
    collection: Collection,
    withIt: (record: ResourceRecord, services: GraphServices) => ResourceRecord[] = () => [],
): GraphOperation {
    return {
        id: `${collection}_Delete`,
        method: "DELETE",
        path: `/v1.0/${collection}/:id`,
        handle(call, services) {
            const record = find(call, collection, services);
            if ("refused" in record) return record;
            for (const { key } of [...withIt(record, services), record]) services.store.resources.delete(key);
            return { status: 204 };
        },
    };
}
