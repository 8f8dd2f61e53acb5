import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Records } from "../store";
import type { CommitGroup } from "./group";

/** Records of one kind: whole in memory, written to disk once a group however often they changed in it. */
export class SqliteRecords<R extends { key: string }> implements Records<R> {
    private readonly records = new Map<string, R>();
    /** For every ancestor of a key: the keys below it. */
    private readonly below = new Map<string, Set<string>>();
    /** Those keys in order, until one comes or goes. */
    private readonly sorted = new Map<string, readonly string[]>();
    private readonly dirty = new Set<string>();
    private undoLog: { key: string; before: R | undefined }[] | undefined;
    private readonly upsert: StatementSync;
    private readonly remove: StatementSync;

    constructor(
        database: DatabaseSync,
        private readonly group: CommitGroup,
        private readonly kind: string,
    ) {
        this.upsert = database.prepare(
            "INSERT INTO records (kind, key, body) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body",
        );
        this.remove = database.prepare("DELETE FROM records WHERE kind = ? AND key = ?");
        for (const row of database.prepare("SELECT body FROM records WHERE kind = ?").iterate(kind)) {
            const record = JSON.parse(String(row["body"])) as R;
            this.records.set(record.key, record);
            this.index(record.key);
        }
        group.onCommit(() => {
            this.flush();
        });
    }

    get(key: string): R | undefined {
        return this.records.get(key);
    }

    put(record: R): void {
        this.touch(record.key);
        if (!this.records.has(record.key)) this.index(record.key);
        this.records.set(record.key, record);
    }

    delete(key: string): void {
        if (!this.records.has(key)) return;
        this.touch(key);
        this.records.delete(key);
        for (const ancestor of ancestors(key)) {
            this.below.get(ancestor)?.delete(key);
            this.sorted.delete(ancestor);
        }
    }

    list(prefix = ""): R[] {
        let keys = this.sorted.get(prefix);
        if (!keys) {
            const below = this.below.get(prefix);
            if (!below) return [];
            this.sorted.set(prefix, (keys = [...below].sort()));
        }
        const found: R[] = [];
        for (const key of keys) {
            const record = this.records.get(key);
            if (record) found.push(record);
        }
        return found;
    }

    count(prefix = ""): number {
        return this.below.get(prefix)?.size ?? 0;
    }

    startUndo(): void {
        this.undoLog = [];
    }

    endUndo(): void {
        this.undoLog = undefined;
    }

    undo(): void {
        const log = this.undoLog ?? [];
        this.undoLog = undefined;
        for (const { key, before } of log.reverse()) {
            if (before) this.put(before);
            else this.delete(key);
        }
    }

    private touch(key: string): void {
        this.group.begin();
        this.undoLog?.push({ key, before: this.records.get(key) });
        this.dirty.add(key);
    }

    private index(key: string): void {
        for (const ancestor of ancestors(key)) {
            let keys = this.below.get(ancestor);
            if (!keys) this.below.set(ancestor, (keys = new Set()));
            keys.add(key);
            this.sorted.delete(ancestor);
        }
    }

    private flush(): void {
        for (const key of this.dirty) {
            const record = this.records.get(key);
            if (record) this.upsert.run(this.kind, key, JSON.stringify(record));
            else this.remove.run(this.kind, key);
        }
        this.dirty.clear();
    }
}

/** "" and every proper prefix that ends before a slash. */
function ancestors(key: string): string[] {
    const found = [""];
    for (let at = key.indexOf("/", 1); at > 0; at = key.indexOf("/", at + 1)) found.push(key.slice(0, at));
    return found;
}
