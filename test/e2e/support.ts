import { spawn, type ChildProcess } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

export const root = path.resolve(__dirname, "..", "..");
const batchlocal = path.join(root, "local", "bin", "batchlocal.js");

export interface Finished {
    code: number | null;
    stdout: string;
    stderr: string;
}

/** A command on a data directory of its own; `child` is there to be signalled, `said` waits for something it prints. */
export class Running {
    private out = "";
    private err = "";
    private readonly watchers: (() => void)[] = [];
    readonly done: Promise<Finished>;

    constructor(readonly child: ChildProcess) {
        child.stdout?.on("data", (data: Buffer) => {
            this.out += data.toString();
            this.look();
        });
        child.stderr?.on("data", (data: Buffer) => {
            this.err += data.toString();
            this.look();
        });
        this.done = new Promise((resolve) => {
            child.on("close", (code) => {
                resolve({ code, stdout: this.out, stderr: this.err });
                this.look();
            });
        });
    }

    /** Resolves when the pattern was printed; rejects when the command ends without. */
    said(pattern: RegExp): Promise<void> {
        return new Promise((resolve, reject) => {
            const check = () => {
                if (pattern.test(this.out) || pattern.test(this.err)) resolve();
            };
            this.watchers.push(check);
            check();
            void this.done.then(({ stdout, stderr }) => {
                reject(new Error(`ended without ${String(pattern)}:\n${stdout}\n${stderr}`));
            });
        });
    }

    private look(): void {
        for (const watcher of this.watchers) watcher();
    }
}

export function start(data: string, args: readonly string[], env: Record<string, string> = {}): Running {
    return run(data, [path.join(root, "setup", "start.js"), ...args], env);
}

export function local(
    data: string,
    args: readonly string[],
    env: Record<string, string> = {},
): Promise<Finished> {
    return run(data, [batchlocal, ...args], env).done;
}

function run(data: string, args: readonly string[], env: Record<string, string>): Running {
    return new Running(
        spawn(process.execPath, args, {
            cwd: root,
            env: { ...process.env, ...env, BATCHLOCAL_DATA: data },
            stdio: ["ignore", "pipe", "pipe"],
        }),
    );
}

/** Processes that carry this data directory in their environment or command line: those of Batch Local, the engine, the tasks. */
export function processesOf(data: string): { pid: number; command: string }[] {
    const found: { pid: number; command: string }[] = [];
    for (const name of readdirSync("/proc")) {
        const pid = Number(name);
        if (!Number.isInteger(pid) || pid === process.pid) continue;
        try {
            const command = readFileSync(`/proc/${name}/cmdline`, "latin1").replaceAll("\0", " ");
            const environment = readFileSync(`/proc/${name}/environ`, "latin1");
            if (command.includes(data) || environment.includes(data)) found.push({ pid, command });
        } catch {
            // Gone, or a zombie: not left running.
        }
    }
    return found;
}

/** Every file below a folder. */
export function filesBelow(folder: string): string[] {
    return readdirSync(folder, { recursive: true, encoding: "utf8" })
        .map((name) => path.join(folder, name))
        .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true);
}
