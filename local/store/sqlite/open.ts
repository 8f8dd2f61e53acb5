import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { JournalEntry, Records, Store } from "../store";
import { CommitGroup, StoreBroken } from "./group";
import { Journal } from "./journal";
import { migrations } from "./migrations";
import { SqliteRecords } from "./records";
import { SqliteTasks } from "./tasks";

export { StoreBroken };

/** The data directory was written by a newer version than this one. */
export class StoreTooNew extends Error {
    constructor(found: number) {
        super(
            `The data directory has layout ${found}, this version knows up to ${migrations.length}. Use the version that wrote it, or another --data directory.`,
        );
        this.name = "StoreTooNew";
    }
}

interface Undoable {
    startUndo(): void;
    undo(): void;
    endUndo(): void;
}

/** Opens or makes the store in that file; `:memory:` keeps nothing. */
export function openStore(file: string): Store {
    if (file !== ":memory:") mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const database = new DatabaseSync(file);
    database.exec(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 8000; PRAGMA temp_store = MEMORY",
    );
    migrate(database);
    const group = new CommitGroup(database);
    const tasks = new SqliteTasks(database, group);
    /** Whatever keeps in memory what is on disk too. */
    const parts: Undoable[] = [tasks];
    const records = <R extends { key: string }>(kind: string): Records<R> => {
        const table = new SqliteRecords<R>(database, group, kind);
        parts.push(table);
        return table;
    };
    const journal = new Journal(database, group);
    const readSetting = database.prepare("SELECT value FROM settings WHERE name = ?");
    const writeSetting = database.prepare(
        "INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
    );

    const setting = (name: string): string | undefined => {
        const value = readSetting.get(name)?.["value"];
        return typeof value === "string" ? value : undefined;
    };
    const setSetting = (name: string, value: string): void => {
        group.begin();
        writeSetting.run(name, value);
    };
    // Taken in blocks, so that a number given before a kill is not given again.
    let nextNumber = Number(setting("numbers") ?? 0);
    let reserved = nextNumber;
    let inside = false;

    return {
        accounts: records("account"),
        resources: records("resource"),
        pools: records("pool"),
        nodes: records("node"),
        jobs: records("job"),
        schedules: records("schedule"),
        jobNodes: records("jobNode"),
        tasks,
        atomically<T>(work: () => T): T {
            // Within another one it is part of that.
            if (inside) return work();
            inside = true;
            const mark = journal.mark();
            for (const part of parts) part.startUndo();
            try {
                return group.atomically(work, () => {
                    for (const part of parts) part.undo();
                    journal.undo(mark);
                    reserved = nextNumber;
                });
            } finally {
                for (const part of parts) part.endUndo();
                inside = false;
            }
        },
        committed: () => group.committed(),
        commits: () => ({ ...group.done }),
        nextNumber() {
            nextNumber += 1;
            if (nextNumber > reserved) {
                reserved = nextNumber + 100;
                setSetting("numbers", String(reserved));
            }
            return nextNumber;
        },
        journal: (entry: JournalEntry) => {
            journal.add(entry);
        },
        readJournal: (query) => journal.read(query),
        setting,
        setSetting,
        close() {
            group.commit();
            database.close();
        },
    };
}

function migrate(database: DatabaseSync): void {
    const found = Number(database.prepare("PRAGMA user_version").get()?.["user_version"] ?? 0);
    if (found > migrations.length) {
        database.close();
        throw new StoreTooNew(found);
    }
    migrations.slice(found).forEach((step, index) => {
        database.exec(`BEGIN; ${step}; PRAGMA user_version = ${found + index + 1}; COMMIT`);
    });
}
