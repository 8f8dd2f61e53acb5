import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { JournalEntry } from "../store";
import type { CommitGroup } from "./group";

/** Entries kept: enough to explain what happened lately, bounded whatever runs. */
const kept = 200_000;
const pruneEvery = 10_000;

/** Every change of state with its cause, newest last. */
export class Journal {
    private readonly insert: StatementSync;
    private readonly all: StatementSync;
    private readonly ofSubject: StatementSync;
    private readonly prune: StatementSync;
    private sincePrune = 0;

    constructor(
        database: DatabaseSync,
        private readonly group: CommitGroup,
    ) {
        this.insert = database.prepare(
            "INSERT INTO journal (at, subject, fromState, toState, cause, requestId) VALUES (?, ?, ?, ?, ?, ?)",
        );
        this.all = database.prepare("SELECT * FROM journal ORDER BY entry DESC LIMIT ?");
        this.ofSubject = database.prepare(
            "SELECT * FROM journal WHERE subject = ? ORDER BY entry DESC LIMIT ?",
        );
        this.prune = database.prepare(
            "DELETE FROM journal WHERE entry <= (SELECT MAX(entry) FROM journal) - ?",
        );
    }

    add(entry: JournalEntry): void {
        this.group.begin();
        this.insert.run(
            entry.at,
            entry.subject,
            entry.from ?? null,
            entry.to,
            entry.cause,
            entry.requestId ?? null,
        );
        this.sincePrune += 1;
        if (this.sincePrune < pruneEvery) return;
        this.sincePrune = 0;
        this.prune.run(kept);
    }

    /** Newest first. */
    read(query: { subject?: string; limit: number }): JournalEntry[] {
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
}
