import type { DatabaseSync, StatementSync } from "node:sqlite";
import { idKey } from "../../model/ids";
import type { TaskDependencies } from "../store";

/** Which task waits for which, and what was satisfied. Ids that read as integers count for ranges too: 4, 04 and 004 alike. */
export class Dependencies {
    private readonly addId: StatementSync;
    private readonly addRange: StatementSync;
    private readonly isSatisfied: StatementSync;
    private readonly satisfiedWithin: StatementSync;
    private readonly noteId: StatementSync;
    private readonly noteNumber: StatementSync;
    private readonly childrenOfId: StatementSync;
    private readonly childrenOfNumber: StatementSync;
    private readonly dropChild: StatementSync[];
    private readonly dropJob: StatementSync[];

    constructor(database: DatabaseSync) {
        const sql = (text: string) => database.prepare(text);
        this.addId = sql("INSERT OR IGNORE INTO waitsForId (job, parent, child) VALUES (?, ?, ?)");
        this.addRange = sql("INSERT INTO waitsForRange (job, start, stop, child) VALUES (?, ?, ?, ?)");
        this.isSatisfied = sql("SELECT 1 FROM satisfiedIds WHERE job = ? AND idKey = ?");
        this.satisfiedWithin = sql(
            "SELECT COUNT(*) AS count FROM satisfiedNumbers WHERE job = ? AND number BETWEEN ? AND ?",
        );
        this.noteId = sql("INSERT OR IGNORE INTO satisfiedIds (job, idKey) VALUES (?, ?)");
        this.noteNumber = sql("INSERT OR IGNORE INTO satisfiedNumbers (job, number) VALUES (?, ?)");
        this.childrenOfId = sql("SELECT child FROM waitsForId WHERE job = ? AND parent = ?");
        this.childrenOfNumber = sql(
            "SELECT child FROM waitsForRange WHERE job = ? AND start <= ? AND stop >= ?",
        );
        this.dropChild = ["waitsForId", "waitsForRange"].map((table) =>
            sql(`DELETE FROM ${table} WHERE job = ? AND child = ?`),
        );
        this.dropJob = ["waitsForId", "waitsForRange", "satisfiedIds", "satisfiedNumbers"].map((table) =>
            sql(`DELETE FROM ${table} WHERE job = ?`),
        );
    }

    /** Notes them and gives how many are still open. */
    add(job: number, child: number, dependencies: TaskDependencies): number {
        let open = 0;
        for (const parent of new Set(dependencies.taskIds.map(idKey))) {
            if (this.isSatisfied.get(job, parent)) continue;
            this.addId.run(job, parent, child);
            open += 1;
        }
        for (const { start, end } of dependencies.taskIdRanges) {
            const done = Number(this.satisfiedWithin.get(job, start, end)?.["count"] ?? 0);
            this.addRange.run(job, start, end, child);
            open += end - start + 1 - done;
        }
        return open;
    }

    /** Sequence numbers of the tasks that wait for this one, once per dependency it satisfies just now. */
    satisfy(job: number, id: string): number[] {
        const children: number[] = [];
        const key = idKey(id);
        if (this.noteId.run(job, key).changes) {
            for (const row of this.childrenOfId.all(job, key)) children.push(Number(row["child"]));
        }
        const number = /^\d{1,10}$/.test(id) ? Number(id) : undefined;
        if (number !== undefined && this.noteNumber.run(job, number).changes) {
            for (const row of this.childrenOfNumber.all(job, number, number))
                children.push(Number(row["child"]));
        }
        return children;
    }

    forget(job: number, child?: number): void {
        if (child === undefined) for (const statement of this.dropJob) statement.run(job);
        else for (const statement of this.dropChild) statement.run(job, child);
    }
}
