import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHandler } from "../../local/http/pipeline";
import { openIdentity } from "../../local/identity";
import type { LocalIdentity } from "../../local/identity";
import type { AccountRecord } from "../../local/model/account";
import { listFiles, openFile, openNodeHost, removeFile, statFile } from "../../local/node";
import { createScheduler } from "../../local/scheduler";
import type { Scheduler } from "../../local/scheduler";
import { batchPlane } from "../../local/service";
import type { BatchServices } from "../../local/service";
import { openStore } from "../../local/store";
import type { Store } from "../../local/store";
import { servicePool } from "../support/servicePool";

export const version = "2025-06-01";

export interface Answer {
    status: number;
    headers: Headers;
    text: string;
    // The tests read answers of all kinds; what they expect is in their assertions.
    body: Body;
}

/** JSON of whatever shape, read by path. */
export interface Body {
    [key: string]: Body;
}

const accountDefaults = {
    location: "westus2",
    subscriptionId: "s",
    resourceGroup: "g",
    armId: "/subscriptions/s/resourceGroups/g/providers/Microsoft.Batch/batchAccounts/acct",
    keys: {
        primary: Buffer.alloc(64, 1).toString("base64"),
        secondary: Buffer.alloc(64, 2).toString("base64"),
    },
    allowedAuthenticationModes: ["SharedKey", "AAD"],
    poolAllocationMode: "BatchService",
    provisioningState: "Succeeded",
    quotas: { dedicatedCores: 100, spotCores: 20, pools: 10, activeJobsAndSchedules: 50 },
    createdAt: 0,
    lastModified: 0,
    eTag: "0x1",
    declared: {},
} satisfies Partial<AccountRecord>;

/** The data plane of one account over real HTTP, with a real store, scheduler, identity and nodes on this machine. */
export class Service {
    errors: unknown[] = [];
    readonly calls: { method: string; path: string; body: unknown; answer: Answer; version: string }[] = [];

    private constructor(
        readonly origin: string,
        readonly store: Store,
        readonly scheduler: Scheduler,
        readonly identity: LocalIdentity,
        readonly services: BatchServices,
        private readonly token: string,
        private readonly end: () => Promise<void>,
    ) {}

    static async open(change: Partial<AccountRecord> = {}): Promise<Service> {
        const folder = mkdtempSync(join(tmpdir(), "batch-service-"));
        const identity = await openIdentity(folder, { issuerBase: "https://127.0.0.1:1" });
        const store = openStore(":memory:");
        const quiet = () => undefined;
        const host = openNodeHost({
            directory: join(folder, "nodes"),
            environment: { PATH: process.env["PATH"] ?? "", LANG: "C.UTF-8" },
            elevation: "as-me",
            token: () => Promise.resolve("none"),
            log: { info: quiet, warn: quiet, error: quiet },
        });
        const offset = { clock: 0 };
        const scheduler = createScheduler({
            store,
            host,
            now: () => Date.now() + offset.clock,
            resolve: {
                autoStorageContainer: () => undefined,
                applicationPackage: () => undefined,
                identityOfPool: () => ({ fault: "none" }),
                vaultSecret: () => ({ fault: "none" }),
                accountUrl: () => "https://127.0.0.1:1",
            },
        });
        const errors: unknown[] = [];
        const log = { error: (fields: object, message: string) => void errors.push({ message, ...fields }) };
        const services: BatchServices = {
            store,
            scheduler,
            files: { listFiles, openFile, removeFile, statFile },
            identity,
            log,
        };
        const server = createServer(createHandler(batchPlane(services), services));
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const { port } = server.address() as AddressInfo;
        store.accounts.put({ ...accountDefaults, key: "acct", name: "acct", port, ...change });
        const token = await identity.issueToken({
            objectId: "o",
            applicationId: "a",
            audience: "https://batch.core.windows.net/",
        });
        const end = async () => {
            server.closeAllConnections();
            await new Promise((resolve) => server.close(resolve));
            scheduler.close();
            await host.close();
            store.close();
            rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
        };
        const service = new Service(
            `http://127.0.0.1:${port}`,
            store,
            scheduler,
            identity,
            services,
            token,
            end,
        );
        service.errors = errors;
        service.passTime = (milliseconds) => (offset.clock += milliseconds);
        return service;
    }

