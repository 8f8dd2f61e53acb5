/** A deleted vault can be recovered or purged; until then its name is not free. */
import { refuse } from "../../http/operation";
import type { Outcome } from "../../http/operation";
import type { ResourceRecord } from "../../model/account";
import { isoText } from "../../model/instant";
import { isObject } from "../../model/json";
import { newETag } from "../etag";
import { findGroup } from "../lookup";
import { objectOf, textOf } from "../merge";
import { page } from "../paging";
import { deny, resourceNotFound } from "../refusals";
import { parseResourceId, placeOf } from "../resourceId";
import type { ArmOperation, ArmServices } from "../services";
import { shownResource } from "../generic/shown";

const type = "microsoft.keyvault/locations/deletedvaults";
const dayMs = 86_400_000;

function all(services: ArmServices): ResourceRecord[] {
    const now = services.scheduler.now();
    return services.store.resources
        .list("/subscriptions")
        .filter((record) => record.type === type && Number(record.body["purgeAt"]) > now);
}

export function deletedVault(name: string, services: ArmServices): ResourceRecord | undefined {
    return all(services).find((record) => record.name.toLowerCase() === name.toLowerCase());
}

/** What a deletion leaves behind of a vault; the caller takes the vault itself away. */
export function keepDeletedVault(vault: ResourceRecord, services: ArmServices): void {
    const { subscriptionId } = services.identity;
    const now = services.scheduler.now();
    const properties = objectOf(vault.body["properties"]);
    const days = Number(properties["softDeleteRetentionInDays"] ?? 90);
    const location = textOf(vault.body["location"]) ?? services.region;
    const id = `/subscriptions/${subscriptionId}/providers/Microsoft.KeyVault/locations/${placeOf(location)}/deletedVaults/${vault.name}`;
    services.store.resources.put({
        key: id.toLowerCase(),
        id,
        type,
        name: vault.name,
        body: {
            properties: {
                vaultId: vault.id,
                location,
                tags: vault.body["tags"] ?? {},
                deletionDate: isoText(now),
                scheduledPurgeDate: isoText(now + days * dayMs),
                ...(properties["enablePurgeProtection"] === true ? { purgeProtectionEnabled: true } : {}),
            },
            purgeAt: now + days * dayMs,
            was: vault,
        },
        createdAt: now,
        lastModified: now,
        eTag: newETag(services.store),
    });
}

/** Takes away what is left of a vault that is gone for good, and all that it held. */
export function forgetDeletedVault(name: string, services: ArmServices): void {
    const { resources } = services.store;
    services.store.atomically(() => {
        for (const record of resources.list("/subscriptions")) {
            if (record.type === type && record.name.toLowerCase() === name.toLowerCase())
                resources.delete(record.key);
        }
        services.vaults.empty(name);
    });
}

/** The vault as it was, with what it held, on an endpoint that may be another one. */
export async function recoverVault(deleted: ResourceRecord, services: ArmServices): Promise<Outcome> {
    const was = deleted.body["was"] as ResourceRecord;
    const { subscription = "", resourceGroup = "" } = parseResourceId(was.id) ?? {};
    const group = findGroup(subscription, resourceGroup, services);
    if ("refused" in group) return group;
    const properties = objectOf(was.body["properties"]);
    const vaultUri = await services.vaults.open(was.name, textOf(properties["vaultUri"]));
    const record: ResourceRecord = {
        ...was,
        body: { ...was.body, properties: { ...properties, vaultUri } },
        lastModified: services.scheduler.now(),
        eTag: newETag(services.store),
    };
    services.store.atomically(() => {
        services.store.resources.delete(deleted.key);
        services.store.resources.put(record);
    });
    return { status: 200, body: shownResource(record, services) };
}

function shown(record: ResourceRecord): object {
    return {
        id: record.id,
        name: record.name,
        type: "Microsoft.KeyVault/deletedVaults",
        properties: record.body["properties"],
    };
}

const base = "/subscriptions/:subscriptionId/providers/Microsoft.KeyVault";

export const listDeletedVaults: ArmOperation = {
    id: "Vaults_ListDeleted",
    method: "GET",
    path: `${base}/deletedVaults`,
    handle: (call, services) => page(call, all(services), shown),
};

export const getDeletedVault: ArmOperation = {
    id: "Vaults_GetDeleted",
    method: "GET",
    path: `${base}/locations/:location/deletedVaults/:vaultName`,
    handle(call, services) {
        const { vaultName = "" } = call.params;
        const found = deletedVault(vaultName, services);
        return found
            ? { status: 200, body: shown(found) }
            : refuse("NotFound", { message: `The deleted vault '${vaultName}' was not found.` });
    },
};

export const purgeDeletedVault: ArmOperation = {
    id: "Vaults_PurgeDeleted",
    method: "POST",
    path: `${base}/locations/:location/deletedVaults/:vaultName/purge`,
    handle(call, services) {
        const { vaultName = "" } = call.params;
        const found = deletedVault(vaultName, services);
        if (!found) return resourceNotFound("Microsoft.KeyVault/deletedVaults", vaultName);
        const properties = found.body["properties"];
        if (isObject(properties) && properties["purgeProtectionEnabled"] === true) {
            // guess: the code and the words
            return deny(
                "VaultPurgeProtected",
                `The vault '${vaultName}' has purge protection: it goes when its retention period has passed.`,
            );
        }
        forgetDeletedVault(vaultName, services);
        return { status: 200 };
    },
};
