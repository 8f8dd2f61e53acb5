/**
 * Who may talk to storage at all. Tokens are verified here (Azurite would only decode them); Shared Key and shared access
 * signatures are Azurite's, with the clock checked before and the service's own codes put on a refusal.
 */
import { createLocalJWKSet, errors, jwtVerify } from "jose";
import type { AccountStore, Credentials, Gate, Refusal } from "./azurite";
import type { Trust } from "./messages";

const audiences = ["https://storage.azure.com", "https://storage.azure.com/"];
const algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

/** "Authorize with Shared Key": the time stamp of a request must be within 15 minutes. */
const allowedSkewMs = 15 * 60_000;

export class StorageGate {
    #trust: Trust;
    #verify: (token: string) => Promise<void>;

    constructor(
        private readonly accounts: AccountStore,
        trust: Trust,
    ) {
        this.#trust = trust;
        this.#verify = verifier(trust);
    }

    /** From the next request on, tokens of this issuer and these keys count, and no others. */
    set trust(trust: Trust) {
        this.#verify = verifier(trust);
        this.#trust = trust;
    }

    readonly check: Gate = async (credentials, azurite) => {
        const { authorization } = credentials;
        if (authorization !== undefined && /^bearer(\s|$)/i.test(authorization)) {
            return this.#checkToken(credentials, authorization.replace(/^bearer\s*/i, ""));
        }
        const late = skew(credentials);
        if (late) return late;
        if (await azurite()) return undefined;
        if (authorization === undefined && !credentials.signed) return this.#unauthenticated();
        return { status: 403, code: "AuthenticationFailed", message: wrongSignature };
    };

    async #checkToken(credentials: Credentials, token: string): Promise<Refusal | undefined> {
        if (credentials.account === undefined || !this.accounts.getAccount(credentials.account)) {
            return {
                status: 404,
                code: "ResourceNotFound",
                message: "The specified resource does not exist.",
            };
        }
        if (!credentials.encrypted) {
            const detail = "Authentication scheme Bearer is not allowed with HTTP.";
            return { status: 403, code: "AuthenticationFailed", message: wrongSignature, detail };
        }
        try {
            await this.#verify(token);
            return undefined;
        } catch (error) {
            return {
                status: 401,
                code: "InvalidAuthenticationInfo",
                message: seeHeader,
                detail: explain(error),
                headers: this.#challenge(),
            };
        }
    }

    #unauthenticated(): Refusal {
        return {
            status: 401,
            code: "NoAuthenticationInformation",
            message: seeHeader,
            headers: this.#challenge(),
        };
    }

    #challenge(): Record<string, string> {
        const uri = this.#trust.authorizationUri ?? [this.#trust.issuer].flat()[0] ?? "";
        return {
            "WWW-Authenticate": `Bearer authorization_uri=${uri} resource_id=https://storage.azure.com`,
        };
    }
}

const seeHeader =
    "Server failed to authenticate the request. Please refer to the information in the www-authenticate header.";
const wrongSignature =
    "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.";

function verifier({ issuer, jwks, tenantId }: Trust): (token: string) => Promise<void> {
    const keys = createLocalJWKSet(jwks);
    const options = {
        issuer: [issuer].flat() as string[],
        audience: audiences,
        algorithms,
        requiredClaims: ["exp", "iss", "aud"],
    };
    return async (token) => {
        const { payload } = await jwtVerify(token, keys, options);
        if (tenantId !== undefined && payload["tid"] !== tenantId)
            throw new errors.JWTClaimValidationFailed("another tenant", payload, "iss", "check_failed");
    };
}

/** The service names the part of the validation that failed. */
function explain(error: unknown): string {
    if (error instanceof errors.JWTExpired) return "Lifetime validation failed. The token is expired.";
    if (error instanceof errors.JWTClaimValidationFailed) {
        if (error.claim === "aud") return "Audience validation failed. Audience did not match.";
        if (error.claim === "iss") return "Issuer validation failed. Issuer did not match.";
        return "Lifetime validation failed.";
    }
    // guess: the service's words for an unknown key, a broken signature, an algorithm it does not take or no token at all.
    return "Signature validation failed. Signature verification failed.";
}

function skew({ authorization, date }: Credentials): Refusal | undefined {
    if (authorization === undefined || !/^SharedKey/.test(authorization)) return undefined;
    const sent = date === undefined ? NaN : Date.parse(date);
    if (Math.abs(Date.now() - sent) <= allowedSkewMs) return undefined;
    const detail = Number.isNaN(sent)
        ? "Request date header not specified or malformed."
        : `Request date header too old: '${new Date(sent).toUTCString()}'`;
    return { status: 403, code: "AuthenticationFailed", message: wrongSignature, detail };
}
