import { createHash } from "node:crypto";
import { mkdirSync, realpathSync } from "node:fs";
import { join } from "node:path";

import type {
    CertificateFile,
    NodeCommand,
    NodeEvent,
    NodeHost,
    NodeSetUp,
    RunCommand,
} from "../model/agent";
import type { FailureInfo } from "../model/pool";
import { Attempt, type AttemptWorld } from "./attempt";
import { CertificateFailure, Certificates } from "./certificates";
import { Containers } from "./containers";
import { endFormerLife, recordSpawner } from "./formerLife";
import { NodeDirectories } from "./directories";
import { RunFailure } from "./failure";
import { MountFailure, Mounts } from "./mounts";
import { Packages } from "./packages";
import { SpawnerChannel } from "./spawner/channel";
import type { FromSpawner } from "./spawner/protocol";
import { showScript } from "./spawner/sandboxScripts";
import { Transfers } from "./transfer/transfers";
import type { NodeHostOptions } from "./options";

/**
 * Opens the nodes of a directory. What a former life of the same directory left running is ended first, so no command of this life
 * meets a process of another. Throws where the directory cannot be made or written.
 */
export function openNodeHost(options: NodeHostOptions): NodeHost {
    return new Host(options);
}

class Host implements NodeHost {
    private readonly directories: NodeDirectories;
    private readonly transfers: Transfers;
    private readonly containers: Containers;
    private readonly mounts: Mounts;
    private readonly packages: Packages;
    private readonly certificates: Certificates;
    private readonly world: AttemptWorld;
    private readonly attempts = new Map<string, Attempt>();
    private readonly clearing = new Map<number, () => void>();
    /** Ends of our own commands, by attempt. */
    private readonly own = new Map<string, (end: FromSpawner) => void>();
    private readonly closing = new AbortController();
    /** Work that has a node to itself; runs for it wait. */
    private readonly busy = new Map<string, Promise<void>>();
    private readonly directory: string;
    private readonly mark: string;
    private readonly ledger: string;
    private readonly spawner: SpawnerChannel;
    private waiting: NodeEvent[] = [];
    private listener: ((events: readonly NodeEvent[]) => void) | undefined;
    private tickets = 0;
    private closed = false;

    constructor(private readonly options: NodeHostOptions) {
        mkdirSync(options.directory, { recursive: true, mode: 0o700 });
        this.directory = realpathSync(options.directory);
        this.mark = createHash("sha256").update(this.directory).digest("hex").slice(0, 16);
        this.ledger = join(this.directory, "processes");
        const ended = endFormerLife(this.ledger, this.mark, this.directory);
        if (ended > 0) options.log.warn({ ended }, "ended processes that a former life left behind");
        this.directories = new NodeDirectories(this.directory);
        this.containers = new Containers(this.directory, this.mark);
        this.transfers = new Transfers(options.token, options.ca);
        this.spawner = this.startSpawner();
        this.mounts = new Mounts({
            transfers: this.transfers,
            blobEndpoint: (account) => options.blobEndpoint?.(account),
            seal: (directory) => this.spawner.send({ do: "seal", directory }),
        });
        this.packages = new Packages(this.transfers);
        this.certificates = new Certificates({
            transfers: this.transfers,
            pemOf: options.pemOf,
            homeOf: (node) => this.directories.homeOf(node),
            show: (node, from, directories) => this.show(node, from, directories),
        });
        this.world = {
            rootOf: (node) => this.directories.rootOf(node),
            transfers: this.transfers,
            packages: this.packages,
            containers: this.containers,
            mounts: this.mounts,
            elevation: options.elevation,
            sandboxFor: (node, elevated) =>
                options.elevation === "sandbox" ? this.directories.sandboxFor(node, elevated) : undefined,
            spawn: (request) => this.spawner.send({ do: "run", run: request }),
            kill: (attempt) => this.spawner.send({ do: "stop", attempt }),
            emit: (event) => {
                if (event.event === "ended") this.attempts.delete(event.attempt);
                this.emit(event);
            },
        };
    }

    perform(commands: readonly NodeCommand[]): void {
        for (const command of commands) {
            if (this.closed) return;
            this.performOne(command);
        }
    }

