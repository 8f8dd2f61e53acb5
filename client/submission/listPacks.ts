import { limits } from "../../catalog";
import type { BatchTaskCreateOptions } from "../models";
import { sasBytes } from "../sas";
import { Filler, Pack } from "./pack";
import type { Packs } from "./pack";
import { uniqueness } from "./sources";
import { FRAME_BYTES, isTask, prepare } from "./task";

/**
 * The tasks of a list in packs of 100 neighbours. Their JSON text is made at once where they fit, which leaves less behind than a text
 * for each task.
 * @param checked whether ids are compared
 * @throws InvalidTaskError at the first task that cannot be sent
 */
export function* packsOfList(
    list: readonly BatchTaskCreateOptions[],
    checked: boolean,
): Generator<Pack, void, undefined> {
    const step = checked ? uniqueness(list.length) : undefined;
    const size = limits.tasksPerCollection.value;
    const filler = new Filler();
    for (let from = 0; from < list.length; from += size) {
        const part = list.slice(from, from + size);
        const whole = wholePack(part, from + 1);
        const packs =
            whole === undefined
                ? part.map((task, index) => filler.add(prepare(task, from + index + 1)))
                : [filler.rest(), whole];
        if (step !== undefined) part.forEach(({ id }, index) => step(id, from + index + 1));
        for (const pack of packs) if (pack !== undefined) yield pack;
    }
    const rest = filler.rest();
    if (rest !== undefined) yield rest;
}

/** One pack of all of them; undefined when they need a closer look. */
function wholePack(part: readonly BatchTaskCreateOptions[], first: number): Pack | undefined {
    if (!part.every(isTask)) return undefined;
    let text: string;
    try {
        text = JSON.stringify(part);
    } catch {
        return undefined;
    }
    const more = sasBytes(text);
    const bytes = Buffer.byteLength(text) - 2 + more + FRAME_BYTES;
    if (bytes >= limits.collectionBytes.value) return undefined;
    return Pack.ofText(part.length, text, first, bytes, more > 0);
}

/** Packs that are there already, made smaller where the service takes less. */
export class ReadyPacks implements Packs {
    readonly #packs: Iterator<Pack>;
    readonly #halves: Pack[] = [];
    #maxBytes = Infinity;

    constructor(packs: Iterable<Pack>) {
        this.#packs = packs[Symbol.iterator]();
    }

    next(): Pack | undefined {
        for (;;) {
            const pack = this.#halves.pop() ?? this.#taken();
            if (pack === undefined || pack.bytes <= this.#maxBytes || pack.size === 1) return pack;
            this.#halves.push(...pack.halves().reverse());
        }
    }

    tooLarge(bytes: number): void {
        this.#maxBytes = Math.min(this.#maxBytes, bytes - 1);
    }

    close(): Promise<void> {
        this.#packs.return?.();
        return Promise.resolve();
    }

    #taken(): Pack | undefined {
        const next = this.#packs.next();
        return next.done === true ? undefined : next.value;
    }
}
