import type { ArmCall } from "../http/operation";
import type { Plane } from "../http/pipeline";
import type { Store } from "../store/store";
import { createAccount } from "./accounts/create";
import { deleteAccount } from "./accounts/delete";
import { getDetector, listDetectors, listOutboundEndpoints } from "./accounts/diagnostics";
import { listKeys, regenerateKeys, syncAutoStorageKeys } from "./accounts/keys";
import { getAccount, listAccounts, listAccountsOfGroup } from "./accounts/read";
import { updateAccount } from "./accounts/update";
import {
    createApplication,
    deleteApplication,
    getApplication,
    listApplications,
    updateApplication,
} from "./applications/applications";
import {
    activatePackage,
    createPackage,
    deletePackage,
    getPackage,
    listPackages,
} from "./applications/packages";
import { certificateOperations } from "./certificates/retired";
import { resume } from "./deletion";
import { genericOperations } from "./generic/operations";
import {
    checkAccountName,
    getQuotas,
    listCloudServiceSkus,
    listVirtualMachineSkus,
} from "./locations/locations";
import { getDeletedVault, listDeletedVaults, purgeDeletedVault } from "./keyVault/deletedVaults";
import { listOperations } from "./locations/operations";
import { checkSubscription, findGroup } from "./lookup";
import {
    getConfiguration,
    listConfigurations,
    reconcileConfiguration,
} from "./networkSecurityPerimeters/configurations";
import { operationResults } from "./operationResults/operationResults";
import { plane } from "./plane";
import { createPool } from "./pools/create";
import { deletePool } from "./pools/delete";
import { getPool, listPools } from "./pools/read";
import { disableAutoScale, stopResize } from "./pools/scaling";
import { updatePool } from "./pools/update";
import {
    deleteConnection,
    getConnection,
    listConnections,
    updateConnection,
} from "./privateEndpointConnections/connections";
import { getPrivateLink, listPrivateLinks } from "./privateEndpointConnections/privateLinks";
import {
    checkGroup,
    createGroup,
    deleteGroup,
    getGroup,
    listGroups,
    updateGroup,
} from "./resourceGroups/resourceGroups";
import { listResources, listResourcesOfGroup } from "./resourceGroups/resources";
import type { ArmOperation, ArmServices } from "./services";
import {
    createStorage,
    deleteStorage,
    getStorage,
    listStorage,
    listStorageOfGroup,
    updateStorage,
} from "./storageAccounts/accounts";
import {
    createContainer,
    deleteContainer,
    getContainer,
    listContainers,
    updateContainer,
} from "./storageAccounts/containers";
import {
    checkStorageName,
    listAccountSas,
    listServiceSas,
    listStorageKeys,
    regenerateStorageKey,
} from "./storageAccounts/keys";
import { keysOf, storageType } from "./storageAccounts/shownAccount";
import {
    getProvider,
    getSubscription,
    listLocations,
    listProviders,
    listSubscriptions,
    listTenants,
    registerProvider,
} from "./subscriptions/subscriptions";

export { audiencesOf } from "./plane";
export type { AccountHosts, ArmOptions, ArmServices, StorageAccounts, Vaults } from "./services";

/** Operations of Microsoft.Batch itself. */
export const batchOperations: readonly ArmOperation[] = [
    createAccount,
    updateAccount,
    deleteAccount,
    getAccount,
    listAccounts,
    listAccountsOfGroup,
    syncAutoStorageKeys,
    regenerateKeys,
    listKeys,
    listDetectors,
    getDetector,
    listOutboundEndpoints,
    activatePackage,
    createPackage,
    deletePackage,
    getPackage,
    listPackages,
    createApplication,
    deleteApplication,
    getApplication,
    updateApplication,
    listApplications,
    getQuotas,
    listVirtualMachineSkus,
    listCloudServiceSkus,
    checkAccountName,
    listOperations,
    ...certificateOperations,
    listPrivateLinks,
    getPrivateLink,
    listConnections,
    getConnection,
    updateConnection,
    deleteConnection,
    listPools,
    createPool,
    updatePool,
    deletePool,
    getPool,
    disableAutoScale,
    stopResize,
    listConfigurations,
    getConfiguration,
    reconcileConfiguration,
];

const otherOperations: readonly ArmOperation[] = [
    ...operationResults,
    listSubscriptions,
    getSubscription,
    listTenants,
    listLocations,
    listProviders,
    getProvider,
    registerProvider,
    createGroup,
    updateGroup,
    getGroup,
    checkGroup,
    listGroups,
    deleteGroup,
    listResources,
    listResourcesOfGroup,
    createStorage,
    updateStorage,
    getStorage,
    listStorage,
    listStorageOfGroup,
    deleteStorage,
    listStorageKeys,
    regenerateStorageKey,
    listAccountSas,
    listServiceSas,
    checkStorageName,
    createContainer,
    updateContainer,
    getContainer,
    listContainers,
    deleteContainer,
    listDeletedVaults,
    getDeletedVault,
    purgeDeletedVault,
    ...genericOperations,
];

/** The gateway looks for the subscription and the resource group before the provider sees the request. */
function behindGateway(operation: ArmOperation): ArmOperation {
    return {
        ...operation,
        handle(call, services) {
            const { subscriptionId, resourceGroupName } = call.params;
            if (subscriptionId === undefined) return operation.handle(call, services);
            const wrong = checkSubscription(subscriptionId, services);
            if (wrong) return wrong;
            if (resourceGroupName !== undefined && !operation.id.startsWith("ResourceGroups_")) {
                const group = findGroup(subscriptionId, resourceGroupName, services);
                if ("refused" in group) return group;
            }
            return operation.handle(call, services);
        },
    };
}

/**
 * The resource manager plane. Goes on with accounts and groups that a former life left half made or half deleted, so `accounts`
 * must be ready to open and close endpoints.
 */
export function armPlane(services: ArmServices): Plane<ArmServices, ArmCall> {
    resume(services);
    return plane([...batchOperations, ...otherOperations].map(behindGateway), services);
}

/** Names and keys of the storage accounts that there are, for the storage process to start with. */
export function storageAccountsOf(
    store: Pick<Store, "resources">,
): { name: string; keys: [string, string] }[] {
    return store.resources
        .list()
        .filter(({ type }) => type === storageType)
        .map((record) => ({ name: record.name, keys: keysOf(record) }));
}
