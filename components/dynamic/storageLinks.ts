import { sasSigner, withLinks } from "../../client";
import type { SasSigner } from "../../client";
import { arm } from "./arm";
import { blobCredential, settingOf } from "./connections";

// Source: "Storage Accounts - List" and "List Keys" of the resource manager, api-version 2023-05-01.
const API_VERSION = "2023-05-01";

interface StorageAccounts {
    readonly value: readonly { readonly id: string; readonly name: string }[];
}
interface Keys {
    readonly keys: readonly { readonly value: string }[];
}

let signer: SasSigner | undefined;

/** Signs links to blobs as whoever deploys: by user delegation, or with the key of the account for who may read that alone. */
export function storageLinks(): SasSigner {
    signer ??= sasSigner({
        credential: { getToken: async (...args) => (await blobCredential()).getToken(...args) },
        accountKey,
    });
    return signer;
}

/** A body as it is sent: with links in the place of the references in it. */
export async function withStorageLinks<T>(body: T): Promise<T> {
    const text = JSON.stringify(body);
    return text.includes("sas+http") ? (JSON.parse(await withLinks(text, storageLinks())) as T) : body;
}

async function accountKey(name: string): Promise<string | undefined> {
    const subscription = settingOf("subscriptionId", "ARM_SUBSCRIPTION_ID");
    if (subscription === undefined) return undefined;
    const { value } = await arm<StorageAccounts>(
        "GET",
        `/subscriptions/${subscription}/providers/Microsoft.Storage/storageAccounts`,
        API_VERSION,
    );
    const account = value.find((one) => one.name === name);
    if (account === undefined) return undefined;
    const { keys } = await arm<Keys>("POST", `${account.id}/listKeys`, API_VERSION);
    return keys[0]?.value;
}
