/** `batchlocal start`: serves in the foreground until told to end, or leaves a service behind with `--detach`. */
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { AlreadyServed } from "./alreadyServed";
import { prepareDataDirectory } from "./dataDirectory";
import { findService, type ServiceInfo } from "./discovery";
import { launchService } from "./launch";
import { logFile } from "./logging";
import { isLoopback, type ServiceOptions } from "./options";
import { Failure } from "./problems";
import { exitCodeOfSignal, onEndWished } from "./signals";
import { whenItCannotGoOn } from "./unexpected";
import { version } from "./version";

const detachedStartMs = 120_000;

export async function start(options: ServiceOptions): Promise<number> {
    const began = Date.now();
    const wish = onEndWished((signal) => process.exit(exitCodeOfSignal(signal)));
    if (!isLoopback(options.host)) {
        say(
            `warning: listening on ${options.host}: whoever reaches it and has a key can run programs as you`,
        );
    }
    const serving = launchService(options);
    const early = await Promise.race([wish.first, serving.then(() => undefined)]);
    const service = await serving;
    if (early === undefined) {
        say(shown(service.info(), options));
        say(
            `Healthy after ${((Date.now() - began) / 1000).toFixed(1)} s. Ctrl-C ends it; run clients with: batchlocal exec -- COMMAND`,
        );
    }
    const reason = await Promise.race([
        wish.first,
        whenItCannotGoOn(service, options).then((message) => new Failure(message)),
    ]);
    if (!(reason instanceof Failure)) say("Ending (once more to force it) ...");
    await service.close();
    wish.release();
    if (reason instanceof Failure) throw reason;
    say("Ended.");
    return 0;
}

/** Runs the same command again as a process of its own and waits until it serves. */
export async function startDetached(options: ServiceOptions, args: readonly string[]): Promise<number> {
    const { dataDirectory } = options;
    if (findService(dataDirectory)) throw new AlreadyServed(dataDirectory);
    prepareDataDirectory(dataDirectory);
    const output = path.join(dataDirectory, "start.log");
    const file = openSync(output, "w", 0o600);
    const child = spawn(process.execPath, [...process.execArgv, ...args], {
        detached: true,
        stdio: ["ignore", file, file],
    });
    closeSync(file);
    let ended: string | undefined;
    child.once("exit", (code, signal) => (ended = signal ?? `exit code ${code}`));
    child.once("error", (error) => (ended = error.message));
    for (let waited = 0; waited < detachedStartMs; waited += 50) {
        const service = findService(dataDirectory);
        if (service && service.pid === child.pid) {
            say(shown(service, options));
            say("Serving in the background; end it with: batchlocal stop");
            child.unref();
            return 0;
        }
        if (ended !== undefined) {
            const words = readFileSync(output, "utf8").trim().split("\n").at(-1) ?? "";
            throw new Failure(words.replace(/^error: /, "") || `the service ended (${ended})`);
        }
        await delay(50);
    }
    child.kill("SIGTERM");
    throw new Failure(`the service was not healthy within ${detachedStartMs / 1000} s; see ${output}`);
}

function shown(info: ServiceInfo, { dataDirectory, inMemory, speed }: ServiceOptions): string {
    const rows: [string, string][] = [
        ["resource manager", info.endpoints.resourceManager],
        ...info.accounts.map(({ name, endpoint }): [string, string] => [`account ${name}`, endpoint]),
        ["blob storage", info.endpoints.blob],
        ["logs", logFile(info.files)],
        ...(speed === 1 ? [] : [["speed", `${speed} times real time`] as [string, string]]),
    ];
    const width = Math.max(...rows.map(([name]) => name.length));
    const place = inMemory ? "memory" : dataDirectory;
    return [
        `Batch Local ${version} serves ${place}`,
        ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    ].join("\n");
}

function say(text: string): void {
    process.stdout.write(`${text}\n`);
}
