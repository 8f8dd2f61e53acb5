/** Reads the lines of a file as it grows, also when another file takes its place. */
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";

const newLine = 10;

export class GrowingFile {
    #file: number | undefined;
    #position = 0;
    /** What was read of a line that has not ended yet. */
    #begun = Buffer.alloc(0);
    readonly #chunk = Buffer.alloc(64 * 1024);

    /** What came since the last call, whole lines only. Nothing where there is no such file (any more) and all of it was read. */
    *lines(path: string): Generator<string> {
        yield* this.#newLines();
        if (!this.#isReplacedAt(path)) return;
        yield* this.#newLines();
        yield* this.end();
        this.#file = openIfThere(path);
        yield* this.#newLines();
    }

    /** The line that was begun, if any; closes the file. */
    *end(): Generator<string> {
        if (this.#begun.length > 0) yield this.#begun.toString();
        this.#begun = Buffer.alloc(0);
        this.#position = 0;
        if (this.#file !== undefined) closeSync(this.#file);
        this.#file = undefined;
    }

    *#newLines(): Generator<string> {
        if (this.#file === undefined) return;
        // Somebody emptied it: it begins anew.
        if (fstatSync(this.#file).size < this.#position) this.#position = 0;
        for (;;) {
            const read = readSync(this.#file, this.#chunk, 0, this.#chunk.length, this.#position);
            if (read === 0) return;
            this.#position += read;
            let text = Buffer.concat([this.#begun, this.#chunk.subarray(0, read)]);
            for (let at = text.indexOf(newLine); at >= 0; at = text.indexOf(newLine)) {
                yield text.subarray(0, at).toString();
                text = text.subarray(at + 1);
            }
            this.#begun = text;
        }
    }

    /** Whether another file than the one that is open lies there. */
    #isReplacedAt(path: string): boolean {
        const there = statSync(path, { throwIfNoEntry: false });
        if (!there) return false;
        if (this.#file === undefined) return true;
        const open = fstatSync(this.#file);
        return open.ino !== there.ino || open.dev !== there.dev;
    }
}

function openIfThere(path: string): number | undefined {
    try {
        return openSync(path, "r");
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
    }
}
