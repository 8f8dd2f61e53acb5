// The contestants, each in a process of its own against the same server.
import { spawn } from "node:child_process";
import path from "node:path";
import { python } from "../../test/clients/support";
import { seenBy } from "./server";

/** What a submission took. */
export interface Measured {
    readonly seconds: number;
    /** Most memory of the process; 0 where nobody asked. */
    readonly megabytes: number;
    /** Calls that were refused, of all of them. */
    readonly refused: number;
    /** Calls that the server took, a second. */
    readonly calls: number;
}

export type Contestant = "ours" | "azureBatch" | "bare" | "python";

const REGISTER = require.resolve("ts-node/register/transpile-only");

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

/** Runs one of the programs of `runner.ts`. */
export async function runNode(endpoint: string, ...args: string[]): Promise<Measured> {
    const [who = "", ...rest] = args;
    await seenBy(endpoint);
    const said = await output(process.execPath, [
        "-r",
        REGISTER,
        path.join(__dirname, "runner.ts"),
        who,
        endpoint,
        ...rest,
    ]);
    const { taken, refused } = await seenBy(endpoint);
    const measured = JSON.parse(said) as Pick<Measured, "seconds" | "megabytes">;
    return { ...measured, refused: refused / Math.max(1, taken + refused), calls: taken / measured.seconds };
}

/** The best of some numbers of threads. */
export async function runPython(
    endpoint: string,
    count: number,
    threads: readonly number[],
): Promise<Measured> {
    const program = path.join(await python(["azure-batch==15.1.0"]), "python");
    let best: Measured | undefined;
    for (const width of threads) {
        await seenBy(endpoint);
        const script = path.join(__dirname, "python.py");
        const seconds = Number(await output(program, [script, endpoint, String(count), String(width)]));
        const { taken, refused } = await seenBy(endpoint);
        if (best === undefined || seconds < best.seconds)
            best = {
                seconds,
                megabytes: 0,
                refused: refused / Math.max(1, taken + refused),
                calls: taken / seconds,
            };
    }
    if (best === undefined) throw new Error("no number of threads was given");
    return best;
}