    listen(listener: (events: readonly NodeEvent[]) => void): void {
        this.listener = listener;
        if (this.waiting.length > 0) setImmediate(() => this.flush());
    }

    rootOf(node: string): string {
        return this.directories.rootOf(node);
    }

    async close(): Promise<void> {
        this.closed = true;
        this.closing.abort();
        for (const attempt of this.attempts.values()) attempt.abandon();
        await this.spawner.close();
        this.stopWaiting("the nodes are closed");
        await this.containers.removeAll();
        this.transfers.close();
        await Promise.allSettled(this.busy.values());
        this.listener = undefined;
    }

    private performOne(command: NodeCommand): void {
        switch (command.do) {
            case "run":
                return this.run(command.run);
            case "stop": {
                const attempt = this.attempts.get(command.attempt);
                if (attempt) attempt.stop();
                // It ended, or belongs to a life before this one: either way nothing of it runs.
                else this.emit({ event: "ended", attempt: command.attempt, at: Date.now(), stopped: true });
                return;
            }
            case "endLeft":
                return this.spawner.send({ do: "endLeft", attempt: command.attempt });
            case "openNode":
                return this.alone(command.node, async () => {
                    this.directories.open(command.node);
                    this.emit({ event: "nodeOpened", node: command.node });
                });
            case "setUpNode":
                return this.alone(command.node, async () => {
                    const { node, boot, setUp } = command;
                    this.directories.open(node);
                    const failureInfo = await this.setUp(node, setUp);
                    this.emit({ event: "nodeSetUp", node, boot, ...(failureInfo && { failureInfo }) });
                });
            case "renewCertificates":
                void this.renew(command.node, command.certificates);
                return;
            case "clearNode":
                return this.alone(command.node, async () => {
                    const { node, boot, wipe } = command;
                    await this.endAll(node);
                    if (wipe) await this.directories.wipe(node);
                    this.emit({ event: "nodeCleared", node, boot });
                });
            case "dropNode":
                return this.alone(command.node, async () => {
                    await this.endAll(command.node);
                    await this.directories.drop(command.node);
                });
            case "removeFiles":
                this.directories.remove(command.node, command.directory).catch((error: unknown) => {
                    this.options.log.error({ ...command, err: error }, "files could not be removed");
                });
                return;
        }
    }

    /** Gives what failed. */
    private async setUp(node: string, setUp: NodeSetUp): Promise<FailureInfo | undefined> {
        const { packages, mounts, certificates } = setUp;
        const root = this.directories.rootOf(node);
        try {
            await this.certificates.install(node, certificates);
            if (mounts) {
                await this.mounts.mount(node, root, mounts);
                await this.mounts.pull(node, this.closing.signal);
            }
            await this.packages.install(packages, root);
            return undefined;
        } catch (error) {
            const known = [CertificateFailure, MountFailure, RunFailure].some((one) => error instanceof one);
            if (known) return (error as CertificateFailure | MountFailure | RunFailure).info;
            throw error;
        }
    }

    /** What fails is tried again with the next renewal; the node keeps what it has. */
    private async renew(node: string, certificates: readonly CertificateFile[]): Promise<void> {
        if (!this.directories.nodes().includes(node)) return;
        try {
            await this.certificates.install(node, certificates);
        } catch (error) {
            if (!this.closed)
                this.options.log.warn({ node, err: error }, "certificates could not be renewed");
        }
    }

    /** Where nodes have no view of the machine of their own, what is beside their root is all there is. */
    private async show(node: string, from: string, directories: readonly string[]): Promise<void> {
        if (this.options.elevation !== "sandbox" || this.closed) return;
        const home = this.directories.sandboxFor(node, true);
        if (home === undefined) return;
        const attempt = `show:${node}:${(this.tickets += 1)}`;
        const ended = new Promise<FromSpawner>((resolve) => this.own.set(attempt, resolve));
        this.spawner.send({
            do: "run",
            run: {
                ...{ attempt, node, root: this.directories.rootOf(node), directory: `${from}.log` },
                ...{ commandLine: "", environment: {}, argv: ["sh", "-c", showScript, from, ...directories] },
                sandbox: { home, elevated: true },
            },
        });
        const end = await ended;
        if (end.is === "ended" && end.exitCode === 0) return;
        const message = end.is === "failed" ? end.message : `see ${from}.log/stderr.txt`;
        // guess: no reason to fail; the directory that a variable names has them.
        this.options.log.warn({ node, message }, "certificates are not where their settings say");
    }

