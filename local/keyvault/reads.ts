/** What can be read of secrets and certificates alike: lists, versions, and what is deleted. */
import type { Outcome } from "../http/operation";
import type { JsonObject } from "../model/json";
import { shownDeletion } from "./attributes";
import { paged } from "./paging";
import { find, findDeleted, nameOf, placeOf, type Place } from "./place";
import type { VaultCall, VaultOperation } from "./services";
import { shelfOf, type Head, type Kind, type Version } from "./shelf";
import type { Vault } from "./vault";

/** How objects of a kind are shown. */
export interface Shown {
    kind: Kind;
    /** In lists; of a certain version, or as such. */
    item(head: Head, version: Version, vault: Vault, versioned: boolean): JsonObject;
    /** Alone. */
    whole(head: Head, version: Version, vault: Vault): JsonObject;
}

export function shownDeleted({ kind, whole }: Shown, head: Head, { store, vault }: Place): JsonObject {
    const version = shelfOf(store, vault.key, kind).version(head);
    return { ...shownDeletion(head, kind, vault), ...(version ? whole(head, version, vault) : {}) };
}

export function readOperations(shown: Shown): VaultOperation[] {
    const { kind, item } = shown;
    const word = kind === "secrets" ? "Secret" : "Certificate";

    function listed(call: VaultCall, services: Parameters<typeof placeOf>[1], deleted: boolean): Outcome {
        const shelf = shelfOf(placeOf(call, services).store, call.vault.key, kind);
        return paged(
            call,
            shelf.all(call.now).filter((head) => (head.deleted !== undefined) === deleted),
            ({ record }) => record.key,
            (head) => {
                const version = shelf.version(head);
                return {
                    ...(version ? item(head, version, call.vault, false) : {}),
                    ...shownDeletion(head, kind, call.vault),
                };
            },
        );
    }

    return [
        {
            id: `Get${word}s`,
            method: "GET",
            path: `/${kind}`,
            handle: (call, services) => listed(call, services, false),
        },
        {
            id: `GetDeleted${word}s`,
            method: "GET",
            path: `/deleted${kind}`,
            handle: (call, services) => listed(call, services, true),
        },
        {
            id: `Get${word}Versions`,
            method: "GET",
            path: `/${kind}/:name/versions`,
            handle(call, services) {
                const found = find(placeOf(call, services), kind, nameOf(call));
                if ("refused" in found) return found;
                const { shelf, head } = found;
                return paged(
                    call,
                    shelf.versions(head),
                    ({ key }) => key,
                    (version) => item(head, version, call.vault, true),
                );
            },
        },
        {
            id: `GetDeleted${word}`,
            method: "GET",
            path: `/deleted${kind}/:name`,
            handle(call, services) {
                const place = placeOf(call, services);
                const found = findDeleted(place, kind, nameOf(call), call.now);
                if ("refused" in found) return found;
                return { status: 200, body: shownDeleted(shown, found.head, place) };
            },
        },
    ];
}
