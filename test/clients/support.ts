import { spawn } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** What a program says of one operation. */
export interface Outcome {
    operation: string;
    passed: boolean;
    problem?: string;
}

export interface Ended {
    code: number | null;
    stdout: string;
    stderr: string;
}

export function run(
    program: string,
    args: readonly string[],
    { env, directory }: { env?: NodeJS.ProcessEnv; directory?: string } = {},
): Promise<Ended> {
    const { BATCHLOCAL_DATA: _data, ...rest } = process.env;
    const child = spawn(program, args, {
        env: { ...rest, ...env },
        stdio: ["ignore", "pipe", "pipe"],
        ...(directory === undefined ? {} : { cwd: directory }),
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    return new Promise((resolve, reject) => {
        child.once("error", reject);
        child.once("close", (code) => resolve({ code, stdout, stderr }));
    });
}

const batchlocal = path.resolve(__dirname, "../../local/bin/batchlocal.js");

/** `batchlocal start` on a directory of its own, in the background; programs run through its `exec`. */
export class Running {
    private constructor(private readonly data: string) {}

    static async start(...options: string[]): Promise<Running> {
        const running = new Running(realpathSync(mkdtempSync(path.join(tmpdir(), "clients-"))));
        const { code, stderr } = await running.batchlocal("start", "--detach", ...options);
        if (code !== 0) throw new Error(stderr);
        return running;
    }

    exec(command: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
        return run(process.execPath, [batchlocal, "exec", "--data", this.data, "--", ...command], { env });
    }

    /** Ends, lets `change` change the data directory, and starts again. */
    async restart(change: (data: string) => void): Promise<void> {
        await this.batchlocal("stop");
        change(this.data);
        const { code, stderr } = await this.batchlocal("start", "--detach");
        if (code !== 0) throw new Error(stderr);
    }

    async stop(): Promise<void> {
        await this.batchlocal("stop");
        rmSync(this.data, { recursive: true, force: true, maxRetries: 5 });
    }

    private batchlocal(command: string, ...options: string[]): Promise<Ended> {
        return run(process.execPath, [batchlocal, command, ...options, "--data", this.data]);
    }
}

const shared = ["azure-identity==1.27.0", "azure-storage-blob==12.31.1"];
export const newerPython = ["azure-batch==15.1.0", "azure-mgmt-batch==19.0.0", ...shared];
export const olderPython = ["azure-batch==14.2.0", "azure-mgmt-batch==17.3.0", ...shared];

/** The operations that a program tried, from what it printed. */
export function outcomesOf(stdout: string): Outcome[] {
    return stdout
        .split("\n")
        .filter((line) => line.startsWith('{"operation"'))
        .map((line) => JSON.parse(line) as Outcome);
}

/** The table of all clients: operations tried and passed. */
export function table(rows: ReadonlyMap<string, readonly Outcome[]>): string {
    const width = Math.max(...[...rows.keys()].map((name) => name.length));
    const lines = [...rows].map(([name, outcomes]) => {
        const passed = outcomes.filter((each) => each.passed).length;
        return `  ${name.padEnd(width)}  ${String(outcomes.length).padStart(5)}  ${String(passed).padStart(6)}`;
    });
    return [`  ${"client".padEnd(width)}  tried  passed`, ...lines].join("\n");
}
