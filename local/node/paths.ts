import { realpath } from "node:fs/promises";
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";

/** Whether `path` is `directory` or lies below it. Both absolute and normalised. */
export function isWithin(directory: string, path: string): boolean {
    const way = relative(directory, path);
    return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** The absolute path of `path` below `directory`, or undefined where it leaves it by `..`, a root or a NUL. */
export function resolveWithin(directory: string, path: string): string | undefined {
    if (path.includes("\0")) return undefined;
    const full = resolve(directory, path);
    return isWithin(directory, full) ? full : undefined;
}

/** Whether the nearest existing ancestor of `path` really lies in `directory`, symbolic links followed. */
export async function reallyWithin(directory: string, path: string): Promise<boolean> {
    const root = await realpath(directory);
    for (let at = path; ; at = dirname(at)) {
        try {
            return isWithin(root, await realpath(at));
        } catch (error) {
            if ((error as NodeJS.ErrnoException).code !== "ENOENT" || at === dirname(at)) return false;
        }
    }
}
