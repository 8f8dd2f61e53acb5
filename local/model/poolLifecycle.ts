import type { Instant } from "./instant";
import { ignore, move, refusal } from "./lifecycle";
import type { Lifecycle, Move } from "./lifecycle";
import type { AllocationState, PoolRecord, PoolState } from "./pool";

export type PoolEvent = "update" | "delete";

export const poolLifecycle: Lifecycle<PoolEvent, PoolState> = {
    update: { active: ignore, deleting: refusal("PoolBeingDeleted") },
    delete: { active: "deleting", deleting: refusal("PoolBeingDeleted") },
};

/** `removeNodes` and `resize` start alike; deletion overrides whatever goes on. */
export type AllocationEvent = "resize" | "stopResize" | "settled" | "delete";

const resized = refusal("PoolBeingResized");

export const allocationLifecycle: Lifecycle<AllocationEvent, AllocationState> = {
    resize: { steady: "resizing", resizing: resized, stopping: resized },
    // guess: stopping what does not resize is accepted and changes nothing.
    stopResize: { steady: ignore, resizing: "stopping", stopping: ignore },
    settled: { steady: ignore, resizing: "steady", stopping: "steady" },
    delete: { steady: "resizing", resizing: "resizing", stopping: "resizing" },
};

/** `move` for a pool's allocation state. */
export function moveAllocation(pool: PoolRecord, event: AllocationEvent, now: Instant): Move<PoolRecord> {
    const view = { state: pool.allocationState, stateTransitionTime: pool.allocationStateTransitionTime };
    const moved = move(allocationLifecycle, view, event, now);
    if (moved.refused) return moved;
    const { state, stateTransitionTime } = moved.record ?? view;
    return {
        record: { ...pool, allocationState: state, allocationStateTransitionTime: stateTransitionTime },
    };
}
