import type { Principal } from "../model/principal";
import type { ApplicationDirectory } from "./applications";
import type { ManagedIdentity } from "./managedIdentities";

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
    /** All issuers our tokens may carry: of v1 tokens (which Azure's own resources take) and of v2 tokens. */
    readonly issuers: readonly string[];
    issueToken(claims: TokenClaims): Promise<string>;
    /** Signature, issuer, audience, expiry, algorithm; a problem says which. */
    verifyToken(token: string, audiences: readonly string[]): Promise<Principal | TokenProblem>;
    /**
     * From now on the managed identity endpoint answers whoever shows this `X-IDENTITY-HEADER` as that identity. Several
     * registrations under one header are several identities of one node.
     */
    registerManagedIdentity(header: string, identity: ManagedIdentity): void;
    forgetManagedIdentity(header: string): void;
    /** Where applications besides `client` are looked up (Microsoft Graph's). */
    useApplications(directory: ApplicationDirectory): void;
}

export interface TokenClaims {
    objectId: string;
    applicationId: string;
    audience: string;
    /** Seconds, 3600 unless given. */
    lifetime?: number;
    /** "1.0" unless given. */
    version?: "1.0" | "2.0";
    /** ARM id of the managed identity, shown in the claim `xms_mirid`. */
    resourceId?: string;
}

export interface TokenProblem {
    problem: "malformed" | "signature" | "issuer" | "audience" | "expired" | "notYetValid" | "algorithm";
    detail: string;
}

/** The outcome of checking a Shared Key signature. */
export type SharedKeyVerdict =
    | { ok: true }
    | {
          ok: false;
          reason: "malformed" | "unknownAccount" | "skew" | "signature" | "noDate";
          stringToSign?: string;
      };
