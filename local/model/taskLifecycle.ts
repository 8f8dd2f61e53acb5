import { ignore, refusal } from "./lifecycle";
import type { Lifecycle } from "./lifecycle";
import type { TaskState } from "./task";

/** `prepare`: its node runs the job preparation first. A report that comes too late changes nothing. */
export type TaskEvent =
    "prepare" | "start" | "ended" | "retry" | "requeue" | "terminate" | "reactivate" | "update";

export const taskLifecycle: Lifecycle<TaskEvent, TaskState> = {
    prepare: { active: "preparing", preparing: ignore, running: ignore, completed: ignore },
    start: { active: "running", preparing: "running", running: ignore, completed: ignore },
    ended: { active: ignore, preparing: "completed", running: "completed", completed: ignore },
    retry: { active: ignore, preparing: "active", running: "active", completed: ignore },
    requeue: { active: ignore, preparing: "active", running: "active", completed: ignore },
    terminate: {
        active: "completed",
        preparing: "completed",
        running: "completed",
        completed: refusal("TaskCompleted"),
    },
    reactivate: {
        active: refusal("TaskNotCompleted"),
        preparing: refusal("TaskNotCompleted"),
        running: refusal("TaskNotCompleted"),
        completed: "active",
    },
    update: { active: ignore, preparing: ignore, running: ignore, completed: refusal("TaskCompleted") },
};
