import type { BatchTaskCreateOptions } from "../../client";
import { isServiceError, sameTask } from "../../client";
import { ID_PATTERN, limits } from "../../catalog";
import type { TaskProfile } from "../../catalog";
import { cancelled } from "./cancel";
import { batchClient } from "./connections";
import { withAdvice } from "./errors";
import { differs, known, uncertain } from "./known";

/** Inputs of one task. */
export interface TaskInputs {
    readonly endpoint: string;
    /** Name of the settings of the sign-in; not compared. */
    readonly batchCredentials?: string;
    readonly jobId: string;
    /** The task as the data plane takes it. */
    readonly task: BatchTaskCreateOptions;
    /** What a policy gets to see of the task; it says nothing of how it is made, and no change of it alone is one. */
    readonly profile?: TaskProfile;
}

type Failure = { property: string; reason: string };

export function check(_olds: unknown, news: TaskInputs): { inputs: TaskInputs; failures: Failure[] } {
    const id = known(news.task?.id);
    const failures: Failure[] = [];
    if (id !== undefined && !ID_PATTERN.test(id)) {
        const reason = `'${id}' is not an id: use 1 to ${limits.idLength.value} letters, digits, - and _`;
        failures.push({ property: "task.id", reason });
    }
    return { inputs: news, failures };
}

const withoutConstraints = (task: BatchTaskCreateOptions | undefined): unknown =>
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
    const elsewhere = replaces.length > 0 || differs(olds.task?.id, news.task?.id);
    if (differs(withoutConstraints(olds.task), withoutConstraints(news.task))) replaces.push("task");
    return {
        changes:
            replaces.length > 0 ||
            differs(olds.task?.constraints, news.task?.constraints) ||
            uncertain([news.task, news.jobId, news.endpoint]),
        replaces,
        deleteBeforeReplace: replaces.length > 0 && !elsewhere,
    };
}

const idOf = ({ endpoint, jobId, task }: TaskInputs): string => `${endpoint}/jobs/${jobId}/tasks/${task.id}`;

/** Adds the task; one that is there already counts when it is equal. */
export async function create(inputs: TaskInputs): Promise<{ id: string; outs: Record<string, unknown> }> {
    const { jobId, task } = inputs;
    try {
        const client = await batchClient(inputs);
        await client.tasks.add(jobId, task, { signal: cancelled }).catch(async (error: unknown) => {
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
    _olds: unknown,
    news: TaskInputs,
): Promise<{ outs: Record<string, unknown> }> {
    try {
        const client = await batchClient(news);
        await client.tasks.update(news.jobId, news.task.id, news.task.constraints ?? {}, {
            signal: cancelled,
        });
    } catch (error) {
        throw withAdvice(error);
    }
    return { outs: { ...news } };
}

export async function read(
    id: string,
    props: TaskInputs,
): Promise<{ id?: string; props?: Record<string, unknown> }> {
    try {
        const client = await batchClient(props);
        await client.tasks.get(props.jobId, props.task.id, { select: "id,state" });
        return { id, props: { ...props } };
    } catch (error) {
        if (isServiceError(error, "TaskNotFound", "JobNotFound", "ResourceNotFound")) return {};
        throw withAdvice(error);
    }
}

export async function remove(_id: string, props: TaskInputs): Promise<void> {
    try {
        const client = await batchClient(props);
        await client.tasks.delete(props.jobId, props.task.id, { signal: cancelled });
    } catch (error) {
        if (!isServiceError(error, "TaskNotFound", "JobNotFound", "ResourceNotFound"))
            throw withAdvice(error);
    }
}
