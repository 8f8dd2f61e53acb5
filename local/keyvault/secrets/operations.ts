import { isObject, type JsonObject } from "../../model/json";
import type { Outcome } from "../../http/operation";
import { shownDeletion } from "../attributes";
import { paged } from "../paging";
import { deletedNotFound, isManaged, notFound, purgeProtected } from "../refusals";
import type { VaultCall, VaultOperation, VaultServices } from "../services";
import type { Head } from "../shelf";
import { backUp, restore } from "../backup";
import { toPem } from "../certificates/pem";
import {
    changeSecret,
    findSecret,
    secretsOf,
    setSecret,
    shownSecret,
    valueOf,
    wrongName,
    type Place,
} from "./secret";

export function placeOf(call: VaultCall, { store, vaults }: VaultServices): Place {
    return { store, sealer: vaults.sealer, vault: call.vault };
}

export function bodyOf(call: VaultCall): JsonObject {
    return isObject(call.body) ? call.body : {};
}

const named = (call: VaultCall) => call.params["name"] ?? "";
const versioned = (call: VaultCall) => call.params["version"] ?? "";

const set: VaultOperation = {
    id: "SetSecret",
    method: "PUT",
    path: "/secrets/:name",
    body: "SecretSet",
    handle(call, services) {
        const place = placeOf(call, services);
        const body = bodyOf(call);
        const version = setSecret(place, named(call), body, call.now);
        if ("refused" in version) return version;
        const found = findSecret(place, named(call));
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
        const found = findSecret(place, named(call), versioned(call));
        if ("refused" in found) return found;
        const value = valueOf(place, found.version);
        if (typeof value !== "string") return value;
        const shown = shownSecret(found.head, found.version, call.vault);
        // A certificate's secret can be asked for as PEM.
        const asPem =
            call.query.get("outcontenttype") === "application/x-pem-file" &&
            found.head.managed &&
            shown["contentType"] === "application/x-pkcs12";
        return {
            status: 200,
            body: asPem
                ? { ...shown, value: await toPem(value), contentType: "application/x-pem-file" }
                : { value, ...shown },
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
        const version = changeSecret(place, named(call), versioned(call), bodyOf(call), call.now);
        if ("refused" in version) return version;
        const found = findSecret(place, named(call), versioned(call));
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
        const found = findSecret(place, named(call));
        if ("refused" in found) return found;
        if (found.head.managed) return isManaged("delete", named(call));
        const head = found.shelf.delete(found.head, call.vault.retentionDays, call.now);
        return { status: 200, body: shownDeleted(head, place) };
    },
};

const list: VaultOperation = {
    id: "GetSecrets",
    method: "GET",
    path: "/secrets",
    handle(call, services) {
        const place = placeOf(call, services);
        const heads = secretsOf(place)
            .all(call.now)
            .filter(({ deleted }) => !deleted);
        return listed(call, heads, place);
    },
};

const listVersions: VaultOperation = {
    id: "GetSecretVersions",
    method: "GET",
    path: "/secrets/:name/versions",
    handle(call, services) {
        const found = findSecret(placeOf(call, services), named(call));
        if ("refused" in found) return found;
        const { shelf, head } = found;
        return paged(
            call,
            shelf.versions(head),
            ({ key }) => key,
            (version) => shownSecret(head, version, call.vault),
        );
    },
};

const listDeleted: VaultOperation = {
    id: "GetDeletedSecrets",
    method: "GET",
    path: "/deletedsecrets",
    handle(call, services) {
        const place = placeOf(call, services);
        const heads = secretsOf(place)
            .all(call.now)
            .filter(({ deleted }) => deleted);
        return listed(call, heads, place);
    },
};

function listed(call: VaultCall, heads: readonly Head[], place: Place): Outcome {
    const shelf = secretsOf(place);
    return paged(
        call,
        heads,
        ({ record }) => record.key,
        (head) => {
            const version = shelf.version(head);
            const shown = version ? shownSecret(head, version, call.vault, false) : {};
            const { kid: _kid, ...item } = { kid: undefined, ...shown };
            return { ...item, ...shownDeletion(head, "secrets", call.vault) };
        },
    );
}

function shownDeleted(head: Head, place: Place): JsonObject {
    const version = secretsOf(place).version(head);
    return {
        ...shownDeletion(head, "secrets", place.vault),
        ...(version ? shownSecret(head, version, place.vault) : {}),
    };
}

const getDeleted: VaultOperation = {
    id: "GetDeletedSecret",
    method: "GET",
    path: "/deletedsecrets/:name",
    handle(call, services) {
        const place = placeOf(call, services);
        const head = secretsOf(place).deleted(named(call), call.now);
        return head
            ? { status: 200, body: shownDeleted(head, place) }
            : (wrongName(named(call)) ?? deletedNotFound("secrets", named(call)));
    },
};

const recover: VaultOperation = {
    id: "RecoverDeletedSecret",
    method: "POST",
    path: "/deletedsecrets/:name/recover",
    handle(call, services) {
        const place = placeOf(call, services);
        const shelf = secretsOf(place);
        const deleted = shelf.deleted(named(call), call.now);
        if (!deleted) return wrongName(named(call)) ?? deletedNotFound("secrets", named(call));
        if (deleted.managed) return isManaged("recover", named(call));
        const head = shelf.recover(deleted, call.now);
        const version = shelf.version(head);
        return { status: 200, body: version ? shownSecret(head, version, call.vault) : {} };
    },
};

const purge: VaultOperation = {
    id: "PurgeDeletedSecret",
    method: "DELETE",
    path: "/deletedsecrets/:name",
    handle(call, services) {
        const shelf = secretsOf(placeOf(call, services));
        const head = shelf.deleted(named(call), call.now);
        if (!head) return wrongName(named(call)) ?? deletedNotFound("secrets", named(call));
        if (head.managed) return isManaged("purge", named(call));
        if (call.vault.purgeProtection) return purgeProtected();
        shelf.purge(head);
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
        const head = shelf.live(named(call));
        if (!head) return wrongName(named(call)) ?? notFound("secrets", named(call));
        if (head.managed) return isManaged("backup", named(call));
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
        const version = shelf.version(head);
        return { status: 200, body: version ? shownSecret(head, version, call.vault) : {} };
    },
};

export const secretOperations: readonly VaultOperation[] = [
    set,
    get("/secrets/:name"),
    get("/secrets/:name/:version"),
    update("/secrets/:name"),
    update("/secrets/:name/:version"),
    remove,
    list,
    listVersions,
    listDeleted,
    getDeleted,
    recover,
    purge,
    backup,
    restoreBackup,
];
