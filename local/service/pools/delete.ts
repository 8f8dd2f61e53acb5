import { refuse } from "../../http/operation";
import { move } from "../../model/lifecycle";
import { moveAllocation, poolLifecycle } from "../../model/poolLifecycle";
import { without } from "../../model/without";
import type { BatchOperation } from "../services";
import { onPool } from "../subjects";
import { keepPool } from "./rules";

/** A resize under way ends, the nodes go and their tasks are requeued; then the pool is gone. */
export const deletePool: BatchOperation = {
    id: "Pools_DeletePool",
    method: "DELETE",
    path: "/pools/:poolId",
    handle: onPool((pool, call, services) => {
        const moved = move(poolLifecycle, pool, "delete", call.now);
        if (moved.refused) return refuse(moved.refused);
        const shrinking = moveAllocation(moved.record ?? pool, "delete", call.now).record ?? pool;
        const target = { targetDedicatedNodes: 0, targetSpotNodes: 0 };
        keepPool({ ...without(shrinking, "autoScale", "resize"), ...target }, call, services);
        return { status: 202 };
    }),
};
