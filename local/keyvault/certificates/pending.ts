/** A certificate in the making: at once where it signs itself, else until somebody brings what an authority signed. */
import { createPrivateKey, createPublicKey, randomUUID, X509Certificate } from "node:crypto";
import type { Refused } from "../../http/operation";
import type { ResourceRecord } from "../../model/account";
import { isObject, type JsonObject } from "../../model/json";
import { badParameter, deny } from "../refusals";
import { bodyOf, find, nameOf, placeOf, wrongName, type Place } from "../place";
import type { VaultOperation } from "../services";
import { keyOf, policyOf, prepare, shownCertificate, taken } from "./certificate";
import { makeKeys, makeRequest, makeSelfSigned, privateKeyOf } from "./issue";
import { pemOf, Unreadable, type Identity } from "./pem";
import { merged, newPolicy, part, textsOf } from "./policy";

function placeOfPending({ vault }: Place, name: string): string {
    return `/keyvault/${vault.key}/pending/${name.toLowerCase()}`;
}

export function pendingOf(place: Place, name: string): ResourceRecord | undefined {
    return place.store.resources.get(placeOfPending(place, name));
}

export function forgetPending(place: Place, name: string): void {
    place.store.resources.delete(placeOfPending(place, name));
}

function putPending(place: Place, name: string, body: JsonObject, now: number): void {
    const key = placeOfPending(place, name);
    const createdAt = place.store.resources.get(key)?.createdAt ?? now;
    const record = {
        key,
        id: key,
        type: "keyvault/pending",
        name,
        body,
        createdAt,
        lastModified: now,
        eTag: "",
    };
    place.store.resources.put(record);
}

function shownPending(record: ResourceRecord, place: Place): JsonObject {
    const { sealed: _key, policy, sent: _sent, ...shown } = record.body;
    return {
        id: `${place.vault.uri}/certificates/${record.name}/pending`,
        issuer: isObject(policy) ? part(policy, "issuer") : {},
        ...shown,
        ...(shown["status"] === "completed"
            ? { target: `${place.vault.uri}/certificates/${record.name}` }
            : {}),
    };
}

const inProgress = {
    status: "inProgress",
    status_details:
        "Pending certificate created. Certificate request is in progress. This may take some time based on the issuer provider. Please check again later.",
};

const create: VaultOperation = {
    id: "CreateCertificate",
    method: "POST",
    path: "/certificates/:name/create",
    body: "CertificateCreate",
    async handle(call, services) {
        const place = placeOf(call, services);
        const name = nameOf(call);
        const refused = taken(place, name, call.now);
        if (refused) return refused;
        const body = bodyOf(call);
        const before = find(place, "certificates", name);
        const known = "refused" in before ? undefined : before;
        const policy =
            known && body["policy"] === undefined
                ? policyOf(known.head)
                : newPolicy(merged(known ? policyOf(known.head) : {}, body["policy"]));
        const { subject, sans } = part(policy, "x509_props");
        if (!subject && !sans) return badParameter("Property policy.x509_props.subject is required.");
        const issuer = String(part(policy, "issuer")["name"] ?? "Self");
        if (!/^(self|unknown)$/i.test(issuer)) {
            return badParameter(
                `The issuer '${issuer}' is not there in Batch Local; allowed are Self and Unknown.`,
            );
        }
        try {
            const reuse = part(policy, "key_props")["reuse_key"] === true && known;
            const keys = await makeKeys(policy, reuse ? keyOf(place, known.version) : undefined);
            const csr = (await makeRequest(policy, keys)).toString("base64");
            const key = privateKeyOf(keys);
            const pending = {
                csr,
                cancellation_requested: false,
                request_id: randomUUID().replaceAll("-", ""),
                policy,
            };
            if (/^self$/i.test(issuer)) {
                const identity: Identity = { key, chain: [await makeSelfSigned(policy, keys)] };
                const finish = await prepare(place, name, identity, policy, call.now);
                const made = finish(body);
                if ("refused" in made) return made;
                putPending(place, name, { ...pending, status: "completed" }, call.now);
            } else {
                const again = taken(place, name, call.now);
                if (again) return again;
                const sealed = place.sealer.seal(pemOf(key), placeOfPending(place, name));
                putPending(
                    place,
                    name,
                    { ...pending, ...inProgress, sealed, sent: { ...body, policy: null } },
                    call.now,
                );
            }
        } catch (error) {
            if (error instanceof Unreadable) return badParameter(error.message);
            throw error;
        }
        const record = pendingOf(place, name);
        const { target: _target, ...shown } = { target: "", ...(record ? shownPending(record, place) : {}) };
        return {
            status: 202,
            headers: {
                Location: `${place.vault.uri}/certificates/${name}/pending?api-version=${call.apiVersion}`,
                "Retry-After": "1",
            },
            // As the service: also what signs itself is under way in the first answer.
            body: { ...shown, ...inProgress },
        };
    },
};

