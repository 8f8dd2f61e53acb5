import type { BatchJob, BatchJobSchedule, BatchTask } from "../../client";
import { cancelled } from "./cancel";
import { batchClient } from "./connections";
import { withAdvice } from "./errors";
import { isGone } from "./gone";
import { withoutOwner } from "./owner";

/** What an import gives: the resource as the service has it, marked so that the service's defaults count for no change. */
export interface Imported {
    readonly id?: string;
    readonly props?: Record<string, unknown>;
    readonly inputs?: Record<string, unknown>;
}

const JOB_PARTS = [
    "displayName",
    "priority",
    "maxParallelTasks",
    "allowTaskPreemption",
    "usesTaskDependencies",
    "constraints",
    "jobManagerTask",
    "jobPreparationTask",
    "jobReleaseTask",
    "commonEnvironmentSettings",
    "poolInfo",
    "onTaskFailure",
    "networkConfiguration",
] as const satisfies readonly (keyof BatchJob)[];
const TASK_PARTS = [
    "id",
    "displayName",
    "commandLine",
    "exitConditions",
    "containerSettings",
    "resourceFiles",
    "outputFiles",
    "environmentSettings",
    "affinityInfo",
    "constraints",
    "requiredSlots",
    "userIdentity",
    "multiInstanceSettings",
    "dependsOn",
    "applicationPackageReferences",
] as const satisfies readonly (keyof BatchTask)[];

function pick<T, K extends keyof T>(from: T, names: readonly K[]): Record<string, unknown> {
    return Object.fromEntries(
        names.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])),
    );
}

/** A job that is to be imported by its address. */
export function importedJob(id: string): Promise<Imported> {
    return imported(
        id,
        /^(https?:\/\/[^/]+)\/jobs\/([\w-]+)$/,
        "ENDPOINT/jobs/JOB",
        async (endpoint, jobId) => {
            const job = await (await batchClient({ endpoint })).jobs.get(jobId, { signal: cancelled });
            const body = { ...pick(job, JOB_PARTS), metadata: withoutOwner(job.metadata) };
            return { endpoint, jobId, owner: "", job: body, deleteTimeout: 600, url: id };
        },
    );
}

/** A job schedule that is to be imported by its address. */
export function importedSchedule(id: string): Promise<Imported> {
    const form = /^(https?:\/\/[^/]+)\/jobschedules\/([\w-]+)$/;
    return imported(id, form, "ENDPOINT/jobschedules/SCHEDULE", async (endpoint, scheduleId) => {
        const client = await batchClient({ endpoint });
        const found = await client.jobSchedules.get(scheduleId, { signal: cancelled });
        const parts = [
            "displayName",
            "schedule",
            "jobSpecification",
        ] as const satisfies readonly (keyof BatchJobSchedule)[];
        const jobSchedule = { ...pick(found, parts), metadata: withoutOwner(found.metadata) };
        return { endpoint, scheduleId, owner: "", jobSchedule, deleteTimeout: 600, url: id };
    });
}

/** A task that is to be imported by its address. */
export function importedTask(id: string): Promise<Imported> {
    const form = /^(https?:\/\/[^/]+)\/jobs\/([\w-]+)\/tasks\/([\w-]+)$/;
    return imported(id, form, "ENDPOINT/jobs/JOB/tasks/TASK", async (endpoint, jobId, taskId) => {
        const task = await (await batchClient({ endpoint })).tasks.get(jobId, taskId, { signal: cancelled });
        return { endpoint, jobId, task: pick(task, TASK_PARTS) };
    });
}

async function imported(
    id: string,
    form: RegExp,
    written: string,
    find: (endpoint: string, ...ids: string[]) => Promise<Record<string, unknown>>,
): Promise<Imported> {
    const [, endpoint = "", first = "", second = ""] = form.exec(id) ?? [];
    if (first === "")
        throw new Error(
            `'${id}' is no address to import from: write ${written}, such as ${written.replace("ENDPOINT", "https://account.westeurope.batch.azure.com")}`,
        );
    try {
        // What is undefined is left out: the engine cannot take it.
        const { url, ...found } = JSON.parse(JSON.stringify(await find(endpoint, first, second))) as Record<
            string,
            unknown
        >;
        const inputs = { ...found, imported: true };
        return { id, inputs, props: { ...inputs, ...(url === undefined ? {} : { url }) } };
    } catch (error) {
        if (isGone(error)) return {};
        throw withAdvice(error);
    }
}
