import { constants, type Stats } from "node:fs";
import { lstat, open, readdir, realpath, rm, rmdir, stat, unlink } from "node:fs/promises";
import { extname, join } from "node:path";
import { Readable } from "node:stream";

import { isWithin, resolveWithin } from "./paths";

/** A file or directory of a node, as the service's file operations show it. */
export interface NodeFile {
    /** Path below the directory that was asked about, with `/`. */
    name: string;
    isDirectory: boolean;
    /** Bytes; 0 for directories. */
    size: number;
    /** Milliseconds since the Unix epoch. */
    created: number;
    modified: number;
    contentType: string;
    /** Type and permission bits in octal, such as `0o100664`. */
    fileMode: string;
}

/** First and last byte, both included, as in a Range header. */
export interface ByteRange {
    start: number;
    end?: number;
}

const contentTypes: Record<string, string> = {
    ".csv": "text/csv",
    ".gz": "application/gzip",
    ".htm": "text/html",
    ".html": "text/html",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".log": "text/plain",
    ".md": "text/markdown",
    ".mp4": "video/mp4",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".xml": "application/xml",
    ".zip": "application/zip",
};

/**
 * The entries of a directory below a root, by name; with `recursive` also all below it, a directory before its content. Undefined
 * where the directory does not exist or lies elsewhere. Links that lead out of the root are left out.
 */
export async function listFiles(
    root: string,
    directory: string,
    recursive: boolean,
): Promise<NodeFile[] | undefined> {
    const place = await find(root, directory);
    if (!place || !(await stat(place.path)).isDirectory()) return undefined;
    const found: NodeFile[] = [];
    const walk = async (path: string, prefix: string): Promise<void> => {
        const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
        entries.sort((a, b) => (a.name < b.name ? -1 : 1));
        for (const entry of entries) {
            const full = join(path, entry.name);
            const file = await describe(place.root, full, prefix + entry.name);
            if (!file) continue;
            found.push(file);
            // A link to a directory is shown and not entered: it may lead to its own parent.
            if (recursive && entry.isDirectory()) await walk(full, `${prefix}${entry.name}/`);
        }
    };
    await walk(place.path, "");
    return found;
}

/** Properties of one file or directory; undefined where there is none at that path below the root. */
export async function statFile(root: string, path: string): Promise<NodeFile | undefined> {
    const place = await find(root, path);
    return place && describe(place.root, place.path, path);
}

/** Opens a file for reading, as it is now: what is appended later is not part of it. Undefined for what is no file below the root. */
export async function openFile(
    root: string,
    path: string,
    range?: ByteRange,
): Promise<{ file: NodeFile; content: () => Readable; close: () => Promise<void> } | undefined> {
    const place = await find(root, path);
    if (!place) return undefined;
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
    const handle = await open(place.path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(() => undefined);
    if (!handle) return undefined;
    const info = await handle.stat();
    // A task may have put a link in place of a directory since; what is open now decides. Pipes and devices are no files.
    if (!info.isFile() || !(await opensWithin(place.root, place.path, info))) {
        await handle.close();
        return undefined;
    }
    const last = Math.min(range?.end ?? info.size - 1, info.size - 1);
    const start = range?.start ?? 0;
    return {
        file: fileOf(path, info),
        content: () =>
            last < start
                ? Readable.from([]).once("close", () => void handle.close())
                : handle.createReadStream({ start, end: last }),
        close: () => handle.close(),
    };
}

/** Removes a file, or a directory: with `recursive` whatever is in it. A link is removed, not what it leads to. */
export async function removeFile(
    root: string,
    path: string,
    recursive: boolean,
): Promise<"removed" | "absent" | "notEmpty"> {
    const full = resolveWithin(root, path);
    if (full === undefined || full === root) return "absent";
    const parent = await find(root, join(path, ".."));
    const info = parent && (await lstat(full).catch(() => undefined));
    if (!info) return "absent";
    if (!info.isDirectory()) {
        await unlink(full);
    } else if (recursive) {
        await rm(full, { recursive: true, force: true });
    } else {
        try {
            await rmdir(full);
        } catch (error) {
            if ((error as NodeJS.ErrnoException).code === "ENOTEMPTY") return "notEmpty";
            throw error;
        }
    }
    return "removed";
}

/** Media type by file name; what is not known is a stream of bytes. */
export function contentTypeOf(name: string): string {
    return contentTypes[extname(name).toLowerCase()] ?? "application/octet-stream";
}

/** Where a path really leads, if that is below the real root. */
async function find(root: string, path: string): Promise<{ root: string; path: string } | undefined> {
    const full = resolveWithin(root, path);
    if (full === undefined) return undefined;
    try {
        const [realRoot, real] = await Promise.all([realpath(root), realpath(full)]);
        return isWithin(realRoot, real) ? { root: realRoot, path: real } : undefined;
    } catch {
        return undefined;
    }
}

async function opensWithin(realRoot: string, path: string, opened: Stats): Promise<boolean> {
    try {
        const real = await realpath(path);
        const { dev, ino } = await stat(real);
        return isWithin(realRoot, real) && dev === opened.dev && ino === opened.ino;
    } catch {
        return false;
    }
}

async function describe(realRoot: string, path: string, name: string): Promise<NodeFile | undefined> {
    try {
        let info = await lstat(path);
        if (info.isSymbolicLink()) {
            const real = await realpath(path);
            if (!isWithin(realRoot, real)) return undefined;
            info = await stat(real);
        }
        return fileOf(name, info);
    } catch {
        return undefined;
    }
}

function fileOf(name: string, info: Stats): NodeFile {
    const isDirectory = info.isDirectory();
    return {
        name,
        isDirectory,
        size: isDirectory ? 0 : info.size,
        created: info.birthtimeMs || info.ctimeMs,
        modified: info.mtimeMs,
        contentType: contentTypeOf(name),
        fileMode: `0o${info.mode.toString(8)}`,
    };
}
