import { isRefused, refuse } from "../http/operation";
import type { Call, Refused } from "../http/operation";
import type { Received } from "../http/pipeline";
import { verifySharedKey } from "../identity/sharedKey";
import type { AccountRecord } from "../model/account";
import type { Principal } from "../model/principal";
import type { BatchServices } from "./services";

/** The SDKs ask for `https://batch.core.windows.net//.default`; tokens for either spelling are for us. */
const audiences = [
    "https://batch.core.windows.net/",
    "https://batch.core.windows.net",
    "https://batch.core.windows.net//",
];

/** Who makes a data plane call, and of which account: each account listens on a port of its own. */
export async function authenticate(received: Received, services: BatchServices): Promise<Call | Refused> {
    const account = accountOf(received, services);
    if (!account) return refuse("AccountNotFound");
    const principal = await principalOf(received, account, services);
    return isRefused(principal) ? principal : { ...received, principal, account, body: undefined };
}

function accountOf(received: Received, services: BatchServices): AccountRecord | undefined {
    const accounts = services.store.accounts.list();
    const account = accounts.find(({ port }) => port === received.localPort);
    return account?.provisioningState === "Deleting" ? undefined : account;
}

async function principalOf(
    received: Received,
    account: AccountRecord,
    services: BatchServices,
): Promise<Principal | Refused> {
    const header = received.headers.authorization;
    if (header === undefined) return anonymous(services);
    const scheme = header.slice(0, header.indexOf(" ")).toLowerCase();
    if (scheme === "sharedkey") return sharedKey(received, account);
    if (scheme === "bearer") return token(header.slice(7).trim(), account, services);
    return refuse("InvalidAuthenticationInfo", {
        values: [
            {
                key: "AuthenticationErrorDetail",
                value: "The scheme of Authorization is Bearer or SharedKey.",
            },
        ],
    });
}

function sharedKey(received: Received, account: AccountRecord): Principal | Refused {
    // A user subscription account takes Entra tokens alone, whatever its modes say.
    if (
        !account.allowedAuthenticationModes.includes("SharedKey") ||
        account.poolAllocationMode === "UserSubscription"
    ) {
        return refuse("AuthenticationFailed", {
            values: [
                {
                    key: "AuthenticationErrorDetail",
                    value: "Shared Key authentication is not allowed for this account. Use a Microsoft Entra token.",
                },
            ],
        });
    }
    const { method, url, headers, rawHeaders } = received;
    // Clients sign their own clock: never the sped-up one.
    const verdict = verifySharedKey({ method, url, headers, rawHeaders }, account, account.keys, Date.now());
    if (verdict.ok) return { kind: "sharedKey", account: account.name };
    const details = {
        malformed: "The Authorization header is not of the form SharedKey <account>:<signature>.",
        unknownAccount: `The account named in the Authorization header is not ${account.name}.`,
        noDate: "The request has neither an ocp-date nor a Date header.",
        skew: "The date of the request is more than 15 minutes away from the server's.",
        signature: `The MAC signature found in the HTTP request is not the same as any computed signature. Server used following string to sign: '${verdict.stringToSign ?? ""}'.`,
    };
    return refuse(verdict.reason === "malformed" ? "InvalidAuthenticationInfo" : "AuthenticationFailed", {
        values: [{ key: "AuthenticationErrorDetail", value: details[verdict.reason] }],
    });
}

async function token(
    text: string,
    account: AccountRecord,
    services: BatchServices,
): Promise<Principal | Refused> {
    if (!account.allowedAuthenticationModes.includes("AAD")) {
        return refuse("AuthenticationFailed", {
            values: [
                {
                    key: "AuthenticationErrorDetail",
                    value: "Microsoft Entra authentication is not allowed for this account. Use Shared Key.",
                },
            ],
        });
    }
    const verified = await services.identity.verifyToken(text, audiences);
    if (!("problem" in verified)) return verified;
    return unauthenticated(services, `${verified.problem}: ${verified.detail}`);
}

/** Recorded answers of the service: who shows nothing at all is told of the missing header, with 400. */
function anonymous(services: BatchServices): Refused {
    return refuse("MissingRequiredHeader", {
        values: [{ key: "HeaderName", value: "Authorization" }],
        headers: challenge(services),
    });
}

function unauthenticated(services: BatchServices, detail: string): Refused {
    return refuse("AuthenticationFailed", {
        status: 401,
        values: [{ key: "AuthenticationErrorDetail", value: detail }],
        headers: challenge(services),
    });
}

/** guess: the header's exact text is not documented; clients read authorization_uri and resource_id. */
function challenge({ identity }: BatchServices): Record<string, string> {
    const { issuer, tenantId } = identity;
    const authority = URL.canParse(issuer) ? `${new URL(issuer).origin}/${tenantId}` : issuer;
    return {
        "WWW-Authenticate": `Bearer authorization_uri="${authority}", resource_id="https://batch.core.windows.net/"`,
    };
}
