import { randomUUID } from "node:crypto";
import { deleteObject, getObject, listObjects, updateObject } from "./objects";
import { all, badRequest, bodyOf, make, shown, withContext, writable, type GraphOperation } from "./records";

const create: GraphOperation = {
    id: "applications_Create",
    method: "POST",
    path: "/v1.0/applications",
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

/** Its service principals go with it. */
const remove = deleteObject("applications", (record, { store }) =>
    all(store, "servicePrincipals").filter(({ body }) => body["appId"] === record.body["appId"]),
);

export const applicationOperations: readonly GraphOperation[] = [
    create,
    listObjects("applications"),
    getObject("applications"),
    updateObject("applications"),
    remove,
];
