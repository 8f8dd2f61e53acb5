import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import type { JournalEntry } from "../store";
import type { CommitGroup } from "./group";

/** Entries kept: enough to explain what happened lately, bounded whatever runs. */
const kept = 200_000;
const pruneEvery = 10_000;
/** Rows that one statement writes where there are as many. */
const together = 16;

/** Every change of state with its cause, newest last. Written with the group that made the changes. */
export class Journal {
    private readonly insert: StatementSync;
    private readonly insertMany: StatementSync;
    private readonly all: StatementSync;
    private readonly ofSubject: StatementSync;
    private readonly prune: StatementSync;
    private waiting: JournalEntry[] = [];
    private sincePrune = 0;

    constructor(
        database: DatabaseSync,
        private readonly group: CommitGroup,
    ) {
        const into = "INSERT INTO journal (at, subject, fromState, toState, cause, requestId) VALUES";
        const row = "(?, ?, ?, ?, ?, ?)";
        this.insert = database.prepare(`${into} ${row}`);
        this.insertMany = database.prepare(`${into} ${Array<string>(together).fill(row).join(", ")}`);
        this.all = database.prepare("SELECT * FROM journal ORDER BY entry DESC LIMIT ?");
        this.ofSubject = database.prepare(
            "SELECT * FROM journal WHERE subject = ? ORDER BY entry DESC LIMIT ?",
        );
        this.prune = database.prepare(
            "DELETE FROM journal WHERE entry <= (SELECT MAX(entry) FROM journal) - ?",
        );
        group.onCommit(() => {
            this.flush();
        });
    }

    add(entry: JournalEntry): void {
        this.group.begin();
        this.waiting.push(entry);
    }

    /** How many wait, for `undo` to go back to. */
    mark(): number {
        return this.waiting.length;
    }

    undo(mark: number): void {
        this.waiting.length = Math.min(mark, this.waiting.length);
    }

    /** Newest first. */
    read(query: { subject?: string; limit: number }): JournalEntry[] {
        if (this.waiting.length > 0) this.flush();
        const rows =
            query.subject === undefined
                ? this.all.all(query.limit)
                : this.ofSubject.all(query.subject, query.limit);
        return rows.map((row) => ({
            at: Number(row["at"]),
            subject: String(row["subject"]),
            ...(row["fromState"] !== null && { from: String(row["fromState"]) }),
            to: String(row["toState"]),
            cause: String(row["cause"]),
            ...(row["requestId"] !== null && { requestId: String(row["requestId"]) }),
        }));
    }

    private flush(): void {
        const entries = this.waiting;
        this.waiting = [];
        let next = 0;
        for (; next + together <= entries.length; next += together)
            this.insertMany.run(...entries.slice(next, next + together).flatMap(valuesOf));
        for (const entry of entries.slice(next)) this.insert.run(...valuesOf(entry));
        this.sincePrune += entries.length;
        if (this.sincePrune < pruneEvery) return;
        this.sincePrune = 0;
        this.prune.run(kept);
    }
}

function valuesOf({ at, subject, from, to, cause, requestId }: JournalEntry): SQLInputValue[] {
    return [at, subject, from ?? null, to, cause, requestId ?? null];
}
