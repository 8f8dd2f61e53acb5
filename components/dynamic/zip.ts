import fs from "node:fs";
import path from "node:path";
import { once } from "node:events";
import { PassThrough } from "node:stream";

/** A file of a zip. */
export interface ZipEntry {
    /** Name in the zip, with slashes. */
    readonly name: string;
    /** Where it is on this machine. */
    readonly path: string;
    /** Whether it may be run. */
    readonly executable: boolean;
}

// The first moment that a zip can say, in the local time that the library reads: the same bytes whenever and wherever it is made.
const firstMoment = (): Date => new Date(1980, 0, 1);
const UNIX = 3;
const PIECE = 1024 * 1024;

/** All files below a folder, by name. */
export function entriesOf(folder: string): ZipEntry[] {
    return fs
        .readdirSync(folder, { recursive: true, withFileTypes: true })
        .map((entry) => path.join(entry.parentPath, entry.name))
        .filter((file) => fs.statSync(file).isFile())
        .map((file) => ({
            name: path.relative(folder, file).split(path.sep).join("/"),
            path: file,
            executable: (fs.statSync(file).mode & 0o100) !== 0,
        }))
        .sort((left, right) => (left.name < right.name ? -1 : 1));
}

/** A zip as a stream: the same entries give the same bytes. At most a piece of a file is in memory. */
export async function zipStream(entries: readonly ZipEntry[]): Promise<PassThrough> {
    const { Zip, ZipDeflate } = await import("fflate");
    const stream = new PassThrough({ highWaterMark: 4 * PIECE });
    const zip = new Zip((error, data, final) => {
        if (error !== null) {
            stream.destroy(error);
            return;
        }
        stream.write(data);
        if (final) stream.end();
    });
    void (async () => {
        for (const entry of entries) {
            const file = new ZipDeflate(entry.name, { level: 6 });
            file.mtime = firstMoment();
            file.os = UNIX;
            file.attrs = ((entry.executable ? 0o100755 : 0o100644) << 16) >>> 0;
            zip.add(file);
            for await (const piece of fs.createReadStream(entry.path, { highWaterMark: PIECE })) {
                file.push(piece as Buffer);
                if (stream.writableNeedDrain) await once(stream, "drain");
            }
            file.push(new Uint8Array(0), true);
        }
        zip.end();
    })().catch((error: unknown) => stream.destroy(error as Error));
    return stream;
}
