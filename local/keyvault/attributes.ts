/** What a caller may say of an object besides its value, as it is kept and as it is shown. */
import { isObject, type JsonObject } from "../model/json";
import { recoveryLevel, type Vault } from "./vault";
import type { Head, Version } from "./shelf";

/** `attributes` of a body: what is not given keeps its value. Times are seconds since 1970. */
export function attributesOf(body: unknown, before: unknown = {}): JsonObject {
    const given = isObject(body) && isObject(body["attributes"]) ? body["attributes"] : {};
    const old = isObject(before) ? before : {};
    const time = (name: string) => (given[name] === undefined ? old[name] : Number(given[name]));
    return {
        enabled: given["enabled"] ?? old["enabled"] ?? true,
        nbf: time("nbf"),
        exp: time("exp"),
    };
}

export function shownAttributes(version: Version, vault: Vault): JsonObject {
    const { enabled, nbf, exp } = isObject(version.body["attributes"]) ? version.body["attributes"] : {};
    return {
        enabled: enabled ?? true,
        ...(nbf === undefined ? {} : { nbf }),
        ...(exp === undefined ? {} : { exp }),
        created: seconds(version.createdAt),
        updated: seconds(version.lastModified),
        recoveryLevel: recoveryLevel(vault),
        recoverableDays: vault.retentionDays,
    };
}

/** What a deleted object shows besides. */
export function shownDeletion(head: Head, kind: string, vault: Vault): JsonObject {
    if (!head.deleted) return {};
    return {
        recoveryId: `${vault.uri}/deleted${kind}/${head.name}`,
        deletedDate: seconds(head.deleted.at),
        scheduledPurgeDate: seconds(head.deleted.purgeAt),
    };
}

export function isEnabled(version: Version): boolean {
    return !isObject(version.body["attributes"]) || version.body["attributes"]["enabled"] !== false;
}

export function tagsOf(body: unknown): JsonObject | undefined {
    return isObject(body) && isObject(body["tags"]) ? body["tags"] : undefined;
}

function seconds(milliseconds: number): number {
    return Math.floor(milliseconds / 1000);
}
