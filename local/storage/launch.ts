import { fork, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

/**
 * The storage process, not yet told what to serve: it loads Azurite, which takes most of a start, while its parent makes ready. It
 * ends with its parent. The file beside this one: JavaScript in the package, TypeScript where the source itself is run.
 */
export function launchStorage(): ChildProcess {
    const built = join(__dirname, "process.js");
    const fromSource = !existsSync(built);
    const execArgv = fromSource ? ["-r", "ts-node/register/transpile-only"] : [];
    const env = fromSource
        ? { ...process.env, TS_NODE_PROJECT: resolve(__dirname, "../../tsconfig.json") }
        : process.env;
    return fork(fromSource ? join(__dirname, "process.ts") : built, [], {
        execArgv,
        env,
        stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
}
