import { segment } from "./core";
import type { CallOptions, ConditionOptions, Core, ListOptions, ReadOptions } from "./core";
import type {
    BatchJob,
    BatchJobCreateOptions,
    BatchJobPreparationAndReleaseTaskStatus,
    BatchJobUpdateOptions,
    BatchTaskCountsResult,
    DisableBatchJobOption,
} from "./models";

const match = (options: ConditionOptions): Record<string, string | undefined> => ({
    "if-match": options.ifMatch,
});

/** Operations on jobs. */
export class JobOperations {
    readonly #core: Core;

    constructor(core: Core) {
        this.#core = core;
    }

    async add(job: BatchJobCreateOptions, options: CallOptions = {}): Promise<void> {
        await this.#core.send({ method: "POST", path: "/jobs", body: job, options });
    }

    get(id: string, options: ReadOptions = {}): Promise<BatchJob> {
        const query = { $select: options.select, $expand: options.expand };
        return this.#core.json({ method: "GET", path: `/jobs/${segment(id)}`, query, options });
    }

    list(options: ListOptions = {}): AsyncGenerator<BatchJob> {
        return this.#core.list("/jobs", options);
    }

    /** Changes the properties given and leaves the others. */
    async patch(id: string, change: BatchJobUpdateOptions, options: ConditionOptions = {}): Promise<void> {
        await this.#core.send({
            method: "PATCH",
            path: `/jobs/${segment(id)}`,
            body: change,
            headers: match(options),
            options,
        });
    }

    /** Replaces what can be changed; what is left out goes back to its default. */
    async update(id: string, job: BatchJob, options: ConditionOptions = {}): Promise<void> {
        await this.#core.send({
            method: "PUT",
            path: `/jobs/${segment(id)}`,
            body: job,
            headers: match(options),
            options,
        });
    }

    /** Asks for the deletion; the job is gone when `get` answers 404. */
    async delete(id: string, options: ConditionOptions & { force?: boolean } = {}): Promise<void> {
        const query = { force: options.force };
        await this.#core.send({
            method: "DELETE",
            path: `/jobs/${segment(id)}`,
            query,
            headers: match(options),
            options,
        });
    }

    async terminate(id: string, options: ConditionOptions & { reason?: string } = {}): Promise<void> {
        const body = options.reason === undefined ? {} : { terminateReason: options.reason };
        await this.#post(id, "terminate", body, options);
    }

    async disable(
        id: string,
        disableTasks: DisableBatchJobOption,
        options: ConditionOptions = {},
    ): Promise<void> {
        await this.#post(id, "disable", { disableTasks }, options);
    }

    async enable(id: string, options: ConditionOptions = {}): Promise<void> {
        await this.#post(id, "enable", undefined, options);
    }

    /** Tasks by state; a few seconds behind, and not exact above 200,000 tasks. */
    taskCounts(id: string, options: CallOptions = {}): Promise<BatchTaskCountsResult> {
        return this.#core.json({ method: "GET", path: `/jobs/${segment(id)}/taskcounts`, options });
    }

    preparationAndReleaseStatus(
        id: string,
        options: ListOptions = {},
    ): AsyncGenerator<BatchJobPreparationAndReleaseTaskStatus> {
        return this.#core.list(`/jobs/${segment(id)}/jobpreparationandreleasetaskstatus`, options);
    }

    async #post(id: string, verb: string, body: unknown, options: ConditionOptions): Promise<void> {
        await this.#core.send({
            method: "POST",
            path: `/jobs/${segment(id)}/${verb}`,
            body,
            headers: match(options),
            options,
        });
    }
}
