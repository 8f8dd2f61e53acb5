import type { DeallocationOption } from "../../model/pool";
import type { BatchOperation } from "../services";
import { onNode } from "../subjects";
import { takeDown } from "./requests";

export const reimageNode: BatchOperation = {
    id: "Nodes_ReimageNode",
    method: "POST",
    path: "/pools/:poolId/nodes/:nodeId/reimage",
    body: "BatchNodeReimageOptions",
    bodyOptional: true,
    handle: onNode((node, _pool, call, services) => {
        const { nodeReimageOption = "requeue" } = (call.body ?? {}) as {
            nodeReimageOption?: DeallocationOption;
        };
        return takeDown(node, "reimage", nodeReimageOption, call, services);
    }),
};
