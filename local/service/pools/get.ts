import { shown } from "../answers";
import { poolProperties, renderPool } from "../render/pool";
import { poolStatistics } from "../render/poolStatistics";
import type { BatchOperation } from "../services";
import { onPool } from "../subjects";

export const getPool: BatchOperation = {
    id: "Pools_GetPool",
    method: "GET",
    path: "/pools/:poolId",
    handle: onPool((pool, call, { store }) => {
        const nodes = store.nodes.list(pool.key);
        const item = renderPool(pool, nodes, call.origin, call.apiVersion);
        if (call.query.get("$expand") === "stats")
            item["stats"] = poolStatistics(pool, nodes, call.origin, call.now);
        return shown(call, "pools", item, poolProperties, pool);
    }),
};
