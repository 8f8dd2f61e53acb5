import { DatabaseSync } from "node:sqlite";

/** Counts of one job, in order: active, running, succeeded, failed, blocked, then the slots of the first four. */
type Counts = number[];

/** The counts that a store's file keeps and those of the rows themselves, by number of job. Nobody else may have it open. */
export function recount(file: string): { kept: Record<number, Counts>; counted: Record<number, Counts> } {
    const database = new DatabaseSync(file);
    try {
        const kept: Record<number, Counts> = {};
        for (const row of database.prepare("SELECT * FROM taskCounts").all())
            kept[Number(row["job"])] = [
                ...["active", "running", "succeeded", "failed", "blocked"],
                ...["activeSlots", "runningSlots", "succeededSlots", "failedSlots"],
            ].map((name) => Number(row[name]));
        const counted: Record<number, Counts> = {};
        for (const row of database.prepare("SELECT job, state, result, blockedBy, slots FROM tasks").all()) {
            const counts = (counted[Number(row["job"])] ??= Array<number>(9).fill(0));
            const state = Number(row["state"]);
            // active, preparing and running, completed: with success or with failure
            const at = state === 0 ? 0 : state < 3 ? 1 : row["result"] === "failure" ? 3 : 2;
            counts[at] = (counts[at] ?? 0) + 1;
            counts[at + 5] = (counts[at + 5] ?? 0) + Number(row["slots"]);
            if (at === 0 && Number(row["blockedBy"]) > 0) counts[4] = (counts[4] ?? 0) + 1;
        }
        return { kept, counted };
    } finally {
        database.close();
    }
}
