import { certificatesDirectory } from "../model/agent";
import type { JobRecord } from "../model/job";
import { keyVaultExtensions } from "../model/keyVaultExtension";
import type { NodeRecord } from "../model/pool";
import type { JobSpec, NameValue } from "../model/spec";
import type { Turn } from "./turn";

/** Stands for the node's root directory, which only `node/` knows. */
export const root = "{root}";

/** As documented, by an example: below it the service takes a disk as full. Nothing here looks at it. */
const reservedDiskSpace = "1000000";

/** Declared settings first, so that the service's own variables cannot be overwritten. */
export function environmentOf(
    turn: Turn,
    node: NodeRecord,
    declared: readonly (readonly NameValue[] | undefined)[],
    own: Record<string, string>,
): Record<string, string> {
    const environment: Record<string, string> = {};
    for (const settings of declared)
        for (const { name, value } of settings ?? []) environment[name] = value ?? "";
    return { ...environment, ...ofNode(turn, node), ...own };
}

function ofNode(turn: Turn, node: NodeRecord): Record<string, string> {
    const account = turn.store.accounts.get(node.account);
    return {
        AZ_BATCH_ACCOUNT_NAME: account?.name ?? node.account,
        AZ_BATCH_ACCOUNT_URL: turn.resolve.accountUrl(node.account),
        AZ_BATCH_POOL_ID: node.pool,
        AZ_BATCH_NODE_ID: node.id,
        AZ_BATCH_NODE_IS_DEDICATED: String(node.dedicated),
        AZ_BATCH_NODE_ROOT_DIR: root,
        AZ_BATCH_NODE_SHARED_DIR: `${root}/shared`,
        AZ_BATCH_NODE_STARTUP_DIR: `${root}/startup`,
        AZ_BATCH_NODE_MOUNTS_DIR: `${root}/fsmounts`,
        AZ_BATCH_TASK_RESERVED_EPHEMERAL_DISK_SPACE_BYTES: reservedDiskSpace,
        ...(keyVaultExtensions(turn.poolOf(node)?.spec ?? {}).length > 0 && {
            BATCHLOCAL_CERTIFICATES_DIR: `${root}/../${certificatesDirectory}`,
        }),
    };
}

export function ofTask(directory: string): Record<string, string> {
    return {
        AZ_BATCH_TASK_DIR: `${root}/${directory}`,
        AZ_BATCH_TASK_WORKING_DIR: `${root}/${directory}/wd`,
    };
}

export function ofJob(job: JobRecord): Record<string, string> {
    const preparation = (job.spec as unknown as JobSpec).jobPreparationTask;
    if (!preparation) return { AZ_BATCH_JOB_ID: job.id };
    const directory = `${root}/${specialDirectory(job, preparation.id ?? "jobpreparation")}`;
    return {
        AZ_BATCH_JOB_ID: job.id,
        AZ_BATCH_JOB_PREP_DIR: directory,
        AZ_BATCH_JOB_PREP_WORKING_DIR: `${directory}/wd`,
    };
}

/** What the runs of a multi-instance task know of each other. */
export interface GangNode {
    address: string;
    cores: number;
}

/** `directory`: of the coordination command, whose files the task's own command shares on each node. */
export function ofGang(
    nodes: readonly GangNode[],
    directory: string,
    primary: boolean,
): Record<string, string> {
    const addresses = nodes.map(({ address }) => address);
    return {
        AZ_BATCH_HOST_LIST: addresses.join(","),
        AZ_BATCH_NODE_LIST: addresses.join(";"),
        // The service keeps a port for itself there; programs choose another.
        AZ_BATCH_MASTER_NODE: `${addresses[0] ?? ""}:6000`,
        AZ_BATCH_IS_CURRENT_NODE_MASTER: String(primary),
        AZ_BATCH_TASK_SHARED_DIR: `${root}/${directory}/wd`,
        CCP_NODES: [nodes.length, ...nodes.map(({ address, cores }) => `${address} ${cores}`)].join(" "),
    };
}

/** `workitems/JOB/job-1`, or `workitems/SCHEDULE/JOB` for the job of a schedule. */
export function jobDirectory(job: JobRecord): string {
    const [schedule, run] = job.id.split(":");
    return job.schedule !== undefined && run !== undefined
        ? `workitems/${schedule ?? job.id}/${run}`
        : `workitems/${job.id}/job-1`;
}

export function specialDirectory(job: JobRecord, task: string): string {
    return `${jobDirectory(job)}/${task}`;
}
