import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { StorageSharedKeyCredential, BlobServiceClient } from "@azure/storage-blob";
import { BatchClient, sharedKeyCredential } from "../../client";
import type { BatchClientOptions } from "../../client";
import { ServiceClient } from "../../local/cli/client";
import { findService } from "../../local/cli/discovery";

const program = path.resolve(__dirname, "../../local/bin/batchlocal.js");
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Clients of a running service that try nothing twice. */
export interface Connection {
    pid: number;
    batch: BatchClient;
    blobs: BlobServiceClient;
    /** A client with other options. */
    client(options: BatchClientOptions): BatchClient;
    account: { name: string; key: string; endpoint: string };
    close(): void;
}

/** Waits until a service serves the directory; which may be seen elsewhere than where the service sees it. */
export async function connect(
    data: () => string,
    isIt: (pid: number) => boolean = () => true,
    problem: () => string | undefined = () => undefined,
): Promise<Connection> {
    const began = Date.now();
    const look = () => {
        const service = findService(data());
        return service && isIt(service.pid) ? service : undefined;
    };
    let service = look();
    for (; !service; service = look()) {
        const words = problem();
        if (words !== undefined) throw new Error(`the service did not start: ${words}`);
        if (Date.now() - began > 60_000) throw new Error("not healthy within 60 s");
        await pause(20);
    }
    const client = new ServiceClient({ ...service, files: data() });
    const account = await client.defaultAccount();
    client.close();
    const { key, storage } = account ?? {};
    if (!account || key === undefined || !storage) throw new Error("no account with key and storage");
    // Plain HTTP on the same port: no trust is needed.
    const endpoint = account.endpoint.replace("https", "http");
    const of = (options: BatchClientOptions) =>
        new BatchClient(endpoint, sharedKeyCredential(account.name, key), options);
    const batch = of({ retry: { attempts: 1 } });
    const blobs = new BlobServiceClient(
        storage.endpoints.blob.replace("https", "http"),
        new StorageSharedKeyCredential(storage.name, storage.key),
        { retryOptions: { maxTries: 1 } },
    );
    const { name } = account;
    return {
        pid: service.pid,
        batch,
        blobs,
        account: { name, key, endpoint },
        client: of,
        close: () => batch.close(),
    };
}

/** One life of the service in a process of its own. */
export class Life {
    private constructor(
        private readonly child: ChildProcess,
        private readonly connection: Connection,
        /** Milliseconds until it was healthy. */
        readonly startTime: number,
    ) {}

    /** @param more arguments of `batchlocal start`; `first` is what a shell does before it becomes the service */
    static async begin(data: string, more: readonly string[] = [], first?: string): Promise<Life> {
        const began = Date.now();
        const { BATCHLOCAL_DATA: _data, ...env } = process.env;
        const args = [program, "start", "--data", data, "--elevation", "as-me", ...more];
        const [file, ...rest] =
            first === undefined
                ? [process.execPath, ...args]
                : ["/bin/sh", "-c", `${first}exec "$0" "$@"`, process.execPath, ...args];
        const child = spawn(file, rest, { env, stdio: ["ignore", "ignore", "pipe"] });
        let words = "";
        child.stderr.on("data", (chunk: Buffer) => (words += chunk.toString()));
        const problem = () => (child.exitCode === null ? undefined : words);
        let startTime = 0;
        const isIt = () => {
            startTime ||= Date.now() - began;
            return true;
        };
        try {
            return new Life(child, await connect(() => data, isIt, problem), startTime);
        } catch (error) {
            child.kill("SIGKILL");
            throw error;
        }
    }

    get pid(): number {
        return this.connection.pid;
    }

    get account(): Connection["account"] {
        return this.connection.account;
    }

    get batch(): BatchClient {
        return this.connection.batch;
    }

    client(options: BatchClientOptions): BatchClient {
        return this.connection.client(options);
    }

    get blobs(): BlobServiceClient {
        return this.connection.blobs;
    }

    /** Puts a pool with a resource manager's request of the service's own client. */
    static async makePool(data: string, name: string, nodes: number, slots: number): Promise<void> {
        const service = findService(data);
        if (!service) throw new Error("nothing serves");
        const client = new ServiceClient(service);
        const account = `/subscriptions/${service.subscriptionId}/resourceGroups/batchlocal/providers/Microsoft.Batch/batchAccounts/batchlocal`;
        const imageReference = {
            publisher: "canonical",
            offer: "ubuntu-24_04-lts",
            sku: "server",
            version: "latest",
        };
        await client.put(`${account}/pools/${name}`, "2024-07-01", {
            properties: {
                vmSize: "Standard_D2s_v5",
                taskSlotsPerNode: slots,
                deploymentConfiguration: {
                    virtualMachineConfiguration: {
                        imageReference,
                        nodeAgentSkuId: "batch.node.ubuntu 24.04",
                    },
                },
                scaleSettings: { fixedScale: { targetDedicatedNodes: nodes } },
            },
        });
        client.close();
    }

    async kill(): Promise<void> {
        const ended = new Promise((resolve) => this.child.once("exit", resolve));
        process.kill(this.pid, "SIGKILL");
        if (this.child.exitCode === null && this.child.signalCode === null) await ended;
    }

    async end(): Promise<void> {
        const ended = new Promise((resolve) => this.child.once("exit", resolve));
        this.child.kill("SIGTERM");
        await ended;
    }
}

/** Processes that have the text in their arguments or their environment: all that a service of that directory starts. */
export function processesOf(text: string): { pid: number; command: string }[] {
    if (!existsSync("/proc")) return [];
    return readdirSync("/proc").flatMap((name) => {
        const pid = Number(name);
        if (!Number.isInteger(pid) || pid === process.pid) return [];
        try {
            const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
            if (command === "") return [];
            const found =
                command.includes(text) || readFileSync(`/proc/${pid}/environ`, "utf8").includes(text);
            return found ? [{ pid, command }] : [];
        } catch {
            // it has just ended
            return [];
        }
    });
}

/** Waits until no such process is left, and gives those that are left all the same. */
export async function leftOver(
    text: string,
    milliseconds = 10_000,
): Promise<{ pid: number; command: string }[]> {
    for (let waited = 0; ; waited += 50) {
        const left = processesOf(text);
        if (left.length === 0 || waited >= milliseconds) return left;
        await pause(50);
    }
}
