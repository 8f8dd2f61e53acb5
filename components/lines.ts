import fs from "node:fs";

const CHUNK = 1 << 20;

/** The bytes of a file, a million at a time. */
export function* chunksOf(file: string): Generator<Buffer> {
    const input = fs.openSync(file, "r");
    try {
        for (;;) {
            const buffer = Buffer.allocUnsafe(CHUNK);
            const length = fs.readSync(input, buffer);
            if (length === 0) return;
            yield buffer.subarray(0, length);
        }
    } finally {
        fs.closeSync(input);
    }
}

/**
 * The lines of a text file, without their ends. Read while the caller waits: a program's resources are to be registered in order.
 * @param onBytes is given the bytes of the file as they are read
 */
export function* linesOf(file: string, onBytes?: (bytes: Buffer) => void): Generator<string> {
    let rest: Buffer = Buffer.alloc(0);
    for (const bytes of chunksOf(file)) {
        onBytes?.(bytes);
        const all = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
        const end = all.lastIndexOf(10);
        if (end >= 0) yield* all.toString("utf8", 0, end).split("\n");
        rest = all.subarray(end + 1);
    }
    if (rest.length > 0) yield rest.toString("utf8");
}
