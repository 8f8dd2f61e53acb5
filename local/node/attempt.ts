import type { NodeEvent, RunCommand } from "../model/agent";
import type { FailureInfo } from "../model/pool";
import type { ContainerRun, Containers } from "./containers";
import { makeWorkingDirectory } from "./directories";
import { failure, RunFailure } from "./failure";
import { MountFailure, type Mounts } from "./mounts";
import type { Elevation } from "./options";
import { outputsFor, uploadOutputFiles } from "./outputFiles";
import type { Packages } from "./packages";
import { resolveWithin } from "./paths";
import { fetchResourceFiles } from "./resourceFiles";
import type { FromSpawner, SpawnFailure, SpawnRequest } from "./spawner/protocol";
import type { Transfers } from "./transfer/transfers";

/** What a run needs of its host. */
export interface AttemptWorld {
    rootOf(node: string): string;
    transfers: Transfers;
    packages: Packages;
    containers: Containers;
    mounts: Mounts;
    elevation: Elevation;
    /** The node's home, if a run of it is to be in its sandbox. */
    sandboxFor(node: string, elevated: boolean): string | undefined;
    spawn(request: SpawnRequest): void;
    kill(attempt: string): void;
    emit(event: NodeEvent): void;
}

export type RunMessage = Extract<FromSpawner, { is: "started" | "ended" | "failed" }>;

/** What docker and podman exit with when they, not the command, failed. */
const engineFailed = 125;

const sandboxAdvice =
    "The command asks for elevation, and this machine's kernel does not let it be kept within its node. Allow user namespaces (on Ubuntu " +
    "sysctl kernel.apparmor_restrict_unprivileged_userns=0), or start Batch Local with --elevation as-me to run such commands as yourself.";
const refusal =
    "The command asks for elevation, which Batch Local was told to refuse. Start it with --elevation sandbox to keep such commands within " +
    "their node, or with --elevation as-me to run them as yourself.";

const longestTimer = 2 ** 31 - 1;

const launchFailures = {
    commandLine: "CommandLaunchFailed",
    notFound: "CommandProgramNotFound",
    denied: "CommandLaunchFailed",
    directory: "ResourceDirectoryCreateFailed",
    launch: "CommandLaunchFailed",
    sandbox: "CommandLaunchFailed",
} as const satisfies Record<SpawnFailure, string>;

/** One run, from its files' download to their upload. It ends exactly once, unless it is abandoned. */
export class Attempt {
    private phase: "waiting" | "preparing" | "running" | "uploading" | "over" = "waiting";
    private stopRequested = false;
    private timedOut = false;
    private container: ContainerRun | undefined;
    private timer: NodeJS.Timeout | undefined;
    private readonly abort = new AbortController();
    private readonly closing = new AbortController();
    private readonly root: string;
    private readonly directory: string | undefined;

    constructor(
        private readonly run: RunCommand,
        private readonly world: AttemptWorld,
    ) {
        this.root = world.rootOf(run.node);
        this.directory = resolveWithin(this.root, run.directory);
    }

    get node(): string {
        return this.run.node;
    }

    begin(): void {
        if (this.phase !== "waiting") return;
        this.phase = "preparing";
        const { run, directory } = this;
        if (directory === undefined || directory === this.root) {
            this.end({
                failureInfo: failure("ResourceDirectoryCreateFailed", {
                    Message: `Not below the node: ${run.directory}`,
                }),
            });
            return;
        }
        if (run.wallClock !== undefined) this.setDeadline(Date.now() + run.wallClock);
        const { resourceFiles, applicationPackages, containerSettings } = run;
        const mounts = run.mounts !== undefined || this.world.mounts.has(run.node);
        if (mounts || resourceFiles.length > 0 || applicationPackages.length > 0 || containerSettings)
            void this.prepare(directory);
        else this.launch(directory);
    }

    /** Its node could not be made ready. */
    fail(error: unknown): void {
        const { code, message } = error as NodeJS.ErrnoException;
        this.end({
            failureInfo: failure(code === "ENOSPC" ? "DiskFull" : "ResourceDirectoryCreateFailed", {
                Message: message,
            }),
        });
    }

    /** Ends it on request. */
    stop(): void {
        if (this.phase === "over") return;
        this.stopRequested = true;
        this.cut();
    }

    /** Its node or host is gone: nothing more is said about it. */
    abandon(): void {
        this.phase = "over";
        clearTimeout(this.timer);
        this.abort.abort();
        this.closing.abort();
    }

    hear(message: RunMessage): void {
        if (this.phase === "over") return;
        if (message.is === "started") {
            this.world.emit({ event: "started", attempt: message.attempt, at: message.at, pid: message.pid });
        } else if (message.is === "failed") {
            const Message =
                message.reason === "sandbox" ? `${sandboxAdvice} (${message.message})` : message.message;
            this.end({ failureInfo: failure(launchFailures[message.reason], { Message }) }, message.at);
        } else {
            this.exited(message.exitCode, message.at);
        }
    }

