/** A vault as its own endpoint knows it. What is declared of it is the resource manager's record. */
import type { ResourceRecord } from "../model/account";
import { isObject } from "../model/json";

export const vaultType = "microsoft.keyvault/vaults";

export interface Vault {
    /** Its name in lower case: the first part of the key of all that it holds. */
    key: string;
    /** No trailing slash. */
    uri: string;
    retentionDays: number;
    purgeProtection: boolean;
}

/** Undefined where the record is no vault that has an endpoint. */
export function vaultOf(record: ResourceRecord | undefined): Vault | undefined {
    const properties = record?.body["properties"];
    if (record?.type !== vaultType || !isObject(properties)) return undefined;
    const { vaultUri, softDeleteRetentionInDays: days, enablePurgeProtection } = properties;
    if (typeof vaultUri !== "string") return undefined;
    return {
        key: record.name.toLowerCase(),
        uri: vaultUri.replace(/\/+$/, ""),
        retentionDays: typeof days === "number" ? days : 90,
        purgeProtection: enablePurgeProtection === true,
    };
}

/** The service's words for what becomes of a deleted object. Soft delete cannot be switched off any more. */
export function recoveryLevel({ retentionDays, purgeProtection }: Vault): string {
    const customized = retentionDays < 90 ? "Customized" : "";
    return `${customized}Recoverable${purgeProtection ? "" : "+Purgeable"}`;
}
