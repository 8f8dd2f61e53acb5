import { listed } from "../answers";
import { nodeFields, nodeProperties, renderNode } from "../render/node";
import type { BatchOperation } from "../services";
import { onPool } from "../subjects";

export const listNodes: BatchOperation = {
    id: "Nodes_ListNodes",
    method: "GET",
    path: "/pools/:poolId/nodes",
    handle: onPool((pool, call, services) =>
        listed(
            call,
            { set: "nodes", fields: nodeFields, known: nodeProperties },
            services.store.nodes.list(pool.key),
            (node) => node.key,
            (node) => renderNode(node, pool, call.origin, services),
        ),
    ),
};
