import { isRefused } from "../../http/operation";
import type { JsonObject } from "../../model/json";
import { written } from "../answers";
import type { BatchOperation } from "../services";
import { onPool } from "../subjects";
import { changedSpec, keepPool, updateRefusal } from "./rules";

/** Changes what is given; what is not given stays. */
export const patchPool: BatchOperation = {
    id: "Pools_UpdatePool",
    method: "PATCH",
    path: "/pools/:poolId",
    body: "BatchPoolUpdateOptions",
    handle: onPool((pool, call, services) => {
        const refused = updateRefusal(pool, call.now);
        if (refused) return refused;
        const changed = changedSpec(pool, call.body as JsonObject, call, services);
        if (isRefused(changed)) return changed;
        const after = keepPool({ ...pool, spec: changed.spec }, call, services);
        return written(call, 200, `/pools/${pool.id}`, after);
    }),
};
