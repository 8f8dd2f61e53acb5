import type {
    BatchClient,
    BatchJob,
    BatchJobCreateOptions,
    BatchJobUpdateOptions,
    BatchSignIn,
} from "../../client";
import { isServiceError, sameTask } from "../../client";
import { cancelled } from "./cancel";
import { batchClient } from "./connections";
import { advice, InitializationError, withAdvice } from "./errors";
import type { Fault } from "./faults";
import { Faults } from "./faults";
import { isGone, untilSettled } from "./gone";
import { importedJob } from "./imports";
import { checkJob } from "./jobFaults";
import { deleteJob } from "./jobRemoval";
import { isOver, settleId } from "./jobRun";
import { changedParts, differs, uncertain } from "./known";
import type { Unsure } from "./known";
import { keptOwner, refuseForeign, withOwner, withoutOwner } from "./owner";
import { secondsOr } from "./time";
import { withStorageLinks } from "./storageLinks";

/** A job as the data plane takes it, without id and without what happens when its tasks have completed. */
export type JobBody = Omit<BatchJobCreateOptions, "id" | "onAllTasksComplete">;

/** Inputs of a job. What was not there in 0.1.0 may be missing in a state. */
export interface JobInputs {
    readonly endpoint: string;
    /** Id of the job; `check` gives it another end when the job has completed and a new one is made. */
    readonly jobId: string;
    /** Id as the program says it. */
    readonly wantedId?: string;
    /** Whether the id was drawn: then a new job can be made before the old one goes. */
    readonly generatedId?: boolean;
    /** Says whose job it is: project, stack and name. */
    readonly owner: string;
    readonly job: JobBody;
    /** Digest of the tasks that the program gives the job. */
    readonly contents?: string;
    /** What a change to a job means that has completed. */
    readonly afterCompletion?: "replace" | "refuse" | "keep";
    /** Goes up when a job whose id was given has completed and a new one is made. */
    readonly rerun?: number;
    /** What becomes of tasks that have not completed when the job is destroyed; without it they must be none. */
    readonly onDestroy?: "terminate" | "wait" | "refuse";
    /** Whether a deletion is waited for. */
    readonly deletion?: "wait" | "detach";
    /** Seconds until a deletion is given up. */
    readonly deleteTimeout: number;
    /** Seconds until a move to another pool is given up. */
    readonly updateTimeout?: number;
    /** Whether a job of this id that is not of this stack is taken over. */
    readonly adopt?: boolean;
    readonly batchCredentials?: BatchSignIn;
    /** Set by an import: the job holds what the service says, not what a program does. */
    readonly imported?: boolean;
}

const updatable = [
    "priority",
    "maxParallelTasks",
    "allowTaskPreemption",
    "constraints",
    "metadata",
    "networkConfiguration",
    "poolInfo",
] as const;
// What counts only when the job is changed or destroyed.
const settings = ["owner", "onDestroy", "deletion", "deleteTimeout", "updateTimeout"] as const;

/** Whether the service changes a part in place. Of a pool that it makes for the job it changes only whether that stays. */
export function isUpdatable(part: string, old: JobBody | undefined, next: JobBody): boolean {
    if (part !== "poolInfo") return (updatable as readonly string[]).includes(part);
    const [before, after] = [old?.poolInfo.autoPoolSpecification, next.poolInfo?.autoPoolSpecification];
    if (before === undefined && after === undefined) return true;
    const rest = { ...after, keepAlive: before?.keepAlive };
    return before?.poolLifetimeOption === "job" && !differs(before, rest);
}

/** Checks what can be checked before anything is made, and settles which job it is: the one there is, or a new one. */
export async function check(
    olds: Partial<JobInputs>,
    news: Unsure<JobInputs>,
): Promise<{ inputs: object; failures: Fault[] }> {
    const faults = new Faults();
    faults.id("jobId", news.jobId);
    checkJob(news.job, "job.", faults);
    const inputs = { ...news, ...keptOwner(olds) };
    const settled = faults.found.length > 0 ? {} : await settleId(olds, inputs, faults);
    return { inputs: { ...inputs, ...settled }, failures: faults.found };
}

