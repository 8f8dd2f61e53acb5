import type { BatchClient, BatchJob, BatchJobCreateOptions, BatchJobUpdateOptions } from "../../client";
import { isServiceError } from "../../client";
import { ID_PATTERN, limits } from "../../catalog";
import { cancelled } from "./cancel";
import { batchClient } from "./connections";
import { withAdvice } from "./errors";
import { differs, known, uncertain } from "./known";
import { pause, secondsOr } from "./time";

/** Inputs of a job. */
export interface JobInputs {
    readonly endpoint: string;
    /** Name of the settings of the sign-in; not compared. */
    readonly batchCredentials?: string;
    readonly jobId: string;
    /** Says whose job it is: project, stack and name. */
    readonly owner: string;
    /** The job as the data plane takes it, without id and without what happens when its tasks have completed. */
    readonly job: Omit<BatchJobCreateOptions, "id" | "onAllTasksComplete">;
    /** What becomes of running tasks when the job is destroyed. */
    readonly onDestroy: "terminate" | "refuse";
    /** Seconds until a deletion is given up. */
    readonly deleteTimeout: number;
}

/** Name of the metadata item that says whose a job is. */
export const OWNER = "pulumi-azure-batch:owner";

const updatable = [
    "priority",
    "maxParallelTasks",
    "allowTaskPreemption",
    "constraints",
    "metadata",
    "networkConfiguration",
    "poolInfo",
] as const;
const identifying = ["endpoint", "jobId"] as const;

type Failure = { property: string; reason: string };

/** Checks what can be checked before anything is made. */
export function check(_olds: unknown, news: JobInputs): { inputs: JobInputs; failures: Failure[] } {
    const failures: Failure[] = [];
    const jobId = known(news.jobId);
    if (jobId !== undefined && !ID_PATTERN.test(jobId)) {
        failures.push({
            property: "jobId",
            reason: `'${jobId}' is not an id: use 1 to ${limits.idLength.value} letters, digits, - and _`,
        });
    }
    const priority = known(news.job?.priority);
    if (
        typeof priority === "number" &&
        (priority < limits.jobPriorityMin.value || priority > limits.jobPriorityMax.value)
    ) {
        failures.push({
            property: "job.priority",
            reason: `${priority} is out of range: it can be -1000 to 1000`,
        });
    }
    return { inputs: news, failures };
}

/** What a change means: some properties change in place, the others need a new job. */
export function diff(
    _id: string,
    olds: JobInputs,
    news: JobInputs,
): { changes: boolean; replaces: string[]; deleteBeforeReplace: boolean } {
    const replaces: string[] = identifying.filter((name) => differs(olds[name], news[name]));
    const changed = changedParts(olds.job, news.job);
    if (changed.some((name) => !(updatable as readonly string[]).includes(name))) replaces.push("job");
    const others = differs(olds.onDestroy, news.onDestroy) || differs(olds.deleteTimeout, news.deleteTimeout);
    return {
        changes: changed.length > 0 || replaces.length > 0 || others || uncertain(news.job),
        replaces,
        // A generated id has changed with what needs a new job; an id of one's own has to be free first.
        deleteBeforeReplace:
            replaces.length > 0 && !differs(olds.jobId, news.jobId) && !uncertain(news.jobId),
    };
}

function changedParts(old: JobInputs["job"] | undefined, next: JobInputs["job"] | undefined): string[] {
    // A job that is not known at all arrives as a text.
    if (typeof next !== "object" || typeof old !== "object") return [];
    const [before, after] = [old, next] as unknown as Record<string, unknown>[];
    return [...new Set([...Object.keys(old), ...Object.keys(next)])].filter((name) =>
        differs(before?.[name], after?.[name]),
    );
}

function body(inputs: JobInputs): BatchJobCreateOptions {
    const metadata = [...(inputs.job.metadata ?? []), { name: OWNER, value: inputs.owner }];
    // It ends by itself only after its tasks are in: an empty job counts as complete.
    return { ...inputs.job, id: inputs.jobId, metadata, onAllTasksComplete: "noaction" };
}

/** Makes the job, or takes over one that an interrupted run of this very stack has made. */
export async function create(inputs: JobInputs): Promise<{ id: string; outs: Record<string, unknown> }> {
    const client = await batchClient(inputs);
    try {
        await client.jobs.add(body(inputs), { signal: cancelled });
    } catch (error) {
        if (!isServiceError(error, "JobExists")) throw withAdvice(error);
        await adopt(client, inputs);
    }
    return {
        id: `${inputs.endpoint}/jobs/${inputs.jobId}`,
        outs: outputs(inputs, await client.jobs.get(inputs.jobId)),
    };
}

