import { recordKey } from "../../model/ids";
import { listed } from "../answers";
import { poolFields, poolProperties, renderPool } from "../render/pool";
import { poolStatistics } from "../render/poolStatistics";
import type { BatchOperation } from "../services";

export const listPools: BatchOperation = {
    id: "Pools_ListPools",
    method: "GET",
    path: "/pools",
    handle(call, { store }) {
        const stats = call.query.get("$expand") === "stats";
        return listed(
            call,
            { set: "pools", fields: poolFields, known: poolProperties },
            store.pools.list(recordKey(call.account.name)),
            (pool) => pool.key,
            (pool) => {
                const nodes = store.nodes.list(pool.key);
                return {
                    ...renderPool(pool, nodes, call.origin, call.apiVersion),
                    ...(stats ? { stats: poolStatistics(pool, nodes, call.origin, call.now) } : {}),
                };
            },
        );
    },
};
