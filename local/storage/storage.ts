/** Starts the storage process of Batch Local and speaks with it. */
import type { ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import { Blobs } from "./blobs";
import { launchStorage } from "./launch";
import type {
    Certificate,
    FromProcess,
    Ports,
    Request,
    StorageAccount,
    StorageFaults,
    StorageService,
    ToProcess,
    Trust,
} from "./messages";
import { blobPath, sharedKey, signature, storageBlob, type SignatureOptions } from "./signatures";

export interface StorageOptions {
    /** Data lies in `<dataDir>/storage`; undefined keeps everything in memory. */
    readonly dataDir: string | undefined;
    /** @default "127.0.0.1" */
    readonly host?: string;
    /** A port of 0 or none lets the system choose; keep `Storage.ports` to have the same endpoints after a restart. */
    readonly ports?: Partial<Ports>;
    readonly tls: Certificate;
    readonly trust: Trust;
    readonly accounts?: Iterable<StorageAccount>;
    /** Requests that fail on purpose. @default none */
    readonly faults?: StorageFaults;
    /** A process of `launchStorage` that nobody has used yet. @default one of its own */
    readonly process?: ChildProcess;
    /** Lines the storage process writes about its own troubles. @default dropped */
    readonly onLog?: (line: string) => void;
}

export interface StorageExit {
    readonly code: number | null;
    readonly signal: NodeJS.Signals | null;
    /** The last lines it wrote. */
    readonly lastWords: string;
}

/** A process that has not ended by then is killed; it loses nothing that was acknowledged. */
const stopMs = 5_000;
const lastWordsLength = 4_000;

export class Storage {
    readonly ports: Ports;
    readonly #accounts = new Map<string, StorageAccount>();
    readonly #waiting = new Map<
        number,
        { resolve: (result: unknown) => void; reject: (error: Error) => void }
    >();
    #next = 1;
    #stopping = false;
    #exit: StorageExit | undefined;
    readonly #listeners = new Set<(exit: StorageExit) => void>();

    /** @internal use {@link startStorage} */
    constructor(
        private readonly child: ChildProcess,
        private readonly host: string,
        ports: Ports,
        accounts: Iterable<StorageAccount>,
        private readonly own: string,
        lastWords: () => string,
    ) {
        this.ports = ports;
        for (const account of accounts) this.#accounts.set(account.name, account);
        child.on("message", (message) => this.#receive(message as FromProcess));
        child.once("exit", (code, signal) => {
            this.#exit = { code, signal, lastWords: lastWords() };
            for (const { reject } of this.#waiting.values()) reject(new Error("the storage process ended"));
            this.#waiting.clear();
            if (!this.#stopping) for (const listener of this.#listeners) listener(this.#exit);
        });
    }

    get pid(): number | undefined {
        return this.child.pid;
    }

    blobEndpoint(account: string, scheme: "https" | "http" = "https"): string {
        return this.#endpoint("blob", account, scheme);
    }

    queueEndpoint(account: string, scheme: "https" | "http" = "https"): string {
        return this.#endpoint("queue", account, scheme);
    }

    tableEndpoint(account: string, scheme: "https" | "http" = "https"): string {
        return this.#endpoint("table", account, scheme);
    }

    #endpoint(service: StorageService, account: string, scheme: string): string {
        const host = this.host.includes(":") ? `[${this.host}]` : this.host;
        return `${scheme}://${host}:${this.ports[service]}/${account}`;
    }

    /** Adds an account or gives it other keys. When it resolves, the old keys are worth nothing. */
    async setAccount(account: StorageAccount): Promise<void> {
        checkAccount(account);
        await this.#ask({ kind: "setAccount", account });
        this.#accounts.set(account.name, account);
    }

    /** Removes the account with all it holds. */
    async removeAccount(name: string): Promise<void> {
        await this.#ask({ kind: "removeAccount", name });
        this.#accounts.delete(name);
    }

    /** From here on tokens of this issuer count, and no others. */
    async setTrust(trust: Trust): Promise<void> {
        await this.#ask({ kind: "setTrust", trust });
    }

    /** URL of a container with a service SAS, made without the network. */
    containerSas(account: string, container: string, options: SignatureOptions): string {
        const query = signature(this.#account(account), container, undefined, options);
        return `${this.blobEndpoint(account)}/${container}?${query}`;
    }

    /** URL of a blob with a service SAS, made without the network. */
    blobSas(account: string, container: string, blob: string, options: SignatureOptions): string {
        const query = signature(this.#account(account), container, blob, options);
        return `${this.blobEndpoint(account)}/${container}/${blobPath(blob)}?${query}`;
    }

    /** The service's own access to an account. After a change of keys ask again. */
    blobs(account: string): Blobs {
        const credential = sharedKey(this.#account(account));
        return new Blobs(
            new (storageBlob().BlobServiceClient)(this.blobEndpoint(account, "http"), credential, {
                userAgentOptions: { userAgentPrefix: this.own },
            }),
        );
    }

    /** Told once, when the process ends without `stop` having been called; at once when it has already. */
    onExit(listener: (exit: StorageExit) => void): void {
        if (this.#exit && !this.#stopping) listener(this.#exit);
        else this.#listeners.add(listener);
    }

    /** Lets running requests end, keeps everything, ends the process. Calling it again waits for the same end. */
    async stop(): Promise<void> {
        if (this.#exit) return;
        const ended = new Promise<void>((done) => this.child.once("exit", () => done()));
        if (!this.#stopping) {
            this.#stopping = true;
            this.#ask({ kind: "stop" }).catch(() => undefined);
        }
        const killer = setTimeout(() => this.child.kill("SIGKILL"), stopMs);
        await ended;
        clearTimeout(killer);
    }

    #account(name: string): StorageAccount {
        const account = this.#accounts.get(name);
        if (account) return account;
        const names = [...this.#accounts.keys()].join(", ") || "none";
        throw new Error(`no storage account "${name}" here; there are: ${names}`);
    }

    #ask(request: Request): Promise<unknown> {
        if (this.#exit) return Promise.reject(new Error("the storage process has ended"));
        const id = this.#next++;
        return new Promise((resolve, reject) => {
            this.#waiting.set(id, { resolve, reject });
            this.child.send({ kind: "request", id, request } satisfies ToProcess, (error) => {
                if (error && this.#waiting.delete(id)) reject(error);
            });
        });
    }

    #receive(message: FromProcess): void {
        if (message.kind !== "answer") return;
        const waiting = this.#waiting.get(message.id);
        this.#waiting.delete(message.id);
        if (message.error === undefined) waiting?.resolve(message.result);
        else waiting?.reject(new Error(message.error));
    }
}

/** Three to 24 lower case letters and digits: "Storage account overview", names. Keys are 64 bytes in base64. */
function checkAccount({ name, keys }: StorageAccount): void {
    if (!/^[a-z0-9]{3,24}$/.test(name)) {
        throw new Error(`storage account name "${name}" must be 3 to 24 lower case letters and digits`);
    }
    if (keys.some((key) => Buffer.from(key, "base64").length < 32)) {
        throw new Error(`a key of storage account "${name}" is not at least 32 bytes in base64`);
    }
}

/**
 * Starts the storage process and resolves when it answers.
 * @throws when a port is taken, the data directory is in use or of a newer version, or cannot be written: one line that says which.
 */
export async function startStorage(options: StorageOptions): Promise<Storage> {
    const accounts = [...(options.accounts ?? [])];
    accounts.forEach(checkAccount);
    const host = options.host ?? "127.0.0.1";
    const own = `batchlocal-${randomUUID()}`;
    const child = options.process ?? launchStorage();
    let words = "";
    for (const stream of [child.stdout, child.stderr]) {
        stream?.setEncoding("utf8").on("data", (text: string) => {
            words = (words + text).slice(-lastWordsLength);
            for (const line of text.split("\n")) if (line) options.onLog?.(line);
        });
    }
    child.send({
        kind: "start",
        directory: options.dataDir === undefined ? undefined : resolve(options.dataDir, "storage"),
        host,
        ports: { blob: 0, queue: 0, table: 0, ...options.ports },
        tls: options.tls,
        trust: options.trust,
        accounts,
        faults: options.faults ?? { requests: [], seed: 1 },
        own,
    } satisfies ToProcess);
    const ports = await new Promise<Ports>((ready, fail) => {
        child.once("message", (message: FromProcess) => {
            if (message.kind === "ready") ready(message.ports);
            else if (message.kind === "failed") fail(new Error(`storage did not start: ${message.message}`));
        });
        child.once("error", fail);
        child.once("exit", (code, signal) => {
            fail(new Error(`storage did not start: its process ended (${signal ?? code}): ${words.trim()}`));
        });
    });
    return new Storage(child, host, ports, accounts, own, () => words);
}
