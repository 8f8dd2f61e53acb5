import { refuse } from "../http/operation";
import { givenPrincipals } from "./givenPrincipals";
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

const path = "/v1.0/servicePrincipals";

const create: GraphOperation = {
    id: "servicePrincipals_Create",
    method: "POST",
    path,
    body: "any",
    handle(call, services) {
        const body = bodyOf(call);
        const { appId } = body;
        const application = all(services.store, "applications").find(
            (record) => record.body["appId"] === appId,
        );
        if (!application) {
            return badRequest(
                `The appId '${String(appId)}' of the service principal does not reference a valid application object.`,
            );
        }
        if (all(services.store, "servicePrincipals").some((record) => record.body["appId"] === appId)) {
            return refuse("InvalidRequestContent", {
                status: 409,
                message: `The service principal cannot be created because the service principal name ${String(appId)} is already in use.`,
            });
        }
        const own = {
            appId,
            displayName: application.body["displayName"],
            appOwnerOrganizationId: services.identity.tenantId,
            servicePrincipalNames: [appId],
            servicePrincipalType: "Application",
            signInAudience: application.body["signInAudience"],
            passwordCredentials: [],
        };
        const record = make(
            "servicePrincipals",
            { accountEnabled: true, tags: [], ...writable(body) },
            own,
            services,
            call,
        );
        return withContext(call, "servicePrincipals", shown(record), 201);
    },
};

const list: GraphOperation = {
    id: "servicePrincipals_List",
    method: "GET",
    path,
    handle: (call, services) =>
        listed(call, "servicePrincipals", [
            ...all(services.store, "servicePrincipals").map(shown),
            ...givenPrincipals(services),
        ]),
};

const get: GraphOperation = {
    id: "servicePrincipals_Get",
    method: "GET",
    path: `${path}/:id`,
    handle(call, services) {
        const record = find(call, "servicePrincipals", services);
        if (!("refused" in record)) return withContext(call, "servicePrincipals", shown(record));
        const wanted = (call.params["id"] ?? "").replace(/^appId=/i, "").toLowerCase();
        const given = givenPrincipals(services).find(({ id, appId }) => id === wanted || appId === wanted);
        return given ? withContext(call, "servicePrincipals", given) : record;
    },
};

const update: GraphOperation = {
    id: "servicePrincipals_Update",
    method: "PATCH",
    path: `${path}/:id`,
    body: "any",
    handle(call, services) {
        const record = find(call, "servicePrincipals", services);
        if ("refused" in record) return record;
        change(record, writable(bodyOf(call)), services, call);
        return { status: 204 };
    },
};

const remove: GraphOperation = {
    id: "servicePrincipals_Delete",
    method: "DELETE",
    path: `${path}/:id`,
    handle(call, services) {
        const record = find(call, "servicePrincipals", services);
        if ("refused" in record) return record;
        services.store.resources.delete(record.key);
        return { status: 204 };
    },
};

export const servicePrincipalOperations: readonly GraphOperation[] = [create, list, get, update, remove];
