import { refuse } from "../../http/operation";
import { without } from "../../model/without";
import type { BatchOperation } from "../services";
import { onNode } from "../subjects";
import { requested } from "./requests";

export const enableNodeScheduling: BatchOperation = {
    id: "Nodes_EnableNodeScheduling",
    method: "POST",
    path: "/pools/:poolId/nodes/:nodeId/enablescheduling",
    handle: onNode((node, pool, call, { scheduler }) => {
        if (node.schedulingState === "enabled") return refuse("NodeAlreadyInTargetSchedulingState");
        scheduler.within((turn) => {
            // A node that was still on its way offline stays.
            const kept = node.draining?.then === "offline" ? without(node, "draining") : node;
            const state = node.state === "offline" ? "idle" : node.state;
            turn.putNode(node, { ...kept, schedulingState: "enabled", state }, "scheduling enabled");
            turn.touchPool(pool.key);
        });
        return requested(call, 200);
    }),
};
