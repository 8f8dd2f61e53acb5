/** Where an operation works: one vault, and what keeps and seals its contents. */
import type { Refused } from "../http/operation";
import { isObject, type JsonObject } from "../model/json";
import type { Store } from "../store/store";
import { badParameter, deletedNotFound, notFound } from "./refusals";
import type { Sealer } from "./sealing";
import type { VaultCall, VaultServices } from "./services";
import { shelfOf, type Head, type Kind, type Shelf, type Version } from "./shelf";
import type { Vault } from "./vault";

export interface Place {
    store: Pick<Store, "resources" | "atomically">;
    sealer: Sealer;
    vault: Vault;
}

export function placeOf(call: VaultCall, { store, vaults }: VaultServices): Place {
    return { store, sealer: vaults.sealer, vault: call.vault };
}

export function secretsOf({ store, vault }: Place): Shelf {
    return shelfOf(store, vault.key, "secrets");
}

export function certificatesOf({ store, vault }: Place): Shelf {
    return shelfOf(store, vault.key, "certificates");
}

export const nameOf = (call: VaultCall): string => call.params["name"] ?? "";
export const versionOf = (call: VaultCall): string => call.params["version"] ?? "";

export function bodyOf(call: VaultCall): JsonObject {
    return isObject(call.body) ? call.body : {};
}

export function wrongName(name: string): Refused | undefined {
    return /^[0-9a-zA-Z-]{1,127}$/.test(name)
        ? undefined
        : badParameter(`The request URI contains an invalid name: ${name}`);
}

export interface Found {
    shelf: Shelf;
    head: Head;
    version: Version;
}

/** One that is not deleted, in that version. */
export function find({ store, vault }: Place, kind: Kind, name: string, id = ""): Found | Refused {
    const wrong = wrongName(name);
    if (wrong) return wrong;
    const shelf = shelfOf(store, vault.key, kind);
    const head = shelf.live(name);
    const version = head && shelf.version(head, id);
    return head && version ? { shelf, head, version } : notFound(kind, [name, id].filter(Boolean).join("/"));
}

export function findDeleted(
    { store, vault }: Place,
    kind: Kind,
    name: string,
    now: number,
): Omit<Found, "version"> | Refused {
    const shelf = shelfOf(store, vault.key, kind);
    const head = shelf.deleted(name, now);
    return head ? { shelf, head } : (wrongName(name) ?? deletedNotFound(kind, name));
}
