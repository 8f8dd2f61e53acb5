import type { ResourceRecord } from "../../model/account";
import type { ArmServices } from "../services";
import { keepDeletedVault } from "../keyVault/deletedVaults";
import { vaultType } from "../keyVault/vaultType";
import { linksOf } from "./links";

/** Takes a resource away with all below it; a storage account with its blobs, queues and tables. Vaults can be recovered. */
export async function removeResource(record: ResourceRecord, services: ArmServices): Promise<void> {
    const { store, storage } = services;
    if (record.type === "microsoft.storage/storageaccounts") await storage.removeAccount(record.name);
    if (record.type === vaultType) await services.vaults.close(record.name);
    store.atomically(() => {
        for (const gone of [record, ...store.resources.list(record.key)]) {
            for (const link of linksOf(gone, services)) store.resources.delete(link.key);
        }
        for (const { key } of store.resources.list(record.key)) store.resources.delete(key);
        store.resources.delete(record.key);
        if (record.type === vaultType) keepDeletedVault(record, services);
    });
}
