import { shown } from "../answers";
import { nodeProperties, renderNode } from "../render/node";
import type { BatchOperation } from "../services";
import { onNode } from "../subjects";

export const getNode: BatchOperation = {
    id: "Nodes_GetNode",
    method: "GET",
    path: "/pools/:poolId/nodes/:nodeId",
    handle: onNode((node, pool, call, services) =>
        shown(call, "nodes", renderNode(node, pool, call.origin, services), nodeProperties),
    ),
};
