import { rm, stat } from "node:fs/promises";
import type { TaskProfile } from "../../catalog";
import type { BatchClient, BatchSignIn, IdSet } from "../../client";
import { countTasks } from "../../client";
import { cancelled } from "./cancel";
import { batchClient } from "./connections";
import { advice, InitializationError, withAdvice } from "./errors";
import type { Fault } from "./faults";
import { Faults } from "./faults";
import { isGone } from "./gone";
import { fromRanges, joinRanges, packRanges, unpackRanges } from "./idRanges";
import type { IdRange } from "./idRanges";
import { differs, known, uncertain, unsure } from "./known";
import type { Unsure } from "./known";
import { keptOwner } from "./owner";
import { Progress } from "./progress";
import { compact } from "../raw/task";
import { deleteTasks, deliver, readTasks, serviceTime } from "./taskDelivery";
import { checkSlots, refuseWhenOver } from "./taskFaults";
import type { JobRules, NeededSlots } from "./taskFaults";
import { checkTaskFile, convertTaskFile } from "./taskFile";
import { TaskPlan } from "./taskPlan";

/** Inputs of a task collection. The tasks themselves are in a file: state never holds them. */
export interface TaskCollectionInputs {
    readonly endpoint: string;
    readonly jobId: string;
    /** Says whose tasks they are: project, stack and name. */
    readonly owner?: string;
    /** File of the tasks as JSON Lines, named by its content. */
    readonly spool: string;
    /** Digest of that content. */
    readonly digest: string;
    readonly count: number;
    /** What a policy gets to see of the tasks; it says nothing of how they are made, and no change of it alone is one. */
    readonly profile?: TaskProfile;
    /** Set where `spool` is a file of the user's, in whose words its lines are. */
    readonly source?: "file";
    /** What its tasks are checked against. */
    readonly rules?: JobRules;
    /** Whether the job ends by itself once these tasks are in and have completed. */
    readonly closesJob: boolean;
    /** What becomes of tasks that are not declared any more. */
    readonly removed: "delete" | "keep";
    /** What the largest of the tasks needs; of a file of the user's only what a node has. */
    readonly slots?: NeededSlots;
    readonly batchCredentials?: BatchSignIn;
}

/** What the service has of the tasks. Of 0.1.0 there are only the ids. */
interface Contents {
    /** Ids of the tasks, in short; undefined for very many that do not count up. */
    readonly ids?: string | readonly IdRange[];
    /** Hashes of ranges of them, by which a change is found. */
    readonly hashes?: string;
    /** When all of them were there and nothing else of the collection, by the clock of the service (milliseconds). */
    readonly filled?: number;
    /** Set where a deployment has failed on the way; `ids` holds those of before too then. */
    readonly unfinished?: boolean;
}

interface State extends TaskCollectionInputs, Contents {
    readonly submitted: number;
}

/** Checks the tasks as far as they are known here; a job that has completed takes no other ones. */
export async function check(
    olds: Partial<State>,
    news: Unsure<TaskCollectionInputs>,
): Promise<{ inputs: object; failures: readonly Fault[] }> {
    const faults = new Faults();
    checkSlots("tasks", news.slots, faults);
    // New ones as well: the job may have heard nothing of them.
    const changed = differs(olds.digest, news.digest);
    await refuseWhenOver(olds, news, changed, faults);
    const file = known(news.source) === "file" ? checkFile(olds, news) : {};
    return {
        inputs: { ...news, ...keptOwner(olds), ...file.found },
        failures: [...faults.found, ...(file.failures ?? [])],
    };
}

function checkFile(
    olds: Partial<State>,
    news: Unsure<TaskCollectionInputs>,
): { found?: object; failures?: readonly Fault[] } {
    const [spool, digest] = [known(news.spool), known(news.digest)];
    if (spool === undefined || digest === undefined) return {};
    // The same bytes as the last time are not read again, but by a version that makes a profile for the first time.
    if (olds.count !== undefined && olds.profile !== undefined && olds.digest === digest)
        return { found: { count: olds.count, profile: olds.profile } };
    const perNode = known(news.slots?.perNode);
    const slots = perNode === undefined ? undefined : { perNode };
    const found = checkTaskFile({ spool, digest, rules: known(news.rules), slots });
    return "failures" in found ? found : { found };
}

