import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { TaskState } from "../../model/task";
import type { TaskCounts } from "../store";
import { stateCodes } from "./taskRow";

/** What of a task its job's counts depend on. */
export interface Counted {
    state: TaskState;
    result?: "success" | "failure" | undefined;
    requiredSlots: number;
    blockedBy: number;
}

/** Counts by job, kept in step with the writes; counted from the table when first asked for. */
export class CountsByJob {
    private readonly counts = new Map<number, TaskCounts>();
    private readonly group: StatementSync;

    constructor(database: DatabaseSync) {
        this.group = database.prepare(
            "SELECT state, result, blockedBy > 0 AS blocked, COUNT(*) AS tasks, SUM(slots) AS slots FROM tasks WHERE job = ? GROUP BY state, result, blocked",
        );
    }

    of(job: number): TaskCounts {
        let counts = this.counts.get(job);
        if (counts) return counts;
        counts = none();
        for (const row of this.group.all(job)) {
            const state = (Object.keys(stateCodes) as TaskState[])[Number(row["state"])] ?? "active";
            const result =
                row["result"] === "success" || row["result"] === "failure" ? row["result"] : undefined;
            add(
                counts,
                { state, result, requiredSlots: 0, blockedBy: Number(row["blocked"]) },
                Number(row["tasks"]),
                Number(row["slots"]),
            );
        }
        this.counts.set(job, counts);
        return counts;
    }

    change(job: number, before: Counted | undefined, after: Counted | undefined): void {
        const counts = this.counts.get(job);
        if (!counts) return;
        if (before) add(counts, before, -1, -before.requiredSlots);
        if (after) add(counts, after, 1, after.requiredSlots);
    }

    /** After a rollback, or when a job is gone: count again when asked. */
    forget(job?: number): void {
        if (job === undefined) this.counts.clear();
        else this.counts.delete(job);
    }
}

function none(): TaskCounts {
    const zero = { active: 0, running: 0, completed: 0, succeeded: 0, failed: 0 };
    return { ...zero, slots: { ...zero }, blocked: 0 };
}

function add(counts: TaskCounts, task: Counted, tasks: number, slots: number): void {
    const state = task.state === "preparing" ? "running" : task.state;
    counts[state] += tasks;
    counts.slots[state] += slots;
    if (state === "active" && task.blockedBy > 0) counts.blocked += tasks;
    if (state !== "completed") return;
    const result = task.result === "failure" ? "failed" : "succeeded";
    counts[result] += tasks;
    counts.slots[result] += slots;
}
