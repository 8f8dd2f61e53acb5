/**
 * Keys of other issuers whose tokens an application trusts. They are asked for where the issuer says, as Entra does, but on this
 * machine alone: a local service asks nobody elsewhere. Nothing is remembered, so that a key the issuer took back is useless at once.
 */
import http from "node:http";
import https from "node:https";
import { isIP } from "node:net";
import { createLocalJWKSet, type JSONWebKeySet } from "jose";

const patience = 5_000;
const longest = 256 * 1024;

/** The text is the reason, as the client is told it. */
export class IssuerProblem extends Error {}

/**
 * @param ca PEM of the roots that an https issuer's certificate may be of
 * @throws IssuerProblem
 */
export async function keysOfIssuer(
    issuer: string,
    ca: string,
): Promise<ReturnType<typeof createLocalJWKSet>> {
    const base = onThisMachine(issuer);
    const place = `${base.href.replace(/\/+$/, "")}/.well-known/openid-configuration`;
    const found = await json(new URL(place), ca);
    if (!isObject(found) || found["issuer"] !== issuer) {
        throw new IssuerProblem(`The document at ${place} is not that of issuer '${issuer}'.`);
    }
    const keys = await json(onThisMachine(String(found["jwks_uri"])), ca);
    if (!isObject(keys) || !Array.isArray(keys["keys"])) {
        throw new IssuerProblem(`The document at ${String(found["jwks_uri"])} is no set of keys.`);
    }
    try {
        return createLocalJWKSet(keys as unknown as JSONWebKeySet);
    } catch {
        throw new IssuerProblem(`The document at ${String(found["jwks_uri"])} is no set of keys.`);
    }
}

function onThisMachine(text: string): URL {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const host = url?.hostname.replace(/^\[|\]$/g, "") ?? "";
    const local = host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
    if (!url || !local || !/^https?:$/.test(url.protocol) || url.username !== "") {
        throw new IssuerProblem(
            `The keys of issuer '${text}' are out of reach: Batch Local asks issuers on this machine alone ` +
                "(http or https at localhost, 127.0.0.1 or ::1).",
        );
    }
    return url;
}

function json(url: URL, ca: string): Promise<unknown> {
    const failed = (reason: string) =>
        new IssuerProblem(`Request to External OIDC endpoint ${url.href} failed: ${reason}.`);
    return new Promise((resolve, reject) => {
        const options = {
            agent: false,
            headers: { accept: "application/json" },
            signal: AbortSignal.timeout(patience),
        };
        const receive = (response: http.IncomingMessage) => {
            // A redirect would lead who knows where.
            if (response.statusCode !== 200) {
                response.resume();
                reject(failed(`it answered ${String(response.statusCode)}`));
                return;
            }
            const chunks: Buffer[] = [];
            let size = 0;
            response.on("data", (chunk: Buffer) => {
                size += chunk.length;
                if (size > longest) response.destroy(new Error("its answer is too long"));
                else chunks.push(chunk);
            });
            response.once("error", (error) => reject(failed(error.message)));
            response.once("end", () => {
                try {
                    resolve(JSON.parse(Buffer.concat(chunks).toString("utf8")));
                } catch {
                    reject(failed("its answer is no JSON"));
                }
            });
        };
        const request =
            url.protocol === "https:"
                ? https.get(url, { ...options, ca }, receive)
                : http.get(url, options, receive);
        request.once("error", (error) => reject(failed(error.message)));
    });
}

function isObject(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
