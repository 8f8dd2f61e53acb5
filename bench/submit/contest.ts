// The contestants, each in a process of its own against the same server.
import { spawn } from "node:child_process";
import path from "node:path";
import { python } from "../../test/clients/toolchains";

/** How the server answers. */
export interface ServerOptions {
    /** Milliseconds that each answer takes. */
    readonly latency?: number;
    /** Calls a second that are taken; others are refused with 429. */
    readonly limit?: number;
}

/** What the server has seen since it was asked the last time. */
interface Seen {
    readonly taken: number;
    readonly refused: number;
}

/** What a submission took. */
export interface Measured {
    readonly seconds: number;
    /** Most memory of the process; 0 where nobody asked. */
    readonly megabytes: number;
    /** Calls that were refused, of all of them. */
    readonly refused: number;
    /** Calls that the server took. */
    readonly calls: number;
    /** Why the client gave up before its end. */
    readonly problem: string | null;
}

/** Runs the server in a process of its own. */
export async function withServer<T>(
    options: ServerOptions,
    use: (endpoint: string) => Promise<T>,
): Promise<T> {
    const program = path.join(__dirname, "server.mts");
    const child = spawn(process.execPath, [program, JSON.stringify(options)], {
        stdio: ["ignore", "pipe", "inherit"],
    });
    try {
        const port = await new Promise<string>((resolve) =>
            child.stdout.once("data", (data: Buffer) => resolve(data.toString().trim())),
        );
        return await use(`http://127.0.0.1:${port}`);
    } finally {
        child.kill();
    }
}

async function seenBy(endpoint: string): Promise<Seen> {
    return (await (await fetch(`${endpoint}/seen`)).json()) as Seen;
}

function output(program: string, args: readonly string[]): Promise<string> {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    let [said, errors] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    return new Promise((resolve, reject) => {
        child.once("error", reject);
        child.once("close", (code) =>
            code === 0
                ? resolve(said)
                : reject(new Error(`${path.basename(program)}: ${errors.trim().split("\n").at(-1) ?? ""}`)),
        );
    });
}

async function measure(endpoint: string, program: string, args: readonly string[]): Promise<Measured> {
    await seenBy(endpoint);
    const said = JSON.parse(await output(program, args)) as Pick<
        Measured,
        "seconds" | "megabytes" | "problem"
    >;
    const { taken, refused } = await seenBy(endpoint);
    return { ...said, refused: refused / Math.max(1, taken + refused), calls: taken };
}

/** Runs one of the programs of `runner.mts`, as Node runs a user's: with the library as it is built, and nothing else loaded. */
export function runNode(endpoint: string, who: string, ...rest: string[]): Promise<Measured> {
    const program = path.join(__dirname, "runner.mts");
    return measure(endpoint, process.execPath, [program, who, endpoint, ...rest]);
}

/** Runs PyPI azure-batch with so many threads. */
export async function runPython(endpoint: string, count: number, threads: number): Promise<Measured> {
    const program = path.join(await python(["azure-batch==15.1.0"]), "python");
    return measure(endpoint, program, [
        path.join(__dirname, "python.py"),
        endpoint,
        String(count),
        String(threads),
    ]);
}
