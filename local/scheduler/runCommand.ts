import type { OutputFile, ResourceFile, RunCommand } from "../model/agent";
import { durationOf } from "../model/instant";
import type { JobRecord } from "../model/job";
import type { NodeRecord, PoolRecord } from "../model/pool";
import type {
    JobSpec,
    OutputFileSpec,
    PoolSpec,
    ResourceFileSpec,
    RunnableSpec,
    TaskSpec,
    UserIdentity,
} from "../model/spec";
import type { TaskRecord } from "../model/task";
import {
    environmentOf,
    jobDirectory,
    ofGang,
    ofJob,
    ofTask,
    specialDirectory,
    type GangNode,
} from "./environment";
import { packagesFor } from "./packages";
import type { Turn } from "./turn";

export type { GangNode };

export function taskDirectory(job: JobRecord, task: TaskRecord): string {
    return `${jobDirectory(job)}/${task.id}`;
}

/** guess: below the task's own directory, so that its files and streams are found and removed with it. */
export function coordinationDirectory(job: JobRecord, task: TaskRecord): string {
    return `${taskDirectory(job, task)}/coordination`;
}

/** What runs on each node of a multi-instance task before its own command; its files are those that all of them share. */
export function coordinationCommand(
    turn: Turn,
    job: JobRecord,
    task: TaskRecord,
    node: NodeRecord,
    attempt: string,
    nodes: readonly GangNode[],
    index: number,
): RunCommand {
    const spec = task.spec as unknown as TaskSpec;
    const directory = coordinationDirectory(job, task);
    const { coordinationCommandLine, commonResourceFiles } = spec.multiInstanceSettings ?? {};
    const own = taskCommand(turn, job, task, node, attempt);
    return {
        ...own,
        kind: "coordination",
        directory,
        commandLine: coordinationCommandLine ?? "",
        environment: { ...own.environment, ...ofTask(directory), ...ofGang(nodes, directory, index === 0) },
        resourceFiles: (commonResourceFiles ?? []).map((file) => resourceOf(turn, job.account, file)),
        outputFiles: [],
        leaveRunning: true,
    };
}

/** `nodes`: of a multi-instance task. */
export function taskCommand(
    turn: Turn,
    job: JobRecord,
    task: TaskRecord,
    node: NodeRecord,
    attempt: string,
    nodes?: readonly GangNode[],
): RunCommand {
    const spec = task.spec as unknown as TaskSpec;
    const directory = taskDirectory(job, task);
    const packages = packagesFor(turn, node, spec.applicationPackageReferences);
    return {
        ...common(turn, job.account, spec, node, attempt, directory, "task"),
        environment: environmentOf(
            turn,
            node,
            [(job.spec as unknown as JobSpec).commonEnvironmentSettings, spec.environmentSettings],
            {
                ...ofJob(job),
                ...ofTask(directory),
                AZ_BATCH_TASK_ID: task.id,
                ...(nodes && ofGang(nodes, coordinationDirectory(job, task), true)),
                ...packages.environment,
            },
        ),
        outputFiles: (spec.outputFiles ?? []).flatMap(outputOf),
        applicationPackages: packages.files,
        ...wallClockOf(spec.constraints?.maxWallClockTime),
    };
}

export function startTaskCommand(
    turn: Turn,
    pool: PoolRecord,
    node: NodeRecord,
    attempt: string,
): RunCommand {
    const spec = pool.spec as unknown as PoolSpec;
    const startTask: RunnableSpec = spec.startTask ?? { commandLine: "" };
    const packages = packagesFor(turn, node);
    return {
        ...common(turn, pool.account, startTask, node, attempt, "startup", "startTask"),
        environment: environmentOf(turn, node, [startTask.environmentSettings], {
            ...ofTask("startup"),
            ...packages.environment,
        }),
        applicationPackages: packages.files,
    };
}

export function preparationCommand(
    turn: Turn,
    job: JobRecord,
    node: NodeRecord,
    directory: string,
    attempt: string,
): RunCommand {
    const spec = (job.spec as unknown as JobSpec).jobPreparationTask ?? { commandLine: "" };
    return {
        ...special(turn, job, spec, node, attempt, directory, "preparation"),
        ...wallClockOf(spec.constraints?.maxWallClockTime),
    };
}

export function releaseCommand(
    turn: Turn,
    job: JobRecord,
    node: NodeRecord,
    directory: string,
    attempt: string,
): RunCommand {
    const spec = (job.spec as unknown as JobSpec).jobReleaseTask ?? { commandLine: "" };
    return {
        ...special(turn, job, spec, node, attempt, directory, "release"),
        ...wallClockOf(spec.maxWallClockTime ?? "PT15M"),
    };
}

