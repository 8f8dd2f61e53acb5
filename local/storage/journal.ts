/**
 * Keeps Azurite's metadata. Azurite holds it in LokiJS collections in memory and would write all of them to a JSON file every
 * five seconds; here the documents a request has changed go into SQLite before that request is answered. Loki itself notes the
 * ids of changed documents when a collection is "incremental", so a commit costs what changed, whatever lies beside it.
 */
import { chmodSync } from "node:fs";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { around } from "./around";
import type { LokiCollection, LokiDatabase, LokiDocument } from "./azurite";

/** Raised with every change of the tables below; an older journal is brought up to date, a newer one refused. */
const formatVersion = 1;

interface Kept {
    readonly id: number;
    readonly database: string;
    readonly name: string;
}

export class Journal {
    readonly #db: DatabaseSync;
    readonly #attached = new Map<string, LokiDatabase>();
    /** Key `database/collection`. */
    readonly #kept = new Map<string, Kept>();
    readonly #put: StatementSync;
    readonly #drop: StatementSync;
    #scheduled: Promise<void> | undefined;

    /** @throws when the file belongs to another process, to a newer version, or cannot be written. */
    constructor(file: string) {
        this.#db = new DatabaseSync(file);
        try {
            if (file !== ":memory:") chmodSync(file, 0o600);
            // One process owns a data directory: the lock is taken here and the system drops it when the process dies.
            this.#db.exec(
                "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL",
            );
            this.#migrate(file);
        } catch (error) {
            this.#db.close();
            if (/locked/.test(String(error))) {
                throw new Error(
                    `storage in ${file} is in use by another process; stop it or choose another data directory`,
                    {
                        cause: error,
                    },
                );
            }
            throw error;
        }
        this.#put = this.#db.prepare(
            "INSERT INTO documents (collection, id, body) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body",
        );
        this.#drop = this.#db.prepare("DELETE FROM documents WHERE collection = ? AND id = ?");
        for (const row of this.#db.prepare("SELECT id, database, name FROM collections").all()) {
            const kept = row as unknown as Kept;
            this.#kept.set(`${kept.database}/${kept.name}`, kept);
        }
    }

    #migrate(file: string): void {
        const { user_version: version } = this.#db.prepare("PRAGMA user_version").get() as {
            user_version: number;
        };
        if (version > formatVersion) {
            throw new Error(
                `storage in ${file} has format ${version}, this version knows up to ${formatVersion}; use the newer Batch Local`,
            );
        }
        this.#db.exec("BEGIN IMMEDIATE");
        if (version === 0) {
            this.#db.exec(`
                CREATE TABLE collections (
                    id INTEGER PRIMARY KEY, database TEXT NOT NULL, name TEXT NOT NULL, indices TEXT NOT NULL,
                    UNIQUE (database, name)) STRICT;
                CREATE TABLE documents (
                    collection INTEGER NOT NULL, id INTEGER NOT NULL, body TEXT NOT NULL,
                    PRIMARY KEY (collection, id)) STRICT, WITHOUT ROWID;
                CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
                PRAGMA user_version = ${formatVersion}`);
        }
        this.#db.exec("COMMIT");
    }

    /** A value made once and kept for the life of the data directory. */
    setting(name: string, make: () => string): string {
        const row = this.#db.prepare("SELECT value FROM settings WHERE name = ?").get(name) as
            { value: string } | undefined;
        if (row) return row.value;
        const value = make();
        this.#db.prepare("INSERT INTO settings (name, value) VALUES (?, ?)").run(name, value);
        return value;
    }

    /** Fills a Loki database with what is kept of it and follows it from here on. Call once its own collections exist. */
    attach(name: string, loki: LokiDatabase): void {
        loki.isIncremental = true;
        const rows = this.#db
            .prepare("SELECT id, name, indices FROM collections WHERE database = ?")
            .all(name);
        const documents = this.#db.prepare("SELECT body FROM documents WHERE collection = ? ORDER BY id");
        for (const row of rows as { id: number; name: string; indices: string }[]) {
            const options = JSON.parse(row.indices) as { indices: string[]; unique: string[] };
            const collection = loki.getCollection(row.name) ?? loki.addCollection(row.name, options);
            const data = documents.all(row.id).map((kept) => decode((kept as { body: string }).body));
            collection.data = data;
            collection.maxId = data.at(-1)?.$loki ?? 0;
            collection.ensureId();
            collection.ensureAllIndexes(true);
            for (const field of collection.uniqueNames) collection.ensureUniqueIndex(field);
        }
        for (const collection of loki.collections) {
            collection.isIncremental = true;
            collection.dirtyIds = [];
        }
        this.#attached.set(name, loki);
    }

    /**
     * A store whose asynchronous methods return when what they changed is kept: Azurite answers a request only after its store
     * has returned.
     */
    durable<T extends object>(store: T): T {
        return around(store, (result) =>
            result.then((answer) => this.commit()?.then(() => answer) ?? answer),
        );
    }

    /** Resolves when everything changed so far is kept; undefined when it already is. Requests of one turn share a commit. */
    commit(): Promise<void> | undefined {
        if (!this.#dirty()) return undefined;
        return (this.#scheduled ??= new Promise((resolve, reject) => {
            setImmediate(() => {
                this.#scheduled = undefined;
                try {
                    this.flush();
                    resolve();
                } catch (error) {
                    reject(error as Error);
                }
            });
        }));
    }

    #dirty(): boolean {
        for (const loki of this.#attached.values()) {
            for (const collection of loki.collections) if (collection.dirtyIds.length > 0) return true;
        }
        return this.#collectionsChanged();
    }

    #collectionsChanged(): boolean {
        let count = 0;
        for (const [database, loki] of this.#attached) {
            count += loki.collections.length;
            for (const collection of loki.collections)
                if (!this.#kept.has(`${database}/${collection.name}`)) return true;
        }
        return count !== this.#kept.size;
    }

    /** Writes what changed in one transaction. On failure nothing is forgotten: the next commit tries again. */
    flush(): void {
        const written: LokiCollection[] = [];
        const forget: string[] = [];
        const remember = new Map<string, Kept>();
        this.#db.exec("BEGIN IMMEDIATE");
        try {
            const present = new Set<string>();
            for (const [database, loki] of this.#attached) {
                for (const collection of loki.collections) {
                    const key = `${database}/${collection.name}`;
                    present.add(key);
                    let kept = this.#kept.get(key);
                    if (!kept) remember.set(key, (kept = this.#addCollection(database, collection)));
                    if (collection.dirtyIds.length === 0) continue;
                    for (const id of new Set(collection.dirtyIds))
                        this.#write(kept.id, id, collection.get(id));
                    written.push(collection);
                }
            }
            for (const [key, kept] of this.#kept) {
                if (present.has(key)) continue;
                this.#db.prepare("DELETE FROM documents WHERE collection = ?").run(kept.id);
                this.#db.prepare("DELETE FROM collections WHERE id = ?").run(kept.id);
                forget.push(key);
            }
            this.#db.exec("COMMIT");
        } catch (error) {
            try {
                this.#db.exec("ROLLBACK");
            } catch {
                // SQLite has already rolled back (a full disk does that).
            }
            throw error;
        }
        for (const collection of written) collection.dirtyIds = [];
        for (const [key, kept] of remember) this.#kept.set(key, kept);
        for (const key of forget) this.#kept.delete(key);
    }

    #write(collection: number, id: number, document: LokiDocument | null): void {
        if (document) this.#put.run(collection, id, encode(document));
        else this.#drop.run(collection, id);
    }

    #addCollection(database: string, collection: LokiCollection): Kept {
        const indices = JSON.stringify({
            indices: Object.keys(collection.binaryIndices),
            unique: collection.uniqueNames,
        });
        const { lastInsertRowid } = this.#db
            .prepare("INSERT INTO collections (database, name, indices) VALUES (?, ?, ?)")
            .run(database, collection.name, indices);
        return { id: Number(lastInsertRowid), database, name: collection.name };
    }

    close(): void {
        this.flush();
        this.#db.close();
    }
}

// Dates and bytes must come back as what they were. The tags hold a colon, which no header name and no property name can, so
// that no user's metadata is taken for one.
const dateTag = ":date";
const bytesTag = ":bytes";

function encode(document: LokiDocument): string {
    return JSON.stringify(document, function (this: Record<string, unknown>, key, value: unknown) {
        const raw = this[key];
        if (raw instanceof Date) return { [dateTag]: raw.getTime() };
        if (raw instanceof Uint8Array) return { [bytesTag]: Buffer.from(raw).toString("base64") };
        return value;
    });
}

function decode(body: string): LokiDocument {
    return JSON.parse(body, (_key, value: unknown) => {
        if (typeof value !== "object" || value === null) return value;
        const tagged = value as Record<string, unknown>;
        if (typeof tagged[dateTag] === "number") return new Date(tagged[dateTag]);
        if (typeof tagged[bytesTag] === "string")
            return new Uint8Array(Buffer.from(tagged[bytesTag], "base64"));
        return value;
    }) as LokiDocument;
}
