/** Who may sign in as an application, and with what. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { JWK } from "jose";

export interface Application {
    clientId: string;
    /** Object id of its service principal. */
    objectId: string;
    credentials: readonly Credential[];
}

/** `expires` in milliseconds since the epoch. */
export type Credential =
    /** Only the hash of a secret is kept. */
    | { kind: "secret"; sha256: string; expires?: number }
    /** The public key of a certificate that signs client assertions. */
    | { kind: "key"; publicKey: JWK; expires?: number }
    /** Tokens of this issuer for this subject count as client assertions. */
    | { kind: "federated"; issuer: string; subject: string; audiences: readonly string[] };

/** Finds an application by its client id. */
export type ApplicationDirectory = (clientId: string) => Application | undefined;

export function secretCredential(secret: string, expires?: number): Credential {
    return {
        kind: "secret",
        sha256: hashOf(secret).toString("hex"),
        ...(expires === undefined ? {} : { expires }),
    };
}

/** Compares in constant time; both sides are hashes, so that lengths do not show either. */
export function isSecret(credential: Extract<Credential, { kind: "secret" }>, given: string): boolean {
    return timingSafeEqual(Buffer.from(credential.sha256, "hex"), hashOf(given));
}

/** Whether two secrets are the same, in constant time. */
export function sameSecret(expected: string, given: string): boolean {
    return timingSafeEqual(hashOf(expected), hashOf(given));
}

function hashOf(text: string): Buffer {
    return createHash("sha256").update(text, "utf8").digest();
}
