import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import https from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import { randomUUID } from "node:crypto";
import { serve } from "../../local/cli/serve";
import type { Service } from "../../local/cli/serve";
import { identityDirectory, readSecrets } from "../../local/identity";

export type Json = Record<string, unknown>;

/** An answer, with its parsed body. */
export interface Answer {
    status: number;
    headers: Record<string, string | undefined>;
    body: Json;
}

/** A resource manager's client that does nothing but sign and parse. */
export class Arm {
    readonly subscription: string;
    readonly base: string;
    readonly tenant: string;
    readonly ca: string;
    readonly #agent = new https.Agent({ keepAlive: true });
    readonly #secrets: { clientId: string; clientSecret: string };
    readonly #tokens = new Map<string, { text: string; until: number }>();

    constructor(readonly service: Service) {
        const { files, endpoints } = service.info();
        const secrets = readSecrets(files);
        if (!secrets) throw new Error("no secrets");
        this.subscription = secrets.subscriptionId;
        this.tenant = secrets.tenantId;
        this.#secrets = secrets.client;
        this.base = endpoints.resourceManager;
        this.ca = readFileSync(path.join(identityDirectory(files), "ca.pem"), "utf8");
    }

    get credentials() {
        return { ...this.#secrets, tenantId: this.tenant };
    }

    async token(scope = `${this.base}/.default`): Promise<string> {
        const answer = await this.raw("POST", `${this.base}/${this.tenant}/oauth2/v2.0/token`, {
            headers: { "content-type": "application/x-www-form-urlencoded" },
            body: new URLSearchParams({
                grant_type: "client_credentials",
                client_id: this.#secrets.clientId,
                client_secret: this.#secrets.clientSecret,
                scope,
            }).toString(),
        });
        return String(answer.body["access_token"]);
    }

    /** A token that was had before, while it lives: a test run can take longer than that. */
    async kept(scope?: string): Promise<string> {
        const before = this.#tokens.get(scope ?? "");
        if (before && before.until > Date.now()) return before.text;
        const text = await this.token(scope);
        this.#tokens.set(scope ?? "", { text, until: Date.now() + 30 * 60_000 });
        return text;
    }

    /** Everything that was asked so far, for those who look at all of it. */
    readonly exchanges: { method: string; target: string; body: unknown; answer: Answer }[] = [];

    async call(
        method: string,
        target: string,
        body?: unknown,
        headers: Record<string, string> = {},
    ): Promise<Answer> {
        const url = target.startsWith("https:") ? target : this.base + target;
        const answer = await this.#send(method, url, body, headers, await this.kept());
        this.exchanges.push({ method, target: url.slice(this.base.length), body, answer });
        return answer;
    }

    #send(method: string, url: string, body: unknown, headers: Record<string, string>, token: string) {
        return this.raw(method, url, {
            headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
            ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
        });
    }

    raw(
        method: string,
        url: string,
        options: { headers?: Record<string, string>; body?: string | Buffer } = {},
    ): Promise<Answer> {
        return new Promise((resolve, reject) => {
            const length = { "content-length": String(Buffer.byteLength(options.body ?? "")) };
            const request = https.request(
                url,
                {
                    method,
                    ca: this.ca,
                    agent: this.#agent,
                    headers: { ...(method === "GET" || method === "HEAD" ? {} : length), ...options.headers },
                },
                (response) => {
                    const chunks: Buffer[] = [];
                    response.on("data", (chunk: Buffer) => chunks.push(chunk));
                    response.once("end", () => {
                        const text = Buffer.concat(chunks).toString("utf8");
                        resolve({
                            status: response.statusCode ?? 0,
                            headers: response.headers as Record<string, string | undefined>,
                            body: text.startsWith("{") ? (JSON.parse(text) as Json) : {},
                        });
                    });
                },
            );
            request.once("error", reject);
            request.end(options.body);
        });
    }

    /** Sends and follows Location until the operation has ended. */
    async settle(
        method: string,
        target: string,
        body?: unknown,
        headers?: Record<string, string>,
    ): Promise<Answer> {
        let answer = await this.call(method, target, body, headers);
        while (answer.status === 202) {
            const location = answer.headers["location"];
            if (location === undefined) throw new Error("202 without Location");
            await new Promise((done) => setTimeout(done, Number(answer.headers["retry-after-ms"] ?? 50)));
            answer = await this.call("GET", location);
        }
        return answer;
    }

