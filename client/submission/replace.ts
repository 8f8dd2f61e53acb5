import type { BatchClient } from "../batchClient";
import { isServiceError } from "../errors";
import type { BatchTask, BatchTaskCreateOptions } from "../models";
import { isDeclaredBut } from "./equal";
import type { PreparedTask } from "./task";

/** A task to be sent, and the other one that the job has under its id. */
export interface Different {
    readonly task: PreparedTask;
    readonly found: BatchTask;
}

/** What became of tasks that were in the way. */
export interface Replaced {
    /** Tasks that are in the job now, as they are to be. */
    readonly changed: readonly PreparedTask[];
    /** Tasks that are to be added now. */
    readonly removed: readonly PreparedTask[];
}

/**
 * Makes room for tasks: where the constraints alone differ they are changed in place, any other task in the way is deleted. One that has
 * completed can no more be changed: it stays when it has succeeded, which no constraint would alter.
 */
export async function makeRoom(
    client: BatchClient,
    jobId: string,
    tasks: readonly Different[],
    signal?: AbortSignal,
): Promise<Replaced> {
    const changed: PreparedTask[] = [];
    const removed: PreparedTask[] = [];
    // One after another: as many packs as the service takes are under way beside this one.
    for (const { task, found } of tasks) {
        const wanted = JSON.parse(task.json) as BatchTaskCreateOptions;
        const inPlace = isDeclaredBut("constraints", wanted, found);
        const succeeded = found.state === "completed" && found.executionInfo?.result === "success";
        if (inPlace && succeeded) changed.push(task);
        else if (inPlace && found.state !== "completed" && (await constrain(client, jobId, wanted, signal)))
            changed.push(task);
        else {
            // One that has completed meanwhile is looked at again when it is sent.
            if (!inPlace || found.state === "completed") await remove(client, jobId, task.id, signal);
            removed.push(task);
        }
    }
    return { changed, removed };
}

/** False for a task that has completed or gone meanwhile. */
async function constrain(
    client: BatchClient,
    jobId: string,
    { id, constraints = {} }: BatchTaskCreateOptions,
    signal: AbortSignal | undefined,
): Promise<boolean> {
    try {
        await client.tasks.update(jobId, id, constraints, { signal });
        return true;
    } catch (error) {
        if (isServiceError(error, "TaskCompleted", "TaskNotFound")) return false;
        throw error;
    }
}

async function remove(
    client: BatchClient,
    jobId: string,
    taskId: string,
    signal: AbortSignal | undefined,
): Promise<void> {
    try {
        await client.tasks.delete(jobId, taskId, { signal });
    } catch (error) {
        if (!isServiceError(error, "TaskNotFound")) throw error;
    }
}