/** What a change means: some properties change in place, the others need a new job. */
export function diff(
    _id: string,
    olds: JobInputs,
    news: JobInputs,
): { changes: boolean; replaces: string[]; deleteBeforeReplace: boolean } {
    const replaces: string[] = (["endpoint", "jobId"] as const).filter((name) =>
        differs(olds[name], news[name]),
    );
    // A drawn id is not known only when it is drawn anew.
    if (news.generatedId === true && uncertain(news.jobId)) replaces.push("jobId");
    const changed = changesOf(olds, news);
    const rerun = (news.rerun ?? 0) > (olds.rerun ?? 0);
    if (rerun || !changed.every((part) => isUpdatable(part, olds.job, news.job))) replaces.push("job");
    const others = settings.some(
        (name) => differs(olds[name], news[name]) && !isOldDefault(name, olds, news),
    );
    return {
        changes: changed.length > 0 || replaces.length > 0 || others || uncertain(news.job),
        replaces,
        // A generated id has changed with what needs a new job; an id of one's own has to be free first.
        deleteBeforeReplace:
            replaces.length > 0 && !differs(olds.jobId, news.jobId) && !uncertain(news.jobId),
    };
}

// 0.1.0 wrote down what it did when nothing was said.
const isOldDefault = (name: (typeof settings)[number], olds: JobInputs, news: JobInputs): boolean =>
    olds.wantedId === undefined && news[name] === undefined;

/** Parts of a job that change. Of an imported one only what is declared counts: the rest is the service's defaults. */
export function changesOf(olds: Partial<JobInputs>, news: { job: unknown }): string[] {
    const job = news.job as JobBody;
    const changed = changedParts(olds.job, job);
    if (olds.imported !== true) return changed;
    return changed.filter((part) => {
        const declared = job[part as keyof JobBody];
        return declared !== undefined && !sameTask(declared, olds.job?.[part as keyof JobBody]);
    });
}

function body(inputs: JobInputs): BatchJobCreateOptions {
    const metadata = withOwner(inputs.job.metadata, inputs.owner);
    // It ends by itself only after its tasks are in: an empty job counts as complete.
    return { ...inputs.job, id: inputs.jobId, metadata, onAllTasksComplete: "noaction" };
}

const idOf = ({ endpoint, jobId }: JobInputs): string => `${endpoint}/jobs/${jobId}`;

/** Makes the job, or takes over one that an interrupted run of this very stack has made. */
export async function create(inputs: JobInputs): Promise<{ id: string; outs: Record<string, unknown> }> {
    try {
        const client = await batchClient(inputs);
        const sent = await withStorageLinks(body(inputs));
        await client.jobs.add(sent, { signal: cancelled }).catch(async (error: unknown) => {
            if (!isServiceError(error, "JobExists")) throw error;
            await adopt(client, inputs);
        });
    } catch (error) {
        throw withAdvice(error);
    }
    return { id: idOf(inputs), outs: outputs(inputs) };
}

async function adopt(client: BatchClient, inputs: JobInputs): Promise<void> {
    const { jobId, job } = inputs;
    const found = await client.jobs.get(jobId);
    refuseForeign(`job ${jobId}`, found, inputs);
    if (found.state !== "active" && found.state !== "disabled")
        throw new Error(
            `job ${jobId} exists already and is ${found.state}: delete it, or give the Job other triggers or another id`,
        );
    const other = (Object.keys(job) as (keyof JobBody)[]).filter(
        (part) => !(updatable as readonly string[]).includes(part) && !sameTask(job[part], found[part]),
    );
    if (other.length > 0)
        throw new Error(
            `job ${jobId} exists already with another ${other.join(", ")}, which cannot be changed: declare it as it is, or delete it`,
        );
    const parts = updatable.filter((part) => job[part] !== undefined && !sameTask(job[part], found[part]));
    await change(client, inputs, [...parts, "metadata"], found);
}

