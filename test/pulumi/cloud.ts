// A small cloud over HTTPS for these tests: sign-in, a store of resources, and answers that a test prescribes.
import * as fs from "node:fs";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { makeAuthority, makeServerCertificate } from "../../local/identity/certificates";

export interface Answer {
    status: number;
    headers?: Record<string, string>;
    body?: unknown;
}

export interface Seen {
    method: string;
    path: string;
    query: URLSearchParams;
    body: unknown;
}

export const subscriptionId = "00000000-1111-2222-3333-444444444444";
export const tenantId = "10000000-1111-2222-3333-444444444444";
export const clientSecret = "the-client-secret-of-this-test";

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const claims = { oid: "the-object", tid: tenantId, appid: "the-app" };

/** Answers for one method and path, used up in order; then the store answers. */
type Script = Map<string, Answer[]>;

export class SmallCloud {
    static readonly accessToken = `${part({ alg: "none" })}.${part(claims)}.signature`;
    readonly seen: Seen[] = [];
    readonly resources = new Map<string, Record<string, unknown>>();
    private readonly script: Script = new Map();
    private constructor(
        private readonly server: https.Server,
        readonly caFile: string,
    ) {
        server.on("request", (request, response) => {
            const chunks: Buffer[] = [];
            request.on("data", (chunk: Buffer) => chunks.push(chunk));
            request.on("end", () => {
                const url = new URL(request.url ?? "/", this.origin);
                const text = Buffer.concat(chunks).toString("utf8");
                const isForm = request.headers["content-type"]?.includes("form") === true;
                const body: unknown = text === "" ? undefined : isForm ? text : JSON.parse(text);
                const answer = this.answer(request.method ?? "", url, body, request.headers.authorization);
                response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
                response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body));
            });
        });
    }

    static async start(folder: string): Promise<SmallCloud> {
        const authority = await makeAuthority(new Date());
        const certificate = await makeServerCertificate(authority, ["localhost", "127.0.0.1"], new Date());
        const caFile = path.join(folder, "ca.pem");
        fs.writeFileSync(caFile, authority.cert);
        const cloud = new SmallCloud(https.createServer(certificate), caFile);
        await new Promise<void>((resolve) => cloud.server.listen(0, "127.0.0.1", resolve));
        return cloud;
    }

    get host(): string {
        return `localhost:${(this.server.address() as AddressInfo).port}`;
    }

    get origin(): string {
        return `https://${this.host}`;
    }

    async stop(): Promise<void> {
        this.server.closeAllConnections();
        await new Promise((resolve) => this.server.close(resolve));
    }

    /** The next answers to this method and path. */
    prescribe(method: string, place: string, ...answers: Answer[]): void {
        this.script.set(`${method} ${place.toLowerCase()}`, answers);
    }

    /** What was asked of the resource manager since the last call. */
    calls(): string[] {
        const calls = this.seen
            .splice(0)
            .filter(({ path: place }) => !/^\/(metadata|[^/]+\/(v2\.0|oauth2))/.test(place));
        return calls.map(({ method, path: place }) => `${method} ${place}`);
    }

    private answer(method: string, url: URL, body: unknown, authorization: string | undefined): Answer {
        this.seen.push({ method, path: url.pathname, query: url.searchParams, body });
        if (url.pathname === "/metadata/endpoints") return { status: 200, body: this.metadata() };
        if (url.pathname === `/${tenantId}/v2.0/.well-known/openid-configuration`) {
            const issuer = `${this.origin}/${tenantId}/v2.0`;
            return {
                status: 200,
                body: { issuer, token_endpoint: `${this.origin}/${tenantId}/oauth2/v2.0/token` },
            };
        }
        if (url.pathname.endsWith("/oauth2/v2.0/token")) return this.token(String(body));
        if (authorization !== `Bearer ${SmallCloud.accessToken}`)
            return failure(401, "InvalidAuthenticationToken");
        const key = `${method} ${url.pathname.toLowerCase()}`;
        const prescribed = this.script.get(key)?.shift();
        if (prescribed) return prescribed;
        if (!url.searchParams.has("api-version") && !url.pathname.startsWith("/v1.0/"))
            return failure(400, "MissingApiVersionParameter");
        return this.store(method, url, body);
    }

    private metadata(): unknown {
        return {
            name: "SmallCloud",
            authentication: { loginEndpoint: this.origin, audiences: [`${this.origin}/`] },
            resourceManager: this.origin,
            microsoftGraphResourceId: this.origin,
            suffixes: { storage: "storage.test", keyVaultDns: "vault.test" },
        };
    }

    private token(form: string): Answer {
        const given = new URLSearchParams(form);
        if (given.get("client_secret") !== clientSecret) {
            return {
                status: 401,
                body: { error: "invalid_client", error_description: "the client secret is wrong" },
            };
        }
        return {
            status: 200,
            body: { token_type: "Bearer", expires_in: 3600, access_token: SmallCloud.accessToken },
        };
    }

    private store(method: string, url: URL, body: unknown): Answer {
        const key = url.pathname.toLowerCase();
        const found = this.resources.get(key);
        if (method === "PUT" || method === "PATCH") {
            const given = body as Record<string, unknown>;
            const properties = {
                ...(given.properties as object | undefined),
                provisioningState: "Succeeded",
            };
            const name = decodeURIComponent(url.pathname.split("/").at(-1) ?? "");
            this.resources.set(key, { ...given, id: decodeURIComponent(url.pathname), name, properties });
            return { status: 200, body: this.resources.get(key) };
        }
        if (!found) return failure(404, "ResourceNotFound");
        if (method === "GET") return { status: 200, body: found };
        this.resources.delete(key);
        return { status: 200 };
    }
}

export function failure(status: number, code: string): Answer {
    return { status, body: { error: { code, message: `this is ${code}` } } };
}
