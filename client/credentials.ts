import { createHmac, createSecretKey } from "node:crypto";
import type { TokenCredential } from "@azure/core-auth";

/** A request as credentials see it: what they sign, and the headers that they add to. */
export interface SignableRequest {
    readonly method: string;
    readonly url: URL;
    readonly headers: Record<string, string>;
}

/** Something that can put a proof of identity on a request. */
export interface BatchCredential {
    /** Adds what proves the identity to `request.headers`. */
    authorize(request: SignableRequest, signal?: AbortSignal): void | Promise<void>;
    /** Forgets what proved the identity of a request that the service refused; returns whether another try makes sense. */
    refresh?(refused: SignableRequest): boolean;
    /** Who this is, for messages: names and times, never a secret. */
    describe?(): string | undefined;
}

/** Scope of Entra tokens for the data plane in Azure's public cloud; the double slash is how the service wants it. */
export const BATCH_SCOPE = "https://batch.core.windows.net//.default";

const RENEW_BEFORE = 5 * 60_000;

/**
 * Signs in with Microsoft Entra ID.
 * @param credential any credential of `@azure/identity`
 * @param scope scope of the token; another one in sovereign clouds. @default {@link BATCH_SCOPE}
 * @param fresh makes the same credential again, without the tokens that the first one keeps, for when the service refuses one of these.
 * @default the first one is asked again
 */
export function entraCredential(
    credential: TokenCredential,
    scope: string = BATCH_SCOPE,
    fresh: () => TokenCredential = () => credential,
): BatchCredential {
    let source = credential;
    let cached: { token: string; until: number } | undefined;
    let pending: Promise<string> | undefined;
    let last: string | undefined;
    const fetchToken = async (): Promise<string> => {
        const token = await source.getToken(scope).catch((error: unknown) => {
            throw signInError(scope, error);
        });
        if (token === null) throw new Error("the credential gave no token");
        // A short-lived token is used for half its life rather than renewed on every request.
        const life = token.expiresOnTimestamp - Date.now();
        last = token.token;
        cached = { token: token.token, until: token.expiresOnTimestamp - Math.min(RENEW_BEFORE, life / 2) };
        return token.token;
    };
    return {
        authorize(request) {
            if (request.url.protocol !== "https:") {
                throw new Error(
                    `an Entra token is only sent over https, and the endpoint is ${request.url.origin}; use the https endpoint or a Shared Key`,
                );
            }
            const put = (token: string): void => {
                request.headers["authorization"] = `Bearer ${token}`;
            };
            if (cached !== undefined && Date.now() < cached.until) {
                put(cached.token);
                return;
            }
            pending ??= fetchToken().finally(() => (pending = undefined));
            return pending.then(put);
        },
        refresh(refused) {
            // Of many calls under way with a token that is refused, the first renews it, and all are sent again with the new one.
            if (cached !== undefined && refused.headers["authorization"] === `Bearer ${cached.token}`) {
                cached = undefined;
                source = fresh();
            }
            return true;
        },
        describe: () => (last === undefined ? undefined : describeToken(last)),
    };
}

/** What the library says of a failed sign-in, in its first lines, and what to do. */
function signInError(scope: string, cause: unknown): Error {
    const said = cause instanceof Error ? cause.message : String(cause);
    return new Error(
        `no token for ${scope}: ${said}\nSign in (az login), or correct what azure-native signs in with: its tenantId and clientId, and clientSecret, certificate, useOidc or useMsi (ARM_* in the environment).`,
        { cause },
    );
}

/** Whose token it is and for what, from its claims. */
function describeToken(token: string): string {
    try {
        const text = Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8");
        const claims = JSON.parse(text) as Readonly<Record<string, string | number | undefined>>;
        const application = claims["appid"] ?? claims["azp"];
        const parts = [
            claims["upn"] ?? (application === undefined ? undefined : `application ${application}`),
            `object ${claims["oid"]}`,
            `tenant ${claims["tid"]}`,
            `for ${claims["aud"]}`,
            `valid until ${new Date(Number(claims["exp"]) * 1000).toISOString()}`,
        ];
        return `an Entra token (${parts.filter((part) => part !== undefined).join(", ")})`;
    } catch {
        return "an Entra token";
    }
}

/**
 * Signs with one of the account's keys, for accounts that allow it.
 * @param accountName name of the Batch account
 * @param key primary or secondary key, base64
 */
export function sharedKeyCredential(accountName: string, key: string): BatchCredential {
    const given: unknown = key;
    const secret = Buffer.from(typeof given === "string" ? given : "", "base64");
    if (secret.length === 0)
        throw new Error("the Shared Key is empty or not base64; take it from the account's listKeys");
    // A key that is made once signs several times faster than bytes that are made into one each time.
    const hmacKey = createSecretKey(secret);
    return {
        describe: () => `a Shared Key of account '${accountName}'`,
        authorize(request) {
            request.headers["ocp-date"] ??= new Date().toUTCString();
            const signature = createHmac("sha256", hmacKey)
                .update(stringToSign(accountName, request), "utf8")
                .digest("base64");
            request.headers["authorization"] = `SharedKey ${accountName}:${signature}`;
        },
    };
}

const signedHeaders = [
    "content-encoding",
    "content-language",
    "content-length",
    "content-md5",
    "content-type",
    "date",
    "if-modified-since",
    "if-match",
    "if-none-match",
    "if-unmodified-since",
    "range",
];

/** The text that a Shared Key signs. Source: "Authenticate requests to the Azure Batch service". */
export function stringToSign(accountName: string, request: SignableRequest): string {
    const { headers } = request;
    let signed = `${request.method}\n`;
    for (const name of signedHeaders) {
        // With ocp-date the Date line stays empty.
        if (name !== "date" || headers["ocp-date"] === undefined) signed += headers[name] ?? "";
        signed += "\n";
    }
    const ocp = Object.keys(headers).filter((name) => name.startsWith("ocp-"));
    for (const name of ocp.sort()) signed += `${name}:${headers[name] ?? ""}\n`;
    const query = [...request.url.searchParams]
        .sort(([left], [right]) => (left < right ? -1 : 1))
        .map(([name, value]) => `\n${name}:${value}`)
        .join("");
    return `${signed}/${accountName}${request.url.pathname}${query}`;
}
