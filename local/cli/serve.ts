/** Wires the whole service: store, identity, storage, nodes, scheduler, both planes. Everything it opens it closes, in reverse. */
import type { ChildProcess } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { armPlane, audiencesOf, storageAccountsOf } from "../arm";
import { applicationsOf, graphHandler, isGraph } from "../graph";
import { faultyRequests, type FaultyPlane, type Handler } from "../http/faults";
import { createHandler } from "../http/pipeline";
import { identityEndpoints, LocalIdentity, openKeys, type Keys } from "../identity";
import { keyVaultPlane, openSealer, purgeOverdue, toPem } from "../keyvault";
import { listFiles, openFile, openNodeHost, removeFile, statFile } from "../node";
import { createScheduler } from "../scheduler";
import type { JsonObject } from "../model/json";
import { batchPlane, Delayed } from "../service";
import { startStorage, type Storage, type Trust } from "../storage";
import { openStore, type Store } from "../store";
import { BatchAccountHosts } from "./accounts";
import { AlreadyServed } from "./alreadyServed";
import { ownHeader, ServiceClient } from "./client";
import { Clock } from "./clock";
import { prepareDataDirectory } from "./dataDirectory";
import { announce, startOfThisProcess, withdraw, type ServiceInfo } from "./discovery";
import { withFaultyNodes } from "./faultyNodes";
import { makeDefaultAccount } from "./firstStart";
import { answerHealth } from "./health";
import { takeLock } from "./lock";
import { openLog, type Log, type Logger } from "./logging";
import { answerMetrics, Metrics } from "./metrics";
import { withManagedIdentities } from "./nodeIdentity";
import { answerObserver } from "./observe";
import { isLoopback, type ServiceOptions } from "./options";
import { keepPort, keptPort, listenOnKept } from "./ports";
import { Failure, messageOf } from "./problems";
import { createResolver, tokensOfIdentities } from "./resolve";
import { reopenAccounts } from "./resume";
import { VaultHosts } from "./vaults";
import { version } from "./version";

export interface Service {
    info(): ServiceInfo;
    readonly log: Logger;
    /** Resolves with the reason when the service cannot go on. */
    readonly broken: Promise<string>;
    /** Ends every process it started, keeps everything. Calling it again waits for the same end. */
    close(): Promise<void>;
}

type Undo = () => void | Promise<void>;

/**
 * Starts the service and resolves when it is healthy.
 * @param storageProcess see `StorageOptions.process`
 * @throws AlreadyServed, or a Failure with one line that says what is wrong; nothing it began is left then.
 */
export async function serve(options: ServiceOptions, storageProcess?: ChildProcess): Promise<Service> {
    const undos: Undo[] = [];
    try {
        return await open(options, undos, storageProcess);
    } catch (error) {
        await undo(undos, () => undefined);
        throw error instanceof Failure ? error : new Failure(messageOf(error));
    }
}

