import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

export const program = path.resolve(__dirname, "../../local/bin/batchlocal.js");

export interface Ended {
    code: number | null;
    stdout: string;
    stderr: string;
}

/** The variables of this test run, without those that would lead to somebody else's data. */
export function cleanEnvironment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    const { BATCHLOCAL_DATA: _data, XDG_DATA_HOME: _home, ...rest } = process.env;
    return { ...rest, ...more };
}

export interface Running {
    child: ChildProcess;
    ended: Promise<Ended>;
    /** Resolves when stdout holds the text. */
    said(text: string): Promise<void>;
}

/** The command as users run it, in a process of its own. */
export function begin(
    args: readonly string[],
    options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Running {
    const child = spawn(process.execPath, [program, ...args], {
        cwd: options.cwd,
        env: options.env ?? cleanEnvironment(),
        stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const ended = new Promise<Ended>((resolve, reject) => {
        child.once("error", reject);
        child.once("close", (code) => resolve({ code, stdout, stderr }));
    });
    const said = (text: string) =>
        new Promise<void>((resolve, reject) => {
            const look = () => stdout.includes(text) && resolve();
            child.stdout.on("data", look);
            look();
            void ended.then(() => reject(new Error(`it ended without saying "${text}": ${stdout}${stderr}`)));
        });
    return { child, ended, said };
}

export function run(
    args: readonly string[],
    options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Ended> {
    return begin(args, options).ended;
}

export function temporaryFolder(): string {
    return realpathSync(mkdtempSync(path.join(tmpdir(), "batchlocal-cli-")));
}

export function remove(folder: string): void {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

export interface Status {
    running: boolean;
    healthy: boolean;
    endpoints: Record<string, string>;
    accounts: { name: string; resourceGroup: string; endpoint: string }[];
    pids: Record<string, number>;
}

export async function statusOf(data: string): Promise<Status> {
    return JSON.parse((await run(["status", "--json", "--data", data])).stdout) as Status;
}

/** Gives each test a data directory of its own; what serves it ends with the test. */
export function dataPerTest(give: (place: { folder: string; data: string }) => void): void {
    let [folder, data] = ["", ""];
    beforeEach(() => {
        folder = temporaryFolder();
        data = path.join(folder, "data");
        give({ folder, data });
    });
    afterEach(async () => {
        await run(["stop", "--data", data]);
        remove(folder);
    });
}
