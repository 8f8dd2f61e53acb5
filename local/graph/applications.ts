import { randomUUID } from "node:crypto";
import { listed } from "./listing";
import {
    all,
    badRequest,
    bodyOf,
    change,
    find,
    make,
    shown,
    withContext,
    writable,
    type GraphOperation,
} from "./records";

const path = "/v1.0/applications";
const create: GraphOperation = {
    id: "applications_Create",
    method: "POST",
    path,
    body: "any",
    handle(call, services) {
        const body = writable(bodyOf(call));
        if (typeof body["displayName"] !== "string" || body["displayName"] === "") {
            return badRequest("Property 'displayName' is required and must be a text.");
        }
        const own = { appId: randomUUID(), passwordCredentials: [], secretHashes: {} };
        const defaults = { signInAudience: "AzureADMyOrg", identifierUris: [], tags: [], keyCredentials: [] };
        const record = make("applications", { ...defaults, ...body }, own, services, call);
        return withContext(call, "applications", shown(record), 201);
    },
};

const list: GraphOperation = {
    id: "applications_List",
    method: "GET",
    path,
    handle: (call, services) => listed(call, "applications", all(services.store, "applications").map(shown)),
};

const get: GraphOperation = {
    id: "applications_Get",
    method: "GET",
    path: `${path}/:id`,
    handle(call, services) {
        const record = find(call, "applications", services);
        return "refused" in record ? record : withContext(call, "applications", shown(record));
    },
};

const update: GraphOperation = {
    id: "applications_Update",
    method: "PATCH",
    path: `${path}/:id`,
    body: "any",
    handle(call, services) {
        const record = find(call, "applications", services);
        if ("refused" in record) return record;
        change(record, writable(bodyOf(call)), services, call);
        return { status: 204 };
    },
};

/** Its service principals go with it. */
const remove: GraphOperation = {
    id: "applications_Delete",
    method: "DELETE",
    path: `${path}/:id`,
    handle(call, services) {
        const record = find(call, "applications", services);
        if ("refused" in record) return record;
        for (const principal of all(services.store, "servicePrincipals")) {
            if (principal.body["appId"] === record.body["appId"])
                services.store.resources.delete(principal.key);
        }
        services.store.resources.delete(record.key);
        return { status: 204 };
    },
};

export const applicationOperations: readonly GraphOperation[] = [create, list, get, update, remove];
