import type { JobState } from "./job";
import { ignore, refusal } from "./lifecycle";
import type { Lifecycle } from "./lifecycle";

/** `update`, `addTask` and `changeTask` (terminate, reactivate, update of one) leave the state alone where they are allowed. */
export type JobEvent =
    "disable" | "enable" | "terminate" | "delete" | "update" | "addTask" | "changeTask" | "settled";

const completed = refusal("JobCompleted");
const terminating = refusal("JobBeingTerminated");
const deleting = refusal("JobBeingDeleted");
const openStates = { active: ignore, disabling: ignore, disabled: ignore, enabling: ignore } as const;

export const jobLifecycle: Lifecycle<JobEvent, JobState> = {
    disable: {
        active: "disabling",
        disabling: "disabling",
        // guess: disabling again what is disabled is accepted and changes nothing.
        disabled: ignore,
        // guess: the documentation allows active, disabling and disabled alone; the code is not stated.
        enabling: refusal("JobNotActive"),
        terminating,
        completed,
        deleting,
    },
    enable: {
        // guess: enabling what is not disabled is accepted and changes nothing.
        active: ignore,
        disabling: "enabling",
        disabled: "enabling",
        enabling: ignore,
        terminating,
        completed,
        deleting,
    },
    terminate: {
        active: "terminating",
        disabling: "terminating",
        disabled: "terminating",
        enabling: "terminating",
        terminating,
        completed,
        deleting,
    },
    delete: {
        active: "deleting",
        disabling: "deleting",
        disabled: "deleting",
        enabling: "deleting",
        terminating: "deleting",
        completed: "deleting",
        deleting,
    },
    update: { ...openStates, terminating, completed, deleting },
    addTask: { ...openStates, terminating, completed, deleting },
    changeTask: { ...openStates, terminating, completed, deleting },
    settled: {
        active: ignore,
        disabling: "disabled",
        disabled: ignore,
        enabling: "active",
        terminating: "completed",
        completed: ignore,
        // A deleted job's record is gone: there is nothing to move.
        deleting: ignore,
    },
};
