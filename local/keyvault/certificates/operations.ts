import { refuse } from "../../http/operation";
import { isObject } from "../../model/json";
import { attributesOf, tagsOf } from "../attributes";
import { bodyOf, find, findDeleted, nameOf, placeOf, secretsOf, versionOf } from "../place";
import { readOperations, shownDeleted, type Shown } from "../reads";
import { badParameter, purgeProtected } from "../refusals";
import type { VaultOperation } from "../services";
import { policyOf, prepare, shownCertificate, shownItem, shownPolicy, taken } from "./certificate";
import { forgetPending, pendingOperations } from "./pending";
import { formatOf, notPkcs12, plain, readIdentity, Unreadable } from "./pem";
import { importedPolicy, merged, part } from "./policy";

const shown: Shown = {
    kind: "certificates",
    item: shownItem,
    whole: shownCertificate,
};

const importCertificate: VaultOperation = {
    id: "ImportCertificate",
    method: "POST",
    path: "/certificates/:name/import",
    body: "CertificateImport",
    async handle(call, services) {
        const place = placeOf(call, services);
        const refused = taken(place, nameOf(call), call.now);
        if (refused) return refused;
        const body = bodyOf(call);
        const value = plain(String(body["value"]));
        const asked = part(merged({}, body["policy"]), "secret_props")["contentType"];
        // guess: PEM that is not announced is taken for PKCS #12, which it is not.
        if (asked !== "application/x-pem-file" && formatOf(value) === "application/x-pem-file")
            return badParameter(
                `${notPkcs12} For PEM, set policy.secret_props.contentType to application/x-pem-file.`,
            );
        try {
            const identity = await readIdentity(value, String(body["pwd"] ?? ""));
            const policy = importedPolicy(identity, formatOf(value), body["policy"]);
            const finish = await prepare(place, nameOf(call), identity, policy, call.now);
            const made = finish(body);
            if ("refused" in made) return made;
            return { status: 200, body: shownCertificate(made.head, made.version, call.vault) };
        } catch (error) {
            if (error instanceof Unreadable) return badParameter(error.message);
            throw error;
        }
    },
};

const get = (path: string): VaultOperation => ({
    id: "GetCertificate",
    method: "GET",
    path,
    handle(call, services) {
        const found = find(placeOf(call, services), "certificates", nameOf(call), versionOf(call));
        return "refused" in found
            ? found
            : { status: 200, body: shownCertificate(found.head, found.version, call.vault) };
    },
});

/** What is switched off as a certificate is so as a secret. */
const update = (path: string): VaultOperation => ({
    id: "UpdateCertificate",
    method: "PATCH",
    path,
    body: "CertificateUpdate",
    handle(call, services) {
        const place = placeOf(call, services);
        const found = find(place, "certificates", nameOf(call), versionOf(call));
        if ("refused" in found) return found;
        const { shelf, head, version } = found;
        const body = bodyOf(call);
        const before = version.body["attributes"];
        const times = isObject(before) ? { nbf: before["nbf"], exp: before["exp"] } : {};
        const change = {
            attributes: { ...attributesOf(body, before), ...times },
            tags: tagsOf(body) ?? version.body["tags"],
        };
        return place.store.atomically(() => {
            const changed = shelf.change(version, change, call.now);
            const secrets = secretsOf(place);
            const secret = secrets.any(head.name, call.now);
            const linked = secret && secrets.version(secret, version.name);
            if (linked) secrets.change(linked, change, call.now);
            if (body["policy"] !== undefined)
                shelf.change(head.record, { policy: merged(policyOf(head), body["policy"]) }, call.now);
            const now = shelf.live(head.name) ?? head;
            return { status: 200, body: shownCertificate(now, changed, call.vault) };
        });
    },
});

const getPolicy: VaultOperation = {
    id: "GetCertificatePolicy",
    method: "GET",
    path: "/certificates/:name/policy",
    handle(call, services) {
        const found = find(placeOf(call, services), "certificates", nameOf(call));
        if ("refused" in found) return found;
        return { status: 200, body: shownPolicy(found.head.name, policyOf(found.head), call.vault) };
    },
};

const updatePolicy: VaultOperation = {
    id: "UpdateCertificatePolicy",
    method: "PATCH",
    path: "/certificates/:name/policy",
    body: "Policy",
    handle(call, services) {
        const found = find(placeOf(call, services), "certificates", nameOf(call));
        if ("refused" in found) return found;
        const policy = merged(policyOf(found.head), bodyOf(call));
        found.shelf.change(found.head.record, { policy }, call.now);
        return { status: 200, body: shownPolicy(found.head.name, policy, call.vault) };
    },
};

/** Certificate and secret go together, and come back together. */
const remove: VaultOperation = {
    id: "DeleteCertificate",
    method: "DELETE",
    path: "/certificates/:name",
    handle(call, services) {
        const place = placeOf(call, services);
        const found = find(place, "certificates", nameOf(call));
        if ("refused" in found) return found;
        return place.store.atomically(() => {
            const head = found.shelf.delete(found.head, call.vault.retentionDays, call.now);
            const secrets = secretsOf(place);
            const secret = secrets.live(head.name);
            if (secret) secrets.delete(secret, call.vault.retentionDays, call.now);
            forgetPending(place, head.name);
            return { status: 200, body: shownDeleted(shown, head, place) };
        });
    },
};

const recover: VaultOperation = {
    id: "RecoverDeletedCertificate",
    method: "POST",
    path: "/deletedcertificates/:name/recover",
    handle(call, services) {
        const place = placeOf(call, services);
        const found = findDeleted(place, "certificates", nameOf(call), call.now);
        if ("refused" in found) return found;
        const { shelf, head } = found;
        return place.store.atomically(() => {
            const secrets = secretsOf(place);
            const secret = secrets.deleted(head.name, call.now);
            if (secret) secrets.recover(secret, call.now);
            return { status: 200, body: shownDeleted(shown, shelf.recover(head, call.now), place) };
        });
    },
};

const purge: VaultOperation = {
    id: "PurgeDeletedCertificate",
    method: "DELETE",
    path: "/deletedcertificates/:name",
    handle(call, services) {
        const place = placeOf(call, services);
        const found = findDeleted(place, "certificates", nameOf(call), call.now);
        if ("refused" in found) return found;
        const { shelf, head } = found;
        if (call.vault.purgeProtection) return purgeProtected();
        return place.store.atomically(() => {
            const secrets = secretsOf(place);
            const secret = secrets.deleted(head.name, call.now);
            if (secret) secrets.purge(secret);
            shelf.purge(head);
            return { status: 204 };
        });
    },
};

/** What would else be taken for certificates of those names. */
const notThere = (method: VaultOperation["method"], path: string): VaultOperation => ({
    id: "NotImplemented",
    method,
    path,
    handle: () => refuse("NotImplemented"),
});

export const certificateOperations: readonly VaultOperation[] = [
    ...(["GET", "PUT", "DELETE"] as const).map((method) => notThere(method, "/certificates/contacts")),
    notThere("GET", "/certificates/issuers"),
    ...(["GET", "PUT", "PATCH", "DELETE"] as const).map((method) =>
        notThere(method, "/certificates/issuers/:issuer"),
    ),
    notThere("POST", "/certificates/:name/backup"),
    notThere("POST", "/certificates/restore"),
    ...pendingOperations,
    importCertificate,
    get("/certificates/:name"),
    get("/certificates/:name/:version"),
    update("/certificates/:name"),
    update("/certificates/:name/:version"),
    getPolicy,
    updatePolicy,
    ...readOperations(shown),
    remove,
    recover,
    purge,
];
