import { createHash, randomBytes, randomUUID } from "node:crypto";
import { isObject, type JsonObject } from "../model/json";
import {
    badRequest,
    bodyOf,
    change,
    entriesOf,
    find,
    notFound,
    withContext,
    type Collection,
    type GraphOperation,
} from "./records";

const federated = "/v1.0/applications/:id/federatedIdentityCredentials";
/** As the service has it. */
const mostFederated = 20;
/** Two years, unless a client says when. */
const passwordLifeMs = 2 * 365 * 86_400_000;

/** The secret is shown once and never kept: only its hash is. */
const addPassword = (collection: Collection): GraphOperation => ({
    id: `${collection}_addPassword`,
    method: "POST",
    path: `/v1.0/${collection}/:id/addPassword`,
    body: "any",
    bodyOptional: true,
    handle(call, services) {
        const record = find(call, collection, services);
        if ("refused" in record) return record;
        const asked = bodyOf(call)["passwordCredential"];
        const { displayName = null, startDateTime, endDateTime } = isObject(asked) ? asked : {};
        const [start, end] = [
            startDateTime === undefined ? call.now : Date.parse(String(startDateTime)),
            endDateTime === undefined ? call.now + passwordLifeMs : Date.parse(String(endDateTime)),
        ];
        if (Number.isNaN(start) || Number.isNaN(end) || end <= start) {
            return badRequest(
                "startDateTime and endDateTime must be dates, the second one later than the first.",
            );
        }
        const keyId = randomUUID();
        const secretText = randomBytes(30).toString("base64url");
        const entry = {
            keyId,
            displayName,
            startDateTime: new Date(start).toISOString(),
            endDateTime: new Date(end).toISOString(),
            hint: secretText.slice(0, 3),
            customKeyIdentifier: null,
        };
        const hashes = isObject(record.body["secretHashes"]) ? record.body["secretHashes"] : {};
        const hash = createHash("sha256").update(secretText).digest("hex");
        change(
            record,
            {
                passwordCredentials: [
                    ...entriesOf(record, "passwordCredentials"),
                    { ...entry, secretText: null },
                ],
                secretHashes: { ...hashes, [keyId]: hash },
            },
            services,
            call,
        );
        return withContext(call, "microsoft.graph.passwordCredential", { ...entry, secretText });
    },
});

const removePassword = (collection: Collection): GraphOperation => ({
    id: `${collection}_removePassword`,
    method: "POST",
    path: `/v1.0/${collection}/:id/removePassword`,
    body: "any",
    handle(call, services) {
        const record = find(call, collection, services);
        if ("refused" in record) return record;
        const { keyId } = bodyOf(call);
        const before = entriesOf(record, "passwordCredentials");
        const after = before.filter((entry) => entry["keyId"] !== keyId);
        if (after.length === before.length)
            return badRequest(`No password credential found with keyId '${String(keyId)}'.`);
        const hashes = Object.fromEntries(
            Object.entries(record.body["secretHashes"] ?? {}).filter(([id]) => id !== keyId),
        );
        change(record, { passwordCredentials: after, secretHashes: hashes }, services, call);
        return { status: 204 };
    },
});

function checked(body: JsonObject): string | undefined {
    for (const name of ["name", "issuer", "subject"]) {
        if (typeof body[name] !== "string" || body[name] === "")
            return `Property '${name}' is required and must be a text.`;
    }
    const { audiences } = body;
    if (!Array.isArray(audiences) || audiences.length !== 1 || typeof audiences[0] !== "string") {
        return "Property 'audiences' is required and must have one text.";
    }
    return undefined;
}

const list = "federatedIdentityCredentials";

const createFederated: GraphOperation = {
    id: "applications_CreateFederatedIdentityCredentials",
    method: "POST",
    path: federated,
    body: "any",
    handle(call, services) {
        const record = find(call, "applications", services);
        if ("refused" in record) return record;
        const body = bodyOf(call);
        const problem = checked(body);
        if (problem !== undefined) return badRequest(problem);
        const before = entriesOf(record, list);
        if (before.some(({ name }) => name === body["name"])) {
            return badRequest(
                `FederatedIdentityCredential with name ${String(body["name"])} already exists.`,
            );
        }
        if (before.length >= mostFederated) {
            return badRequest(`An application has ${mostFederated} federated identity credentials at most.`);
        }
        if (before.some(({ issuer, subject }) => issuer === body["issuer"] && subject === body["subject"])) {
            return badRequest("FederatedIdentityCredential with this issuer and subject already exists.");
        }
        const entry = { description: null, ...body, id: randomUUID() };
        change(record, { [list]: [...before, entry] }, services, call);
        return withContext(call, `applications('${record.id}')/${list}`, entry, 201);
    },
};

const listFederated: GraphOperation = {
    id: "applications_ListFederatedIdentityCredentials",
    method: "GET",
    path: federated,
    handle(call, services) {
        const record = find(call, "applications", services);
        return "refused" in record ? record : { status: 200, body: { value: entriesOf(record, list) } };
    },
};

const getFederated: GraphOperation = {
    id: "applications_GetFederatedIdentityCredentials",
    method: "GET",
    path: `${federated}/:credential`,
    handle(call, services) {
        const record = find(call, "applications", services);
        if ("refused" in record) return record;
        const id = call.params["credential"] ?? "";
        const entry = entriesOf(record, list).find((each) => each["id"] === id || each["name"] === id);
        return entry ? withContext(call, `applications('${record.id}')/${list}`, entry) : notFound(id);
    },
};

const updateFederated: GraphOperation = {
    id: "applications_UpdateFederatedIdentityCredentials",
    method: "PATCH",
    path: `${federated}/:credential`,
    body: "any",
    handle(call, services) {
        const record = find(call, "applications", services);
        if ("refused" in record) return record;
        const id = call.params["credential"] ?? "";
        const before = entriesOf(record, list);
        const entry = before.find((each) => each["id"] === id || each["name"] === id);
        if (!entry) return notFound(id);
        const changed = { ...entry, ...bodyOf(call), id: entry["id"], name: entry["name"] };
        const problem = checked(changed);
        if (problem !== undefined) return badRequest(problem);
        change(record, { [list]: before.map((each) => (each === entry ? changed : each)) }, services, call);
        return { status: 204 };
    },
};

const deleteFederated: GraphOperation = {
    id: "applications_DeleteFederatedIdentityCredentials",
    method: "DELETE",
    path: `${federated}/:credential`,
    handle(call, services) {
        const record = find(call, "applications", services);
        if ("refused" in record) return record;
        const id = call.params["credential"] ?? "";
        const before = entriesOf(record, list);
        const after = before.filter((each) => each["id"] !== id && each["name"] !== id);
        if (after.length === before.length) return notFound(id);
        change(record, { [list]: after }, services, call);
        return { status: 204 };
    },
};

export const credentialOperations: readonly GraphOperation[] = [
    addPassword("applications"),
    removePassword("applications"),
    addPassword("servicePrincipals"),
    removePassword("servicePrincipals"),
    createFederated,
    listFederated,
    getFederated,
    updateFederated,
    deleteFederated,
];
