/** The data plane endpoints of Batch accounts: each account has a port of its own, which it keeps. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { listen, ListenError, type Listener } from "../http/listener";
import type { AccountRecord } from "../model/account";
import type { Logger } from "./logging";

export interface AccountHostsOptions {
    host: string;
    tls: { key: string; cert: string };
    log: Logger;
    /** What the endpoints are of, for the log. @default "Batch account" */
    what?: string;
    /** An endpoint was opened or closed. */
    onAccountsChanged(): void;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export class BatchAccountHosts {
    readonly #listeners = new Map<string, Promise<Listener>>();
    #handler: Handler | undefined;

    constructor(private readonly options: AccountHostsOptions) {}

    /** Who answers, for all accounts; known only when the planes are. */
    set handler(handler: Handler) {
        this.#handler = handler;
    }

    /** Listens for the account, on its own port where it has one that is still free, and gives the port. */
    async open(record: Pick<AccountRecord, "key" | "name" | "port">): Promise<number> {
        const listener = this.#listeners.get(record.key) ?? this.#listen(record);
        this.#listeners.set(record.key, listener);
        try {
            const { port } = await listener;
            this.options.onAccountsChanged();
            return port;
        } catch (error) {
            this.#listeners.delete(record.key);
            throw error;
        }
    }

    async close(key: string): Promise<void> {
        const listener = this.#listeners.get(key);
        if (!listener) return;
        this.#listeners.delete(key);
        await (await listener).close();
        this.options.onAccountsChanged();
    }

    async closeAll(): Promise<void> {
        const listeners = [...this.#listeners.values()];
        this.#listeners.clear();
        await Promise.allSettled(listeners.map(async (listener) => (await listener).close()));
    }

    async #listen({ name, port }: Pick<AccountRecord, "name" | "port">): Promise<Listener> {
        try {
            return await this.#listenOn(port);
        } catch (error) {
            if (port === 0 || !(error instanceof ListenError) || error.reason !== "portInUse") throw error;
            // Better another endpoint, which clients ask for anyway, than an account without one.
            const listener = await this.#listenOn(0);
            const message = `another program took the port of this ${this.#what}: its endpoint has changed`;
            this.options.log.warn({ name, port: listener.port, formerPort: port }, message);
            return listener;
        }
    }

    get #what(): string {
        return this.options.what ?? "Batch account";
    }

    #listenOn(port: number): Promise<Listener> {
        const { host, tls, log } = this.options;
        return listen({
            host,
            port,
            tls,
            handler: (request, response) => {
                if (this.#handler) this.#handler(request, response);
                else response.writeHead(503, { "Retry-After": "1" }).end();
            },
            onError: (error) => log.error({ err: error }, `the listener of a ${this.#what} failed`),
        });
    }
}
