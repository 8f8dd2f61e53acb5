import { segment } from "./core";
import type { CallOptions, ConditionOptions, Core, ListOptions, ReadOptions } from "./core";
import type {
    BatchJob,
    BatchJobSchedule,
    BatchJobScheduleCreateOptions,
    BatchJobScheduleUpdateOptions,
} from "./models";

const match = (options: ConditionOptions): Record<string, string | undefined> => ({
    "if-match": options.ifMatch,
});

/** Operations on job schedules. */
export class JobScheduleOperations {
    readonly #core: Core;

    constructor(core: Core) {
        this.#core = core;
    }

    async add(schedule: BatchJobScheduleCreateOptions, options: CallOptions = {}): Promise<void> {
        await this.#core.send({ method: "POST", path: "/jobschedules", body: schedule, options });
    }

    get(id: string, options: ReadOptions = {}): Promise<BatchJobSchedule> {
        const query = { $select: options.select, $expand: options.expand };
        return this.#core.json({ method: "GET", path: `/jobschedules/${segment(id)}`, query, options });
    }

    list(options: ListOptions = {}): AsyncGenerator<BatchJobSchedule> {
        return this.#core.list("/jobschedules", options);
    }

    jobs(id: string, options: ListOptions = {}): AsyncGenerator<BatchJob> {
        return this.#core.list(`/jobschedules/${segment(id)}/jobs`, options);
    }

    async patch(
        id: string,
        change: BatchJobScheduleUpdateOptions,
        options: ConditionOptions = {},
    ): Promise<void> {
        await this.#send("PATCH", id, "", options, change);
    }

    async delete(id: string, options: ConditionOptions = {}): Promise<void> {
        await this.#send("DELETE", id, "", options);
    }

    async disable(id: string, options: ConditionOptions = {}): Promise<void> {
        await this.#send("POST", id, "/disable", options);
    }

    async enable(id: string, options: ConditionOptions = {}): Promise<void> {
        await this.#send("POST", id, "/enable", options);
    }

    async terminate(id: string, options: ConditionOptions = {}): Promise<void> {
        await this.#send("POST", id, "/terminate", options);
    }

    async #send(
        method: "PATCH" | "DELETE" | "POST",
        id: string,
        verb: string,
        options: ConditionOptions,
        body?: unknown,
    ): Promise<void> {
        await this.#core.send({
            method,
            path: `/jobschedules/${segment(id)}${verb}`,
            body,
            headers: match(options),
            options,
        });
    }
}
