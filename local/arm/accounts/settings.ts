import { randomUUID } from "node:crypto";
import { refuse } from "../../http/operation";
import type { Refused } from "../../http/operation";
import type { AccountRecord, AuthenticationMode } from "../../model/account";
import type { JsonObject } from "../../model/json";
import { findStorageAccount } from "../lookup";
import { merge, objectOf, textOf, withoutNulls } from "../merge";
import { invalidProperty, missingProperty } from "../refusals";
import { idKeyOf } from "../resourceId";
import type { ArmServices } from "../services";

/** Parts of an account that its create and update bodies both set. */
export type Settings = Pick<AccountRecord, "allowedAuthenticationModes" | "autoStorage" | "declared">;

const allModes: AuthenticationMode[] = ["SharedKey", "AAD", "TaskAuthenticationToken"];
/** Of `properties`; what else a body says is kept as it is. */
const keptProperties = ["encryption", "networkProfile", "publicNetworkAccess", "keyVaultReference"] as const;

/** The settings that a body asks for; on an update `old` is what holds where the body is silent. */
export function settingsOf(
    body: JsonObject,
    old: AccountRecord | undefined,
    services: ArmServices,
): Settings | Refused {
    const properties = objectOf(body["properties"]);
    const declared: JsonObject = { ...old?.declared };
    for (const name of keptProperties) {
        if (name in properties) declared[name] = withoutNulls(properties[name]) ?? undefined;
    }
    const encryption = objectOf(declared["encryption"]);
    const key = objectOf(encryption["keyVaultProperties"])["keyIdentifier"];
    if (encryption["keySource"] === "Microsoft.KeyVault" && key === undefined) {
        return missingProperty("properties.encryption.keyVaultProperties.keyIdentifier");
    }
    if ("tags" in body) declared["tags"] = withoutNulls(body["tags"]) ?? undefined;
    if ("identity" in body) {
        const identity = identityOf(
            objectOf(body["identity"]),
            objectOf(old?.declared["identity"]),
            services,
        );
        if ("refused" in identity) return identity as unknown as Refused;
        declared["identity"] = identity;
    }
    const autoStorage =
        "autoStorage" in properties
            ? storageOf(objectOf(properties["autoStorage"]), services)
            : old?.autoStorage;
    if (autoStorage && "refused" in autoStorage) return autoStorage;
    const modes = properties["allowedAuthenticationModes"];
    return {
        // Null and an empty list bring the default back.
        allowedAuthenticationModes:
            "allowedAuthenticationModes" in properties
                ? Array.isArray(modes) && modes.length > 0
                    ? [...new Set(modes as AuthenticationMode[])]
                    : allModes
                : (old?.allowedAuthenticationModes ?? allModes),
        autoStorage,
        declared: withoutNulls(declared),
    };
}

function storageOf(asked: JsonObject, services: ArmServices): AccountRecord["autoStorage"] | Refused {
    const id = textOf(asked["storageAccountId"]);
    if (id === undefined) return undefined;
    const storage = findStorageAccount(id, services);
    if (!storage) {
        return invalidProperty(
            "properties.autoStorage.storageAccountId",
            id,
            "The specified storage account could not be found: it must be the resource id of a storage account that exists.",
        );
    }
    const mode = asked["authenticationMode"];
    const node = textOf(objectOf(asked["nodeIdentityReference"])["resourceId"]);
    return {
        storageAccountId: id,
        authenticationMode: mode === "BatchAccountManagedIdentity" ? mode : "StorageKeys",
        ...(node === undefined ? {} : { nodeIdentityReference: { resourceId: node } }),
        lastKeySync: services.scheduler.now(),
    };
}

/** An identity block with its system-assigned ids; a user-assigned one of null is taken out. */
export function identityOf(asked: JsonObject, old: JsonObject, services: ArmServices): JsonObject | Refused {
    const type = textOf(asked["type"]) ?? textOf(old["type"]) ?? "None";
    if (type === "None") return { type };
    const identity: JsonObject = { type };
    if (type.includes("SystemAssigned")) {
        identity["principalId"] = old["principalId"] ?? randomUUID();
        identity["tenantId"] = services.identity.tenantId;
    }
    if (type.includes("UserAssigned")) {
        const named = merge(
            objectOf(old["userAssignedIdentities"]),
            objectOf(asked["userAssignedIdentities"]),
        );
        const missing = Object.keys(named).find((id) => !services.store.resources.get(idKeyOf(id)));
        if (missing !== undefined) {
            return refuse("InvalidPropertyValue", {
                values: [
                    { key: "PropertyName", value: "userAssignedIdentities" },
                    { key: "PropertyPath", value: "identity.userAssignedIdentities" },
                    { key: "Reason", value: `The identity '${missing}' could not be found.` },
                ],
            });
        }
        if (Object.keys(named).length === 0) return missingProperty("identity.userAssignedIdentities");
        identity["userAssignedIdentities"] = Object.fromEntries(Object.keys(named).map((id) => [id, {}]));
    }
    return identity;
}
