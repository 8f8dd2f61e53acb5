import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

import { LineWriter, lineReader, type FromSpawner, type ToSpawner } from "./protocol";

export interface SpawnerOptions {
    /** Tells our processes from anyone else's. */
    mark: string;
    /** Directory of all nodes. */
    nodes: string;
    /** What every process on a node sees before its own variables. */
    environment: Record<string, string>;
    /** File of process ids and start times for the next life. */
    ledger: string;
    /** Whether to try for a process namespace, with which the kernel ends everything when the spawner dies. */
    namespace: boolean;
    /** A process for it is there. */
    onStart: (pid: number | undefined) => void;
    onMessages: (messages: readonly FromSpawner[]) => void;
    /** It died without being asked to, and with it all that it ran. Another one is started. */
    onDeath: (reason: string) => void;
    onText: (text: string) => void;
}

const entry = join(__dirname, __filename.endsWith(".ts") ? "main.ts" : "main.js");

/**
 * Starting a process holds its starter until the new program is loaded, which on a busy machine is a wait for a core, not work:
 * two starters gave 1.5 to 2 times the rate of one there, and the same on a quiet one.
 */
const hands = 2;

/** One process of the spawner, as the host sees it. */
interface Hand {
    readonly writer: LineWriter<ToSpawner>;
    /** Runs it was given and has not answered. */
    readonly starting: Set<string>;
}

/** The host's end of the pipes to the spawner. What is sent before it is ready waits. */
export class SpawnerChannel {
    private child: ChildProcess | undefined;
    private hands: Hand[] = [];
    private readyCount = 0;
    private generation = 0;
    private namespaced = false;
    private closing = false;
    private held: (() => void)[] = [];
    private gone: Promise<void> = Promise.resolve();
    private readonly handOf = new Map<string, Hand>();
    private readonly clearing = new Map<number, number>();

    constructor(private readonly options: SpawnerOptions) {
        this.start(options.namespace && process.platform === "linux");
    }

    send(message: Exclude<ToSpawner, { do: "hello" }>): void {
        if (this.readyCount < hands) this.held.push(() => this.route(message));
        else this.route(message);
    }

    private route(message: Exclude<ToSpawner, { do: "hello" }>): void {
        if (message.do === "run") {
            const [first, second] = this.hands;
            // A node's sandbox is held by one process, so its commands go there.
            const alone = message.run.sandbox !== undefined;
            const hand =
                !alone && first && second && second.starting.size < first.starting.size ? second : first;
            if (!hand) return;
            hand.starting.add(message.run.attempt);
            this.handOf.set(message.run.attempt, hand);
            hand.writer.send(message);
        } else if (message.do === "endLeft") {
            // Which of them ran it is forgotten with its end; the other one does not know it.
            for (const hand of this.hands) hand.writer.send(message);
        } else if (message.do === "stop") {
            this.handOf.get(message.attempt)?.writer.send(message);
        } else if (message.do === "seal") {
            if (this.namespaced) this.hands[0]?.writer.send(message);
        } else {
            this.clearing.set(message.ticket, this.hands.length);
            for (const hand of this.hands) hand.writer.send(message);
        }
    }

    private start(namespaced: boolean): void {
        if (this.closing) return;
        this.generation += 1;
        this.namespaced = namespaced;
        const node = [process.execPath, "--max-old-space-size=128", ...loader(), entry, String(hands)];
        const [program = "", ...args] = namespaced ? [...namespaceWrapper(), ...node] : node;
        const child = spawn(program, args, {
            stdio: Array.from({ length: 1 + 2 * hands }, () => "pipe" as const),
            env: { PATH: process.env.PATH },
            // A terminal's Ctrl-C is for the service, which then closes us.
            detached: true,
        });
        this.child = child;
        this.options.onStart(child.pid);
        child.stderr?.setEncoding("utf8").on("data", this.options.onText);
        this.gone = new Promise((resolve) => {
            const over = (reason: string) => {
                resolve();
                if (this.child === child) this.lost(reason, namespaced);
            };
            child.once("error", (error) => over(error.message));
            child.once("exit", (code, signal) => over(signal ?? `exit code ${code}`));
        });
        // The first hand has the usual streams, the second the two that follow.
        this.hands = Array.from({ length: hands }, (_, index) => {
            const [input, output] = index === 0 ? [0, 1] : [1 + 2 * index, 2 + 2 * index];
            return this.attach(child.stdio[input] as Writable, child.stdio[output] as Readable, namespaced);
        });
    }

