/** The command `batchlocal`. */
import { Command, CommanderError, Option } from "commander";
import { chooseDataDirectory, isDataDirectory, removeDataDirectory } from "./dataDirectory";
import { exec } from "./exec";
import { parseDelays } from "./delays";
import { readFaults } from "./faultsFile";
import { preempt } from "./preempt";
import { readQuotas } from "./quotasFile";
import { logs } from "./logs";
import { parseElevation, parseHost, parsePort, parseSpeed, type ServiceOptions } from "./options";
import { exitCodeOf, messageOf, wrongUsage } from "./problems";
import { needService, stopService } from "./running";
import { prepareSession } from "./session";
import { printed, shells } from "./shells";
import { start, startDetached } from "./start";
import { status } from "./status";
import { version } from "./version";
import { printJournal, why } from "./why";

interface ServiceFlags {
    port?: string;
    data?: string;
    inMemory?: boolean;
    speed: string;
    faults?: string;
    quotas?: string;
    delay: string[];
    skipApiVersionCheck?: boolean;
    elevation: string;
    host: string;
    region: string;
}

interface LogFlags {
    data?: string;
    follow?: boolean;
    json?: boolean;
    journal?: boolean;
    subject?: string;
}

const dataHelp =
    "data directory (default: $BATCHLOCAL_DATA, else .batchlocal of the nearest project, else the user's data folder)";