    /** Moves the service's clock forward. */
    passTime: (milliseconds: number) => void = () => undefined;

    async call(
        method: string,
        path: string,
        body?: unknown,
        options: { headers?: Record<string, string>; version?: string } = {},
    ): Promise<Answer> {
        const asked = options.version ?? version;
        const url = path.startsWith("http")
            ? path
            : `${this.origin}${path}${path.includes("?") ? "&" : "?"}api-version=${asked}`;
        const isReady = typeof body === "string" || body instanceof Uint8Array || body === undefined;
        const text = isReady ? (body as string | Uint8Array<ArrayBuffer> | undefined) : JSON.stringify(body);
        const response = await fetch(url, {
            method,
            headers: {
                Authorization: `Bearer ${this.token}`,
                ...(text === undefined ? {} : { "Content-Type": "application/json; odata=minimalmetadata" }),
                ...options.headers,
            },
            ...(text === undefined ? {} : { body: text }),
        });
        const answered = await response.text();
        const json = /json/.test(response.headers.get("content-type") ?? "") && answered !== "";
        const answer: Answer = {
            status: response.status,
            headers: response.headers,
            text: answered,
            body: (json ? JSON.parse(answered) : {}) as Body,
        };
        this.calls.push({ method, path, body, answer, version: asked });
        return answer;
    }

    get = (path: string, options?: Parameters<Service["call"]>[3]) =>
        this.call("GET", path, undefined, options);
    post = (path: string, body?: unknown, options?: Parameters<Service["call"]>[3]) =>
        this.call("POST", path, body ?? "", options);

    /** Reads until the condition holds; the suite's own time limit ends what never does. */
    async until(path: string, holds: (body: Body, answer: Answer) => boolean): Promise<Body> {
        for (;;) {
            const answer = await this.get(path);
            if (holds(answer.body, answer)) return answer.body;
            await new Promise((resolve) => setTimeout(resolve, 20));
        }
    }

    /** A pool with its nodes idle (unless it has a start task). */
    async pool(id: string, change: object = {}): Promise<void> {
        const answer = await this.post("/pools", { ...servicePool(id), ...change });
        if (answer.status !== 201) throw new Error(answer.text);
        await this.until(`/pools/${id}`, (pool) => String(pool["allocationState"]) === "steady");
        await this.until(`/pools/${id}/nodes`, (nodes) =>
            (nodes["value"] as unknown as Body[]).every((node) =>
                ["idle", "starttaskfailed", "unusable"].includes(String(node["state"])),
            ),
        );
    }

    async job(id: string, change: object = {}): Promise<void> {
        const answer = await this.post("/jobs", { id, poolInfo: { poolId: "pool" }, ...change });
        if (answer.status !== 201) throw new Error(answer.text);
    }

    async task(job: string, id: string, commandLine: string, change: object = {}): Promise<void> {
        const answer = await this.post(`/jobs/${job}/tasks`, { id, commandLine, ...change });
        if (answer.status !== 201) throw new Error(answer.text);
    }

    completed(job: string, id: string): Promise<Body> {
        return this.until(`/jobs/${job}/tasks/${id}`, (task) => String(task["state"]) === "completed");
    }

    close(): Promise<void> {
        return this.end();
    }
}

/** Items of a list. */
export function items(answer: Answer): Body[] {
    return answer.body["value"] as unknown as Body[];
}

export const codeOf = (answer: Answer) => `${answer.status} ${String(answer.body["code"])}`;
