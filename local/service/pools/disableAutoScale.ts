import { without } from "../../model/without";
import { written } from "../answers";
import type { BatchOperation } from "../services";
import { onPool } from "../subjects";
import { keepPool, updateRefusal } from "./rules";

/** The pool stays at the size it has. guess: disabling what is not enabled is accepted and changes nothing. */
export const disablePoolAutoScale: BatchOperation = {
    id: "Pools_DisablePoolAutoScale",
    method: "POST",
    path: "/pools/:poolId/disableautoscale",
    handle: onPool((pool, call, services) => {
        const refused = updateRefusal(pool, call.now);
        if (refused) return refused;
        const after = pool.autoScale ? keepPool(without(pool, "autoScale"), call, services) : pool;
        return written(call, 200, `/pools/${pool.id}`, after);
    }),
};
