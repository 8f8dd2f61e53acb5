import type { Principal } from "../model/principal";

/** Who is this, never may they. Keys, certificates and tokens of one data directory. */
export interface Identity {
    readonly tenantId: string;
    readonly subscriptionId: string;
    /** The service principal that `batchlocal exec` signs in as. */
    readonly client: { clientId: string; clientSecret: string; objectId: string };
    /** The `X-IDENTITY-HEADER` value that the managed identity endpoint asks for. */
    readonly identityHeader: string;
    /** PEM files on disk: our CA alone, and the system's roots plus ours. */
    readonly caFile: string;
    readonly caBundleFile: string;
    /** Server key and certificate for 127.0.0.1, ::1 and localhost. */
    readonly tls: { key: string; cert: string };
    /** Public JWKs and issuer, for whoever verifies our tokens elsewhere. */
    readonly issuer: string;
    readonly jwks: { keys: object[] };
    issueToken(claims: TokenClaims): Promise<string>;
    /** Signature, issuer, audience, expiry, algorithm; a problem says which. */
    verifyToken(token: string, audiences: readonly string[]): Promise<Principal | TokenProblem>;
}

export interface TokenClaims {
    objectId: string;
    applicationId: string;
    audience: string;
    /** Seconds, 3600 unless given. */
    lifetime?: number;
}

export interface TokenProblem {
    problem: "malformed" | "signature" | "issuer" | "audience" | "expired" | "notYetValid" | "algorithm";
    detail: string;
}

/** The outcome of checking a Shared Key signature. */
export type SharedKeyVerdict =
    | { ok: true }
    | { ok: false; reason: "malformed" | "unknownAccount" | "skew" | "signature" | "noDate"; stringToSign?: string };
