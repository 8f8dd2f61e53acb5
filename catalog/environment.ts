import type { Source } from "./source";

/** Kinds of tasks of the service, as far as their environment differs. */
export type TaskKind = "task" | "startTask" | "jobPreparation" | "jobRelease" | "jobManager";

/** One environment variable that the service sets for tasks. */
export interface EnvironmentVariable {
    readonly name: string;
    readonly meaning: string;
    /** Tasks that see it; all kinds when left out. */
    readonly tasks?: readonly TaskKind[];
    /** Set on multi-instance tasks only. */
    readonly multiInstance?: true;
    /** Day on which the service stopped to set it, for those that are gone. */
    readonly retired?: string;
}

/** Where the variables are stated. */
export const environmentSource: Source = {
    title: "Azure Batch runtime environment variables",
    url: "https://learn.microsoft.com/azure/batch/batch-compute-node-environment-variables",
    date: "2024-06",
};

const ordinary: readonly TaskKind[] = ["task", "jobManager"];
const ofAJob: readonly TaskKind[] = ["task", "jobManager", "jobPreparation", "jobRelease"];

/** Every variable that the service sets, by name; application packages have one each besides (see {@link packageVariable}). */
export const environmentVariables = {
    AZ_BATCH_ACCOUNT_NAME: { name: "AZ_BATCH_ACCOUNT_NAME", meaning: "name of the Batch account" },
    AZ_BATCH_ACCOUNT_URL: {
        name: "AZ_BATCH_ACCOUNT_URL",
        meaning: "address of the account's data plane, with its scheme",
    },
    AZ_BATCH_AUTHENTICATION_TOKEN: {
        name: "AZ_BATCH_AUTHENTICATION_TOKEN",
        meaning: "token for some operations of the service",
        tasks: ordinary,
        retired: "2024-09-30",
    },
    AZ_BATCH_CERTIFICATES_DIR: {
        name: "AZ_BATCH_CERTIFICATES_DIR",
        meaning: "folder of the account's certificates on Linux nodes",
        retired: "2024-02-29",
    },
    AZ_BATCH_HOST_LIST: {
        name: "AZ_BATCH_HOST_LIST",
        meaning: "addresses of the nodes of a multi-instance task, comma between two",
        tasks: ordinary,
        multiInstance: true,
    },
    AZ_BATCH_IS_CURRENT_NODE_MASTER: {
        name: "AZ_BATCH_IS_CURRENT_NODE_MASTER",
        meaning: "true on the node that runs the primary of a multi-instance task",
        tasks: ordinary,
        multiInstance: true,
    },
    AZ_BATCH_JOB_ID: { name: "AZ_BATCH_JOB_ID", meaning: "id of the job", tasks: ofAJob },
    AZ_BATCH_JOB_PREP_DIR: {
        name: "AZ_BATCH_JOB_PREP_DIR",
        meaning: "folder of the job preparation task on this node",
        tasks: ofAJob,
    },
    AZ_BATCH_JOB_PREP_WORKING_DIR: {
        name: "AZ_BATCH_JOB_PREP_WORKING_DIR",
        meaning: "working folder of the job preparation task on this node",
        tasks: ofAJob,
    },
    AZ_BATCH_MASTER_NODE: {
        name: "AZ_BATCH_MASTER_NODE",
        meaning: "address and port of the node of the primary task",
        tasks: ordinary,
        multiInstance: true,
    },
    AZ_BATCH_NODE_ID: { name: "AZ_BATCH_NODE_ID", meaning: "id of the node" },
    AZ_BATCH_NODE_IS_DEDICATED: {
        name: "AZ_BATCH_NODE_IS_DEDICATED",
        meaning: "true on dedicated nodes, false on spot nodes",
    },
    AZ_BATCH_NODE_LIST: {
        name: "AZ_BATCH_NODE_LIST",
        meaning: "addresses of the nodes of a multi-instance task, semicolon between two",
        tasks: ordinary,
        multiInstance: true,
    },
    AZ_BATCH_NODE_MOUNTS_DIR: {
        name: "AZ_BATCH_NODE_MOUNTS_DIR",
        meaning: "folder below which file systems are mounted",
    },
    AZ_BATCH_NODE_ROOT_DIR: {
        name: "AZ_BATCH_NODE_ROOT_DIR",
        meaning: "root of all Batch folders on the node",
    },
    AZ_BATCH_NODE_SHARED_DIR: {
        name: "AZ_BATCH_NODE_SHARED_DIR",
        meaning: "folder shared by all tasks of the node",
    },
    AZ_BATCH_NODE_STARTUP_DIR: { name: "AZ_BATCH_NODE_STARTUP_DIR", meaning: "folder of the start task" },
    AZ_BATCH_POOL_ID: { name: "AZ_BATCH_POOL_ID", meaning: "id of the pool" },
    AZ_BATCH_TASK_DIR: {
        name: "AZ_BATCH_TASK_DIR",
        meaning: "folder of the task, with stdout.txt and stderr.txt",
    },
    AZ_BATCH_TASK_ID: { name: "AZ_BATCH_TASK_ID", meaning: "id of the task", tasks: ofAJob },
    AZ_BATCH_TASK_RESERVED_EPHEMERAL_DISK_SPACE_BYTES: {
        name: "AZ_BATCH_TASK_RESERVED_EPHEMERAL_DISK_SPACE_BYTES",
        meaning: "ephemeral disk space that the service keeps for itself",
    },
    AZ_BATCH_TASK_SHARED_DIR: {
        name: "AZ_BATCH_TASK_SHARED_DIR",
        meaning: "folder shared by the primary and the subtasks of a multi-instance task on one node",
        tasks: ordinary,
        multiInstance: true,
    },
    AZ_BATCH_TASK_WORKING_DIR: {
        name: "AZ_BATCH_TASK_WORKING_DIR",
        meaning: "folder in which the command runs",
    },
    CCP_NODES: {
        name: "CCP_NODES",
        meaning: "nodes and cores for each, as Microsoft MPI reads them",
        tasks: ordinary,
        multiInstance: true,
    },
} as const satisfies Record<string, EnvironmentVariable>;

/** Name of a variable in the table. */
export type EnvironmentVariableName = keyof typeof environmentVariables;

/** Start of the names that tasks must not set themselves. */
export const RESERVED_PREFIX = "AZ_BATCH_";

/**
 * Name of the variable that points at an unpacked application package.
 * On Linux `.`, `-` and `#` become `_`; without a version it is the variable of the default version.
 */
export function packageVariable(
    applicationId: string,
    version: string | undefined,
    os: "linux" | "windows",
): string {
    if (os === "windows") {
        const name = `AZ_BATCH_APP_PACKAGE_${applicationId}`;
        return (version === undefined ? name : `${name}#${version}`).toUpperCase();
    }
    const name = version === undefined ? applicationId : `${applicationId}_${version}`;
    return `AZ_BATCH_APP_PACKAGE_${name.replace(/[.#-]/g, "_")}`;
}