    private async prepare(directory: string): Promise<void> {
        const { run, world } = this;
        try {
            const working = await makeWorkingDirectory(directory);
            if (run.mounts) await world.mounts.mount(run.node, this.root, run.mounts);
            await world.mounts.pull(run.node, this.abort.signal);
            await world.packages.install(run.applicationPackages, this.root);
            await fetchResourceFiles(run.resourceFiles, working, world.transfers, this.abort.signal);
            if (run.containerSettings) {
                this.container = await world.containers.prepare(
                    run,
                    run.containerSettings,
                    this.root,
                    working,
                );
            }
            if (this.phase === "preparing" && !this.abort.signal.aborted) this.launch(directory);
            else await this.container?.clean();
        } catch (error) {
            if (this.phase !== "preparing" || this.abort.signal.aborted) return;
            this.end({ failureInfo: failureOf(error) });
        }
    }

    private launch(directory: string): void {
        const { run, world } = this;
        const problem = run.problem ?? (run.elevated && world.elevation === "refuse" ? refusal : undefined);
        if (problem !== undefined) {
            this.end({ failureInfo: failure("CommandLaunchFailed", { Message: problem }) });
            return;
        }
        this.phase = "running";
        const { container } = this;
        // A container is a sandbox of its own.
        const home = container ? undefined : world.sandboxFor(run.node, run.elevated);
        this.world.spawn({
            attempt: run.attempt,
            node: run.node,
            root: this.root,
            directory,
            commandLine: run.commandLine,
            environment: { ...run.environment, ...container?.environment },
            ...(container && { argv: container.argv }),
            ...(run.leaveRunning && { leaveRunning: true }),
            ...(home !== undefined && { sandbox: { home, elevated: run.elevated } }),
        });
    }

    private exited(exitCode: number, at: number): void {
        clearTimeout(this.timer);
        void this.container?.clean();
        if (this.container && exitCode === engineFailed && !this.stopRequested && !this.timedOut) {
            const Message = `The container engine could not run the image ${this.run.containerSettings?.imageName}; stderr.txt has what it said.`;
            this.end({ failureInfo: failure("ContainerMiscError", { Message }) }, at);
            return;
        }
        const outcome: Outcome = { exitCode, failureInfo: this.failureOfExit(exitCode) };
        // guess: what a user stopped uploads nothing; what ran into its time limit counts as failed and does.
        const outputs = this.stopRequested
            ? []
            : outputsFor(this.run.outputFiles, outcome.failureInfo === undefined);
        if (outputs.length > 0 || this.world.mounts.has(this.run.node)) void this.upload(outputs, outcome);
        else this.end(outcome, at);
    }

    private failureOfExit(exitCode: number): FailureInfo | undefined {
        if (this.stopRequested) return undefined;
        if (this.timedOut)
            return failure("TaskEnded", { Message: "The task ran longer than its maxWallClockTime" });
        if (exitCode === 0) return undefined;
        // As a record of the service shows it.
        return failure("FailureExitCode", {
            Message: "The task process exited with an unexpected exit code",
            AdditionalErrorCode: "FailureExitCode",
        });
    }

    private async upload(outputs: RunCommand["outputFiles"], outcome: Outcome): Promise<void> {
        this.phase = "uploading";
        try {
            const { directory = "", root, world } = this;
            // What a stopped run wrote to a mount is there too; its own abort is not to keep it from that.
            await world.mounts.push(this.run.node, this.closing.signal);
            if (outputs.length > 0) {
                await uploadOutputFiles(outputs, directory, root, world.transfers, this.abort.signal);
            }
            this.end(outcome);
        } catch (error) {
            // guess: an exit code says more than an upload.
            this.end(
                this.stopRequested
                    ? outcome
                    : {
                          ...outcome,
                          failureInfo: outcome.failureInfo ?? failureOf(error, "FileUploadMiscError"),
                      },
            );
        }
    }

    private setDeadline(deadline: number): void {
        this.timer = setTimeout(
            () => {
                if (Date.now() < deadline) return this.setDeadline(deadline);
                this.timedOut = true;
                this.cut();
            },
            Math.min(deadline - Date.now(), longestTimer),
        );
    }

    /** Ends what is under way, whatever that is. */
    private cut(): void {
        const { phase } = this;
        this.abort.abort();
        if (phase === "running") {
            this.world.kill(this.run.attempt);
            if (this.container) void this.world.containers.remove(this.container.name);
        } else if (phase === "waiting" || phase === "preparing") {
            this.end(this.stopRequested ? {} : { failureInfo: this.failureOfExit(1) });
        }
    }

    private end(outcome: Outcome, at = Date.now()): void {
        if (this.phase === "over") return;
        this.phase = "over";
        clearTimeout(this.timer);
        const stopped = this.stopRequested ? { stopped: true } : {};
        this.world.emit({ event: "ended", attempt: this.run.attempt, at, ...outcome, ...stopped });
    }
}

interface Outcome {
    exitCode?: number;
    failureInfo?: FailureInfo;
}

function failureOf(
    error: unknown,
    otherwise: "ResourceFileWriteFailed" | "FileUploadMiscError" = "ResourceFileWriteFailed",
): FailureInfo {
    if (error instanceof RunFailure || error instanceof MountFailure) return error.info;
    return failure(otherwise, { Message: error instanceof Error ? error.message : String(error) });
}
