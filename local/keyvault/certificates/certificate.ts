/** What a certificate is: its public part, and a secret of the same name and version with all of it. */
import { createPrivateKey, type KeyObject } from "node:crypto";
import type { Refused } from "../../http/operation";
import { isObject, type JsonObject } from "../../model/json";
import { attributesOf, shownAttributes, tagsOf } from "../attributes";
import { certificatesOf, secretsOf, wrongName, type Place } from "../place";
import { isDeleted, withInner } from "../refusals";
import { write } from "../secrets/secret";
import { newVersionId, type Head, type Version } from "../shelf";
import type { Vault } from "../vault";
import { pemOf, written, type Format, type Identity } from "./pem";
import { part } from "./policy";

/** Why a certificate of that name cannot be written. */
export function taken(place: Place, name: string, now: number): Refused | undefined {
    const wrong = wrongName(name);
    if (wrong) return wrong;
    if (certificatesOf(place).any(name, now)?.deleted) return isDeleted("certificates", name);
    const secret = secretsOf(place).any(name, now);
    if (!secret || secret.managed) return undefined;
    // guess: the words
    return withInner(
        "Conflict",
        "ObjectAlreadyExists",
        `The name ${name} is that of a secret of this vault, so no certificate can have it.`,
    );
}

/** Everything that can fail is done before the first write. */
export async function prepare(
    place: Place,
    name: string,
    identity: Identity,
    policy: JsonObject,
    now: number,
) {
    const { contentType } = part(policy, "secret_props");
    const exportable = part(policy, "key_props")["exportable"] !== false;
    const format = contentType as Format;
    const value = await written(identity, format, exportable);
    return (body: JsonObject): { head: Head; version: Version } | Refused => {
        // The service may have done something else meanwhile.
        const refused = taken(place, name, now);
        if (refused) return refused;
        const { store, sealer, vault } = place;
        const shelf = certificatesOf(place);
        const id = newVersionId();
        const [leaf] = identity.chain;
        const attributes = {
            ...attributesOf(body),
            nbf: Math.floor(Date.parse(leaf.validFrom) / 1000),
            exp: Math.floor(Date.parse(leaf.validTo) / 1000),
        };
        const tags = tagsOf(body);
        return store.atomically(() => {
            const kid = `${vault.uri}/keys/${name}/${id}`;
            write(place, name, id, now, { value, contentType: format, attributes, tags, kid });
            const content = {
                cer: leaf.raw.toString("base64"),
                x5t: Buffer.from(leaf.fingerprint.replaceAll(":", ""), "hex").toString("base64url"),
                attributes,
                tags,
                sealed: sealer.seal(pemOf(identity.key), shelf.placeOf(name, id)),
            };
            const head = shelf.add(name, id, content, now, { policy });
            return { head, version: shelf.version(head) ?? fail(name) };
        });
    };
}

export function keyOf({ sealer }: Place, version: Version): KeyObject {
    return createPrivateKey(sealer.open(String(version.body["sealed"]), version.key));
}

export function policyOf(head: Head): JsonObject {
    return isObject(head.record.body["policy"]) ? head.record.body["policy"] : {};
}

/** As lists show it. */
export function shownItem(head: Head, version: Version, vault: Vault, versioned: boolean): JsonObject {
    const { tags, x5t } = version.body;
    const id = `${vault.uri}/certificates/${head.name}`;
    return {
        id: versioned ? `${id}/${version.name}` : id,
        x5t,
        attributes: shownAttributes(version, vault),
        subject: part(policyOf(head), "x509_props")["subject"] ?? "",
        ...(tags === undefined ? {} : { tags }),
    };
}

export function shownCertificate(head: Head, version: Version, vault: Vault): JsonObject {
    const { subject: _subject, ...item } = { subject: undefined, ...shownItem(head, version, vault, true) };
    const place = (kind: string) => `${vault.uri}/${kind}/${head.name}/${version.name}`;
    return {
        ...item,
        kid: place("keys"),
        sid: place("secrets"),
        cer: version.body["cer"],
        policy: shownPolicy(head.name, policyOf(head), vault),
    };
}

export function shownPolicy(name: string, policy: JsonObject, vault: Vault): JsonObject {
    return { id: `${vault.uri}/certificates/${name}/policy`, ...policy };
}

function fail(name: string): never {
    throw new Error(`The certificate ${name} is not there right after it was written`);
}