/** Runs the command line and gives its exit code: 0, 1 for a failure, 2 for wrong usage, `exec` that of its command. */
export async function main(argv: readonly string[]): Promise<number> {
    for (const stream of [process.stdout, process.stderr]) stream.on("error", unlessNobodyReads);
    let code = 0;
    const program = commandLine(argv, (result) => (code = result));
    try {
        await program.parseAsync(argv, { from: "user" });
        return code;
    } catch (error) {
        if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
        process.stderr.write(`error: ${messageOf(error)}\n`);
        if (process.env.BATCHLOCAL_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
        return exitCodeOf(error);
    }
}

/** A reader that has gone, as `head` does, ends no service and is no failure. */
function unlessNobodyReads(error: NodeJS.ErrnoException): void {
    if (error.code !== "EPIPE") throw error;
}

function commandLine(argv: readonly string[], done: (code: number) => void): Command {
    const program = new Command("batchlocal")
        .description("Azure Batch on this machine: both REST APIs, real tasks, real storage.")
        .version(version)
        .exitOverride()
        .showHelpAfterError("(batchlocal --help tells more)")
        .enablePositionalOptions();

    serviceFlags(program.command("start"))
        .description("serve in the foreground until Ctrl-C")
        .option("--detach", "serve in the background; end it with batchlocal stop")
        .action(async (flags: ServiceFlags & { detach?: boolean }) => {
            const options = serviceOptions(flags);
            done(flags.detach ? await startDetached(options, again(argv)) : await start(options));
        });

    serviceFlags(program.command("exec"))
        .description(
            "run a program in the environment in which it finds Batch Local; serves as long as it runs",
        )
        .usage("[options] -- COMMAND [ARGUMENT...]")
        .argument("<command...>", "the program and its arguments")
        .passThroughOptions()
        .action(async ([name, ...args]: string[], flags: ServiceFlags) => {
            if (name === undefined || name === "")
                throw wrongUsage("exec needs a command, as in: batchlocal exec -- pulumi up");
            done(await exec(serviceOptions(flags), [name, ...args]));
        });

    dataFlag(program.command("env"))
        .description("print the environment in which clients find the running service")
        .addOption(new Option("--shell <name>", "in whose words").choices(shells).default("sh"))
        .action(async (flags: { data?: string; shell: string }) => {
            const dataDirectory = chooseDataDirectory(flags.data);
            const changes = await prepareSession({
                service: needService(dataDirectory),
                dataDirectory,
                base: { ...process.env },
                log: (line) => void process.stderr.write(`batchlocal: ${line}\n`),
            });
            process.stdout.write(printed(changes, flags.shell));
        });

    dataFlag(program.command("status"))
        .description("tell what serves a data directory; exit code 1 where nothing healthy does")
        .option("--json", "endpoints, accounts and process ids as JSON")
        .action(async (flags: { data?: string; json?: boolean }) => {
            done(await status(chooseDataDirectory(flags.data), flags.json === true));
        });

    dataFlag(program.command("stop"))
        .description("end the running service; what it holds is kept")
        .action(async (flags: { data?: string }) => {
            const dataDirectory = chooseDataDirectory(flags.data);
            const stopped = await stopService(dataDirectory);
            process.stdout.write(
                stopped ? "ended\n" : `nothing to end: no service serves ${dataDirectory}\n`,
            );
        });

    dataFlag(program.command("reset"))
        .description("end the running service and remove all it holds")
        .action(async (flags: { data?: string }) => {
            const dataDirectory = chooseDataDirectory(flags.data);
            await stopService(dataDirectory);
            const there = isDataDirectory(dataDirectory);
            removeDataDirectory(dataDirectory);
            process.stdout.write(
                there ? `removed ${dataDirectory}\n` : `nothing to remove: there is no ${dataDirectory}\n`,
            );
        });

    dataFlag(program.command("logs"))
        .description("print the service's log")
        .option("-f, --follow", "go on as it grows")
        .option("--json", "the lines as they are, one JSON object each")
        .addOption(
            new Option("--journal", "instead: every change of state with its cause, oldest first").conflicts(
                "follow",
            ),
        )
        .addOption(
            new Option("--subject <key>", "of one record alone, such as account/job/task").implies({
                journal: true,
            }),
        )
        .action(async (flags: LogFlags) => {
            const dataDirectory = chooseDataDirectory(flags.data);
            const json = flags.json === true;
            done(
                flags.journal
                    ? await printJournal(dataDirectory, { json, subject: flags.subject })
                    : await logs(dataDirectory, { follow: flags.follow === true, json }),
            );
        });

    dataFlag(program.command("preempt"))
        .description("take a spot node away, as Azure does when it needs the capacity")
        .argument("<pool/node>", "its pool and its id")
        .option("--account <name>", "its Batch account; needed where several have such a node")
        .action(async (what: string, flags: { data?: string; account?: string }) => {
            done(await preempt(chooseDataDirectory(flags.data), what, flags.account));
        });

    dataFlag(program.command("why"))
        .description("tell what keeps a task or a job from going on, and what happened to it")
        .argument("<job/task>", "JOB/TASK, or JOB for the job itself")
        .option("--account <name>", "its Batch account; needed where several have such a job")
        .option("--json", "as JSON")
        .action(async (what: string, flags: { data?: string; account?: string; json?: boolean }) => {
            const options = { account: flags.account, json: flags.json === true };
            done(await why(chooseDataDirectory(flags.data), what, options));
        });

    return program;
}

/** Inherits `exitOverride`, so that this process and not commander decides on its end. */
function dataFlag(command: Command): Command {
    return command.exitOverride().allowExcessArguments(false).option("--data <dir>", dataHelp);
}

function serviceFlags(command: Command): Command {
    return dataFlag(command)
        .option("--in-memory", "keep nothing: all is gone when the service ends")
        .option(
            "--port <number>",
            "port of the resource manager (default: that of last time, else chosen by the system)",
        )
        .option("--speed <number>", "how much faster than real time the service's clock runs", "1")
        .option("--faults <file>", "make requests and nodes fail as this JSON file says")
        .option(
            "--delay <name=seconds>",
            "let resize, boot or counts take time, by the service's clock; may be repeated",
            (text: string, before: string[]) => [...before, text],
            [],
        )
        .option("--quotas <file>", "give all accounts the quotas of this JSON file, which they keep")
        .option("--skip-api-version-check", "take any api-version")
        .option("--elevation <mode>", "what admin tasks may do: sandbox, as-me or refuse", "sandbox")
        .option(
            "--host <address>",
            "listen beyond this machine; whoever reaches it and has a key can run programs as you",
            "127.0.0.1",
        )
        .option("--region <name>", "location of what is made without one", "westeurope");
}

function serviceOptions(flags: ServiceFlags): ServiceOptions {
    if (flags.inMemory && flags.data !== undefined) {
        throw wrongUsage("--in-memory and --data exclude each other: what is in memory has no directory");
    }
    if (!/^[a-z0-9]+$/.test(flags.region)) {
        throw wrongUsage(`--region '${flags.region}' is no region; allowed: a name such as westeurope`);
    }
    return {
        dataDirectory: chooseDataDirectory(flags.data),
        inMemory: flags.inMemory === true,
        ...(flags.port === undefined ? {} : { port: parsePort(flags.port) }),
        host: parseHost(flags.host),
        speed: parseSpeed(flags.speed),
        ...(flags.faults === undefined ? {} : { faults: readFaults(flags.faults) }),
        delays: parseDelays(flags.delay),
        ...(flags.quotas === undefined ? {} : { quotas: readQuotas(flags.quotas) }),
        skipApiVersionCheck: flags.skipApiVersionCheck === true,
        elevation: parseElevation(flags.elevation),
        region: flags.region,
    };
}

/** The same command line for a process of its own, without `--detach`. */
function again(argv: readonly string[]): string[] {
    return [
        ...(process.argv[1] === undefined ? [] : [process.argv[1]]),
        ...argv.filter((argument) => argument !== "--detach"),
    ];
}
