import { hash } from "node:crypto";
import { withoutSignatures } from "../signatures";

// More ranges find changes more narrowly and take more of the state: eight characters each.
const MOST = 1024;
const BYTES = 6;
const MODULUS = 2 ** (8 * BYTES);

/** What counts of a task: where ranges are cut, which its id alone tells, and all that is declared. */
interface Digest {
    /** How rare an id it is: one in two is 1 or more, one in four 2 or more, and so on. A range of level n starts where this is n or more. */
    readonly rarity: number;
    readonly sum: number;
}

/** @param text the task as JSON text */
export function digestOf(id: string, text: string): Digest {
    const rarity = Math.clz32(hash("sha1", id.toLowerCase(), "buffer").readUInt32BE(0));
    return { rarity, sum: hash("sha1", withoutSignatures(text), "buffer").readUIntBE(0, BYTES) };
}

/**
 * A short hash of each range of tasks, for the state of a collection: at most a thousand of them, however many tasks come. Ranges are cut at
 * ids, so that a task that is added, removed or changed leaves all ranges but its own (or its neighbour) as they are.
 */
export class RangeHashes {
    #level = 0;
    #starts: number[] = [];
    #sums: number[] = [];

    add({ rarity, sum }: Digest): void {
        this.#put(rarity, sum);
        while (this.#sums.length > MOST) this.#coarsen();
    }

    #put(rarity: number, sum: number): void {
        const last = this.#sums.length - 1;
        if (last >= 0 && rarity < this.#level) {
            // A sum: ranges can be joined, and the order of tasks within one does not count.
            this.#sums[last] = ((this.#sums[last] ?? 0) + sum) % MODULUS;
            return;
        }
        this.#starts.push(rarity);
        this.#sums.push(sum);
    }

    #coarsen(): void {
        const [starts, sums] = [this.#starts, this.#sums];
        [this.#starts, this.#sums] = [[], []];
        this.#level += 1;
        starts.forEach((rarity, at) => this.#put(rarity, sums[at] ?? 0));
    }

    toString(): string {
        const bytes = Buffer.alloc(this.#sums.length * BYTES);
        this.#sums.forEach((sum, at) => bytes.writeUIntBE(sum, at * BYTES, BYTES));
        return `${this.#level}:${bytes.toString("base64")}`;
    }
}

/** Finds the tasks of ranges that are as they were, while all tasks go by in their order. */
export class UnchangedTasks {
    readonly #level: number;
    readonly #known = new Set<number>();
    readonly #unchanged: Uint8Array;
    #first = 0;
    #next = 0;
    #sum = 0;

    private constructor(level: number, hashes: Buffer, count: number) {
        this.#level = level;
        for (let at = 0; at + BYTES <= hashes.length; at += BYTES)
            this.#known.add(hashes.readUIntBE(at, BYTES));
        this.#unchanged = new Uint8Array(count);
    }

    /** @param hashes what {@link RangeHashes} gave the last time; with anything else no task is unchanged @param count of tasks now */
    static since(hashes: string | undefined, count: number): UnchangedTasks {
        const [, level = "0", text = ""] = /^(\d+):([\w+/]*)$/.exec(hashes ?? "") ?? [];
        return new UnchangedTasks(Number(level), Buffer.from(text, "base64"), count);
    }

    add({ rarity, sum }: Digest): void {
        if (rarity >= this.#level) this.#end();
        this.#sum = (this.#sum + sum) % MODULUS;
        this.#next += 1;
    }

    /** @returns 1 for each task that is as it was, else 0 */
    finish(): Uint8Array {
        this.#end();
        return this.#unchanged;
    }

    #end(): void {
        if (this.#next > this.#first && this.#known.has(this.#sum))
            this.#unchanged.fill(1, this.#first, this.#next);
        [this.#first, this.#sum] = [this.#next, 0];
    }
}
