import { segment } from "./core";
import type { CallOptions, ConditionOptions, Core, ListOptions, ReadOptions } from "./core";
import type {
    BatchCreateTaskCollectionResult,
    BatchTask,
    BatchTaskConstraints,
    BatchTaskCreateOptions,
    BatchTaskCreateResult,
    BatchSubtask,
} from "./models";

const match = (options: ConditionOptions): Record<string, string | undefined> => ({
    "if-match": options.ifMatch,
});

/** Operations on the tasks of jobs. */
export class TaskOperations {
    readonly #core: Core;

    constructor(core: Core) {
        this.#core = core;
    }

    async add(jobId: string, task: BatchTaskCreateOptions, options: CallOptions = {}): Promise<void> {
        await this.#core.send({ method: "POST", path: `/jobs/${segment(jobId)}/tasks`, body: task, options });
    }

    /**
     * Adds up to 100 tasks in one request; `submitTasks` takes any number.
     * @returns one result a task, in any order
     */
    async addCollection(
        jobId: string,
        tasks: readonly BatchTaskCreateOptions[],
        options: CallOptions = {},
    ): Promise<BatchTaskCreateResult[]> {
        const path = `/jobs/${segment(jobId)}/addtaskcollection`;
        const result = await this.#core.json<BatchCreateTaskCollectionResult>({
            method: "POST",
            path,
            body: { value: tasks },
            options,
        });
        return result.value ?? [];
    }

    get(jobId: string, taskId: string, options: ReadOptions = {}): Promise<BatchTask> {
        const query = { $select: options.select, $expand: options.expand };
        return this.#core.json({ method: "GET", path: this.#path(jobId, taskId), query, options });
    }

    list(jobId: string, options: ListOptions = {}): AsyncGenerator<BatchTask> {
        return this.#core.list(`/jobs/${segment(jobId)}/tasks`, options);
    }

    /** Replaces the constraints, the one thing of a task that can be changed. */
    async update(
        jobId: string,
        taskId: string,
        constraints: BatchTaskConstraints,
        options: ConditionOptions = {},
    ): Promise<void> {
        await this.#core.send({
            method: "PUT",
            path: this.#path(jobId, taskId),
            body: { constraints },
            headers: match(options),
            options,
        });
    }

    async delete(jobId: string, taskId: string, options: ConditionOptions = {}): Promise<void> {
        await this.#core.send({
            method: "DELETE",
            path: this.#path(jobId, taskId),
            headers: match(options),
            options,
        });
    }

    async terminate(jobId: string, taskId: string, options: ConditionOptions = {}): Promise<void> {
        await this.#core.send({
            method: "POST",
            path: `${this.#path(jobId, taskId)}/terminate`,
            headers: match(options),
            options,
        });
    }

    async reactivate(jobId: string, taskId: string, options: ConditionOptions = {}): Promise<void> {
        await this.#core.send({
            method: "POST",
            path: `${this.#path(jobId, taskId)}/reactivate`,
            headers: match(options),
            options,
        });
    }

    subtasks(jobId: string, taskId: string, options: ListOptions = {}): AsyncGenerator<BatchSubtask> {
        return this.#core.list(`${this.#path(jobId, taskId)}/subtasksinfo`, options);
    }

    #path(jobId: string, taskId: string): string {
        return `/jobs/${segment(jobId)}/tasks/${segment(taskId)}`;
    }
}
