import type { ResourceRecord } from "../../model/account";
import { isoText } from "../../model/instant";
import type { JsonObject } from "../../model/json";
import { objectOf, textOf } from "../merge";
import type { ArmServices } from "../services";

export const storagePath =
    "/subscriptions/:subscriptionId/resourceGroups/:resourceGroupName/providers/Microsoft.Storage/storageAccounts";
export const storageType = "microsoft.storage/storageaccounts";

/** The two keys of a storage account, which its record holds and its answers do not. */
export function keysOf(record: ResourceRecord): [string, string] {
    const [first, second] = record.body["keys"] as [string, string];
    return [first, second];
}

/** A storage account as the resource manager shows it, with the endpoints that really answer. */
export function shownStorage(record: ResourceRecord, services: ArmServices): JsonObject {
    const { location, tags, sku, kind, identity, properties } = record.body;
    const { storage } = services;
    const { name } = record;
    const created = isoText(record.createdAt);
    return {
        id: record.id,
        name,
        type: "Microsoft.Storage/storageAccounts",
        location,
        tags: tags ?? {},
        sku: { ...objectOf(sku), tier: tierOf(textOf(objectOf(sku)["name"])) },
        kind,
        ...(identity === undefined ? {} : { identity }),
        properties: {
            accessTier: "Hot",
            allowBlobPublicAccess: false,
            minimumTlsVersion: "TLS1_2",
            supportsHttpsTrafficOnly: true,
            encryption: {
                services: {
                    blob: { enabled: true, keyType: "Account", lastEnabledTime: created },
                    file: { enabled: true, keyType: "Account", lastEnabledTime: created },
                },
                keySource: "Microsoft.Storage",
            },
            networkAcls: {
                bypass: "AzureServices",
                virtualNetworkRules: [],
                ipRules: [],
                defaultAction: "Allow",
            },
            privateEndpointConnections: [],
            ...objectOf(properties),
            creationTime: created,
            keyCreationTime: { key1: created, key2: created },
            primaryLocation: location,
            statusOfPrimary: "available",
            primaryEndpoints: {
                blob: `${storage.blobEndpoint(name)}/`,
                queue: `${storage.queueEndpoint(name)}/`,
                table: `${storage.tableEndpoint(name)}/`,
            },
            provisioningState: "Succeeded",
        },
    };
}

function tierOf(sku = ""): string {
    return sku.startsWith("Premium") ? "Premium" : "Standard";
}
