import { limits } from "../../catalog";
import { FRAME_BYTES } from "./sources";
import type { PreparedTask, PreparedTasks } from "./sources";

/** Tasks that go in one request. */
export interface Pack {
    readonly tasks: readonly PreparedTask[];
    /** Bytes of the request body. */
    readonly bytes: number;
    /** Tries so far that were not refused for their number. */
    attempts: number;
    /** Tries so far that were refused with 429 or 503. */
    refusals: number;
    /** Not before this instant (milliseconds). */
    notBefore: number;
}

/** A pack of tasks that have been tried so often. */
export function makePack(tasks: readonly PreparedTask[], attempts = 0): Pack {
    const bytes = tasks.reduce((sum, task) => sum + task.bytes + 1, FRAME_BYTES - 1);
    return { tasks, bytes, attempts, refusals: 0, notBefore: 0 };
}

/** The body of a pack. */
export function packBody(pack: Pack): string {
    return `{"value":[${pack.tasks.map((task) => task.json).join(",")}]}`;
}

/** The two halves of a pack that was too large. */
export function splitPack(pack: Pack): [Pack, Pack] {
    const middle = Math.ceil(pack.tasks.length / 2);
    return [
        makePack(pack.tasks.slice(0, middle), pack.attempts),
        makePack(pack.tasks.slice(middle), pack.attempts),
    ];
}

/** Fills packs from a stream of tasks, up to 100 tasks and fewer than 1 MiB each. */
export class Packer {
    readonly #source: PreparedTasks;
    // The source, when it has its tasks at once.
    readonly #ready: Iterator<PreparedTask> | undefined;
    readonly #maxTasks: number;
    #maxBytes: number;
    #held: PreparedTask | undefined;
    #done = false;

    constructor(source: PreparedTasks, maxTasks: number = limits.tasksPerCollection.value) {
        this.#source = source;
        this.#ready = Symbol.asyncIterator in source ? undefined : (source as Iterator<PreparedTask>);
        this.#maxTasks = maxTasks;
        this.#maxBytes = limits.collectionBytes.value - 1;
    }

    /** The service found a body of this size too large: later ones are smaller. */
    tooLarge(bytes: number): void {
        this.#maxBytes = Math.min(this.#maxBytes, bytes - 1);
    }

    /** The next pack; undefined at the end of the source. */
    async next(): Promise<Pack | undefined> {
        const tasks: PreparedTask[] = [];
        let bytes = FRAME_BYTES - 1;
        while (tasks.length < this.#maxTasks) {
            const task = this.#held ?? this.#now() ?? (await this.#read());
            this.#held = undefined;
            if (task === undefined) break;
            if (tasks.length > 0 && bytes + task.bytes + 1 > this.#maxBytes) {
                this.#held = task;
                break;
            }
            tasks.push(task);
            bytes += task.bytes + 1;
        }
        return tasks.length === 0 ? undefined : { tasks, bytes, attempts: 0, refusals: 0, notBefore: 0 };
    }

    /** Lets go of the source, when the rest of it is not wanted. */
    async close(): Promise<void> {
        await this.#source.return?.();
    }

    /** The next task of a source that has it at once. */
    #now(): PreparedTask | undefined {
        if (this.#done || this.#ready === undefined) return undefined;
        const next = this.#ready.next();
        if (next.done !== true) return next.value;
        this.#done = true;
        return undefined;
    }

    async #read(): Promise<PreparedTask | undefined> {
        if (this.#done) return undefined;
        const next = await this.#source.next();
        if (next.done === true) {
            this.#done = true;
            return undefined;
        }
        return next.value;
    }
}
