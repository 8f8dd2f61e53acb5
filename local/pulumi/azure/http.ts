// HTTPS as the real plugin's client does it: a private CA by SSL_CERT_FILE, three retries, errors with Azure's code.
import * as fs from "node:fs";
import * as https from "node:https";
import * as tls from "node:tls";
import { setTimeout as sleep } from "node:timers/promises";

export interface Reply {
    status: number;
    headers: Record<string, string | undefined>;
    /** The parsed JSON body; undefined when there is none. */
    body: unknown;
}

export interface Request {
    method: "GET" | "PUT" | "POST" | "PATCH" | "DELETE";
    url: URL;
    headers?: Record<string, string>;
    /** An object is sent as JSON, a string as a form. */
    body?: unknown;
    signal: AbortSignal;
}

/** An answer that is a refusal, in Azure's words. */
export class AzureError extends Error {
    constructor(
        readonly status: number,
        readonly code: string,
        message: string,
    ) {
        super(message);
        this.name = "AzureError";
    }
}

/** The first, second and third wait, where the answer names none. */
const RETRY_SECONDS = [20, 60, 120];
const RETRIED = new Set([408, 429, 500, 502, 503, 504]);

/** Go's own variable for roots; unlike Node's, it replaces the system's. */
function trustedRoots(): string[] | undefined {
    const file = process.env.SSL_CERT_FILE;
    if (!file) return undefined;
    // Node's own list stays: the file of a local CA has that one alone
    return [...tls.rootCertificates, fs.readFileSync(file, "utf8")];
}

export class HttpClient {
    private readonly agent = new https.Agent({ keepAlive: true, maxSockets: 32, ca: trustedRoots() });

    /** Sends, and sends again after what is passing. @throws Error when there is no answer */
    async send(request: Request): Promise<Reply> {
        if (request.url.protocol !== "https:") {
            throw new Error(
                `authenticated requests are not permitted for non TLS protected (https) endpoints: ${request.url.origin}`,
            );
        }
        for (let attempt = 0; ; attempt++) {
            const wait = RETRY_SECONDS[attempt];
            try {
                const reply = await this.once(request);
                if (wait === undefined || !isPassing(reply)) return reply;
                await sleep(retryAfter(reply) ?? wait * 1000, undefined, { signal: request.signal });
            } catch (error) {
                if (wait === undefined || request.signal.aborted || isFinal(error))
                    throw described(error, request);
                await sleep(wait * 1000, undefined, { signal: request.signal });
            }
        }
    }

    private once(request: Request): Promise<Reply> {
        const { method, url, signal } = request;
        const payload = encode(request.body);
        const headers = { Accept: "application/json", ...payload?.headers, ...request.headers };
        return new Promise((resolve, reject) => {
            const call = https.request(url, { method, headers, agent: this.agent, signal }, (response) => {
                const chunks: Buffer[] = [];
                response.on("data", (chunk: Buffer) => chunks.push(chunk));
                response.on("error", reject);
                response.on("end", () => {
                    const text = Buffer.concat(chunks).toString("utf8");
                    const names = Object.entries(response.headers);
                    resolve({
                        status: response.statusCode ?? 0,
                        headers: Object.fromEntries(names.map(([name, value]) => [name, String(value)])),
                        body: parse(text),
                    });
                });
            });
            call.on("error", reject);
            call.end(payload?.text);
        });
    }
}

function encode(body: unknown): { text: string; headers: Record<string, string> } | undefined {
    if (body === undefined) return undefined;
    const [text, type] =
        typeof body === "string"
            ? [body, "application/x-www-form-urlencoded"]
            : [JSON.stringify(body), "application/json; charset=utf-8"];
    return { text, headers: { "Content-Type": type, "Content-Length": String(Buffer.byteLength(text)) } };
}

function parse(text: string): unknown {
    if (text === "") return undefined;
    try {
        return JSON.parse(text) as unknown;
    } catch {
        return text;
    }
}

function isPassing(reply: Reply): boolean {
    return (
        RETRIED.has(reply.status) ||
        (reply.status === 409 && errorOf(reply).code === "AnotherOperationInProgress")
    );
}

// A certificate that is not trusted now is not trusted in a minute either.
function isFinal(error: unknown): boolean {
    const code = String((error as NodeJS.ErrnoException).code);
    return /CERT|SELF_SIGNED|ERR_TLS|UNABLE_TO|HOSTNAME|ENOTFOUND|ECONNREFUSED/.test(code);
}

function described(error: unknown, request: Request): Error {
    if (request.signal.aborted)
        return request.signal.reason instanceof Error ? request.signal.reason : new Error("cancelled");
    const { message } = error as Error;
    return new Error(`${request.method} ${request.url.origin}${request.url.pathname}: ${message}`);
}

/** Milliseconds that the answer asks to wait. */
export function retryAfter(reply: Reply): number | undefined {
    const precise = Number(reply.headers["retry-after-ms"] ?? reply.headers["x-ms-retry-after-ms"]);
    if (Number.isFinite(precise)) return precise;
    const given = reply.headers["retry-after"];
    if (given === undefined) return undefined;
    const seconds = Number(given);
    if (Number.isFinite(seconds)) return seconds * 1000;
    const date = Date.parse(given);
    return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

/** The error of an answer, whatever its shape. */
export function errorOf(reply: Reply): { code: string; message: string } {
    const body = reply.body as { error?: { code?: unknown; message?: unknown } | string } | undefined;
    const error = body?.error;
    if (typeof error === "object")
        return { code: String(error.code ?? reply.status), message: String(error.message ?? "") };
    const description = (reply.body as { error_description?: unknown } | undefined)?.error_description;
    return {
        code: typeof error === "string" ? error : String(reply.status),
        message: String(description ?? ""),
    };
}

/** @throws AzureError unless the status is one of those allowed */
export function expect(reply: Reply, request: { method: string; url: URL }, allowed: number[]): Reply {
    if (allowed.includes(reply.status)) return reply;
    const { code, message } = errorOf(reply);
    throw new AzureError(
        reply.status,
        code,
        `${request.method} ${request.url.pathname}: Status=${reply.status} Code="${code}" Message="${message}"`,
    );
}
