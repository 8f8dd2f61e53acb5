/**
 * The storage process: Azurite's services as a library, in a process of our own, so that a large upload never delays the
 * scheduler. It speaks to its parent over the channel it was started with and ends when that closes.
 */
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { globalAgent } from "node:https";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { Accounts } from "./accounts";
import {
    blobService,
    guard,
    loadAzurite,
    queueService,
    seedUserDelegationKeys,
    tableService,
    type AzuriteService,
} from "./azurite";
import { collectGarbage, forgetAccount } from "./garbage";
import { faultyRequests } from "../http/faults";
import { StorageGate } from "./gate";
import { Journal } from "./journal";
import { listen, type Listener } from "./listen";
import {
    storageServices,
    type FromProcess,
    type Ports,
    type Request,
    type StartMessage,
    type StorageService,
    type ToProcess,
} from "./messages";

const garbageEveryMs = 10 * 60_000;
const stopGraceMs = 2_000;

interface Running {
    readonly ports: Ports;
    perform(request: Request): Promise<unknown>;
}

async function start(message: StartMessage): Promise<Running> {
    const { directory } = message;
    if (directory !== undefined) mkdirSync(directory, { recursive: true, mode: 0o700 });
    const journal = new Journal(directory === undefined ? ":memory:" : join(directory, "metadata.db"));
    const accounts = new Accounts(message.accounts);
    const gate = new StorageGate(accounts, message.trust);
    if (message.tls.ca) globalAgent.options.ca = [...rootCertificates, message.tls.ca];

    const place = (service: StorageService): string | undefined =>
        directory === undefined ? undefined : join(directory, `${service}-extents`);
    const services: Record<StorageService, AzuriteService> = {
        blob: await blobService(accounts, place("blob")),
        queue: await queueService(accounts, place("queue")),
        table: await tableService(accounts),
    };
    seedUserDelegationKeys(journal.setting("userDelegationSeed", () => randomBytes(32).toString("base64")));
    for (const name of storageServices) {
        const { metadata, extents } = services[name];
        journal.attach(name, metadata.db);
        if (extents) journal.attach(`${name}-extents`, extents.metadata.db);
        await extents?.store.init();
        guard(name, gate.check);
    }
    const collect = async (young?: number): Promise<void> => {
        for (const name of storageServices) {
            const { metadata, extents } = services[name];
            if (extents) await collectGarbage(metadata.db, extents, place(name), young);
        }
        await journal.commit();
    };
    await collect(0);
    journal.flush();

    const { faults, own } = message;
    const faulty = faultyRequests(faults.requests, faults.seed, {
        info: (fields, text) => console.log(`${text}: ${JSON.stringify(fields)}`),
    });
    const listeners: Listener[] = [];
    const open = async (name: StorageService): Promise<number> => {
        const service = services[name];
        const working = service.listener(journal.durable(service.metadata));
        const failing = faulty("storage", working);
        const handle: typeof working = (request, response) => {
            (request.headers["user-agent"]?.includes(own) ? working : failing)(request, response);
        };
        const listener = await listen(message.host, message.ports[name], message.tls, handle);
        listeners.push(listener);
        return listener.port;
    };
    const ports: Ports = { blob: await open("blob"), queue: await open("queue"), table: await open("table") };
    const collectAgain = (): void =>
        void collect().catch((error: unknown) => console.error("garbage collection:", error));
    setInterval(collectAgain, garbageEveryMs).unref();

    return {
        ports,
        async perform(request) {
            switch (request.kind) {
                case "setAccount":
                    accounts.set(request.account);
                    return;
                case "setTrust":
                    gate.trust = request.trust;
                    return;
                case "removeAccount":
                    accounts.remove(request.name);
                    for (const { metadata } of Object.values(services))
                        forgetAccount(metadata.db, request.name);
                    await journal.commit();
                    setTimeout(collectAgain, garbageEveryMs / 8).unref();
                    return;
                case "stop":
                    await Promise.all(listeners.map((listener) => listener.close(stopGraceMs)));
                    journal.close();
                    return;
            }
        },
    };
}

function send(message: FromProcess): Promise<void> {
    return new Promise((resolve) => {
        if (process.send && process.connected) process.send(message, () => resolve());
        else resolve();
    });
}

let running: Running | undefined;

async function receive(message: ToProcess): Promise<void> {
    if (message.kind === "start") {
        try {
            running = await start(message);
            await send({ kind: "ready", ports: running.ports });
        } catch (error) {
            await send({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
            process.exit(1);
        }
        return;
    }
    const { id, request } = message;
    try {
        await send({ kind: "answer", id, result: await running?.perform(request) });
    } catch (error) {
        await send({ kind: "answer", id, error: error instanceof Error ? error.message : String(error) });
    }
    if (request.kind === "stop") process.exit(0);
}

process.umask(0o077);
process.on("message", (message) => void receive(message as ToProcess));
// The parent is gone, in whatever way: nobody may be left listening. What was acknowledged is kept already.
process.on("disconnect", () => process.exit(0));
// Ctrl-C reaches the whole group; the parent decides when storage ends.
process.on("SIGINT", () => undefined);
loadAzurite();