async function adopt(client: BatchClient, inputs: JobInputs): Promise<void> {
    const job = await client.jobs.get(inputs.jobId);
    const owner = ownerOf(job);
    if (owner !== inputs.owner) {
        throw new Error(
            `job ${inputs.jobId} exists and is ${owner === undefined ? "not of a Pulumi stack" : `that of ${owner}`}: choose another id, delete that job, or adopt it with 'pulumi import'`,
        );
    }
    if (job.state !== "active" && job.state !== "disabled") {
        throw new Error(
            `job ${inputs.jobId} of this stack exists already and is ${job.state}: delete it, or change the job's triggers`,
        );
    }
    await client.jobs.patch(inputs.jobId, change(inputs));
}

function ownerOf(job: BatchJob): string | undefined {
    return job.metadata?.find((item) => item.name === OWNER)?.value;
}

function change(inputs: JobInputs): BatchJobUpdateOptions {
    const { priority, maxParallelTasks, allowTaskPreemption, constraints, networkConfiguration } = inputs.job;
    return {
        priority: priority ?? 0,
        maxParallelTasks: maxParallelTasks ?? -1,
        allowTaskPreemption,
        constraints: constraints ?? {},
        networkConfiguration,
        metadata: body(inputs).metadata,
    };
}

/** Changes the job in place; another pool means to disable it, change it and enable it. */
export async function update(
    _id: string,
    olds: JobInputs,
    news: JobInputs,
): Promise<{ outs: Record<string, unknown> }> {
    const client = await batchClient(news);
    try {
        const { state } = await client.jobs.get(news.jobId, { select: "id,state" });
        if (state === "completed" || state === "terminating") {
            // It has done its work, and the service changes nothing of it any more: the next job has the new values.
            console.error(
                `job ${news.jobId} has ended: it keeps the pool, priority and limits that it ran with`,
            );
            return { outs: outputs(news, await client.jobs.get(news.jobId)) };
        }
        if (differs(olds.job.poolInfo, news.job.poolInfo)) await movePool(client, news);
        await client.jobs.patch(news.jobId, change(news));
    } catch (error) {
        throw withAdvice(error);
    }
    return { outs: outputs(news, await client.jobs.get(news.jobId)) };
}

async function movePool(client: BatchClient, inputs: JobInputs): Promise<void> {
    const { jobId } = inputs;
    await client.jobs.disable(jobId, "requeue");
    for (
        let delay = 50;
        (await client.jobs.get(jobId, { select: "state" })).state !== "disabled";
        delay = Math.min(delay * 1.5, 2000)
    ) {
        await pause(delay, cancelled);
    }
    await client.jobs.patch(jobId, { poolInfo: inputs.job.poolInfo });
    await client.jobs.enable(jobId);
}

/** Looks whether the job is still there. What the service adds or what its tasks did to it is no drift. */
export async function read(
    id: string,
    props: JobInputs,
): Promise<{ id?: string; props?: Record<string, unknown> }> {
    const client = await batchClient(props);
    try {
        return { id, props: { ...props, ...outputs(props, await client.jobs.get(props.jobId)) } };
    } catch (error) {
        if (isServiceError(error, "JobNotFound", "ResourceNotFound")) return {};
        throw withAdvice(error);
    }
}

/** Deletes the job with its tasks and waits until it is gone. */
export async function remove(_id: string, props: JobInputs): Promise<void> {
    const client = await batchClient(props);
    const until = Date.now() + secondsOr(props.deleteTimeout, 600) * 1000;
    try {
        if (props.onDestroy === "refuse") await refuseWhileRunning(client, props.jobId);
        await client.jobs.delete(props.jobId).catch((error: unknown) => {
            if (!isServiceError(error, "JobBeingDeleted")) throw error;
        });
        for (let delay = 50; ; delay = Math.min(delay * 1.5, 2000)) {
            await client.jobs.get(props.jobId, { select: "id,state" });
            if (Date.now() > until)
                throw new Error(
                    `job ${props.jobId} is still being deleted after ${props.deleteTimeout} s: run the deployment again`,
                );
            await pause(delay, cancelled);
        }
    } catch (error) {
        if (isServiceError(error, "JobNotFound", "ResourceNotFound")) return;
        throw withAdvice(error);
    }
}

async function refuseWhileRunning(client: BatchClient, jobId: string): Promise<void> {
    const { taskCounts } = await client.jobs.taskCounts(jobId);
    const left = taskCounts.active + taskCounts.running;
    if (left > 0)
        throw new Error(
            `job ${jobId} has ${left} tasks that have not completed, and its onDestroy is 'refuse'`,
        );
}

function outputs(inputs: JobInputs, job: BatchJob): Record<string, unknown> {
    return { ...inputs, url: job.url ?? `${inputs.endpoint}/jobs/${inputs.jobId}` };
}
