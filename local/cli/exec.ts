/** `batchlocal exec -- COMMAND`: runs any client against Batch Local and ends as it ended. */
import { spawn } from "node:child_process";
import { AlreadyServed } from "./alreadyServed";
import { findService, type ServiceInfo } from "./discovery";
import { applied } from "./environment";
import { launchService } from "./launch";
import type { ServiceOptions } from "./options";
import { Failure } from "./problems";
import { isHealthy, waitForOther } from "./running";
import type { Service } from "./serve";
import { prepareSession } from "./session";
import { exitCodeOfSignal, onEndWished } from "./signals";
import { whenItCannotGoOn } from "./unexpected";

const quiet = (line: string) => void process.stderr.write(`batchlocal: ${line}\n`);

export async function exec(
    options: ServiceOptions,
    command: readonly [string, ...string[]],
): Promise<number> {
    let child: ReturnType<typeof spawn> | undefined;
    // The command decides what a signal means; ours is to tell it and to end after it.
    const forward = (signal: NodeJS.Signals) => void child?.kill(signal);
    const wish = onEndWished(() => {
        if (child) child.kill("SIGKILL");
        else process.exit(exitCodeOfSignal("SIGINT"));
    });
    const { service, own } = await serviceFor(options);
    try {
        const preparing = prepareSession({
            service,
            dataDirectory: options.dataDirectory,
            base: { ...process.env },
            command,
            log: quiet,
        });
        const before = await Promise.race([wish.first, preparing.then(() => undefined)]);
        if (before !== undefined) return exitCodeOfSignal(before);
        const env = applied(process.env, await preparing);
        const ended = new Promise<number>((resolve, reject) => {
            child = spawn(command[0], command.slice(1), { stdio: "inherit", env });
            child.once("error", (error: NodeJS.ErrnoException) => reject(notStarted(command[0], error)));
            child.once("exit", (code, signal) =>
                resolve(signal === null ? (code ?? 1) : exitCodeOfSignal(signal)),
            );
        });
        void wish.first.then((signal) => {
            // A terminal's Ctrl-C has reached the command already, with the whole foreground group.
            if (signal !== "SIGINT" || !process.stdin.isTTY) forward(signal);
        });
        // The command finds out by itself; its exit code stays what counts.
        if (own)
            void whenItCannotGoOn(own, options).then((reason) => {
                quiet(reason);
                return own.close();
            });
        return await ended;
    } finally {
        await own?.close();
        wish.release();
    }
}

/** One that serves already is used and left alone; else one is started, which is ours to end. */
async function serviceFor(options: ServiceOptions): Promise<{ service: ServiceInfo; own?: Service }> {
    const { dataDirectory } = options;
    const running = findService(dataDirectory);
    if (running) {
        return { service: (await isHealthy(running)) ? running : await waitForOther(dataDirectory) };
    }
    try {
        const own = await launchService(options);
        return { service: own.info(), own };
    } catch (error) {
        // Another one was faster.
        if (error instanceof AlreadyServed) return { service: await waitForOther(dataDirectory) };
        throw error;
    }
}

/** As a shell has it: 127 where there is no such program, 126 where it cannot be run. */
function notStarted(program: string, error: NodeJS.ErrnoException): Failure {
    if (error.code === "ENOENT") return new Failure(`${program}: there is no such program on PATH`, 127);
    return new Failure(`${program}: it cannot be run (${error.code ?? error.message})`, 126);
}
