import { refuse } from "../http/operation";
import {
    all,
    badRequest,
    bodyOf,
    change,
    find,
    listed,
    make,
    shown,
    withContext,
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
        };
        const record = make(
            "servicePrincipals",
            { accountEnabled: true, tags: [], ...body },
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
    handle: (call, services) => listed(call, "servicePrincipals", services),
};

const get: GraphOperation = {
    id: "servicePrincipals_Get",
    method: "GET",
    path: `${path}/:id`,
    handle(call, services) {
        const record = find(call, "servicePrincipals", services);
        return "refused" in record ? record : withContext(call, "servicePrincipals", shown(record));
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
        const { appId: _fixed, ...rest } = bodyOf(call);
        change(record, rest, services, call);
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
