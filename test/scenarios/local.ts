import { createHmac } from "node:crypto";
import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import https from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ContainerClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { ServiceClient, type AccountFacts } from "../../local/cli/client";
import type { Delays } from "../../local/cli/delays";
import type { ServiceInfo } from "../../local/cli/discovery";
import { parseFaults } from "../../local/cli/faultsFile";
import { parseQuotas } from "../../local/cli/quotasFile";
import { serve } from "../../local/cli/serve";
import type { Secrets } from "../../local/identity";
import type { Elevation } from "../../local/node";
import { servicePool } from "../support/servicePool";

const version = "2025-06-01";

/** JSON of whatever shape, read by path. */
export interface Body {
    [key: string]: Body;
}

export interface Answer {
    status: number;
    text: string;
    body: Body;
}

/** Batch Local whole, as `batchlocal start` runs it, on a directory of its own; spoken to over HTTPS with Shared Key. */
export class Local {
    private readonly agent: https.Agent;

    private constructor(
        readonly account: Required<AccountFacts>,
        readonly directory: string,
        readonly service: ServiceInfo,
        readonly secrets: Secrets,
        caFile: string,
        private readonly end: () => Promise<void>,
    ) {
        this.agent = new https.Agent({ keepAlive: true, ca: readFileSync(caFile) });
    }

    static async start(
        options: {
            speed?: number;
            faults?: unknown;
            quotas?: unknown;
            elevation?: Elevation;
            delays?: Delays;
        } = {},
    ): Promise<Local> {
        const directory = realpathSync(mkdtempSync(join(tmpdir(), "batchlocal-scenario-")));
        const service = await serve({
            dataDirectory: directory,
            inMemory: false,
            host: "127.0.0.1",
            speed: options.speed ?? 1,
            ...(options.faults !== undefined && { faults: parseFaults(options.faults) }),
            skipApiVersionCheck: false,
            ...(options.quotas !== undefined && { quotas: parseQuotas(options.quotas) }),
            ...(options.delays && { delays: options.delays }),
            elevation: options.elevation ?? "as-me",
            region: "westus2",
        });
        const client = new ServiceClient(service.info());
        const account = await client.defaultAccount();
        client.close();
        if (account?.key === undefined || !account.storage)
            throw new Error("no default account with storage");
        const { key, storage } = account;
        const end = async () => {
            await service.close();
            rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
        };
        const known = { ...account, key, storage };
        return new Local(known, directory, service.info(), client.secrets, client.caFile, end);
    }

    async close(): Promise<void> {
        this.agent.destroy();
        await this.end();
    }

    /** One request; a status of 400 and up is an answer as any other. */
    send(method: string, path: string, body?: unknown, more: Record<string, string> = {}): Promise<Answer> {
        const url = new URL(
            `${path}${path.includes("?") ? "&" : "?"}api-version=${version}`,
            this.account.endpoint,
        );
        const text = body === undefined ? "" : JSON.stringify(body);
        const headers: Record<string, string> = { date: new Date().toUTCString(), ...more };
        if (text !== "") {
            headers["content-type"] = "application/json; odata=minimalmetadata";
            headers["content-length"] = String(Buffer.byteLength(text));
        }
        headers["authorization"] = this.sign(method, url, headers);
        return this.request(method, url, headers, text);
    }

    request(
        method: string,
        url: URL,
        headers: Record<string, string>,
        text: string | Buffer,
    ): Promise<Answer> {
        return new Promise((resolve, reject) => {
            const request = https.request(url, { method, headers, agent: this.agent }, (response) => {
                const chunks: Buffer[] = [];
                response.on("data", (chunk: Buffer) => chunks.push(chunk));
                response.on("error", reject);
                response.on("end", () => {
                    const whole = Buffer.concat(chunks).toString();
                    const json = /json/.test(response.headers["content-type"] ?? "") && whole !== "";
                    const parsed = (json ? JSON.parse(whole) : {}) as Body;
                    resolve({ status: response.statusCode ?? 0, text: whole, body: parsed });
                });
            });
            request.on("error", reject);
            request.end(text);
        });
    }

    private sign(method: string, url: URL, headers: Record<string, string>): string {
        const query = [...url.searchParams].map(([name, value]) => `${name.toLowerCase()}:${value}`).sort();
        const text = [
            method,
            ...[
                "",
                "",
                headers["content-length"] ?? "",
                "",
                headers["content-type"] ?? "",
                headers["date"] ?? "",
            ],
            ...["", "", "", "", ""],
            ...Object.entries(headers)
                .filter(([name]) => name.startsWith("ocp-"))
                .map(([name, value]) => `${name}:${value}`),
            [`/${this.account.name}${url.pathname}`, ...query].join("\n"),
        ].join("\n");
        const signature = createHmac("sha256", Buffer.from(this.account.key, "base64")).update(text, "utf8");
        return `SharedKey ${this.account.name}:${signature.digest("base64")}`;
    }

