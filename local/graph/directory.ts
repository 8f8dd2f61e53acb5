/** Lets applications of Microsoft Graph sign in. */
import { createPublicKey, X509Certificate } from "node:crypto";
import type { Application, ApplicationDirectory, Credential } from "../identity";
import type { ResourceRecord } from "../model/account";
import { isObject } from "../model/json";
import type { Store } from "../store/store";
import { all, entriesOf } from "./records";

/** An application signs in as its service principal; one without is unknown in the tenant. */
export function applicationsOf(store: Pick<Store, "resources">): ApplicationDirectory {
    return (clientId): Application | undefined => {
        const wanted = clientId.toLowerCase();
        const application = all(store, "applications").find(({ body }) => body["appId"] === wanted);
        const principal = all(store, "servicePrincipals").find(({ body }) => body["appId"] === wanted);
        if (!application || !principal || principal.body["accountEnabled"] === false) return undefined;
        return {
            clientId: wanted,
            objectId: principal.id,
            credentials: [...credentialsOf(application), ...credentialsOf(principal)],
        };
    };
}

function credentialsOf(application: ResourceRecord): Credential[] {
    const hashes = application.body["secretHashes"];
    const secrets = entriesOf(application, "passwordCredentials").flatMap(
        ({ keyId, endDateTime }): Credential[] => {
            const sha256 = isObject(hashes) ? hashes[String(keyId)] : undefined;
            return typeof sha256 === "string"
                ? [{ kind: "secret", sha256, expires: Date.parse(String(endDateTime)) }]
                : [];
        },
    );
    const keys = entriesOf(application, "keyCredentials").flatMap(({ key }): Credential[] => {
        const certificate = certificateOf(key);
        if (!certificate) return [];
        const publicKey = createPublicKey(
            certificate.publicKey.export({ format: "pem", type: "spki" }),
        ).export({ format: "jwk" });
        const { kty } = publicKey;
        return kty === undefined
            ? []
            : [{ kind: "key", publicKey: { ...publicKey, kty }, expires: Date.parse(certificate.validTo) }];
    });
    const federations = entriesOf(application, "federatedIdentityCredentials").map(
        ({ issuer, subject, audiences }): Credential => ({
            kind: "federated",
            issuer: String(issuer),
            subject: String(subject),
            audiences: Array.isArray(audiences) ? audiences.map(String) : [],
        }),
    );
    return [...secrets, ...keys, ...federations];
}

/** Base64 of a certificate's DER. */
function certificateOf(key: unknown): X509Certificate | undefined {
    try {
        return typeof key === "string" ? new X509Certificate(Buffer.from(key, "base64")) : undefined;
    } catch {
        return undefined;
    }
}
