import type { AccountRecord } from "../../model/account";
import { isoText } from "../../model/instant";
import type { JsonObject } from "../../model/json";
import { objectOf, textOf } from "../merge";
import { idKeyOf } from "../resourceId";
import { shownETag } from "../etag";
import type { ArmServices } from "../services";

/** A Batch account as the resource manager shows it. */
export function shownAccount(account: AccountRecord, services: ArmServices): JsonObject {
    const { tags, identity, encryption, networkProfile, publicNetworkAccess, keyVaultReference } =
        account.declared;
    const batchPays = account.poolAllocationMode === "BatchService";
    const endpoint = account.port > 0 ? { accountEndpoint: `127.0.0.1:${account.port}` } : {};
    return {
        id: account.armId,
        name: account.name,
        type: "Microsoft.Batch/batchAccounts",
        location: account.location,
        ...(tags === undefined ? {} : { tags }),
        identity: shownIdentity(objectOf(identity), services),
        properties: {
            ...endpoint,
            ...(account.port > 0 ? { nodeManagementEndpoint: `127.0.0.1:${account.port}` } : {}),
            provisioningState: account.provisioningState,
            poolAllocationMode: account.poolAllocationMode,
            publicNetworkAccess: publicNetworkAccess ?? "Enabled",
            ...(networkProfile === undefined ? {} : { networkProfile }),
            ...(keyVaultReference === undefined ? {} : { keyVaultReference }),
            privateEndpointConnections: connectionsOf(account, services),
            ...(account.autoStorage
                ? {
                      autoStorage: {
                          ...account.autoStorage,
                          lastKeySync: isoText(account.autoStorage.lastKeySync),
                      },
                  }
                : {}),
            encryption: encryption ?? { keySource: "Microsoft.Batch" },
            ...(batchPays
                ? {
                      dedicatedCoreQuota: account.quotas.dedicatedCores,
                      lowPriorityCoreQuota: account.quotas.spotCores,
                      dedicatedCoreQuotaPerVMFamily: account.quotas.dedicatedCoresPerFamily ?? [],
                      dedicatedCoreQuotaPerVMFamilyEnforced:
                          account.quotas.dedicatedCoresPerFamily !== undefined,
                  }
                : {}),
            poolQuota: account.quotas.pools,
            activeJobAndJobScheduleQuota: account.quotas.activeJobsAndSchedules,
            allowedAuthenticationModes: account.allowedAuthenticationModes,
        },
    };
}

function connectionsOf(account: AccountRecord, services: ArmServices): JsonObject[] {
    return services.store.resources
        .list(idKeyOf(`${account.armId}/privateEndpointConnections`))
        .map(({ id, name, body, eTag }) => ({
            ...body,
            id,
            name,
            type: "Microsoft.Batch/batchAccounts/privateEndpointConnections",
            etag: shownETag(eTag),
        }));
}

/** User-assigned identities with the ids that they were given when they were made. */
export function shownIdentity(identity: JsonObject, services: ArmServices): JsonObject {
    const type = textOf(identity["type"]) ?? "None";
    const named = Object.keys(objectOf(identity["userAssignedIdentities"]));
    if (!type.includes("UserAssigned") || named.length === 0) return { ...identity, type };
    const rows = named.map((id) => {
        const properties = objectOf(services.store.resources.get(idKeyOf(id))?.body["properties"]);
        return [id, { clientId: properties["clientId"], principalId: properties["principalId"] }];
    });
    return { ...identity, type, userAssignedIdentities: Object.fromEntries(rows) };
}
