/** Speaks to a running service as any client does: over HTTPS, with a token. */
import { readFileSync } from "node:fs";
import https from "node:https";
import path from "node:path";
import { identityDirectory, readSecrets, type Secrets } from "../identity/secrets";
import type { ServiceInfo } from "./discovery";
import { Failure } from "./problems";

const timeoutMs = 30_000;
const pollMs = 20;

interface Answer {
    status: number;
    body: unknown;
}

export interface StorageFacts {
    name: string;
    endpoints: { blob: string; queue: string; table: string };
    key: string;
}

export interface AccountFacts {
    name: string;
    endpoint: string;
    /** Absent where the account takes no Shared Key. */
    key?: string;
    storage?: StorageFacts;
}

export class ServiceClient {
    readonly secrets: Secrets;
    readonly caFile: string;
    readonly caBundleFile: string;
    readonly #ca: string;
    readonly #agent = new https.Agent({ keepAlive: true });
    #token: string | undefined;

    constructor(readonly service: ServiceInfo) {
        const secrets = readSecrets(service.files);
        if (!secrets)
            throw new Failure(
                `the keys of the running service are missing in ${identityDirectory(service.files)}`,
            );
        this.secrets = secrets;
        this.caFile = path.join(identityDirectory(service.files), "ca.pem");
        this.caBundleFile = path.join(identityDirectory(service.files), "ca-bundle.pem");
        this.#ca = readFileSync(this.caFile, "utf8");
    }

    close(): void {
        this.#agent.destroy();
    }

    /** Whether it answers, and that all is well. */
    async healthy(): Promise<boolean> {
        try {
            return (await this.#send("GET", this.service.endpoints.health)).status === 200;
        } catch {
            return false;
        }
    }

    /** The account that programs are pointed at: `batchlocal`, else the first one there is. */
    async defaultAccount(): Promise<AccountFacts | undefined> {
        const list = await this.#arm(
            "GET",
            `/subscriptions/${this.secrets.subscriptionId}/providers/Microsoft.Batch/batchAccounts`,
        );
        const accounts = field<unknown[]>(list, "value") ?? [];
        const account = accounts.find((each) => field(each, "name") === defaultAccountName) ?? accounts[0];
        if (account === undefined) return undefined;
        const id = field<string>(account, "id") ?? "";
        const properties = field(account, "properties");
        const endpoint = field<string>(properties, "accountEndpoint") ?? "";
        const modes = field<string[]>(properties, "allowedAuthenticationModes");
        const takesKeys = modes === undefined || modes.includes("SharedKey");
        const keys = takesKeys ? await this.#arm("POST", `${id}/listKeys`) : undefined;
        const storageId = field<string>(field(properties, "autoStorage"), "storageAccountId");
        return {
            name: field<string>(account, "name") ?? "",
            endpoint: /^https?:/.test(endpoint) ? endpoint : `https://${endpoint}`,
            key: field<string>(keys, "primary"),
            storage: storageId === undefined ? undefined : await this.#storage(storageId),
        };
    }

    async #storage(id: string): Promise<StorageFacts | undefined> {
        const account = await this.#arm("GET", id, storageVersion);
        const endpoints = field(field(account, "properties"), "primaryEndpoints");
        const keys = field<unknown[]>(await this.#arm("POST", `${id}/listKeys`, storageVersion), "keys");
        const key = field<string>(keys?.[0], "value");
        const [blob, queue, table] = ["blob", "queue", "table"].map((name) => field<string>(endpoints, name));
        if (key === undefined || blob === undefined) return undefined;
        return {
            name: field<string>(account, "name") ?? "",
            endpoints: { blob, queue: queue ?? "", table: table ?? "" },
            key,
        };
    }

