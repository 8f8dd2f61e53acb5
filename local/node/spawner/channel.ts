import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";

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
    onMessages: (messages: readonly FromSpawner[]) => void;
    /** It died without being asked to. */
    onDeath: (reason: string) => void;
    onText: (text: string) => void;
}

const entry = join(__dirname, __filename.endsWith(".ts") ? "main.ts" : "main.js");

/** The host's end of the pipe to one spawner process. What is sent before it is ready waits. */
export class SpawnerChannel {
    private child: ChildProcess | undefined;
    private ready = false;
    private closing = false;
    private held: ToSpawner[] = [];
    private gone: Promise<void> = Promise.resolve();
    private readonly writer = new LineWriter<ToSpawner>((line) => this.child?.stdin?.write(line));

    /** Whether the kernel ends its processes with it. */
    namespaced = false;

    constructor(private readonly options: SpawnerOptions) {
        this.start(options.namespace && process.platform === "linux");
    }

    get pid(): number | undefined {
        return this.child?.pid;
    }

    send(message: ToSpawner): void {
        if (this.ready) this.writer.send(message);
        else this.held.push(message);
    }

    private start(namespaced: boolean): void {
        this.namespaced = namespaced;
        const { mark, nodes, environment, ledger, onMessages, onText } = this.options;
        const node = [process.execPath, "--max-old-space-size=128", ...loader(), entry];
        const [program = "", ...args] = namespaced ? [...namespaceWrapper(), ...node] : node;
        const child = spawn(program, args, {
            stdio: ["pipe", "pipe", "pipe"],
            env: { PATH: process.env.PATH },
            // A terminal's Ctrl-C is for the service, which then closes us.
            detached: true,
        });
        this.child = child;
        const read = lineReader((line) => {
            const messages = JSON.parse(line) as FromSpawner[];
            if (messages.some((message) => message.is === "ready")) this.becomeReady();
            onMessages(messages);
        });
        child.stdout.setEncoding("utf8").on("data", read);
        child.stderr.setEncoding("utf8").on("data", onText);
        // A write to a pipe whose reader died; its end is reported by `close`.
        child.stdin.on("error", () => undefined);
        this.gone = new Promise((resolve) => {
            const over = (reason: string) => {
                resolve();
                if (this.child === child) this.lost(reason, namespaced);
            };
            child.once("error", (error) => over(error.message));
            child.once("close", (code, signal) => over(signal ?? `exit code ${code}`));
        });
        child.stdin.write(
            JSON.stringify([
                { do: "hello", mark, nodes, environment, ...(!namespaced && { ledger }) } satisfies ToSpawner,
            ]) + "\n",
        );
    }

    private becomeReady(): void {
        this.ready = true;
        for (const message of this.held.splice(0)) this.writer.send(message);
    }

    private lost(reason: string, namespaced: boolean): void {
        const wasReady = this.ready;
        this.child = undefined;
        this.ready = false;
        if (this.closing) return;
        if (!wasReady && namespaced) this.start(false);
        else this.options.onDeath(reason);
    }

    /** Closes the pipe, upon which it ends all its processes and itself. */
    async close(): Promise<void> {
        this.closing = true;
        this.writer.flush();
        const { child } = this;
        if (!child) return;
        child.stdin?.end();
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