/** Only the digest counts, not where the file is: another machine has it elsewhere. */
export function diff(
    _id: string,
    olds: State,
    news: TaskCollectionInputs,
): { changes: boolean; replaces: string[] } {
    const replaces = (["endpoint", "jobId"] as const).filter((name) => differs(olds[name], news[name]));
    // The id of a job that stays is known.
    if (uncertain(news.jobId)) replaces.push("jobId");
    const changed = (["digest", "closesJob", "removed"] as const).some((name) =>
        differs(olds[name], news[name]),
    );
    // A submission that was interrupted goes on.
    const unfinished = isUnfinished(olds) || (replaces.length === 0 && wasKilled(news));
    const open = uncertain([news.digest, news.endpoint]);
    return { changes: changed || unfinished || open || replaces.length > 0, replaces };
}

const isUnfinished = ({ submitted, count, unfinished }: State): boolean =>
    submitted !== count || unfinished === true;

const ownerOf = ({ owner, digest }: TaskCollectionInputs): string => owner ?? digest;

/** Whether a deployment of these tasks was killed, here: it may have done what the state knows nothing of. */
function wasKilled(inputs: TaskCollectionInputs): boolean {
    // A preview may not know them yet.
    const endpoint = known(unsure(inputs.endpoint));
    const jobId = known(unsure(inputs.jobId));
    if (endpoint === undefined || jobId === undefined) return false;
    return TaskPlan.isLeft({ endpoint, jobId, owner: ownerOf(inputs) });
}

export async function create(
    inputs: TaskCollectionInputs,
): Promise<{ id: string; outs: Record<string, unknown> }> {
    const client = await batchClient(inputs).catch((error: unknown) => {
        throw withAdvice(error);
    });
    return { id: idOf(inputs), outs: await fill(client, inputs, undefined) };
}

export async function update(
    _id: string,
    olds: State,
    news: TaskCollectionInputs,
): Promise<{ outs: Record<string, unknown> }> {
    const client = await batchClient(news).catch((error: unknown) => {
        throw withAdvice(error);
    });
    return { outs: await fill(client, news, olds) };
}

const idOf = (inputs: TaskCollectionInputs): string => `${inputs.endpoint}/jobs/${inputs.jobId}/tasks`;

async function fill(
    client: BatchClient,
    inputs: TaskCollectionInputs,
    olds: State | undefined,
): Promise<Record<string, unknown>> {
    let submitted = 0;
    const progress = new Progress();
    const onProgress = (done: { submitted: number }): void => {
        submitted = done.submitted;
        progress.line(() => `job ${inputs.jobId}: ${done.submitted} of ${inputs.count} tasks submitted`);
    };
    const idsBefore = unpackRanges(olds?.ids);
    // The state of before a deployment that was killed tells too little.
    const finished = olds !== undefined && !isUnfinished(olds) && !wasKilled(inputs) ? olds : undefined;
    const done = finished !== undefined && !differs(finished.digest, inputs.digest);
    // What counts when it fails on the way: all that the service may have.
    let contents: Contents = { ids: olds?.ids, unfinished: true };
    let spool = inputs.spool;
    try {
        if (done) {
            submitted = inputs.count;
            contents = { ids: finished.ids, hashes: finished.hashes, filled: finished.filled };
        } else {
            await requireSpool(inputs);
            if (inputs.source === "file") spool = convertTaskFile(inputs);
            const plan = await TaskPlan.open(client, inputs.jobId, ownerOf(inputs));
            const tasks = await readTasks(spool, inputs.count, finished?.hashes, (id) => plan.add(id));
            const { ids, declared } = tasks;
            const joined = olds === undefined ? ids : joinRanges(idsBefore, ids);
            contents = { ids: packRanges(joined), unfinished: true };
            const unknown = olds !== undefined && olds.ids === undefined;
            const before = unknown ? await countTasks(client, inputs.jobId, cancelled) : 0;
            const subject = `${idOf(inputs)} ${inputs.digest}`;
            const to = { client, jobId: inputs.jobId, subject, onProgress };
            const left = plan.begin(declared);
            submitted = await deliver(to, tasks, olds?.filled ?? 0);
            if (olds !== undefined && inputs.removed === "delete")
                await deleteRemoved(client, inputs.jobId, olds, declared, before);
            if (inputs.removed === "delete") await deleteTasks(client, inputs.jobId, left);
            const filled = await serviceTime(to);
            plan.end();
            contents = {
                ids: packRanges(ids),
                hashes: filled === undefined ? undefined : tasks.hashes,
                filled,
            };
        }
        if (inputs.closesJob) await closeJob(client, inputs.jobId);
    } catch (error) {
        // Whatever is in the job by now has an owner: this resource.
        throw new InitializationError(idOf(inputs), { ...inputs }, { submitted, ...contents }, [
            advice(error),
        ]);
    }
    if (spool !== inputs.spool || inputs.source !== "file") await rm(spool, { force: true });
    return { ...inputs, submitted, ...(compact(contents) as Contents) };
}

