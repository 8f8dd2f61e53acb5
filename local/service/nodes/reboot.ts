import type { DeallocationOption } from "../../model/pool";
import type { BatchOperation } from "../services";
import { onNode } from "../subjects";
import { takeDown } from "./requests";

export const rebootNode: BatchOperation = {
    id: "Nodes_RebootNode",
    method: "POST",
    path: "/pools/:poolId/nodes/:nodeId/reboot",
    body: "BatchNodeRebootOptions",
    bodyOptional: true,
    handle: onNode((node, _pool, call, services) => {
        const { nodeRebootOption = "requeue" } = (call.body ?? {}) as {
            nodeRebootOption?: DeallocationOption;
        };
        return takeDown(node, "reboot", nodeRebootOption, call, services);
    }),
};
