/**
 * Extents are files that blobs share. One that no blob, block or message names any more is deleted; what a dead process left
 * behind, known to nobody, as well.
 */
import { closeSync } from "node:fs";
import { readdir, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { AzuriteService, LokiDatabase } from "./azurite";

/** Between an append and the metadata that names it lie milliseconds; nothing younger than this is touched. */
const graceMs = 60_000;

type Extents = NonNullable<AzuriteService["extents"]>;

/** @param young the age below which an extent is left alone; 0 only while no request can be running. */
export async function collectGarbage(
    metadata: LokiDatabase,
    extents: Extents,
    directory: string | undefined,
    young = graceMs,
): Promise<number> {
    // One turn of the event loop from here to `unused`: no request can slip in between.
    const used = referenced(metadata);
    release(extents, used);
    const active = new Set(extents.store.activeWriteExtents?.map((extent) => extent.id));
    const known = new Map<string, number>();
    for (const collection of extents.metadata.db.collections) {
        for (const extent of collection.data)
            known.set(String(extent.id), Number(extent.lastModifiedInMS ?? 0));
    }
    const unused = (id: string): boolean => !used.has(id) && !active.has(id);

    const before = Date.now() - young;
    const found = directory === undefined ? [...known.keys()] : await readdir(directory);
    let deleted = 0;
    for (const id of found.filter(unused)) {
        if ((await lastChange(directory, id, known)) > before) continue;
        if (known.has(id)) await extents.store.deleteExtents([id]);
        else if (directory !== undefined) await unlink(join(directory, id)).catch(ignoreMissing);
        deleted += 1;
    }
    return deleted;
}

function referenced(metadata: LokiDatabase): Set<string> {
    const used = new Set<string>();
    const name = (chunk: unknown): void => {
        const id = (chunk as { id?: unknown } | undefined)?.id;
        if (typeof id === "string") used.add(id);
    };
    for (const collection of metadata.collections) {
        for (const document of collection.data) {
            name(document.persistency);
            for (const list of [document.committedBlocksInOrder, document.pageRangesInOrder]) {
                if (!Array.isArray(list)) continue;
                for (const part of list as { persistency?: unknown }[]) name(part.persistency);
            }
        }
    }
    return used;
}

/** Files being appended to are never deleted: one that holds nothing in use any more is put aside for a new one. */
function release({ store }: Extents, used: ReadonlySet<string>): void {
    const idle = 0;
    for (const extent of store.activeWriteExtents ?? []) {
        if (extent.appendStatus !== idle || extent.offset === 0 || used.has(extent.id)) continue;
        if (extent.fd !== undefined) closeSync(extent.fd);
        store.getNewExtent?.(extent);
    }
}

async function lastChange(
    directory: string | undefined,
    id: string,
    known: ReadonlyMap<string, number>,
): Promise<number> {
    if (directory === undefined) return known.get(id) ?? 0;
    try {
        return (await stat(join(directory, id))).mtimeMs;
    } catch (error) {
        ignoreMissing(error);
        return 0;
    }
}

function ignoreMissing(error: unknown): void {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
}

/** Removes every document of an account; its tables are collections of their own, named `account$table`. */
export function forgetAccount(metadata: LokiDatabase, account: string): void {
    for (const collection of [...metadata.collections]) {
        if (collection.name.startsWith(`${account}$`)) metadata.removeCollection(collection.name);
        else {
            for (const field of ["accountName", "account"]) collection.findAndRemove({ [field]: account });
        }
    }
}
