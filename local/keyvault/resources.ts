/** The same secrets as the resource manager sees them: it writes values and never shows one. */
import type { Refused } from "../http/operation";
import { isRefused } from "../http/operation";
import type { ResourceRecord } from "../model/account";
import { isObject, type JsonObject } from "../model/json";
import type { Store } from "../store/store";
import { shownAttributes } from "./attributes";
import { find, secretsOf, type Place } from "./place";
import { changeSecret, setSecret } from "./secrets/secret";
import type { Sealer } from "./sealing";
import { checkShape } from "./shapes";
import type { Head, Version } from "./shelf";
import { vaultOf } from "./vault";

export interface SecretResource {
    name: string;
    tags: unknown;
    properties: JsonObject;
}

export interface SecretResources {
    /** With a value a new version, without one a change of the current one. */
    write(vault: ResourceRecord, name: string, body: JsonObject, now: number): SecretResource | Refused;
    get(vault: ResourceRecord, name: string): SecretResource | undefined;
    list(vault: ResourceRecord): SecretResource[];
    /** As on the vault's own endpoint: it can be recovered there. False where it was not there. */
    delete(vault: ResourceRecord, name: string, now: number): boolean;
}

export function secretResources(
    store: Place["store"] & Pick<Store, "resources">,
    sealer: Sealer,
): SecretResources {
    const placeOf = (record: ResourceRecord): Place => {
        const vault = vaultOf(record);
        if (!vault) throw new Error(`${record.id} is no key vault`);
        return { store, sealer, vault };
    };
    const shown = (place: Place, head: Head, version: Version): SecretResource => {
        const {
            recoverableDays: _days,
            recoveryLevel: _level,
            ...attributes
        } = shownAttributes(version, place.vault);
        const secretUri = `${place.vault.uri}/secrets/${head.name}`;
        const { contentType, tags } = version.body;
        return {
            name: head.name,
            tags,
            properties: {
                attributes,
                ...(contentType === undefined ? {} : { contentType }),
                secretUri,
                secretUriWithVersion: `${secretUri}/${version.name}`,
            },
        };
    };
    const get = (record: ResourceRecord, name: string): SecretResource | undefined => {
        const place = placeOf(record);
        const found = find(place, "secrets", name);
        return isRefused(found) ? undefined : shown(place, found.head, found.version);
    };
    return {
        get,
        write(record, name, body, now) {
            const place = placeOf(record);
            const properties = isObject(body["properties"]) ? body["properties"] : {};
            const given = { ...properties, tags: body["tags"] ?? null };
            const sets = properties["value"] !== undefined && properties["value"] !== null;
            const wrong = checkShape(sets ? "SecretSet" : "SecretUpdate", given);
            if (wrong) return wrong;
            const written = sets
                ? setSecret(place, name, given, now)
                : changeSecret(place, name, "", given, now);
            if (isRefused(written)) return written;
            const found = find(place, "secrets", name);
            return isRefused(found) ? found : shown(place, found.head, found.version);
        },
        list(record) {
            return secretsOf(placeOf(record))
                .all(0)
                .filter(({ deleted }) => !deleted)
                .flatMap(({ name }) => get(record, name) ?? []);
        },
        delete(record, name, now) {
            const place = placeOf(record);
            const head = secretsOf(place).live(name);
            if (!head || head.managed) return false;
            secretsOf(place).delete(head, place.vault.retentionDays, now);
            return true;
        },
    };
}
