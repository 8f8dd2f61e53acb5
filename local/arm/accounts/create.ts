import { randomBytes } from "node:crypto";
import { refuse } from "../../http/operation";
import type { Refused } from "../../http/operation";
import type { AccountQuotas, AccountRecord } from "../../model/account";
import { idKey } from "../../model/ids";
import type { JsonObject } from "../../model/json";
import { limits } from "../../../catalog";
import { newETag } from "../etag";
import { accepted } from "../longRunning";
import { findGroup } from "../lookup";
import { objectOf, textOf } from "../merge";
import { deny, invalidProperty, missingProperty } from "../refusals";
import { placeOf } from "../resourceId";
import type { ArmOperation } from "../services";
import { openAccount } from "./open";
import { settingsOf } from "./settings";
import { shownAccount } from "./shownAccount";

const namePattern = /^[A-Za-z0-9]+$/;

export const createAccount: ArmOperation = {
    id: "BatchAccount_Create",
    method: "PUT",
    path: "/subscriptions/:subscriptionId/resourceGroups/:resourceGroupName/providers/Microsoft.Batch/batchAccounts/:accountName",
    body: "BatchAccountCreateParameters",
    handle(call, services) {
        const { subscriptionId = "", resourceGroupName = "", accountName = "" } = call.params;
        const { accountNameMin, accountNameMax } = limits;
        if (
            !namePattern.test(accountName) ||
            accountName.length < accountNameMin.value ||
            accountName.length > accountNameMax.value
        ) {
            return refuse("InvalidResourceName", {
                message: `The account name '${accountName}' is not valid: it must have 3 to 24 lower-case letters and digits.`,
            });
        }
        const group = findGroup(subscriptionId, resourceGroupName, services);
        if ("refused" in group) return group;
        const body = objectOf(call.body);
        const old = services.store.accounts.get(idKey(accountName));
        const location = placeOf(textOf(body["location"]) ?? services.region);
        const refused = old ? mayReplace(old, group.name, location, body) : undefined;
        if (refused) return refused;
        const mode = allocationMode(body);
        if ("refused" in mode) return mode;
        const settings = settingsOf(body, undefined, services);
        if ("refused" in settings) return settings;
        // A system-assigned identity stays the same one when the account is put again.
        const identity = objectOf(settings.declared["identity"]);
        const before = objectOf(old?.declared["identity"]);
        if (identity["principalId"] !== undefined && before["principalId"] !== undefined) {
            identity["principalId"] = before["principalId"];
        }
        const record: AccountRecord = {
            key: idKey(accountName),
            name: old?.name ?? accountName,
            location,
            subscriptionId,
            resourceGroup: group.name,
            armId: old?.armId ?? `${group.id}/providers/Microsoft.Batch/batchAccounts/${accountName}`,
            port: old?.port ?? 0,
            keys: old?.keys ?? { primary: newKey(), secondary: newKey() },
            poolAllocationMode: mode.mode,
            provisioningState: old?.provisioningState ?? "Creating",
            quotas: old?.quotas ?? { ...defaultQuotas, ...services.arm.quotas },
            createdAt: old?.createdAt ?? call.now,
            lastModified: call.now,
            eTag: newETag(services.store),
            ...settings,
        };
        services.store.accounts.put(record);
        if (old?.provisioningState === "Succeeded")
            return { status: 200, body: shownAccount(record, services) };
        openAccount(record.key, services);
        return accepted(call, {
            what: "account",
            is: "coming",
            key: record.key,
            createdAt: record.createdAt,
        });
    },
};

/** What does not get in the way on a laptop; settable. */
export const defaultQuotas: AccountQuotas = {
    dedicatedCores: 500,
    spotCores: 500,
    pools: limits.poolsDefault.value,
    activeJobsAndSchedules: limits.activeJobsDefault.value,
};

/** 64 random bytes, as Azure's own keys. */
export function newKey(): string {
    return randomBytes(64).toString("base64");
}

function mayReplace(
    old: AccountRecord,
    group: string,
    location: string,
    body: JsonObject,
): Refused | undefined {
    if (idKey(old.resourceGroup) !== idKey(group)) {
        return refuse("AccountAlreadyExists", {
            message: `The Batch account '${old.name}' already exists in resource group '${old.resourceGroup}': names are unique within a region.`,
        });
    }
    if (old.provisioningState === "Deleting") {
        return refuse("OperationInvalidForCurrentState", { message: "The Batch account is being deleted." });
    }
    if (old.location !== location) {
        return deny(
            "InvalidResourceLocation",
            `The resource '${old.name}' already exists in location '${old.location}' in resource group '${old.resourceGroup}'. ` +
                `A resource with the same name cannot be created in location '${location}'. Please select a new resource name.`,
        );
    }
    const asked = objectOf(body["properties"])["poolAllocationMode"] ?? "BatchService";
    if (asked === old.poolAllocationMode) return undefined;
    return refuse("PropertyCannotBeUpdated", {
        values: [
            { key: "PropertyName", value: "poolAllocationMode" },
            { key: "PropertyPath", value: "properties.poolAllocationMode" },
        ],
    });
}

function allocationMode(body: JsonObject): { mode: AccountRecord["poolAllocationMode"] } | Refused {
    const properties = objectOf(body["properties"]);
    if (properties["poolAllocationMode"] !== "UserSubscription") return { mode: "BatchService" };
    const vault = objectOf(properties["keyVaultReference"]);
    if (textOf(vault["id"]) === undefined || textOf(vault["url"]) === undefined) {
        return missingProperty("properties.keyVaultReference");
    }
    const modes = properties["allowedAuthenticationModes"];
    if (Array.isArray(modes) && modes.includes("SharedKey")) {
        // guess: nodes of the user's own subscription are reached with Entra tokens alone; the code is not documented.
        return invalidProperty(
            "properties.allowedAuthenticationModes",
            modes,
            "SharedKey is not allowed where poolAllocationMode is UserSubscription.",
        );
    }
    return { mode: "UserSubscription" };
}
