import { refuse } from "../../http/operation";
import type { Refused } from "../../http/operation";
import type { AccountRecord } from "../../model/account";
import { newETag } from "../etag";
import { findAccount } from "../lookup";
import { objectOf } from "../merge";
import type { ArmOperation } from "../services";
import { newKey } from "./create";

const path =
    "/subscriptions/:subscriptionId/resourceGroups/:resourceGroupName/providers/Microsoft.Batch/batchAccounts/:accountName";

const shownKeys = ({ name, keys }: AccountRecord) => ({ accountName: name, ...keys });

/** "Getting the keys will fail" without SharedKey, the documentation says; guess: with this code. */
function keysInUse(account: AccountRecord): Refused | undefined {
    if (account.allowedAuthenticationModes.includes("SharedKey")) return undefined;
    return refuse("OperationInvalidForCurrentState", {
        message: `Batch account '${account.name}' has no keys: its allowedAuthenticationModes do not contain SharedKey.`,
    });
}

export const listKeys: ArmOperation = {
    id: "BatchAccount_GetKeys",
    method: "POST",
    path: `${path}/listKeys`,
    handle(call, services) {
        const account = findAccount(call, services);
        if ("refused" in account) return account;
        return keysInUse(account) ?? { status: 200, body: shownKeys(account) };
    },
};

export const regenerateKeys: ArmOperation = {
    id: "BatchAccount_RegenerateKey",
    method: "POST",
    path: `${path}/regenerateKeys`,
    body: "BatchAccountRegenerateKeyParameters",
    handle(call, services) {
        const account = findAccount(call, services);
        if ("refused" in account) return account;
        const refused = keysInUse(account);
        if (refused) return refused;
        const which = objectOf(call.body)["keyName"] === "Secondary" ? "secondary" : "primary";
        const record = {
            ...account,
            keys: { ...account.keys, [which]: newKey() },
            lastModified: call.now,
            eTag: newETag(services.store),
        };
        services.store.accounts.put(record);
        return { status: 200, body: shownKeys(record) };
    },
};

export const syncAutoStorageKeys: ArmOperation = {
    id: "BatchAccount_SynchronizeAutoStorageKeys",
    method: "POST",
    path: `${path}/syncAutoStorageKeys`,
    handle(call, services) {
        const account = findAccount(call, services);
        if ("refused" in account) return account;
        if (!account.autoStorage) return refuse("AutoStorageNotSet");
        services.store.accounts.put({
            ...account,
            autoStorage: { ...account.autoStorage, lastKeySync: call.now },
        });
        return { status: 204 };
    },
};
