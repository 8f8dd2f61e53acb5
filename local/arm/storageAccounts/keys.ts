import type { ResourceRecord } from "../../model/account";
import { isoText } from "../../model/instant";
import type { JsonObject } from "../../model/json";
import { newETag } from "../etag";
import { objectOf, textOf } from "../merge";
import { invalidProperty, missingProperty } from "../refusals";
import type { ArmOperation } from "../services";
import { anyBody } from "../shapes/corrections";
import { findStorage, newStorageKey, storageNamed, wrongStorageName } from "./accounts";
import { storageBlob } from "./library";
import { keysOf, storagePath } from "./shownAccount";

const path = `${storagePath}/:accountName`;

function shownKeys(record: ResourceRecord): JsonObject {
    const keys = keysOf(record).map((value, index) => ({
        creationTime: isoText(record.createdAt),
        keyName: `key${index + 1}`,
        value,
        permissions: "FULL",
    }));
    return { keys };
}

export const listStorageKeys: ArmOperation = {
    id: "StorageAccounts_ListKeys",
    method: "POST",
    path: `${path}/listKeys`,
    handle(call, services) {
        const record = findStorage(call, services);
        return "refused" in record ? record : { status: 200, body: shownKeys(record) };
    },
};

export const regenerateStorageKey: ArmOperation = {
    id: "StorageAccounts_RegenerateKey",
    method: "POST",
    path: `${path}/regenerateKey`,
    body: anyBody,
    async handle(call, services) {
        const old = findStorage(call, services);
        if ("refused" in old) return old;
        const which = textOf(objectOf(call.body)["keyName"]);
        if (which !== "key1" && which !== "key2")
            return invalidProperty("keyName", which, "It must be key1 or key2.");
        const [first, second] = keysOf(old);
        const keys: [string, string] =
            which === "key1" ? [newStorageKey(), second] : [first, newStorageKey()];
        await services.storage.setAccount({ name: old.name, keys });
        const record = {
            ...old,
            body: { ...old.body, keys },
            lastModified: call.now,
            eTag: newETag(services.store),
        };
        services.store.resources.put(record);
        return { status: 200, body: shownKeys(record) };
    },
};

export const listAccountSas: ArmOperation = {
    id: "StorageAccounts_ListAccountSAS",
    method: "POST",
    path: `${path}/ListAccountSas`,
    body: anyBody,
    handle(call, services) {
        const record = findStorage(call, services);
        if ("refused" in record) return record;
        const asked = objectOf(call.body);
        const text = (name: string) => textOf(asked[name]);
        for (const name of ["signedServices", "signedResourceTypes", "signedPermission", "signedExpiry"]) {
            if (text(name) === undefined) return missingProperty(name);
        }
        const [first, second] = keysOf(record);
        const start = text("signedStart");
        const library = storageBlob();
        const token = library.generateAccountSASQueryParameters(
            {
                services: library.AccountSASServices.parse(text("signedServices") ?? "").toString(),
                resourceTypes: library.AccountSASResourceTypes.parse(
                    text("signedResourceTypes") ?? "",
                ).toString(),
                permissions: library.AccountSASPermissions.parse(text("signedPermission") ?? ""),
                expiresOn: new Date(text("signedExpiry") ?? ""),
                ...(start === undefined ? {} : { startsOn: new Date(start) }),
            },
            new library.StorageSharedKeyCredential(
                record.name,
                text("keyToSign") === "key2" ? second : first,
            ),
        );
        return { status: 200, body: { accountSasToken: token.toString() } };
    },
};

export const listServiceSas: ArmOperation = {
    id: "StorageAccounts_ListServiceSAS",
    method: "POST",
    path: `${path}/ListServiceSas`,
    body: anyBody,
    handle(call, services) {
        const record = findStorage(call, services);
        if ("refused" in record) return record;
        const asked = objectOf(call.body);
        const resource = textOf(asked["canonicalizedResource"]);
        if (resource === undefined) return missingProperty("canonicalizedResource");
        const [, container = "", blob] = /^\/blob\/[^/]+\/([^/]+)(?:\/(.+))?$/.exec(resource) ?? [];
        if (container === "") {
            return invalidProperty(
                "canonicalizedResource",
                resource,
                "It must be /blob/ACCOUNT/CONTAINER or a blob in it.",
            );
        }
        const options = {
            permissions: textOf(asked["signedPermission"]) ?? "r",
            expires: new Date(textOf(asked["signedExpiry"]) ?? Date.now() + 3_600_000),
        };
        const { storage } = services;
        const url =
            blob === undefined
                ? storage.containerSas(record.name, container, options)
                : storage.blobSas(record.name, container, blob, options);
        return { status: 200, body: { serviceSasToken: new URL(url).search.slice(1) } };
    },
};

export const checkStorageName: ArmOperation = {
    id: "StorageAccounts_CheckNameAvailability",
    method: "POST",
    path: "/subscriptions/:subscriptionId/providers/Microsoft.Storage/checkNameAvailability",
    body: anyBody,
    handle(call, services) {
        const name = textOf(objectOf(call.body)["name"]);
        if (name === undefined) return missingProperty("name");
        const wrong = wrongStorageName(name);
        if (wrong !== undefined) {
            return {
                status: 200,
                body: { nameAvailable: false, reason: "AccountNameInvalid", message: wrong },
            };
        }
        if (!storageNamed(name, services)) return { status: 200, body: { nameAvailable: true } };
        const message = `The storage account named ${name} is already taken.`;
        return { status: 200, body: { nameAvailable: false, reason: "AlreadyExists", message } };
    },
};
