import type { Instant } from "./instant";
import type { JsonObject } from "./json";

export type AuthenticationMode = "SharedKey" | "AAD" | "TaskAuthenticationToken";

/** A Batch account. ARM holds its declared properties; this is what both planes act on. */
export interface AccountRecord {
    /** Case-folded name: the first part of the key of all that the account holds. */
    key: string;
    name: string;
    location: string;
    subscriptionId: string;
    resourceGroup: string;
    /** ARM id, with the casing of its creation. */
    armId: string;
    /** Port of its own data plane endpoint on loopback. */
    port: number;
    keys: { primary: string; secondary: string };
    allowedAuthenticationModes: AuthenticationMode[];
    poolAllocationMode: "BatchService" | "UserSubscription";
    provisioningState: "Creating" | "Succeeded" | "Deleting" | "Failed";
    autoStorage?: {
        storageAccountId: string;
        authenticationMode: "StorageKeys" | "BatchAccountManagedIdentity";
        nodeIdentityReference?: { resourceId: string };
        lastKeySync: Instant;
    };
    quotas: AccountQuotas;
    createdAt: Instant;
    lastModified: Instant;
    eTag: string;
    /** Whatever else the ARM body declares: tags, identity, encryption, networkProfile, publicNetworkAccess, keyVaultReference. */
    declared: JsonObject;
}

export interface AccountQuotas {
    dedicatedCores: number;
    /** Of single VM families; none: no family has a quota of its own. */
    dedicatedCoresPerFamily?: { name: string; coreQuota: number }[];
    spotCores: number;
    pools: number;
    activeJobsAndSchedules: number;
}

/** Any other ARM resource, kept as it was put. */
export interface ResourceRecord {
    /** The lower-cased id. */
    key: string;
    /** The id with the casing of its creation. */
    id: string;
    /** Lower-cased `provider/type/subtype`. */
    type: string;
    name: string;
    body: JsonObject;
    createdAt: Instant;
    lastModified: Instant;
    eTag: string;
}