    close(): void {
        this.#agent.destroy();
    }
}

export const versions = {
    batch: "api-version=2024-07-01",
    groups: "api-version=2024-03-01",
    storage: "api-version=2024-01-01",
    identity: "api-version=2023-01-31",
    roles: "api-version=2022-04-01",
    network: "api-version=2024-05-01",
    vault: "api-version=2024-11-01",
};

let running: Promise<Arm> | undefined;
const folder = mkdtempSync(path.join(tmpdir(), "batchlocal-arm-test-"));

/** The whole service, in memory, one for all tests of this area. */
export function arm(): Promise<Arm> {
    return (running ??= (async () => {
        const service = await serve({
            dataDirectory: folder,
            inMemory: true,
            host: "127.0.0.1",
            speed: 1,
            skipApiVersionCheck: false,
            elevation: "as-me",
            region: "westeurope",
        });
        return new Arm(service);
    })());
}

after(async function () {
    this.timeout(20_000);
    const there = await running?.catch(() => undefined);
    if (there) await nodesAreGone(there);
    there?.close();
    await there?.service.close();
    rmSync(folder, { recursive: true, force: true });
});

/**
 * Nodes of deleted pools are cleared after their records are gone: the service is not closed in the middle of that.
 */
async function nodesAreGone(client: Arm): Promise<void> {
    const groups = `/subscriptions/${client.subscription}/resourceGroups?${versions.groups}`;
    const { body } = await client.call("GET", groups);
    for (const group of body["value"] as Json[])
        await client.settle("DELETE", `${String(group["id"])}?${versions.groups}`);
    const nodes = path.join(client.service.info().files, "nodes");
    const isLeft = () => {
        if (!existsSync(nodes)) return false;
        try {
            const names = readdirSync(nodes, { recursive: true }).map(String);
            return names.some((name) => path.basename(name).startsWith("tvm"));
        } catch {
            // They go while they are listed.
            return true;
        }
    };
    while (isLeft()) {
        await new Promise((done) => setTimeout(done, 50));
    }
}

export function newName(prefix: string): string {
    return `${prefix}${randomUUID().replaceAll("-", "").slice(0, 10)}`;
}

/** A resource group of its own. */
export async function newGroup(client: Arm): Promise<string> {
    const id = `/subscriptions/${client.subscription}/resourceGroups/${newName("rg")}`;
    await client.call("PUT", `${id}?${versions.groups}`, { location: "westeurope" });
    return id;
}

export async function newStorage(client: Arm, group: string): Promise<string> {
    const id = `${group}/providers/Microsoft.Storage/storageAccounts/${newName("st")}`;
    await client.call("PUT", `${id}?${versions.storage}`, {
        location: "westeurope",
        kind: "StorageV2",
        sku: { name: "Standard_LRS" },
    });
    return id;
}

export async function newAccount(client: Arm, group: string, properties: Json = {}): Promise<string> {
    const id = `${group}/providers/Microsoft.Batch/batchAccounts/${newName("ba")}`;
    await client.settle("PUT", `${id}?${versions.batch}`, { location: "westeurope", properties });
    return id;
}

/** A body of a Linux pool, as azure-native sends one. */
export function poolBody(more: Json = {}): Json {
    return {
        properties: {
            vmSize: "Standard_D2s_v5",
            deploymentConfiguration: {
                virtualMachineConfiguration: {
                    imageReference: {
                        publisher: "microsoft-dsvm",
                        offer: "ubuntu-hpc",
                        sku: "2204",
                        version: "latest",
                    },
                    nodeAgentSkuId: "batch.node.ubuntu 22.04",
                },
            },
            scaleSettings: { fixedScale: { targetDedicatedNodes: 0, targetLowPriorityNodes: 0 } },
            ...more,
        },
    };
}

export function at(value: unknown, ...path: (string | number)[]): unknown {
    return path.reduce<unknown>(
        (inner, part) => (inner as Record<string | number, unknown> | undefined)?.[part],
        value,
    );
}
