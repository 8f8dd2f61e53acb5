/** Entra's access tokens: signed RS256, verified with signature, algorithm, issuer, audience and times. */
import { createHash, createPrivateKey, createPublicKey, randomUUID, type KeyObject } from "node:crypto";
import { createLocalJWKSet, errors, exportJWK, jwtVerify, SignJWT, type JWK, type JWTPayload } from "jose";
import type { Principal } from "../model/principal";
import type { TokenClaims, TokenProblem } from "./identity";

/** Entra dates tokens back, for clocks that are a little late. */
const notBeforeSlack = 300;
const cacheSize = 1_000;

interface Verified {
    principal: Extract<Principal, { kind: "token" }>;
    /** Milliseconds. */
    notBefore: number;
    expires: number;
}

export class Tokens {
    readonly #verified = new Map<string, Verified>();
    readonly #verifyKey: ReturnType<typeof createLocalJWKSet>;

    private constructor(
        private readonly signingKey: KeyObject,
        private readonly keyId: string,
        readonly jwks: { keys: JWK[] },
        private readonly tenantId: string,
        /** Of v1 tokens and of v2 tokens. */
        readonly issuers: readonly [string, string],
    ) {
        this.#verifyKey = createLocalJWKSet(jwks);
    }

    static async open(
        tokenKey: string,
        tenantId: string,
        issuers: readonly [string, string],
    ): Promise<Tokens> {
        const signingKey = createPrivateKey(tokenKey);
        const publicKey = createPublicKey(signingKey);
        const jwk = await exportJWK(publicKey);
        const keyId = createHash("sha256").update(`${jwk.e}.${jwk.n}`).digest("base64url").slice(0, 27);
        const keys = [{ ...jwk, kid: keyId, use: "sig", alg: "RS256" }];
        return new Tokens(signingKey, keyId, { keys }, tenantId, issuers);
    }

    /** Tokens of the version that the resource asks for: Azure's own take v1, whichever endpoint was used. */
    issue(claims: TokenClaims, now = Date.now()): Promise<string> {
        const version = claims.version ?? "1.0";
        const seconds = Math.floor(now / 1000);
        const application =
            version === "1.0"
                ? { appid: claims.applicationId, appidacr: "1", idp: this.issuers[0] }
                : { azp: claims.applicationId, azpacr: "1" };
        return new SignJWT({
            ...application,
            idtyp: "app",
            oid: claims.objectId,
            tid: this.tenantId,
            uti: randomUUID(),
            ver: version,
            ...(claims.resourceId === undefined ? {} : { xms_mirid: claims.resourceId }),
        })
            .setProtectedHeader({ alg: "RS256", typ: "JWT", kid: this.keyId })
            .setIssuer(this.issuers[version === "1.0" ? 0 : 1])
            .setSubject(claims.objectId)
            .setAudience(claims.audience)
            .setIssuedAt(seconds)
            .setNotBefore(seconds - notBeforeSlack)
            .setExpirationTime(seconds + (claims.lifetime ?? 3600))
            .sign(this.signingKey);
    }

    async verify(
        token: string,
        audiences: readonly string[],
        now = Date.now(),
    ): Promise<Principal | TokenProblem> {
        const verified = this.#verified.get(token) ?? (await this.#check(token, now));
        if ("problem" in verified) return verified;
        const { principal, expires, notBefore } = verified;
        if (now >= expires) {
            this.#verified.delete(token);
            return { problem: "expired", detail: `The token expired at ${new Date(expires).toISOString()}.` };
        }
        if (now < notBefore) {
            return {
                problem: "notYetValid",
                detail: `The token is valid from ${new Date(notBefore).toISOString()} on.`,
            };
        }
        if (!audiences.some((audience) => sameAudience(audience, principal.audience))) {
            const detail = `The token is for '${principal.audience}'; allowed are ${audiences.map((a) => `'${a}'`).join(", ")}.`;
            return { problem: "audience", detail };
        }
        return principal;
    }

    async #check(token: string, now: number): Promise<Verified | TokenProblem> {
        let payload: JWTPayload;
        try {
            ({ payload } = await jwtVerify(token, this.#verifyKey, {
                algorithms: ["RS256"],
                issuer: [...this.issuers],
                requiredClaims: ["exp", "nbf", "aud", "oid", "tid"],
                currentDate: new Date(now),
            }));
        } catch (error) {
            return problemOf(error);
        }
        const { aud, exp, nbf, oid, tid } = payload;
        if (typeof aud !== "string" || exp === undefined || nbf === undefined || typeof oid !== "string") {
            return {
                problem: "malformed",
                detail: "The token's claims aud, exp, nbf or oid are of another type than expected.",
            };
        }
        if (tid !== this.tenantId)
            return { problem: "issuer", detail: `The token is of tenant '${String(tid)}'.` };
        const application = payload.appid ?? payload.azp;
        const verified: Verified = {
            principal: {
                kind: "token",
                objectId: oid,
                ...(typeof application === "string" ? { applicationId: application } : {}),
                tenantId: this.tenantId,
                audience: aud,
            },
            notBefore: nbf * 1000,
            expires: exp * 1000,
        };
        this.#remember(token, verified);
        return verified;
    }

    /** The oldest goes first: a client uses one token for an hour, then never again. */
    #remember(token: string, verified: Verified): void {
        for (const oldest of this.#verified.keys()) {
            if (this.#verified.size < cacheSize) break;
            this.#verified.delete(oldest);
        }
        this.#verified.set(token, verified);
    }
}

/** Clients ask for `https://host` and for `https://host/`; both are one resource. */
export function sameAudience(a: string, b: string): boolean {
    return a.replace(/\/+$/, "").toLowerCase() === b.replace(/\/+$/, "").toLowerCase();
}

function problemOf(error: unknown): TokenProblem {
    const detail = error instanceof Error ? error.message : String(error);
    if (error instanceof errors.JWTExpired) return { problem: "expired", detail };
    if (error instanceof errors.JWTClaimValidationFailed) {
        if (error.claim === "iss")
            return { problem: "issuer", detail: "The token's issuer is not this tenant's." };
        if (error.claim === "nbf" && error.reason === "check_failed")
            return { problem: "notYetValid", detail };
        return { problem: "malformed", detail };
    }
    if (error instanceof errors.JOSEAlgNotAllowed) return { problem: "algorithm", detail };
    if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JWKSNoMatchingKey) {
        return { problem: "signature", detail: "The token was not signed by this tenant." };
    }
    return { problem: "malformed", detail };
}