    private attach(input: Writable, output: Readable, namespaced: boolean): Hand {
        const { nodes, environment, ledger } = this.options;
        const mark = `${this.options.mark}.${this.generation}`;
        const writer = new LineWriter<ToSpawner>((line) => input.write(line));
        const hand: Hand = { writer, starting: new Set() };
        // A write to a pipe whose reader died; that is reported by its exit.
        input.on("error", () => undefined);
        output.on("error", () => undefined);
        output.setEncoding("utf8").on(
            "data",
            lineReader((line) => this.hear(JSON.parse(line) as FromSpawner[], hand)),
        );
        writer.send({ do: "hello", mark, nodes, environment, ...(!namespaced && { ledger }) });
        return hand;
    }

    private hear(messages: FromSpawner[], hand: Hand): void {
        if (!this.hands.includes(hand)) return;
        const news: FromSpawner[] = [];
        for (const message of messages) {
            if (message.is === "ready") {
                this.readyCount += 1;
                if (this.readyCount === hands) for (const send of this.held.splice(0)) send();
                continue;
            }
            if (message.is === "cleared") {
                const left = (this.clearing.get(message.ticket) ?? 1) - 1;
                this.clearing.set(message.ticket, left);
                if (left > 0) continue;
                this.clearing.delete(message.ticket);
            } else if (message.is === "ended") {
                this.handOf.delete(message.attempt);
            } else {
                hand.starting.delete(message.attempt);
                if (message.is === "failed") this.handOf.delete(message.attempt);
            }
            news.push(message);
        }
        if (news.length > 0) this.options.onMessages(news);
    }

    private lost(reason: string, namespaced: boolean): void {
        const wasReady = this.readyCount === hands;
        const { child } = this;
        this.child = undefined;
        this.hands = [];
        this.readyCount = 0;
        // The other one lives as long as its pipe.
        for (const stream of child?.stdio ?? []) stream?.destroy();
        if (this.closing) return;
        if (!wasReady && namespaced) {
            this.start(false);
            return;
        }
        this.held = [];
        this.handOf.clear();
        this.clearing.clear();
        this.options.onDeath(reason);
        // One that cannot even start is not tried in a tight loop.
        if (wasReady) this.start(namespaced);
        else setTimeout(() => this.start(namespaced), 1_000);
    }

    /** Closes the pipes, upon which it ends all its processes and itself. */
    async close(): Promise<void> {
        this.closing = true;
        for (const hand of this.hands) hand.writer.flush();
        const { child } = this;
        if (!child) return;
        for (const stream of child.stdio) if (stream && "end" in stream) stream.end();
        const impatience = setTimeout(() => child.kill("SIGKILL"), 10_000);
        await this.gone;
        clearTimeout(impatience);
    }
}

/**
 * A process namespace of its own: when its first process dies, for whatever reason, the kernel ends all others in it, however
 * they detached themselves. That first process is a shell because it must reap orphans, which Node does not.
 */
function namespaceWrapper(): string[] {
    const root = process.getuid?.() === 0;
    const user = root ? [] : ["--user", "--map-current-user"];
    return [
        "unshare",
        ...user,
        "--pid",
        "--fork",
        "--kill-child",
        "--mount-proc",
        "sh",
        "-c",
        '"$0" "$@"; exit $?',
    ];
}

/** Under ts-node (tests, development) the entry is TypeScript. */
function loader(): string[] {
    return entry.endsWith(".ts") ? ["-r", require.resolve("ts-node/register/transpile-only")] : [];
}