    /** A request that is to succeed. */
    async ask(method: string, path: string, body?: unknown): Promise<Answer> {
        const answer = await this.send(method, path, body);
        if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
        return answer;
    }

    get = async (path: string): Promise<Body> => (await this.ask("GET", path)).body;
    text = async (path: string): Promise<string> => (await this.ask("GET", path)).text;
    post = (path: string, body?: unknown): Promise<Answer> => this.ask("POST", path, body);

    async list(path: string): Promise<Body[]> {
        return (await this.get(path))["value"] as unknown as Body[];
    }

    /** Reads again and again until it holds, and says what it saw last when it never does. */
    async until<T>(
        what: string | (() => string),
        read: () => Promise<T | undefined | false>,
        seconds = 30,
    ): Promise<T> {
        const deadline = Date.now() + seconds * 1000;
        for (;;) {
            const value = await read();
            if (value !== undefined && value !== false) return value;
            if (Date.now() > deadline)
                throw new Error(`not within ${seconds} s: ${typeof what === "string" ? what : what()}`);
            await new Promise((resolve) => setTimeout(resolve, 25));
        }
    }

    untilState(path: string, ...states: string[]): Promise<Body> {
        let last = "";
        return this.until(
            () => `${path} is ${states.join(" or ")}, not ${last}`,
            async () => {
                const body = await this.get(path);
                last = String(body["state"]);
                return states.includes(last) && body;
            },
        );
    }

    untilNode(pool: string, node: string, ...states: string[]): Promise<Body> {
        return this.untilState(`/pools/${pool}/nodes/${node}`, ...states);
    }

    running(job: string, task: string): Promise<Body> {
        return this.untilState(`/jobs/${job}/tasks/${task}`, "running");
    }

    endJob(job: string): Promise<Answer> {
        return this.post(`/jobs/${job}/terminate`);
    }

    untilGone(path: string): Promise<true> {
        return this.until(
            `${path} is gone`,
            async () => (await this.send("GET", path)).status === 404 || undefined,
        );
    }

    /** A pool whose nodes are there and have done what they do first. */
    async pool(id: string, change: object = {}): Promise<Body[]> {
        await this.post("/pools", { ...servicePool(id), ...change });
        return this.steady(id);
    }

    /** Nodes of a pool that has its size, none of them on its way. */
    steady(pool: string): Promise<Body[]> {
        const settled = [
            "idle",
            "running",
            "offline",
            "starttaskfailed",
            "unusable",
            "preempted",
            "deallocated",
        ];
        return this.until(`${pool} is steady`, async () => {
            if (String((await this.get(`/pools/${pool}`))["allocationState"]) !== "steady") return undefined;
            const nodes = await this.list(`/pools/${pool}/nodes`);
            return nodes.every((node) => settled.includes(String(node["state"]))) && nodes;
        });
    }

    job(id: string, pool: string, change: object = {}): Promise<Answer> {
        return this.post("/jobs", { id, poolInfo: { poolId: pool }, ...change });
    }

    task(job: string, id: string, commandLine: string, change: object = {}): Promise<Answer> {
        return this.post(`/jobs/${job}/tasks`, { id, commandLine, ...change });
    }

    async tasks(job: string, tasks: object[]): Promise<void> {
        const answer = await this.post(`/jobs/${job}/addtaskcollection`, { value: tasks });
        const refused = (answer.body["value"] as unknown as Body[]).filter(
            (one) => String(one["status"]) !== "success",
        );
        if (refused.length > 0) throw new Error(JSON.stringify(refused));
    }

    /** The task's `executionInfo` once it is completed. */
    async done(job: string, task: string): Promise<Body> {
        const body = await this.untilState(`/jobs/${job}/tasks/${task}`, "completed");
        return body["executionInfo"] as Body;
    }

    output(job: string, task: string, file = "stdout.txt"): Promise<string> {
        return this.text(`/jobs/${job}/tasks/${task}/files/${file}`);
    }

    /** A container of the account's storage, made here. */
    async container(name: string): Promise<ContainerClient> {
        const { storage } = this.account;
        const credential = new StorageSharedKeyCredential(storage.name, storage.key);
        const client = new ContainerClient(
            `${storage.endpoints.blob.replace(/\/$/, "")}/${name}`,
            credential,
            {
                // The CA is the service's own.
                agent: this.agent,
            } as ConstructorParameters<typeof ContainerClient>[2],
        );
        await client.createIfNotExists();
        return client;
    }
}

/** A command line that a shell runs. */
export function sh(script: string): string {
    return `/bin/sh -c "${script.replace(/["\\]/g, "\\$&")}"`;
}
