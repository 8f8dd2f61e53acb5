import { idKey } from "../model/ids";
import type { Turn } from "./turn";

/** Deletes the files of completed tasks whose retention has ended. */
export function expireRetained(turn: Turn): void {
    const first = turn.store.tasks.nextRetentionEnd();
    if (first === undefined) return;
    turn.wakeAt("retention:", first);
    if (first > turn.now) return;
    const jobs = new Map(turn.store.jobs.list().map((job) => [job.number, job]));
    for (const task of turn.store.tasks.retained(turn.now, 1000)) {
        const { retentionEnds: _past, ...after } = task;
        turn.store.tasks.update(after);
        const job = jobs.get(task.job);
        if (!job || !task.node) continue;
        turn.do({
            do: "removeFiles",
            node: `${job.account}/${idKey(task.node.pool)}/${idKey(task.node.node)}`,
            directory: task.node.directory,
        });
    }
    turn.wakeAt("retention:", turn.store.tasks.nextRetentionEnd());
}
