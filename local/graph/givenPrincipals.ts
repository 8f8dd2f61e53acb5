/** Service principals that nobody makes through Graph: the one that `batchlocal exec` signs in as, and managed identities. */
import { isObject, type JsonObject } from "../model/json";
import type { GraphServices } from "./records";

export function givenPrincipals({ store, identity }: GraphServices): JsonObject[] {
    const { clientId, objectId } = identity.client;
    const shown = (id: unknown, appId: unknown, displayName: string, kind: string): JsonObject => ({
        id,
        appId,
        displayName,
        accountEnabled: true,
        appOwnerOrganizationId: identity.tenantId,
        servicePrincipalNames: [appId],
        servicePrincipalType: kind,
        tags: [],
    });
    const managed = store.resources.list("/subscriptions").flatMap(({ type, name, body }) => {
        const properties = body["properties"];
        return type === "microsoft.managedidentity/userassignedidentities" && isObject(properties)
            ? [shown(properties["principalId"], properties["clientId"], name, "ManagedIdentity")]
            : [];
    });
    return [shown(objectId, clientId, "batchlocal", "Application"), ...managed];
}
