import { refuse } from "../../http/operation";
import { moveAllocation } from "../../model/poolLifecycle";
import { written } from "../answers";
import type { BatchOperation } from "../services";
import { onPool } from "../subjects";
import { keepPool, updateRefusal } from "./rules";

/** Stays at the size it has come to. */
export const stopPoolResize: BatchOperation = {
    id: "Pools_StopPoolResize",
    method: "POST",
    path: "/pools/:poolId/stopresize",
    handle: onPool((pool, call, services) => {
        const refused = updateRefusal(pool, call.now);
        if (refused) return refused;
        const moved = moveAllocation(pool, "stopResize", call.now);
        if (moved.refused) return refuse(moved.refused);
        const after = moved.record === pool ? pool : keepPool(moved.record ?? pool, call, services);
        return written(call, 202, `/pools/${pool.id}`, after);
    }),
};