function noPending(name: string): Refused {
    return wrongName(name) ?? deny("PendingCertificateNotFound", `Pending certificate not found: ${name}`);
}

const get: VaultOperation = {
    id: "GetCertificateOperation",
    method: "GET",
    path: "/certificates/:name/pending",
    handle(call, services) {
        const place = placeOf(call, services);
        const record = pendingOf(place, call.params["name"] ?? "");
        return record
            ? { status: 200, body: shownPending(record, place) }
            : noPending(call.params["name"] ?? "");
    },
};

const update: VaultOperation = {
    id: "UpdateCertificateOperation",
    method: "PATCH",
    path: "/certificates/:name/pending",
    body: "Pending",
    handle(call, services) {
        const place = placeOf(call, services);
        const name = nameOf(call);
        const record = pendingOf(place, name);
        if (!record) return noPending(name);
        const cancel =
            bodyOf(call)["cancellation_requested"] === true && record.body["status"] === "inProgress";
        const body = {
            ...record.body,
            ...(cancel ? { cancellation_requested: true, status: "cancelled" } : {}),
        };
        putPending(place, name, body, call.now);
        return { status: 200, body: shownPending({ ...record, body }, place) };
    },
};

const remove: VaultOperation = {
    id: "DeleteCertificateOperation",
    method: "DELETE",
    path: "/certificates/:name/pending",
    handle(call, services) {
        const place = placeOf(call, services);
        const name = nameOf(call);
        const record = pendingOf(place, name);
        if (!record) return noPending(name);
        forgetPending(place, name);
        return { status: 200, body: shownPending(record, place) };
    },
};

const merge: VaultOperation = {
    id: "MergeCertificate",
    method: "POST",
    path: "/certificates/:name/pending/merge",
    body: "CertificateMerge",
    async handle(call, services) {
        const place = placeOf(call, services);
        const name = nameOf(call);
        const record = pendingOf(place, name);
        if (record?.body["status"] !== "inProgress") return noPending(name);
        const key = createPrivateKey(place.sealer.open(String(record.body["sealed"]), record.key));
        const body = bodyOf(call);
        let chain: X509Certificate[];
        try {
            chain = textsOf(body["x5c"]).map((der) => new X509Certificate(Buffer.from(der, "base64")));
        } catch {
            return badParameter("Property x5c has an item that is no X.509 certificate.");
        }
        const [leaf, ...rest] = chain;
        if (!leaf?.publicKey.equals(createPublicKey(key))) {
            return badParameter(
                "The public key of the end-entity certificate in x5c does not match the pending certificate.",
            );
        }
        const { policy, sent } = record.body;
        const finish = await prepare(
            place,
            name,
            { key, chain: [leaf, ...rest] },
            isObject(policy) ? policy : {},
            call.now,
        );
        if (pendingOf(place, name)?.body["request_id"] !== record.body["request_id"]) return noPending(name);
        const made = finish({ ...(isObject(sent) ? sent : {}), ...body });
        if ("refused" in made) return made;
        const { sealed: _key, sent: _sent, ...settled } = record.body;
        putPending(place, name, { ...settled, status: "completed", status_details: undefined }, call.now);
        return { status: 201, body: shownCertificate(made.head, made.version, call.vault) };
    },
};

export const pendingOperations: readonly VaultOperation[] = [create, get, update, remove, merge];
