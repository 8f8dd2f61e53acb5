import { limits } from "../../catalog";
import { FRAME_BYTES, prepare } from "./task";
import type { PreparedTask } from "./task";
import type { PreparedTasks } from "./sources";

/** Tasks that go in one request. */
export class Pack {
    /** Number of tasks. */
    readonly size: number;
    /** Bytes of the request body, with what its links will add. */
    readonly bytes: number;
    /** Whether links are to be made when it is sent. */
    readonly linked: boolean;
    /** Tries so far that were not refused for their number. */
    attempts: number;
    /** Tries so far that were refused with 429 or 503. */
    refusals = 0;
    /** Not before this instant (milliseconds). */
    notBefore = 0;
    readonly #content: readonly PreparedTask[] | WholeText;

    private constructor(
        size: number,
        bytes: number,
        linked: boolean,
        content: readonly PreparedTask[] | WholeText,
        attempts: number,
    ) {
        this.size = size;
        this.bytes = bytes;
        this.linked = linked;
        this.#content = content;
        this.attempts = attempts;
    }

    /** @param attempts tries that these tasks have behind them */
    static of(tasks: readonly PreparedTask[], attempts = 0): Pack {
        const bytes = tasks.reduce((sum, task) => sum + task.bytes + 1, FRAME_BYTES - 1);
        const linked = tasks.some((task) => task.linked);
        return new Pack(tasks.length, bytes, linked, tasks, attempts);
    }

    /** Of neighbours in a list, whose JSON text was made at once. */
    static ofText(size: number, text: string, first: number, bytes: number, linked: boolean): Pack {
        return new Pack(size, bytes, linked, { text, first }, 0);
    }

    /** The tasks as a JSON array. */
    text(): string {
        if ("text" in this.#content) return this.#content.text;
        return `[${this.#content.map((task) => task.json).join(",")}]`;
    }

    /** The tasks one by one, which few need. */
    tasks(): readonly PreparedTask[] {
        if (!("text" in this.#content)) return this.#content;
        const { text, first } = this.#content;
        return (JSON.parse(text) as unknown[]).map((task, index) => prepare(task, first + index));
    }

    /** The two halves of a pack that was too large. */
    halves(): [Pack, Pack] {
        const tasks = this.tasks();
        const middle = Math.ceil(tasks.length / 2);
        return [Pack.of(tasks.slice(0, middle), this.attempts), Pack.of(tasks.slice(middle), this.attempts)];
    }
}

interface WholeText {
    readonly text: string;
    /** Place of the first task. */
    readonly first: number;
}

/** Where the packs of a submission come from. */
export interface Packs {
    /** The next pack; undefined at the end. */
    next(): Pack | undefined | Promise<Pack | undefined>;
    /** The service found a body of this size too large: later ones are smaller. */
    tooLarge(bytes: number): void;
    /** Lets go of the source, when the rest of it is not wanted. */
    close(): Promise<void>;
}

/** Gathers tasks until they fill a pack: 100 of them, or fewer than 1 MiB. */
export class Filler {
    #maxBytes = limits.collectionBytes.value - 1;
    #tasks: PreparedTask[] = [];
    #bytes = FRAME_BYTES - 1;

    tooLarge(bytes: number): void {
        this.#maxBytes = Math.min(this.#maxBytes, bytes - 1);
    }

    /** Adds a task, and gives the pack that is full with it, or without it. */
    add(task: PreparedTask): Pack | undefined {
        const fits = this.#bytes + task.bytes + 1 <= this.#maxBytes;
        const full = fits ? undefined : this.rest();
        this.#tasks.push(task);
        this.#bytes += task.bytes + 1;
        return full ?? (this.#tasks.length === limits.tasksPerCollection.value ? this.rest() : undefined);
    }

    /** What has been gathered; undefined when that is nothing. */
    rest(): Pack | undefined {
        const tasks = this.#tasks;
        this.#tasks = [];
        this.#bytes = FRAME_BYTES - 1;
        return tasks.length === 0 ? undefined : Pack.of(tasks);
    }
}

/** Fills packs from a stream of tasks. */
export class Packer implements Packs {
    readonly #source: PreparedTasks;
    // The source, when it has its tasks at once.
    readonly #ready: Iterator<PreparedTask> | undefined;
    readonly #filler = new Filler();
    #done = false;

    constructor(source: PreparedTasks) {
        this.#source = source;
        this.#ready = Symbol.asyncIterator in source ? undefined : (source as Iterator<PreparedTask>);
    }

    tooLarge(bytes: number): void {
        this.#filler.tooLarge(bytes);
    }

    async next(): Promise<Pack | undefined> {
        for (;;) {
            const task = this.#now() ?? (await this.#read());
            const pack = task === undefined ? this.#filler.rest() : this.#filler.add(task);
            if (pack !== undefined || task === undefined) return pack;
        }
    }

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