    private run(run: RunCommand): void {
        // Commands are given at least once.
        if (this.attempts.has(run.attempt)) return;
        const attempt = new Attempt(run, this.world);
        this.attempts.set(run.attempt, attempt);
        const busy = this.busy.get(run.node);
        if (busy) void busy.then(() => this.begin(attempt, run));
        else this.begin(attempt, run);
    }

    private begin(attempt: Attempt, run: RunCommand): void {
        if (this.closed) return;
        try {
            this.directories.open(run.node);
        } catch (error) {
            attempt.fail(error);
            return;
        }
        attempt.begin();
    }

    /** Ends the runs of a node and whatever they left behind. */
    private async endAll(node: string): Promise<void> {
        for (const attempt of this.attempts.values()) if (attempt.node === node) attempt.stop();
        this.mounts.forget(node);
        // Nothing answers any more, and nothing runs.
        if (this.closed) return;
        const ticket = (this.tickets += 1);
        await new Promise<void>((resolve) => {
            this.clearing.set(ticket, resolve);
            this.spawner.send({ do: "clear", node, ticket });
        });
    }

    private alone(node: string, work: () => Promise<void>): void {
        const before = this.busy.get(node);
        const next = (before ? before.then(work) : work()).catch((error: unknown) => {
            this.options.log.error({ node, err: error }, "a command of the node failed");
            this.emit({
                event: "nodeLost",
                node,
                reason: error instanceof Error ? error.message : String(error),
            });
        });
        this.busy.set(node, next);
        void next.then(() => {
            if (this.busy.get(node) === next) this.busy.delete(node);
        });
    }

    private startSpawner(): SpawnerChannel {
        return new SpawnerChannel({
            mark: this.mark,
            nodes: this.directory,
            environment: this.options.environment,
            ledger: this.ledger,
            namespace: this.options.namespace ?? true,
            onStart: (pid) => recordSpawner(this.ledger, pid),
            onMessages: (messages) => this.hear(messages),
            onDeath: (reason) => this.spawnerDied(reason),
            onText: (text) => this.options.log.warn({ text }, "the spawner says"),
        });
    }

    private hear(messages: readonly FromSpawner[]): void {
        for (const message of messages) {
            if (message.is === "ready") continue;
            if (message.is === "cleared") {
                this.clearing.get(message.ticket)?.();
                this.clearing.delete(message.ticket);
            } else {
                this.attempts.get(message.attempt)?.hear(message);
                if (message.is === "started") continue;
                this.own.get(message.attempt)?.(message);
                this.own.delete(message.attempt);
            }
        }
        this.flush();
    }

    /** All that it had started is gone or is ended now; the scheduler decides what becomes of it. */
    private spawnerDied(reason: string): void {
        if (this.closed) return;
        this.options.log.error({ reason }, "the spawner died; another one is started");
        endFormerLife(this.ledger, this.mark, this.directory);
        for (const attempt of this.attempts.values()) attempt.abandon();
        this.attempts.clear();
        void this.containers.removeAll();
        for (const node of this.directories.nodes())
            this.emit({ event: "nodeLost", node, reason: `spawner: ${reason}` });
        this.stopWaiting(reason);
    }

    /** The spawner is gone, and what it was asked for with it. */
    private stopWaiting(message: string): void {
        for (const resolve of this.clearing.values()) resolve();
        this.clearing.clear();
        const [ends, at] = [[...this.own], Date.now()];
        this.own.clear();
        for (const [attempt, end] of ends) end({ is: "failed", attempt, at, reason: "launch", message });
    }

    private emit(event: NodeEvent): void {
        if (this.waiting.length === 0) setImmediate(() => this.flush());
        this.waiting.push(event);
    }

    private flush(): void {
        if (!this.listener || this.waiting.length === 0) return;
        const events = this.waiting;
        this.waiting = [];
        this.listener(events);
    }
}