/** What a part is when nothing is said of it. */
const defaults: BatchJobUpdateOptions = {
    priority: 0,
    maxParallelTasks: -1,
    allowTaskPreemption: false,
    constraints: {},
};

/** Makes parts of the job as declared; another pool means to disable it, change it and enable it. */
async function change(
    client: BatchClient,
    inputs: JobInputs,
    parts: readonly string[],
    found: BatchJob,
): Promise<void> {
    const { jobId, job } = inputs;
    const moves = parts.includes("poolInfo");
    if (moves) {
        if (found.state !== "disabled") await client.jobs.disable(jobId, "requeue", { signal: cancelled });
        const seconds = secondsOr(inputs.updateTimeout, 600);
        await untilSettled(
            async () => {
                const { state } = await client.jobs.get(jobId, { select: "state", signal: cancelled });
                return state === "disabled"
                    ? undefined
                    : `job ${jobId}: ${state}, on its way to another pool`;
            },
            seconds,
            `job ${jobId} is still being disabled after ${seconds} s: run the deployment again, or give it more time with timeouts.update`,
        );
    }
    const declared = { ...defaults, ...job, metadata: body(inputs).metadata };
    const patch = Object.fromEntries(parts.map((part) => [part, declared[part as keyof typeof declared]]));
    if (parts.length > 0) await client.jobs.patch(jobId, patch, { signal: cancelled });
    if (moves) await client.jobs.enable(jobId);
}

/** Changes the job in place. */
export async function update(
    _id: string,
    olds: JobInputs,
    news: JobInputs,
): Promise<{ outs: Record<string, unknown> }> {
    const changed = changesOf(olds, news);
    if (differs(olds.owner, news.owner) && !changed.includes("metadata")) changed.push("metadata");
    try {
        const client = await batchClient(news);
        const found = await client.jobs.get(news.jobId);
        if (changed.length > 0 && isOver(found))
            // It has done its work, and the service changes nothing of it any more: the next job has the new values.
            console.error(`job ${news.jobId} has ended: it keeps what it ran with`);
        else await change(client, news, changed, found);
    } catch (error) {
        // What the service may not have taken is still to come: the state keeps the old values.
        const outs = outputs({ ...news, job: olds.job, owner: olds.owner });
        throw new InitializationError(idOf(news), { ...news }, outs, [advice(error)]);
    }
    return { outs: outputs(news) };
}

/** Looks whether the job is still there and as declared. What the service adds or what its tasks did to it is no drift. */
export async function read(
    id: string,
    props: JobInputs,
): Promise<{ id?: string; props?: Record<string, unknown>; inputs?: Record<string, unknown> }> {
    if (props.jobId === undefined) return importedJob(id);
    try {
        const client = await batchClient(props);
        const found = await client.jobs.get(props.jobId, { signal: cancelled });
        const job = drifted(props.job, found);
        return { id, props: outputs({ ...props, job }) };
    } catch (error) {
        if (isGone(error)) return {};
        throw withAdvice(error);
    }
}

/** The declared job, with what somebody has changed meanwhile. */
function drifted(declared: JobBody, found: BatchJob): JobBody {
    if (isOver(found)) return declared;
    const changed = updatable.flatMap((part) => {
        const seen = part === "metadata" ? withoutOwner(found.metadata) : found[part];
        const wanted = declared[part];
        // What is not declared is the service's own matter.
        return wanted === undefined || sameTask(wanted, seen) ? [] : [[part, seen] as const];
    });
    return { ...declared, ...Object.fromEntries(changed) };
}

/** Deletes the job with its tasks and, unless told otherwise, waits until it is gone. */
export async function remove(_id: string, props: JobInputs): Promise<void> {
    try {
        await deleteJob(await batchClient(props), props);
    } catch (error) {
        if (!isGone(error)) throw withAdvice(error);
    }
}

function outputs(inputs: JobInputs): Record<string, unknown> {
    return { ...inputs, url: idOf(inputs) };
}