/** What preparation and release have in common. */
function special(
    turn: Turn,
    job: JobRecord,
    spec: RunnableSpec & { id?: string },
    node: NodeRecord,
    attempt: string,
    directory: string,
    kind: "preparation" | "release",
): RunCommand {
    const { commonEnvironmentSettings } = job.spec as unknown as JobSpec;
    return {
        ...common(turn, job.account, spec, node, attempt, directory, kind),
        environment: environmentOf(turn, node, [commonEnvironmentSettings, spec.environmentSettings], {
            ...ofJob(job),
            ...ofTask(directory),
            AZ_BATCH_TASK_ID: spec.id ?? `job${kind}`,
        }),
    };
}

export function preparationDirectory(job: JobRecord): string {
    return specialDirectory(job, (job.spec as unknown as JobSpec).jobPreparationTask?.id ?? "jobpreparation");
}

export function releaseDirectory(job: JobRecord): string {
    return specialDirectory(job, (job.spec as unknown as JobSpec).jobReleaseTask?.id ?? "jobrelease");
}

function common(
    turn: Turn,
    account: string,
    spec: RunnableSpec,
    node: NodeRecord,
    attempt: string,
    directory: string,
    kind: RunCommand["kind"],
): RunCommand {
    const pool = turn.poolOf(node)?.spec as unknown as PoolSpec | undefined;
    return {
        attempt,
        kind,
        node: node.key,
        directory,
        commandLine: spec.commandLine,
        environment: {},
        resourceFiles: (spec.resourceFiles ?? []).map((file) => resourceOf(turn, account, file)),
        outputFiles: [],
        applicationPackages: [],
        ...(pool?.mountConfiguration && { mounts: pool.mountConfiguration }),
        ...elevationOf(spec.userIdentity, pool),
        ...(spec.containerSettings && {
            containerSettings: {
                imageName: spec.containerSettings.imageName,
                ...(spec.containerSettings.containerRunOptions !== undefined && {
                    containerRunOptions: spec.containerSettings.containerRunOptions,
                }),
                ...(spec.containerSettings.workingDirectory && {
                    workingDirectory: spec.containerSettings.workingDirectory,
                }),
                ...(spec.containerSettings.registry && {
                    registry: {
                        ...(spec.containerSettings.registry.registryServer !== undefined && {
                            registryServer: spec.containerSettings.registry.registryServer,
                        }),
                        ...(spec.containerSettings.registry.username !== undefined && {
                            userName: spec.containerSettings.registry.username,
                        }),
                        ...(spec.containerSettings.registry.password !== undefined && {
                            password: spec.containerSettings.registry.password,
                        }),
                    },
                }),
            },
        }),
    };
}

/** Whether a command is elevated, by its automatic user or by the pool's account that it names. */
function elevationOf(
    user: UserIdentity | undefined,
    pool: PoolSpec | undefined,
): Pick<RunCommand, "elevated" | "problem"> {
    const { username, autoUser } = user ?? {};
    if (username === undefined) return { elevated: autoUser?.elevationLevel === "admin" };
    const accounts = pool?.userAccounts ?? [];
    const account = accounts.find(({ name }) => name === username);
    if (account) return { elevated: account.elevationLevel === "admin" };
    // guess: tasks are accepted with any name, and the node finds out.
    const names = accounts.map(({ name }) => name).join(", ");
    return {
        elevated: false,
        problem: `The pool has no user account '${username}'; ${names ? `it has ${names}` : "it has none"}.`,
    };
}

function resourceOf(turn: Turn, account: string, file: ResourceFileSpec): ResourceFile {
    const container =
        file.autoStorageContainerName === undefined
            ? file.storageContainerUrl
            : // An account without storage cannot serve it; the empty URL makes the download fail with its reason.
              (turn.resolve.autoStorageContainer(account, file.autoStorageContainerName) ?? "");
    return {
        ...(file.httpUrl !== undefined && { httpUrl: file.httpUrl }),
        ...(container !== undefined && { storageContainerUrl: container }),
        ...(file.blobPrefix !== undefined && { blobPrefix: file.blobPrefix }),
        ...(file.filePath !== undefined && { filePath: file.filePath }),
        ...(file.fileMode !== undefined && { fileMode: file.fileMode }),
        ...(file.identityReference?.resourceId !== undefined && {
            identity: file.identityReference.resourceId,
        }),
    };
}

function outputOf(file: OutputFileSpec): OutputFile[] {
    const container = file.destination.container;
    if (!container) return [];
    return [
        {
            filePattern: file.filePattern,
            containerUrl: container.containerUrl,
            uploadCondition: file.uploadOptions.uploadCondition,
            ...(container.path !== undefined && { path: container.path }),
            ...(container.identityReference?.resourceId !== undefined && {
                identity: container.identityReference.resourceId,
            }),
            ...(container.uploadHeaders && {
                uploadHeaders: container.uploadHeaders.map(({ name, value }) => ({
                    name,
                    value: value ?? "",
                })),
            }),
        },
    ];
}

function wallClockOf(text: string | undefined): { wallClock?: number } {
    const wallClock = durationOf(text ?? "");
    // The service's "no limit" is its largest duration; timers cannot count that far.
    return wallClock !== undefined && wallClock < 180 * 24 * 3_600_000 ? { wallClock } : {};
}
