import type { BatchOperation } from "../services";
import { onNode } from "../subjects";
import { requestFault, requested } from "./requests";

/** Brings a deallocated node back; its start task runs again. */
export const startNode: BatchOperation = {
    id: "Nodes_StartNode",
    method: "POST",
    path: "/pools/:poolId/nodes/:nodeId/start",
    since: "2024-07-01.20.0",
    handle: onNode((node, pool, call, { scheduler }) => {
        const fault = requestFault(node, "start");
        if (fault) return fault;
        scheduler.within((turn) => {
            const readyAt = turn.now + turn.settings.bootDelay;
            turn.putNode(node, { ...node, state: "starting", readyAt }, "start requested");
            turn.touchPool(pool.key);
        });
        return requested(call, 202);
    }),
};
