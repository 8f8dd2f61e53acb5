import type { Instant } from "./instant";
import type { JobRecord } from "./job";
import type { JsonObject } from "./json";
import type { TaskRecord } from "./task";

/** The record of a task from its checked declaration; the store gives it its place in the order of arrival. */
export function newTask(
    job: Pick<JobRecord, "number">,
    spec: JsonObject,
    now: Instant,
): Omit<TaskRecord, "sequence"> {
    const slots = spec["requiredSlots"];
    return {
        job: job.number,
        id: String(spec["id"]),
        spec,
        state: "active",
        stateTransitionTime: now,
        creationTime: now,
        lastModified: now,
        blockedBy: 0,
        requiredSlots: typeof slots === "number" ? slots : 1,
        attempt: 0,
        retryCount: 0,
        requeueCount: 0,
    };
}
