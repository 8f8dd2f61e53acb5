import { isRefused, refuse } from "../../http/operation";
import type { Call, Refused } from "../../http/operation";
import { durationOf } from "../../model/instant";
import type { DeallocationOption, PoolRecord } from "../../model/pool";
import { moveAllocation } from "../../model/poolLifecycle";
import { without } from "../../model/without";
import { written } from "../answers";
import type { BatchOperation } from "../services";
import { onPool } from "../subjects";
import { keepPool, updateRefusal } from "./rules";

interface ResizeBody {
    targetDedicatedNodes?: number;
    targetLowPriorityNodes?: number;
    resizeTimeout?: string;
    nodeDeallocationOption?: DeallocationOption;
}

export const resizePool: BatchOperation = {
    id: "Pools_ResizePool",
    method: "POST",
    path: "/pools/:poolId/resize",
    body: "BatchPoolResizeOptions",
    handle: onPool((pool, call, services) => {
        const body = call.body as ResizeBody;
        if (pool.autoScale) {
            // guess: documented as a 409 without its code.
            return refuse("OperationNotValidOnPool", {
                values: [{ key: "Reason", value: "The pool is autoscaled; disable autoscale to resize it." }],
            });
        }
        const resizing = startResize(pool, call, body.resizeTimeout, body.nodeDeallocationOption);
        if (isRefused(resizing)) return resizing;
        const after = keepPool(
            {
                ...resizing,
                targetDedicatedNodes: body.targetDedicatedNodes ?? pool.targetDedicatedNodes,
                targetSpotNodes: body.targetLowPriorityNodes ?? pool.targetSpotNodes,
            },
            call,
            services,
        );
        return written(call, 202, `/pools/${pool.id}`, after);
    }),
};

/** The pool with a resize begun, or why none can begin now. Errors of the last one are forgotten. */
export function startResize(
    pool: PoolRecord,
    call: Call,
    timeout = "PT15M",
    deallocation: DeallocationOption = "requeue",
): PoolRecord | Refused {
    const refused = updateRefusal(pool, call.now);
    if (refused) return refused;
    const moved = moveAllocation(pool, "resize", call.now);
    if (moved.refused) return refuse(moved.refused);
    const deadline = call.now + (durationOf(timeout) ?? 900_000);
    return {
        ...without(moved.record ?? pool, "resizeErrors"),
        resize: { startedAt: call.now, deadline, deallocation },
    };
}
