/** The plane of the vaults' own endpoints: versions, who is asking, how answers look. */
import type { Refused } from "../http/operation";
import type { Plane, Received } from "../http/pipeline";
import { certificateOperations } from "./certificates/operations";
import { badParameter, deny, errorBody } from "./refusals";
import { secretOperations } from "./secrets/operations";
import type { VaultCall, VaultServices } from "./services";
import { checkShape } from "./shapes";

const resource = "https://vault.azure.net";

/** Those that clients of today speak; the operations here are the same in all of them. */
const versions = [
    "2016-10-01",
    ...["7.0", "7.1", "7.2", "7.3", "7.4", "7.5", "7.6"],
    ...["2025-06-01-preview", "2025-07-01", "2026-04-01"],
];

export function keyVaultPlane(services: VaultServices): Plane<VaultServices, VaultCall> {
    const { authority } = services.vaults;
    const challenge = `Bearer authorization="${authority}/${services.identity.tenantId}", resource="${resource}"`;
    const unauthorized = (message: string) =>
        deny("Unauthorized", message, { headers: { "WWW-Authenticate": challenge } });
    return {
        operations: [...secretOperations, ...certificateOperations],
        checkVersion(version) {
            if (!version) return badParameter("api-version must be specified");
            if (versions.includes(version)) return undefined;
            return badParameter(
                `The specified version (${version}) is not recognized. Consider using the latest supported version (${versions.at(-1) ?? ""}).`,
            );
        },
        authenticate: (received) => authenticate(received, services, unauthorized),
        checkBody: checkShape,
        codes: {
            path: "NotImplemented",
            method: "UnsupportedHttpVerb",
            version: "NotImplemented",
            json: "InvalidRequestContent",
            tooLarge: "RequestBodyTooLarge",
            noLength: "MissingContentLengthHeader",
        },
        bodyLimit: 1024 * 1024,
        contentType: "application/json; charset=utf-8",
        errorBody,
        headers: ({ requestId }) => ({
            "x-ms-request-id": requestId,
            "x-ms-keyvault-region": "local",
            "Cache-Control": "no-cache",
        }),
    };
}

async function authenticate(
    received: Received,
    services: VaultServices,
    unauthorized: (message: string) => Refused,
): Promise<VaultCall | Refused> {
    // A token or a secret on plain HTTP is anybody's.
    if (!received.origin.startsWith("https:")) return deny("Forbidden", "SSL is required.");
    const token = /^Bearer\s+(\S+)$/i.exec(received.headers.authorization ?? "")?.[1];
    if (token === undefined) return unauthorized("AKV10000: Request is missing a Bearer or PoP token.");
    const verified = await services.identity.verifyToken(token, [resource]);
    if ("problem" in verified) return unauthorized(said(verified.problem, verified.detail));
    const vault = services.vaults.at(received.localPort);
    // Between a vault's deletion and the end of its endpoint.
    if (!vault) return deny("VaultNotFound", "The vault of this endpoint is gone.");
    return { ...received, principal: verified, vault, body: undefined };
}

function said(problem: string, detail: string): string {
    if (problem === "audience")
        return `AKV10022: Invalid audience. Expected ${resource}, found otherwise. ${detail}`;
    if (problem === "issuer") return `AKV10032: Invalid issuer. ${detail}`;
    // guess: the words
    return `[BearerReadAccessTokenFailed] Error validating token: ${detail}`;
}