async function open(
    options: ServiceOptions,
    undos: Undo[],
    storageProcess: ChildProcess | undefined,
): Promise<Service> {
    const { dataDirectory, host } = options;
    prepareDataDirectory(dataDirectory);
    const lock = takeLock(dataDirectory);
    if (!lock) throw new AlreadyServed(dataDirectory);
    undos.push(() => lock.release());
    withdraw(dataDirectory);
    const files = options.inMemory ? path.join(dataDirectory, "in-memory") : dataDirectory;
    if (options.inMemory) {
        // One that was killed left them behind.
        const remove = () => rmSync(files, { recursive: true, force: true, maxRetries: 3 });
        remove();
        undos.push(remove);
    }
    const log = openLog(files);
    undos.push(() => log.close());
    const store = openStore(options.inMemory ? ":memory:" : path.join(files, "store", "state.db"));
    undos.push(() => store.close());
    if (options.quotas)
        for (const account of store.accounts.list())
            store.accounts.put({ ...account, quotas: { ...account.quotas, ...options.quotas } });
    const startedAt = new Date().toISOString();
    const sealer = await openSealer(files, store);
    const keys = await openKeys(files, { hosts: isLoopback(host) ? [] : [host] });

    let answer: Handler = (_request, response) => {
        response.writeHead(503, { "Retry-After": "1" }).end();
    };
    const onError = (error: Error) => log.logger.error({ err: error }, "the listener failed");
    const listener = await listenOnKept(
        store,
        "resourceManager",
        options.port,
        { host, tls: keys.tls, handler: (request, response) => answer(request, response), onError },
        log.logger,
    );
    undos.push(() => listener.close());

    const shownHost = host.includes(":") ? `[${host}]` : host;
    const base = `https://${shownHost}:${listener.port}`;
    // Plain, so that a client needs no trust for it.
    const managedIdentity = `http://${shownHost}:${listener.port}/msi/token`;
    const identity = await LocalIdentity.of(keys, base);
    // Awaited where it is first needed: what comes until then is opened while that process loads.
    const opening = openStorage(options, { files, store, keys, identity, log, storageProcess });
    opening.catch(() => undefined);
    undos.push(async () => (await opening.catch(() => undefined))?.stop());

    const clock = new Clock(store, options.speed, (error) =>
        log.logger.error({ err: error }, "the clock was not kept"),
    );
    undos.push(() => clock.close());
    const nodes = openNodeHost({
        directory: path.join(files, "nodes"),
        environment: nodeEnvironment(keys),
        elevation: options.elevation,
        token: tokensOfIdentities(store, identity),
        ca: [readFileSync(keys.caBundleFile, "utf8")],
        blobEndpoint: (account) =>
            storageAccountsOf(store).some(({ name }) => name === account)
                ? storage.blobEndpoint(account)
                : undefined,
        pemOf: toPem,
        log: log.logger,
    });
    undos.push(() => nodes.close());
    // Nodes that boot read from them.
    const vaults = new VaultHosts({ host, tls: keys.tls, log: log.logger, store, sealer, shownHost });
    undos.push(() => vaults.closeAll());
    await vaults.reopen();
    const storage = await opening;
    const { faults } = options;
    const metrics = new Metrics();
    const faultyNodes = faults ? withFaultyNodes({ host: nodes, ...faults, log: log.logger }) : nodes;
    const scheduler = createScheduler({
        store,
        host: withManagedIdentities({
            host: metrics.watched(faultyNodes),
            store,
            identity,
            endpoint: managedIdentity,
        }),
        resolve: createResolver({ store, storage, vaults, host: shownHost }),
        now: clock.now,
        settings: {
            speed: options.speed,
            resizeDelay: (options.delays?.resize ?? 0) * 1000,
            bootDelay: (options.delays?.boot ?? 0) * 1000,
        },
        log: log.logger,
    });
    undos.push(() => scheduler.close());

    let announced = false;
    const accounts = new BatchAccountHosts({
        host,
        tls: keys.tls,
        log: log.logger,
        onAccountsChanged: () => {
            // The record gets its port right after this.
            if (announced) setImmediate(() => announce(dataDirectory, info()));
        },
    });
    undos.push(() => accounts.closeAll());
    const { skipApiVersionCheck, region } = options;
    const stopped = new AbortController();
    const services = {
        counts: new Delayed<JsonObject>((options.delays?.counts ?? 0) * 1000),
        store,
        identity,
        scheduler,
        files: { listFiles, openFile, removeFile, statFile },
        storage,
        accounts,
        vaults,
        region,
        skipApiVersionCheck,
        log: log.logger,
        arm: {
            baseUrls: [base],
            skipApiVersionCheck,
            stopped: stopped.signal,
            ...(options.quotas && { quotas: options.quotas }),
        },
    };
    undos.push(() => stopped.abort());
    const faulty = faultyRequests(faults?.requests ?? [], faults?.seed ?? 1, log.logger);
    const guarded = (plane: FaultyPlane, handler: Handler): Handler => {
        const failing = faulty(plane, handler);
        // The command's own requests are spared, so that the row of faults is that of the user's program alone.
        return metrics.counted(plane, (request, response) => {
            (request.headers[ownHeader] === identity.identityHeader ? handler : failing)(request, response);
        });
    };
    accounts.handler = guarded("batch", createHandler(batchPlane(services), services));
    const arm = guarded("resourceManager", createHandler(armPlane(services), services));
    const graph = graphHandler({ ...services, graph: { baseUrls: [base] } });
    identity.useApplications(applicationsOf(store));
    const vaultServices = {
        ...services,
        vaults: { sealer, authority: base, at: (port: number) => vaults.at(port) },
    };
    vaults.handler = createHandler(keyVaultPlane(vaultServices), vaultServices);
    const identityRequest = identityEndpoints(identity);
    const observed = { store, scheduler, identity, audiences: audiencesOf([base]) };
    let storageRuns = true;
    answer = (request, response) => {
        const route = async () => {
            if (await answerHealth(request, response, { store, storageRuns: () => storageRuns })) return;
            if (answerMetrics(request, response, { metrics, store })) return;
            if (await answerObserver(request, response, observed)) return;
            if (await identityRequest(request, response)) return;
            (isGraph(request.url ?? "") ? graph : arm)(request, response);
        };
        route().catch((error: unknown) => {
            log.logger.error({ err: error }, "a request failed");
            response.destroy();
        });
    };

    const info = (): ServiceInfo => ({
        version,
        pid: process.pid,
        processStart: startOfThisProcess(),
        startedAt,
        files,
        inMemory: options.inMemory,
        endpoints: {
            resourceManager: base,
            health: `${base}/healthz`,
            managedIdentity,
            blob: originOf(storage.blobEndpoint("a")),
            queue: originOf(storage.queueEndpoint("a")),
            table: originOf(storage.tableEndpoint("a")),
        },
        subscriptionId: identity.subscriptionId,
        tenantId: identity.tenantId,
        accounts: store.accounts.list().map(({ name, resourceGroup, port }) => ({
            name,
            resourceGroup,
            endpoint: `https://${shownHost}:${port}`,
        })),
        pids: storage.pid === undefined ? {} : { storage: storage.pid },
    });
    const broken = new Promise<string>((resolve) => {
        storage.onExit(({ code, signal, lastWords }) => {
            storageRuns = false;
            log.logger.error({ code, signal, lastWords }, "the storage process has ended");
            resolve(`the storage process has ended (${signal ?? `exit code ${code}`})`);
        });
    });

    purgeOverdue(store, scheduler.now());
    await reopenAccounts(store, accounts);
    if (store.setting("firstStart") === undefined) {
        const client = new ServiceClient(info());
        try {
            await makeDefaultAccount(client, region);
        } finally {
            client.close();
        }
        store.setSetting("firstStart", startedAt);
    }
    await store.committed();
    announce(dataDirectory, info());
    announced = true;
    undos.push(() => withdraw(dataDirectory));
    log.logger.info(
        { version, pid: process.pid, dataDirectory, endpoint: base, speed: options.speed },
        "serving",
    );

    let closing: Promise<void> | undefined;
    return {
        info,
        log: log.logger,
        broken,
        close: () =>
            (closing ??= (async () => {
                announced = false;
                log.logger.info("ending");
                await undo(undos, (error) => log.logger.error({ err: error }, "a part did not end well"));
            })()),
    };
}

