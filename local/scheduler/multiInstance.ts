import type { JobRecord } from "../model/job";
import type { TaskRecord } from "../model/task";
import type { FreeNode } from "./assign";
import type { Turn } from "./turn";

/** Multi-instance tasks are not run yet: they stay active, as the service leaves those for which it finds no nodes. */
export function assignMultiInstance(
    _turn: Turn,
    _job: JobRecord,
    _task: TaskRecord,
    _nodes: readonly FreeNode[],
): boolean {
    return false;
}