    /** What `observe.ts` answers. */
    async observe(
        route: string,
        query: Record<string, string>,
        method: "GET" | "POST" = "GET",
    ): Promise<unknown> {
        const url = `${this.service.endpoints.resourceManager}/batchlocal/${route}?${new URLSearchParams(query).toString()}`;
        const { status, body } = await this.#send(method, url, {
            authorization: `Bearer ${await this.#signIn()}`,
        });
        if (status === 200 || status === 202) return body;
        throw new Failure(field<string>(field(body, "error"), "message") ?? `${method} ${route}: ${status}`);
    }

    /** Puts a resource and waits until it is there. */
    async put(resource: string, version: string, body: unknown): Promise<unknown> {
        let answer = await this.#arm("PUT", resource, version, JSON.stringify(body));
        for (let waited = 0; ; waited += pollMs) {
            const state = field<string>(field(answer, "properties"), "provisioningState") ?? "Succeeded";
            if (answer !== undefined && state === "Succeeded") return answer;
            if (state === "Failed" || state === "Canceled" || waited > timeoutMs) {
                throw new Failure(`PUT ${resource} did not succeed: it is ${state}`);
            }
            await new Promise((resolve) => setTimeout(resolve, pollMs));
            answer = await this.#arm("GET", resource, version);
        }
    }

    async #arm(method: string, resource: string, version = batchVersion, text = ""): Promise<unknown> {
        const url = `${this.service.endpoints.resourceManager}${resource}?api-version=${version}`;
        const headers = {
            authorization: `Bearer ${await this.#signIn()}`,
            "content-type": "application/json",
        };
        const { status, body } = await this.#send(method, url, headers, text);
        if (status === 200 || status === 201) return body;
        if (status === 202) return undefined;
        const error = field(body, "error");
        throw new Failure(
            `${method} ${resource}: ${status} ${field<string>(error, "code") ?? ""} ${field<string>(error, "message") ?? ""}`,
        );
    }

    async #signIn(): Promise<string> {
        if (this.#token !== undefined) return this.#token;
        const { tenantId, client } = this.secrets;
        const form = new URLSearchParams({
            grant_type: "client_credentials",
            client_id: client.clientId,
            client_secret: client.clientSecret,
            scope: "https://management.azure.com/.default",
        });
        const url = `${this.service.endpoints.resourceManager}/${tenantId}/oauth2/v2.0/token`;
        const headers = { "content-type": "application/x-www-form-urlencoded" };
        const { status, body } = await this.#send("POST", url, headers, form.toString());
        const token = field<string>(body, "access_token");
        if (status !== 200 || token === undefined)
            throw new Failure(`the running service refused its own client: ${status}`);
        return (this.#token = token);
    }

    #send(method: string, url: string, headers: Record<string, string> = {}, text = ""): Promise<Answer> {
        return new Promise((resolve, reject) => {
            const request = https.request(
                url,
                {
                    method,
                    headers: {
                        ...headers,
                        "content-length": Buffer.byteLength(text),
                        [ownHeader]: this.secrets.identityHeader,
                    },
                    ca: this.#ca,
                    agent: this.#agent,
                    timeout: timeoutMs,
                },
                (response) => {
                    const chunks: Buffer[] = [];
                    response.on("data", (chunk: Buffer) => chunks.push(chunk));
                    response.on("error", reject);
                    response.on("end", () => {
                        const status = response.statusCode ?? 0;
                        try {
                            const whole = Buffer.concat(chunks).toString("utf8");
                            resolve({
                                status,
                                body: whole === "" ? undefined : (JSON.parse(whole) as unknown),
                            });
                        } catch (error) {
                            reject(error instanceof Error ? error : new Error(String(error)));
                        }
                    });
                },
            );
            request.on("timeout", () =>
                request.destroy(new Error(`no answer from ${url} within ${timeoutMs / 1000} s`)),
            );
            request.on("error", reject);
            request.end(text);
        });
    }
}

/** Shows that the command itself asks, whose requests no injected fault is to hit. */
export const ownHeader = "x-batchlocal-own";
export const defaultAccountName = "batchlocal";
export const batchVersion = "2024-07-01";
export const storageVersion = "2024-01-01";

/** A part of an answer; the service is ours, so its shape is known. */
function field<T = unknown>(value: unknown, name: string): T | undefined {
    return typeof value === "object" && value !== null
        ? ((value as Record<string, unknown>)[name] as T | undefined)
        : undefined;
}

export function connectionString({ name, endpoints, key }: StorageFacts): string {
    const plain = (url: string) => url.replace(/\/+$/, "");
    return [
        "DefaultEndpointsProtocol=https",
        `AccountName=${name}`,
        `AccountKey=${key}`,
        `BlobEndpoint=${plain(endpoints.blob)}`,
        `QueueEndpoint=${plain(endpoints.queue)}`,
        `TableEndpoint=${plain(endpoints.table)}`,
    ].join(";");
}
