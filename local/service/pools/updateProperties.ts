import { isRefused } from "../../http/operation";
import type { JsonObject } from "../../model/json";
import { written } from "../answers";
import type { BatchOperation } from "../services";
import { onPool } from "../subjects";
import { changedSpec, keepPool, updateRefusal } from "./rules";

/** What is not given is taken away: start task, packages, metadata. */
export const updatePoolProperties: BatchOperation = {
    id: "Pools_ReplacePoolProperties",
    method: "POST",
    path: "/pools/:poolId/updateproperties",
    body: "BatchPoolReplaceOptions",
    handle: onPool((pool, call, services) => {
        const refused = updateRefusal(pool, call.now);
        if (refused) return refused;
        const change = { startTask: undefined, ...(call.body as JsonObject) };
        const changed = changedSpec(pool, change, call, services);
        if (isRefused(changed)) return changed;
        const after = keepPool({ ...pool, spec: changed.spec }, call, services);
        return written(call, 204, `/pools/${pool.id}`, after);
    }),
};
