import { isoText, type Instant } from "../../model/instant";
import type { Store } from "../../store/store";
import type { World } from "../world";

export type ReasonCode =
    // of the task
    | "running"
    | "completed"
    | "stopping"
    | "waitsForPreparation"
    | "preparationFailed"
    | "dependency"
    | "neverFits"
    | "queued"
    // of the job
    | "jobDisabled"
    | "jobDisabling"
    | "jobEnabling"
    | "jobTerminating"
    | "jobCompleted"
    | "jobDeleting"
    | "jobManagerFirst"
    | "maxParallelTasks"
    // of the pool
    | "noPool"
    | "poolDeleting"
    | "noNodes"
    | "autoscale"
    | "quota"
    | "resizeError"
    | "resizing"
    // of its nodes
    | "startTaskRunning"
    | "startTaskFailed"
    | "nodesNotReady"
    | "noFreeSlot";

export interface Reason {
    code: ReasonCode;
    /** One sentence for people. */
    text: string;
}

export interface Explanation {
    /** Record key: `account/job` or `account/job/task`. */
    subject: string;
    state: string;
    /** What keeps it from going on, the first to be mended first. */
    reasons: Reason[];
}

/** What can be looked at; nothing is changed by looking. */
export interface View {
    store: Store;
    world: World;
    now: Instant;
}

export function reason(code: ReasonCode, text: string): Reason {
    return { code, text };
}

export function since(instant: Instant): string {
    return `since ${isoText(instant)}`;
}

export function plural(count: number, one: string, more = `${one}s`): string {
    return `${count} ${count === 1 ? one : more}`;
}