/** The last opened is the first closed; a part that fails to close does not keep the others open. */
async function undo(undos: Undo[], onError: (error: unknown) => void): Promise<void> {
    for (const each of undos.splice(0).reverse()) {
        try {
            await each();
        } catch (error) {
            onError(error);
        }
    }
}

async function openStorage(
    options: ServiceOptions,
    parts: {
        files: string;
        store: Store;
        keys: Keys;
        identity: LocalIdentity;
        log: Log;
        storageProcess: ChildProcess | undefined;
    },
): Promise<Storage> {
    const { files, store, keys, identity, log, storageProcess } = parts;
    const trust: Trust = {
        issuer: identity.issuers,
        jwks: identity.jwks as Trust["jwks"],
        tenantId: identity.tenantId,
        authorizationUri: `${identity.base}/${identity.tenantId}/oauth2/authorize`,
    };
    const start = (kept: boolean) =>
        startStorage({
            dataDir: options.inMemory ? undefined : files,
            host: options.host,
            ports: kept
                ? {
                      blob: keptPort(store, "blob"),
                      queue: keptPort(store, "queue"),
                      table: keptPort(store, "table"),
                  }
                : {},
            tls: { ...keys.tls, ca: readFileSync(keys.caFile, "utf8") },
            trust,
            accounts: storageAccountsOf(store),
            ...(options.faults && {
                faults: { requests: options.faults.requests, seed: options.faults.seed },
            }),
            // Whoever starts again needs another one.
            ...(kept && storageProcess && { process: storageProcess }),
            onLog: (line) => log.logger.warn({ process: "storage" }, line),
        });
    let storage: Storage;
    try {
        storage = await start(true);
    } catch (error) {
        if (!/EADDRINUSE|in use/.test(messageOf(error)) || keptPort(store, "blob") === 0) throw error;
        storage = await start(false);
        log.logger.warn(
            { ports: storage.ports },
            "another program took a port of storage: its endpoints have changed",
        );
    }
    for (const name of ["blob", "queue", "table"] as const) keepPort(store, name, storage.ports[name]);
    return storage;
}

/** What a process on a node sees besides Batch's own variables. */
function nodeEnvironment({ caBundleFile }: Keys): Record<string, string> {
    return {
        HOME: "{root}",
        PATH: process.env.PATH ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        LANG: process.env.LANG ?? "C.UTF-8",
        SSL_CERT_FILE: caBundleFile,
        REQUESTS_CA_BUNDLE: caBundleFile,
        CURL_CA_BUNDLE: caBundleFile,
        NODE_EXTRA_CA_CERTS: caBundleFile,
    };
}

function originOf(url: string): string {
    return new URL(url).origin;
}
