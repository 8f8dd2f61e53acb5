import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { TaskState } from "../../model/task";
import type { TaskCounts } from "../store";
import type { CommitGroup } from "./group";

/** What of a task its job's counts depend on. */
export interface Counted {
    state: TaskState;
    result?: "success" | "failure" | undefined;
    requiredSlots: number;
    blockedBy: number;
}

const columns =
    "job, active, running, succeeded, failed, blocked, activeSlots, runningSlots, succeededSlots, failedSlots";

/**
 * Counts by job, kept in step with the tasks: in memory with each write, on disk with the group that made it. A start reads
 * them, since counting the rows of a job of a million tasks takes longer than all else that it does.
 */
export class CountsByJob {
    /** Those that were looked at or changed in this life. */
    private readonly counts = new Map<number, TaskCounts>();
    private readonly dirty = new Set<number>();
    /** Counts as they were before the atomic work that goes on. */
    private before: Map<number, TaskCounts> | undefined;
    private readonly read: StatementSync;
    private readonly write: StatementSync;
    private readonly remove: StatementSync;

    constructor(database: DatabaseSync, group: CommitGroup) {
        this.read = database.prepare(`SELECT ${columns} FROM taskCounts WHERE job = ?`);
        this.write = database.prepare(
            `INSERT OR REPLACE INTO taskCounts (${columns}) VALUES (${columns.replace(/\w+/g, "?")})`,
        );
        this.remove = database.prepare("DELETE FROM taskCounts WHERE job = ?");
        group.onCommit(() => {
            this.flush();
        });
    }

    of(job: number): Readonly<TaskCounts> {
        let counts = this.counts.get(job);
        if (!counts) this.counts.set(job, (counts = this.kept(job)));
        return counts;
    }

    change(job: number, before: Counted | undefined, after: Counted | undefined): void {
        const counts = this.toChange(job);
        if (before) add(counts, before, -1);
        if (after) add(counts, after, 1);
    }

    /** The job has no tasks any more. */
    clear(job: number): void {
        this.toChange(job);
        this.counts.set(job, none());
    }

    startUndo(): void {
        this.before = new Map();
    }

    endUndo(): void {
        this.before = undefined;
    }

    undo(): void {
        for (const [job, counts] of this.before ?? []) this.counts.set(job, counts);
        this.before = undefined;
    }

    private toChange(job: number): TaskCounts {
        const counts = this.of(job);
        if (this.before && !this.before.has(job)) this.before.set(job, copyOf(counts));
        this.dirty.add(job);
        return counts;
    }

    private kept(job: number): TaskCounts {
        const row = this.read.get(job);
        const counts = none();
        if (!row) return counts;
        const of = (name: string) => Number(row[name]);
        counts.blocked = of("blocked");
        for (const state of ["active", "running", "succeeded", "failed"] as const) {
            counts[state] = of(state);
            counts.slots[state] = of(`${state}Slots`);
        }
        counts.completed = counts.succeeded + counts.failed;
        counts.slots.completed = counts.slots.succeeded + counts.slots.failed;
        return counts;
    }

    private flush(): void {
        for (const job of this.dirty) {
            const { active, running, succeeded, failed, blocked, completed, slots } = this.of(job);
            if (active + running + completed === 0) {
                this.remove.run(job);
                this.counts.delete(job);
                continue;
            }
            this.write.run(
                job, active, running, succeeded, failed, blocked,
                slots.active, slots.running, slots.succeeded, slots.failed,
            ); // prettier-ignore
        }
        this.dirty.clear();
    }
}

function none(): TaskCounts {
    const zero = { active: 0, running: 0, completed: 0, succeeded: 0, failed: 0 };
    return { ...zero, slots: { ...zero }, blocked: 0 };
}

export function copyOf(counts: TaskCounts): TaskCounts {
    return { ...counts, slots: { ...counts.slots } };
}

/** @param sign 1 for a task that comes, -1 for one that goes */
function add(counts: TaskCounts, task: Counted, sign: 1 | -1): void {
    const state = task.state === "preparing" ? "running" : task.state;
    const slots = sign * task.requiredSlots;
    counts[state] += sign;
    counts.slots[state] += slots;
    if (state === "active" && task.blockedBy > 0) counts.blocked += sign;
    if (state !== "completed") return;
    const result = task.result === "failure" ? "failed" : "succeeded";
    counts[result] += sign;
    counts.slots[result] += slots;
}
