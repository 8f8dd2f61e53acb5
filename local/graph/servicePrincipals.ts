import { refuse } from "../http/operation";
import { givenPrincipals } from "./givenPrincipals";
import { deleteObject, getObject, listObjects, updateObject } from "./objects";
import { all, badRequest, bodyOf, make, shown, withContext, writable, type GraphOperation } from "./records";

const create: GraphOperation = {
    id: "servicePrincipals_Create",
    method: "POST",
    path: "/v1.0/servicePrincipals",
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

export const servicePrincipalOperations: readonly GraphOperation[] = [
    create,
    listObjects("servicePrincipals", givenPrincipals),
    getObject("servicePrincipals", givenPrincipals),
    updateObject("servicePrincipals"),
    deleteObject("servicePrincipals"),
];
