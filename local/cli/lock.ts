/**
 * One process a data directory. The lock is an open exclusive transaction on an empty SQLite file: the kernel takes it back
 * however its holder ends, so there is no stale lock to recognise, and no moment in which two could take it over.
 */
import { chmodSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";

export interface Lock {
    release(): void;
}

/** Undefined when another process has it. */
export function takeLock(directory: string): Lock | undefined {
    const file = path.join(directory, "lock");
    const database = new DatabaseSync(file);
    try {
        chmodSync(file, 0o600);
        database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    } catch (error) {
        database.close();
        if (error instanceof Error && /locked|busy/i.test(error.message)) return undefined;
        throw error;
    }
    return { release: () => database.close() };
}
