import type { ScheduleState } from "./job";
import { ignore, refusal } from "./lifecycle";
import type { Lifecycle } from "./lifecycle";

/** `expired`: no job will come any more (end date, or its one job is done). */
export type ScheduleEvent = "disable" | "enable" | "terminate" | "delete" | "update" | "expired" | "settled";

const completed = refusal("JobScheduleCompleted");
const terminating = refusal("JobScheduleBeingTerminated");
const deleting = refusal("JobScheduleBeingDeleted");

export const scheduleLifecycle: Lifecycle<ScheduleEvent, ScheduleState> = {
    // guess: disabling twice and enabling twice are accepted and change nothing.
    disable: { active: "disabled", disabled: ignore, completed, terminating, deleting },
    enable: { active: ignore, disabled: "active", completed, terminating, deleting },
    terminate: { active: "terminating", disabled: "terminating", completed, terminating, deleting },
    delete: {
        active: "deleting",
        disabled: "deleting",
        completed: "deleting",
        terminating: "deleting",
        deleting,
    },
    update: { active: ignore, disabled: ignore, completed, terminating, deleting },
    expired: {
        active: "completed",
        disabled: "completed",
        completed: ignore,
        terminating: ignore,
        deleting: ignore,
    },
    // A deleted schedule's record is gone: there is nothing to move.
    settled: {
        active: ignore,
        disabled: ignore,
        completed: ignore,
        terminating: "completed",
        deleting: ignore,
    },
};
