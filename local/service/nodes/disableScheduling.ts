import { refuse } from "../../http/operation";
import { beginDraining } from "../../scheduler";
import type { BatchOperation } from "../services";
import { onNode } from "../subjects";
import { requestFault, requested } from "./requests";

/** No new tasks; running ones as the option says; then the node is offline. */
export const disableNodeScheduling: BatchOperation = {
    id: "Nodes_DisableNodeScheduling",
    method: "POST",
    path: "/pools/:poolId/nodes/:nodeId/disablescheduling",
    body: "BatchNodeDisableSchedulingOptions",
    bodyOptional: true,
    handle: onNode((node, _pool, call, { scheduler }) => {
        const { nodeDisableSchedulingOption: option = "requeue" } = (call.body ?? {}) as {
            nodeDisableSchedulingOption?: "requeue" | "terminate" | "taskcompletion";
        };
        if (node.schedulingState === "disabled") return refuse("NodeAlreadyInTargetSchedulingState");
        const fault = requestFault(node, "disableScheduling");
        if (fault) return fault;
        scheduler.within((turn) => {
            beginDraining(turn, { ...node, schedulingState: "disabled" }, { option, then: "offline" });
        });
        return requested(call, 200);
    }),
};
