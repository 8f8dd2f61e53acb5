import { randomBytes } from "node:crypto";
import { refuse } from "../../http/operation";
import type { ArmCall, Refused } from "../../http/operation";
import type { ResourceRecord } from "../../model/account";
import type { JsonObject } from "../../model/json";
import { STORAGE_ACCOUNT_NAME_PATTERN } from "../../../catalog";
import { identityOf } from "../accounts/settings";
import { newETag } from "../etag";
import { findGroup, findStorageAccount } from "../lookup";
import { merge, objectOf, textOf, withoutNulls } from "../merge";
import { page } from "../paging";
import { deny, missingProperty, resourceNotFound } from "../refusals";
import { placeOf } from "../resourceId";
import type { ArmOperation, ArmServices } from "../services";
import { anyBody } from "../shapes/corrections";
import { removeResource } from "../generic/remove";
import { keysOf, shownStorage, storagePath, storageType } from "./shownAccount";

const path = `${storagePath}/:accountName`;

export function newStorageKey(): string {
    return randomBytes(64).toString("base64");
}

export function findStorage(call: ArmCall, services: ArmServices): ResourceRecord | Refused {
    const { subscriptionId = "", resourceGroupName = "", accountName = "" } = call.params;
    const id = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroupName}/providers/Microsoft.Storage/storageAccounts/${accountName}`;
    return (
        findStorageAccount(id, services) ??
        resourceNotFound("Microsoft.Storage/storageAccounts", accountName, resourceGroupName)
    );
}

/** Names of storage accounts are unique in the whole world; here, among all groups. */
export function storageNamed(name: string, services: ArmServices): ResourceRecord | undefined {
    return services.store.resources
        .list()
        .find((record) => record.type === storageType && record.name === name);
}

export function wrongStorageName(name: string): string | undefined {
    if (STORAGE_ACCOUNT_NAME_PATTERN.test(name)) return undefined;
    return (
        `${name} is not a valid storage account name. Storage account name must be between 3 and 24 characters in length ` +
        "and use numbers and lower-case letters only."
    );
}

export const createStorage: ArmOperation = {
    id: "StorageAccounts_Create",
    method: "PUT",
    path,
    body: anyBody,
    async handle(call, services) {
        const { subscriptionId = "", resourceGroupName = "", accountName: name = "" } = call.params;
        const wrong = wrongStorageName(name);
        if (wrong !== undefined) return deny("AccountNameInvalid", wrong);
        const group = findGroup(subscriptionId, resourceGroupName, services);
        if ("refused" in group) return group;
        const id = `${group.id}/providers/Microsoft.Storage/storageAccounts/${name}`;
        const taken = storageNamed(name, services);
        if (taken && taken.key !== id.toLowerCase()) {
            return refuse("StorageAccountAlreadyTaken", {
                message: `The storage account named ${name} is already taken.`,
            });
        }
        const body = objectOf(withoutNulls(call.body));
        const location = textOf(body["location"]);
        if (location === undefined)
            return deny("LocationRequired", "The location property is required for this definition.");
        if (textOf(objectOf(body["sku"])["name"]) === undefined) return missingProperty("sku.name");
        if (textOf(body["kind"]) === undefined) return missingProperty("kind");
        if (taken && taken.body["location"] !== placeOf(location)) {
            return deny(
                "InvalidResourceLocation",
                `The resource '${name}' already exists in location '${String(taken.body["location"])}' in resource group '${group.name}'. ` +
                    `A resource with the same name cannot be created in location '${location}'. Please select a new resource name.`,
            );
        }
        return write(call, { ...body, location: placeOf(location) }, taken, { id, name }, services);
    },
};

async function write(
    call: ArmCall,
    body: JsonObject,
    old: ResourceRecord | undefined,
    named: { id: string; name: string },
    services: ArmServices,
) {
    const identity = identityOf(objectOf(body["identity"]), objectOf(old?.body["identity"]), services);
    if ("refused" in identity) return identity as unknown as Refused;
    const { location, tags, sku, kind, properties } = body;
    const keys = old ? keysOf(old) : ([newStorageKey(), newStorageKey()] as [string, string]);
    const record: ResourceRecord = {
        key: named.id.toLowerCase(),
        id: old?.id ?? named.id,
        type: storageType,
        name: named.name,
        body: {
            location,
            ...(tags === undefined ? {} : { tags }),
            sku,
            kind,
            ...(identity["type"] === "None" ? {} : { identity }),
            properties: properties ?? {},
            keys,
        },
        createdAt: old?.createdAt ?? call.now,
        lastModified: call.now,
        eTag: newETag(services.store),
    };
    if (!old) await services.storage.setAccount({ name: named.name, keys });
    services.store.resources.put(record);
    return { status: 200, body: shownStorage(record, services) };
}

export const updateStorage: ArmOperation = {
    id: "StorageAccounts_Update",
    method: "PATCH",
    path,
    body: anyBody,
    handle(call, services) {
        const old = findStorage(call, services);
        if ("refused" in old) return old;
        const { location: _fixed, ...asked } = objectOf(call.body);
        const merged = merge(old.body, asked);
        return write(
            call,
            { ...merged, identity: asked["identity"] ?? old.body["identity"] },
            old,
            old,
            services,
        );
    },
};

export const getStorage: ArmOperation = {
    id: "StorageAccounts_GetProperties",
    method: "GET",
    path,
    handle(call, services) {
        const record = findStorage(call, services);
        return "refused" in record ? record : { status: 200, body: shownStorage(record, services) };
    },
};

const listWithin = (id: string, listPath: string): ArmOperation => ({
    id,
    method: "GET",
    path: listPath,
    handle(call, services) {
        const { subscriptionId = "", resourceGroupName } = call.params;
        const scope = `/subscriptions/${subscriptionId}${resourceGroupName === undefined ? "" : `/resourcegroups/${resourceGroupName}`}`;
        const found = services.store.resources
            .list(scope.toLowerCase())
            .filter(({ type }) => type === storageType);
        return page(call, found, (record) => shownStorage(record, services));
    },
});

export const listStorage = listWithin(
    "StorageAccounts_List",
    "/subscriptions/:subscriptionId/providers/Microsoft.Storage/storageAccounts",
);
export const listStorageOfGroup = listWithin("StorageAccounts_ListByResourceGroup", storagePath);

export const deleteStorage: ArmOperation = {
    id: "StorageAccounts_Delete",
    method: "DELETE",
    path,
    async handle(call, services) {
        const record = findStorage(call, services);
        if ("refused" in record) return { status: 204 };
        await removeResource(record, services);
        return { status: 200 };
    },
};
