import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import type { ContainerSettings, RunCommand } from "../model/agent";
import { CommandLineError, splitCommandLine } from "./commandLine";
import { RunFailure } from "./failure";

const execute = promisify(execFile);

/** How a run is started in a container. */
export interface ContainerRun {
    name: string;
    argv: string[];
    /** Beside the run's own variables: for the engine's client, not for the container. */
    environment: Record<string, string>;
    /** Forgets the credentials of its registry. */
    clean: () => Promise<void>;
}

export type Engine = "docker" | "podman";

const engines: readonly Engine[] = ["docker", "podman"];
const retryAfter = 30_000;
const label = "batchlocal";

/** Runs commands in containers of the machine's engine, docker or podman, whichever answers first. */
export class Containers {
    private asked: Promise<Engine | undefined> | undefined;
    private readonly flag: string;

    constructor(
        private readonly directory: string,
        /** Tells our containers from anyone else's. */
        private readonly mark: string,
    ) {
        this.flag = join(directory, "containers");
        // A container is no child of ours: what a former life started is found by its label.
        if (existsSync(this.flag)) void this.removeAll();
    }

    /** Throws a {@link RunFailure} where there is no engine, or the settings cannot be read. */
    async prepare(
        run: RunCommand,
        settings: ContainerSettings,
        root: string,
        working: string,
    ): Promise<ContainerRun> {
        const engine = await this.engine();
        if (!engine) {
            throw new RunFailure("ContainerMiscError", {
                Message:
                    "The task has container settings, and no container engine answers on this machine: neither `docker info` nor " +
                    "`podman info` succeeded. Start one of them, or leave the container settings out to run the command itself.",
            });
        }
        await writeFile(this.flag, "");
        const name = `${label}-${createHash("sha256").update(`${this.mark}:${run.attempt}`).digest("hex").slice(0, 24)}`;
        const login = await this.logIn(name, settings.registry);
        const environment = { ...clientEnvironment(process.env), ...login.environment };
        const argv = containerCommand(engine, run, settings, {
            root,
            working,
            name,
            label: `${label}=${this.mark}`,
            environment,
        });
        return { name, argv, environment, clean: login.clean };
    }

    /** Ends a container: ending the engine's client does not. */
    async remove(name: string): Promise<void> {
        const engine = await this.engine();
        if (engine) await execute(engine, ["rm", "--force", name]).catch(() => undefined);
    }

    /** Ends all containers of this directory's nodes, if there ever were any. */
    async removeAll(): Promise<void> {
        if (!existsSync(this.flag)) return;
        const engine = await this.engine();
        if (!engine) return;
        try {
            const { stdout } = await execute(engine, [
                "ps",
                "-aq",
                "--filter",
                `label=${label}=${this.mark}`,
            ]);
            const ids = stdout.split("\n").filter(Boolean);
            if (ids.length > 0) await execute(engine, ["rm", "--force", ...ids]);
            await rm(this.flag, { force: true });
        } catch {
            // The flag stays, so the next life tries again.
        }
    }

    private engine(): Promise<Engine | undefined> {
        this.asked ??= findEngine().then((engine) => {
            // It may be started later.
            if (!engine) setTimeout(() => (this.asked = undefined), retryAfter).unref();
            return engine;
        });
        return this.asked;
    }

    /** A client configuration of its own, so that the credentials reach neither the command line nor the user's own configuration. */
    private async logIn(
        name: string,
        registry: ContainerSettings["registry"],
    ): Promise<Pick<ContainerRun, "environment" | "clean">> {
        if (registry?.userName === undefined) return { environment: {}, clean: async () => undefined };
        const folder = join(this.directory, `.${name}`);
        const file = join(folder, "config.json");
        const server = registry.registryServer ?? "https://index.docker.io/v1/";
        const auth = Buffer.from(`${registry.userName}:${registry.password ?? ""}`).toString("base64");
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await writeFile(file, JSON.stringify({ auths: { [server]: { auth } } }), { mode: 0o600 });
        return {
            environment: { DOCKER_CONFIG: folder, REGISTRY_AUTH_FILE: file },
            clean: () => rm(folder, { recursive: true, force: true }),
        };
    }
}

/** Where the engine's client finds its images and its engine: a node's own HOME would hide them. */
function clientEnvironment(all: NodeJS.ProcessEnv): Record<string, string> {
    const wanted = /^(HOME|USER|DBUS_SESSION_BUS_ADDRESS|REGISTRY_AUTH_FILE|(DOCKER|CONTAINERS?|XDG)_.*)$/;
    return Object.fromEntries(
        Object.entries(all).flatMap(([name, value]) =>
            wanted.test(name) && value !== undefined ? [[name, value]] : [],
        ),
    );
}

async function findEngine(): Promise<Engine | undefined> {
    for (const engine of engines) {
        try {
            await execute(engine, ["info"], { timeout: 10_000 });
            return engine;
        } catch {
            // The next one.
        }
    }
    return undefined;
}

/** The engine's command line for a run. The node's root is mounted at its own path, as the service does. */
export function containerCommand(
    engine: Engine,
    run: Pick<RunCommand, "commandLine" | "environment" | "elevated">,
    settings: ContainerSettings,
    place: {
        root: string;
        working: string;
        name: string;
        label: string;
        /** Of the engine's client. */
        environment: Readonly<Record<string, string>>;
    },
): string[] {
    const { root, working, name, label, environment } = place;
    try {
        return [
            engine,
            "run",
            "--rm",
            ...["--name", name, "--label", label],
            ...["--volume", `${root}:${root}`],
            ...(settings.workingDirectory === "containerImageDefault" ? [] : ["--workdir", working]),
            ...userOptions(engine, run.elevated),
            // By name: the values are in the client's environment, where no list of processes shows them. What the client itself goes by
            // is no secret of the command's.
            ...Object.entries(run.environment).flatMap(([variable, value]) => [
                "--env",
                variable in environment ? `${variable}=${value}` : variable,
            ]),
            ...(settings.containerRunOptions?.trim() ? splitCommandLine(settings.containerRunOptions) : []),
            settings.imageName,
            ...(run.commandLine.trim() ? splitCommandLine(run.commandLine) : []),
        ];
    } catch (error) {
        if (!(error instanceof CommandLineError)) throw error;
        throw new RunFailure("ContainerInvalidSettings", { Message: error.message });
    }
}

/** Files that the command writes below the node's root are to be ours. */
function userOptions(engine: Engine, elevated: boolean): string[] {
    const { uid, gid } = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
    if (elevated || uid === 0) return [];
    return engine === "podman" ? ["--userns=keep-id"] : ["--user", `${uid}:${gid}`];
}