async function requireSpool(inputs: TaskCollectionInputs): Promise<void> {
    const found = await stat(inputs.spool).catch(() => undefined);
    if (found === undefined) {
        throw new Error(
            `the file of the ${inputs.count} tasks, ${inputs.spool}, is gone; run the deployment again: the program writes it`,
        );
    }
}

async function deleteRemoved(
    client: BatchClient,
    jobId: string,
    olds: State,
    declared: IdSet,
    before: number,
): Promise<void> {
    const ids = unpackRanges(olds.ids);
    if (ids !== undefined) {
        await deleteTasks(client, jobId, undeclared(fromRanges(ids), declared));
        return;
    }
    refuseOthers(jobId, before, olds.submitted);
    await deleteTasks(client, jobId, await undeclaredIds(client, jobId, declared));
}

/** Ids that were too many for the state are those of all tasks of the job, unless it holds others. */
function refuseOthers(jobId: string, there: number, ours: number): void {
    if (there <= ours) return;
    throw new Error(
        `job ${jobId} has tasks besides the ${ours} of this collection, whose ids are too many and too irregular to be remembered: which of them are to go cannot be told. Set removed to "keep", or give the collection a job of its own`,
    );
}

function* undeclared(ids: Iterable<string>, declared: IdSet): Generator<string> {
    for (const id of ids) if (!declared.has(id)) yield id;
}

async function undeclaredIds(
    client: BatchClient,
    jobId: string,
    declared: Pick<IdSet, "has">,
): Promise<string[]> {
    const found: string[] = [];
    for await (const { id } of client.tasks.list(jobId, { select: "id", signal: cancelled }))
        if (id !== undefined && !declared.has(id)) found.push(id);
    return found;
}

/** From now on the job ends by itself when its tasks have completed. */
async function closeJob(client: BatchClient, jobId: string): Promise<void> {
    const job = await client.jobs.get(jobId, { select: "id,state,onAllTasksComplete" });
    if (job.onAllTasksComplete === "terminatejob" || job.state === "completed" || job.state === "terminating")
        return;
    await client.jobs.patch(jobId, { onAllTasksComplete: "terminatejob" }, { signal: cancelled });
}

/** The tasks belong to their job: the collection is there as long as the job is. */
export async function read(
    id: string,
    props: State,
): Promise<{ id?: string; props?: Record<string, unknown> }> {
    const client = await batchClient(props);
    try {
        await client.jobs.get(props.jobId, { select: "id,state" });
        return { id, props: { ...props } };
    } catch (error) {
        if (isGone(error)) return {};
        throw withAdvice(error);
    }
}

/** Deletes the tasks when the collection alone goes; with its job they go by themselves. */
export async function remove(_id: string, props: State): Promise<void> {
    if (props.removed === "keep") return;
    const client = await batchClient(props);
    const ids = unpackRanges(props.ids);
    try {
        if (ids === undefined) await deleteAll(client, props);
        else await deleteTasks(client, props.jobId, fromRanges(ids));
    } catch (error) {
        throw withAdvice(error);
    }
}

async function deleteAll(client: BatchClient, { jobId, submitted }: State): Promise<void> {
    try {
        refuseOthers(jobId, await countTasks(client, jobId, cancelled), submitted);
        await deleteTasks(client, jobId, await undeclaredIds(client, jobId, { has: () => false }));
    } catch (error) {
        if (!isGone(error)) throw error;
    }
}
