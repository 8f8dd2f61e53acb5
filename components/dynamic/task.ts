import type { TaskProfile } from "../../catalog";
import type { BatchTaskCreateOptions, BatchSignIn } from "../../client";
import { isServiceError, sameTask } from "../../client";
import { cancelled } from "./cancel";
import { batchClient } from "./connections";
import { advice, InitializationError, withAdvice } from "./errors";
import type { Fault } from "./faults";
import { Faults } from "./faults";
import { isGone } from "./gone";
import { importedTask } from "./imports";
import type { Imported } from "./imports";
import { differs, known, uncertain } from "./known";
import { withStorageLinks } from "./storageLinks";
import type { Unsure } from "./known";
import { checkSlots, checkTask, refuseWhenOver } from "./taskFaults";
import type { JobRules, NeededSlots } from "./taskFaults";

/** Inputs of one task. */
export interface TaskInputs {
    readonly endpoint: string;
    readonly jobId: string;
    /** The task as the data plane takes it. */
    readonly task: BatchTaskCreateOptions;
    /** What a policy gets to see of the task; it says nothing of how it is made, and no change of it alone is one. */
    readonly profile?: TaskProfile;
    /** What of its job the task is checked against. */
    readonly rules?: JobRules;
    readonly slots?: NeededSlots;
    readonly batchCredentials?: BatchSignIn;
    /** Set by an import: the task is what the service says, not what a program does. */
    readonly imported?: boolean;
}

/** Checks the task; a job that has completed takes no other one. */
export async function check(
    olds: Partial<TaskInputs>,
    news: Unsure<TaskInputs>,
): Promise<{ inputs: object; failures: Fault[] }> {
    const faults = new Faults();
    if (news.task !== undefined) checkTask(news.task, "task.", known(news.rules) ?? {}, faults);
    checkSlots("task.requiredSlots", news.slots, faults);
    const changed = differs(olds.task, news.task) && olds.task !== undefined;
    await refuseWhenOver(olds, news, changed, faults);
    return { inputs: news, failures: faults.found };
}

const withoutConstraints = (task: BatchTaskCreateOptions | undefined): Record<string, unknown> | undefined =>
    typeof task === "object" ? { ...task, constraints: undefined } : task;

/** The constraints of a task change in place; all else makes another task, once the old one is gone. */
export function diff(
    _id: string,
    olds: TaskInputs,
    news: TaskInputs,
): { changes: boolean; replaces: string[]; deleteBeforeReplace: boolean } {
    const replaces: string[] = (["endpoint", "jobId"] as const).filter((name) =>
        differs(olds[name], news[name]),
    );
    // The id of a job that stays is known.
    if (uncertain(news.jobId)) replaces.push("jobId");
    const elsewhere = replaces.length > 0 || differs(olds.task?.id, news.task?.id);
    if (alters(olds, withoutConstraints(olds.task), withoutConstraints(news.task))) replaces.push("task");
    return {
        changes:
            replaces.length > 0 ||
            alters(olds, olds.task?.constraints, news.task?.constraints) ||
            uncertain([news.task, news.endpoint]),
        replaces,
        deleteBeforeReplace: replaces.length > 0 && !elsewhere,
    };
}

/** Of an imported task only what is declared counts: the rest is the service's defaults. */
const alters = (olds: TaskInputs, before: unknown, after: unknown): boolean =>
    differs(before, after) && !(olds.imported === true && sameTask(after, before));

const idOf = ({ endpoint, jobId, task }: TaskInputs): string => `${endpoint}/jobs/${jobId}/tasks/${task.id}`;

/** Adds the task; one that is there already counts when it is equal. */
export async function create(inputs: TaskInputs): Promise<{ id: string; outs: Record<string, unknown> }> {
    const { jobId, task } = inputs;
    try {
        const client = await batchClient(inputs);
        const sent = await withStorageLinks(task);
        await client.tasks.add(jobId, sent, { signal: cancelled }).catch(async (error: unknown) => {
            if (!isServiceError(error, "TaskExists")) throw error;
            if (sameTask(task, await client.tasks.get(jobId, task.id))) return;
            throw new Error(
                `job ${jobId} has another task with the id ${task.id}: use another id or delete that task`,
            );
        });
    } catch (error) {
        throw withAdvice(error);
    }
    return { id: idOf(inputs), outs: { ...inputs } };
}

export async function update(
    _id: string,
    olds: TaskInputs,
    news: TaskInputs,
): Promise<{ outs: Record<string, unknown> }> {
    const { jobId, task } = news;
    try {
        const client = await batchClient(news);
        if (alters(olds, olds.task.constraints, task.constraints))
            await client.tasks.update(jobId, task.id, task.constraints ?? {}, { signal: cancelled });
    } catch (error) {
        throw new InitializationError(idOf(news), { ...news }, { task: olds.task }, [advice(error)]);
    }
    return { outs: { ...news } };
}

/** Looks whether the task is still there and has the limits that are declared. */
export async function read(id: string, props: TaskInputs): Promise<Imported> {
    if (props.task === undefined) return importedTask(id);
    try {
        const client = await batchClient(props);
        const options = { select: "id,state,constraints", signal: cancelled };
        const found = await client.tasks.get(props.jobId, props.task.id, options);
        const { constraints } = props.task;
        const same = constraints === undefined || sameTask(constraints, found.constraints);
        const task = same ? props.task : { ...props.task, constraints: found.constraints };
        return { id, props: { ...props, task } };
    } catch (error) {
        if (isGone(error)) return {};
        throw withAdvice(error);
    }
}

export async function remove(_id: string, props: TaskInputs): Promise<void> {
    try {
        const client = await batchClient(props);
        await client.tasks.delete(props.jobId, props.task.id, { signal: cancelled });
    } catch (error) {
        if (!isGone(error)) throw withAdvice(error);
    }
}
