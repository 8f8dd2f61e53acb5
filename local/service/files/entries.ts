import type { Stats } from "node:fs";
import { opendir, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import type { Version } from "../../http/conditions";
import { versionHeaders } from "../../http/conditions";
import { isoText } from "../../model/instant";
import type { JsonObject } from "../../model/json";
import { inside } from "./place";
import type { Place } from "./place";

/** Beyond this a listing is cut: a folder of a runaway task must not take the service down with it. */
const most = 200_000;

/** Names below a folder, `/` between steps, in order. Links to folders are not followed. */
export async function namesIn(
    folder: string,
    recursive: boolean,
): Promise<{ name: string; directory: boolean }[]> {
    const found: { name: string; directory: boolean }[] = [];
    const visit = async (path: string, prefix: string): Promise<void> => {
        try {
            for await (const entry of await opendir(path)) {
                if (found.length >= most) return;
                const name = prefix + entry.name;
                found.push({ name, directory: entry.isDirectory() });
                if (recursive && entry.isDirectory()) await visit(join(path, entry.name), `${name}/`);
            }
        } catch (error) {
            // A task that still runs may remove a folder while it is read.
            if (!isMissing(error)) throw error;
        }
    };
    await visit(folder, "");
    return found.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

export function isMissing(error: unknown): boolean {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    return code === "ENOENT" || code === "ENOTDIR" || code === "EACCES";
}

/** A file or folder as a list shows it; undefined where it is gone or leads out of the node. */
export async function renderEntry(place: Place, name: string): Promise<JsonObject | undefined> {
    const path = await inside(place.nodeRoot, join(place.folder, name));
    if (path === undefined) return undefined;
    try {
        const found = await stat(path);
        const isDirectory = found.isDirectory();
        return {
            name,
            url: urlOf(place, name),
            isDirectory,
            ...(isDirectory ? {} : { properties: propertiesOf(found, name) }),
        };
    } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
    }
}

function propertiesOf(found: Stats, name: string): JsonObject {
    return {
        creationTime: isoText(Math.trunc(createdAt(found))),
        lastModified: isoText(Math.trunc(found.mtimeMs)),
        contentLength: String(found.size),
        contentType: contentTypeOf(name),
        fileMode: modeOf(found),
    };
}

/** File systems that know no birth time say zero. */
function createdAt(found: Stats): number {
    return found.birthtimeMs > 0 ? found.birthtimeMs : found.ctimeMs;
}

// guess: the text of the mode is not documented beyond "octal".
function modeOf(found: Stats): string {
    return `0o${found.mode.toString(8)}`;
}

function contentTypeOf(name: string): string {
    const types: Record<string, string> = {
        ".txt": "text/plain",
        ".log": "text/plain",
        ".csv": "text/csv",
        ".html": "text/html",
        ".json": "application/json",
        ".xml": "application/xml",
    };
    return types[extname(name).toLowerCase()] ?? "application/octet-stream";
}

export function versionOf(found: Stats): Version {
    const lastModified = Math.trunc(found.mtimeMs);
    return {
        eTag: `0x${lastModified.toString(16).toUpperCase()}${found.size.toString(16).toUpperCase()}`,
        lastModified,
    };
}

/** Headers that carry a file's properties. */
export function headersOf(place: Place, name: string, found: Stats): Record<string, string> {
    return {
        ...versionHeaders(versionOf(found)),
        "ocp-creation-time": new Date(createdAt(found)).toUTCString(),
        "ocp-batch-file-isdirectory": found.isDirectory() ? "True" : "False",
        "ocp-batch-file-url": urlOf(place, name),
        "ocp-batch-file-mode": modeOf(found),
        "Content-Type": contentTypeOf(name),
    };
}

function urlOf(place: Place, name: string): string {
    return `${place.url}/${name.split("/").map(encodeURIComponent).join("/")}`;
}
