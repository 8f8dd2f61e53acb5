import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";

const load = createRequire(__filename);
const setup = load("../../setup/common.js") as {
    cacheFolder(): string;
    withLock<T>(file: string, log: (line: string) => void, work: () => Promise<T>): Promise<T>;
};

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

export function run(program: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ended> {
    const { BATCHLOCAL_DATA: _data, ...rest } = process.env;
    const child = spawn(program, args, { env: { ...rest, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    return new Promise((resolve, reject) => {
        child.once("error", reject);
        child.once("close", (code) => resolve({ code, stdout, stderr }));
    });
}

/**
 * A Python with these packages, made once and kept outside the work tree; gives the folder of its programs.
 * @throws where Python, or the packages, cannot be had
 */
export async function python(packages: readonly string[]): Promise<string> {
    const name = createHash("sha256").update(packages.join("\n")).digest("hex").slice(0, 12);
    const parent = path.join(setup.cacheFolder(), "clients");
    const folder = path.join(parent, name);
    const mark = path.join(folder, "complete");
    if (!existsSync(mark)) {
        await setup.withLock(
            path.join(parent, `${name}.lock`),
            () => undefined,
            async () => {
                if (existsSync(mark)) return;
                await must("python3", ["-m", "venv", "--clear", folder]);
                const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
                await must(path.join(folder, "bin/python"), [...pip, ...packages]);
                writeFileSync(mark, packages.join("\n"));
            },
        );
    }
    return path.join(folder, "bin");
}

async function must(program: string, args: readonly string[]): Promise<void> {
    const { code, stderr } = await run(program, args);
    if (code !== 0)
        throw new Error(
            `${path.basename(program)} ${args.join(" ")}: ${stderr.trim().split("\n").at(-1) ?? ""}`,
        );
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

    exec(command: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ended> {
        return run(process.execPath, [batchlocal, "exec", "--data", this.data, "--", ...command], env);
    }

    async stop(): Promise<void> {
        await this.batchlocal("stop");
        rmSync(this.data, { recursive: true, force: true, maxRetries: 5 });
    }

    private batchlocal(command: string, ...options: string[]): Promise<Ended> {
        return run(process.execPath, [batchlocal, command, ...options, "--data", this.data]);
    }
}

/** The environment in which a Python with these packages comes first. */
export async function withPython(packages: readonly string[]): Promise<NodeJS.ProcessEnv> {
    return { PATH: `${await python(packages)}${path.delimiter}${process.env.PATH ?? ""}` };
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
