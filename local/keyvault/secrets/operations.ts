import type { JsonObject } from "../../model/json";
import { backUp, restore } from "../backup";
import { toPem } from "../certificates/pem";
import { bodyOf, find, findDeleted, nameOf, placeOf, secretsOf, versionOf, wrongName } from "../place";
import { readOperations, shownDeleted, type Shown } from "../reads";
import { isManaged, notFound, purgeProtected } from "../refusals";
import type { VaultOperation } from "../services";
import type { Head, Shelf } from "../shelf";
import type { Vault } from "../vault";
import { changeSecret, setSecret, shownSecret, valueOf } from "./secret";

const shown: Shown = {
    kind: "secrets",
    item(head, version, vault, versioned) {
        const { kid: _kid, ...item } = { kid: undefined, ...shownSecret(head, version, vault, versioned) };
        return item;
    },
    whole: shownSecret,
};

/** The current version, without its value. */
function current(shelf: Shelf, head: Head, vault: Vault): JsonObject {
    const version = shelf.version(head);
    return version ? shownSecret(head, version, vault) : {};
}

const set: VaultOperation = {
    id: "SetSecret",
    method: "PUT",
    path: "/secrets/:name",
    body: "SecretSet",
    handle(call, services) {
        const place = placeOf(call, services);
        const body = bodyOf(call);
        const version = setSecret(place, nameOf(call), body, call.now);
        if ("refused" in version) return version;
        const found = find(place, "secrets", nameOf(call));
        if ("refused" in found) return found;
        return {
            status: 200,
            body: { value: body["value"], ...shownSecret(found.head, version, call.vault) },
        };
    },
};

const get = (path: string): VaultOperation => ({
    id: "GetSecret",
    method: "GET",
    path,
    async handle(call, services) {
        const place = placeOf(call, services);
        const found = find(place, "secrets", nameOf(call), versionOf(call));
        if ("refused" in found) return found;
        const value = valueOf(place, found.version);
        if (typeof value !== "string") return value;
        const shownVersion = shownSecret(found.head, found.version, call.vault);
        // A certificate's secret can be asked for as PEM.
        const asPem =
            call.query.get("outcontenttype") === "application/x-pem-file" &&
            found.head.managed &&
            shownVersion["contentType"] === "application/x-pkcs12";
        return {
            status: 200,
            body: asPem
                ? { ...shownVersion, value: await toPem(value), contentType: "application/x-pem-file" }
                : { value, ...shownVersion },
        };
    },
});

const update = (path: string): VaultOperation => ({
    id: "UpdateSecret",
    method: "PATCH",
    path,
    body: "SecretUpdate",
    handle(call, services) {
        const place = placeOf(call, services);
        const version = changeSecret(place, nameOf(call), versionOf(call), bodyOf(call), call.now);
        if ("refused" in version) return version;
        const found = find(place, "secrets", nameOf(call), versionOf(call));
        return "refused" in found
            ? found
            : { status: 200, body: shownSecret(found.head, version, call.vault) };
    },
});

const remove: VaultOperation = {
    id: "DeleteSecret",
    method: "DELETE",
    path: "/secrets/:name",
    handle(call, services) {
        const place = placeOf(call, services);
        const found = find(place, "secrets", nameOf(call));
        if ("refused" in found) return found;
        if (found.head.managed) return isManaged("delete", nameOf(call));
        const head = found.shelf.delete(found.head, call.vault.retentionDays, call.now);
        return { status: 200, body: shownDeleted(shown, head, place) };
    },
};

const recover: VaultOperation = {
    id: "RecoverDeletedSecret",
    method: "POST",
    path: "/deletedsecrets/:name/recover",
    handle(call, services) {
        const found = findDeleted(placeOf(call, services), "secrets", nameOf(call), call.now);
        if ("refused" in found) return found;
        const { shelf, head } = found;
        if (head.managed) return isManaged("recover", nameOf(call));
        return { status: 200, body: current(shelf, shelf.recover(head, call.now), call.vault) };
    },
};

const purge: VaultOperation = {
    id: "PurgeDeletedSecret",
    method: "DELETE",
    path: "/deletedsecrets/:name",
    handle(call, services) {
        const found = findDeleted(placeOf(call, services), "secrets", nameOf(call), call.now);
        if ("refused" in found) return found;
        if (found.head.managed) return isManaged("purge", nameOf(call));
        if (call.vault.purgeProtection) return purgeProtected();
        found.shelf.purge(found.head);
        return { status: 204 };
    },
};

const backup: VaultOperation = {
    id: "BackupSecret",
    method: "POST",
    path: "/secrets/:name/backup",
    handle(call, services) {
        const place = placeOf(call, services);
        const shelf = secretsOf(place);
        const head = shelf.live(nameOf(call));
        if (!head) return wrongName(nameOf(call)) ?? notFound("secrets", nameOf(call));
        if (head.managed) return isManaged("backup", nameOf(call));
        return { status: 200, body: { value: backUp(place, shelf, head) } };
    },
};

const restoreBackup: VaultOperation = {
    id: "RestoreSecret",
    method: "POST",
    path: "/secrets/restore",
    body: "Restore",
    handle(call, services) {
        const place = placeOf(call, services);
        const shelf = secretsOf(place);
        const head = restore(place, shelf, String(bodyOf(call)["value"]), call.now);
        if ("refused" in head) return head;
        return { status: 200, body: current(shelf, head, call.vault) };
    },
};

export const secretOperations: readonly VaultOperation[] = [
    set,
    get("/secrets/:name"),
    get("/secrets/:name/:version"),
    update("/secrets/:name"),
    update("/secrets/:name/:version"),
    remove,
    ...readOperations(shown),
    recover,
    purge,
    backup,
    restoreBackup,
];
