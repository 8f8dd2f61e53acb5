import type * as StorageBlob from "@azure/storage-blob";
import { refuse } from "../../http/operation";
import type { ArmCall, Outcome, Refused } from "../../http/operation";
import type { ResourceRecord } from "../../model/account";
import { isoText } from "../../model/instant";
import type { JsonObject } from "../../model/json";
import { CONTAINER_NAME_PATTERN } from "../../../catalog";
import { objectOf, textOf, withoutNulls } from "../merge";
import { page } from "../paging";
import { deny } from "../refusals";
import type { ArmOperation, ArmServices } from "../services";
import { anyBody } from "../shapes/corrections";
import { findStorage } from "./accounts";
import { storageBlob } from "./library";
import { keysOf, storagePath } from "./shownAccount";

const containers = `${storagePath}/:accountName/blobServices/:serviceName/containers`;
const path = `${containers}/:containerName`;

/** Containers are not recorded here: storage itself knows them, also those that were made over there. */
function clientOf(record: ResourceRecord, services: ArmServices): StorageBlob.BlobServiceClient {
    const { BlobServiceClient, StorageSharedKeyCredential } = storageBlob();
    const endpoint = services.storage.blobEndpoint(record.name, "http");
    return new BlobServiceClient(endpoint, new StorageSharedKeyCredential(record.name, keysOf(record)[0]));
}

interface Found {
    record: ResourceRecord;
    name: string;
    client: StorageBlob.ContainerClient;
}

function find(call: ArmCall, services: ArmServices): Found | Refused {
    const record = findStorage(call, services);
    if ("refused" in record) return record;
    const name = call.params["containerName"] ?? "";
    if (!CONTAINER_NAME_PATTERN.test(name)) {
        return refuse("InvalidResourceName", {
            message: `The container name '${name}' is not valid: it has 3 to 63 lower-case letters, digits and single hyphens.`,
        });
    }
    return { record, name, client: clientOf(record, services).getContainerClient(name) };
}

const accessNames: Readonly<Record<string, StorageBlob.PublicAccessType | undefined>> = {
    Blob: "blob",
    Container: "container",
};

function shown(id: string, name: string, facts: JsonObject): JsonObject {
    const { metadata, publicAccess, etag, lastModified } = facts;
    const access = Object.keys(accessNames).find((known) => accessNames[known] === publicAccess) ?? "None";
    return {
        id,
        name,
        type: "Microsoft.Storage/storageAccounts/blobServices/containers",
        etag,
        properties: {
            publicAccess: access,
            ...(Object.keys(objectOf(metadata)).length > 0 ? { metadata } : {}),
            ...(lastModified instanceof Date ? { lastModifiedTime: isoText(lastModified.getTime()) } : {}),
            leaseStatus: "Unlocked",
            leaseState: "Available",
            defaultEncryptionScope: "$account-encryption-key",
            denyEncryptionScopeOverride: false,
            deleted: false,
            remainingRetentionDays: 0,
            hasImmutabilityPolicy: false,
            hasLegalHold: false,
        },
    };
}

async function reply({ record, name, client }: Found, status: number): Promise<Outcome> {
    const { metadata, blobPublicAccess, etag, lastModified } = await client.getProperties();
    const id = `${record.id}/blobServices/default/containers/${name}`;
    return {
        status,
        body: shown(id, name, { metadata, publicAccess: blobPublicAccess, etag, lastModified }),
    };
}

const notFound = () => deny("ContainerNotFound", "The specified container does not exist.");

export const createContainer: ArmOperation = {
    id: "BlobContainers_Create",
    method: "PUT",
    path,
    body: anyBody,
    async handle(call, services) {
        const found = find(call, services);
        if ("refused" in found) return found;
        const { client } = found;
        const properties = objectOf(objectOf(withoutNulls(call.body))["properties"]);
        const metadata = properties["metadata"] as Record<string, string> | undefined;
        const access = accessNames[textOf(properties["publicAccess"]) ?? ""];
        const { succeeded } = await client.createIfNotExists({ metadata, ...(access ? { access } : {}) });
        if (!succeeded) {
            await client.setMetadata(metadata);
            await client.setAccessPolicy(access);
        }
        return reply(found, succeeded ? 201 : 200);
    },
};

export const updateContainer: ArmOperation = {
    id: "BlobContainers_Update",
    method: "PATCH",
    path,
    body: anyBody,
    async handle(call, services) {
        const found = find(call, services);
        if ("refused" in found) return found;
        if (!(await found.client.exists())) return notFound();
        const properties = objectOf(objectOf(call.body)["properties"]);
        if ("metadata" in properties) {
            await found.client.setMetadata(
                withoutNulls(properties["metadata"]) as Record<string, string> | undefined,
            );
        }
        if ("publicAccess" in properties) {
            await found.client.setAccessPolicy(accessNames[textOf(properties["publicAccess"]) ?? ""]);
        }
        return reply(found, 200);
    },
};

export const getContainer: ArmOperation = {
    id: "BlobContainers_Get",
    method: "GET",
    path,
    async handle(call, services) {
        const found = find(call, services);
        if ("refused" in found) return found;
        return (await found.client.exists()) ? reply(found, 200) : notFound();
    },
};

export const listContainers: ArmOperation = {
    id: "BlobContainers_List",
    method: "GET",
    path: containers,
    async handle(call, services) {
        const record = findStorage(call, services);
        if ("refused" in record) return record;
        const found: { key: string; body: JsonObject }[] = [];
        const client = clientOf(record, services);
        for await (const { name, metadata, properties } of client.listContainers({ includeMetadata: true })) {
            const { publicAccess, etag, lastModified } = properties;
            const id = `${record.id}/blobServices/default/containers/${name}`;
            found.push({ key: name, body: shown(id, name, { metadata, publicAccess, etag, lastModified }) });
        }
        return page(call, found, ({ body }) => body);
    },
};

export const deleteContainer: ArmOperation = {
    id: "BlobContainers_Delete",
    method: "DELETE",
    path,
    async handle(call, services) {
        const found = find(call, services);
        if ("refused" in found) return { status: 204 };
        const { succeeded } = await found.client.deleteIfExists();
        return { status: succeeded ? 200 : 204 };
    },
};
