import type { BatchOperation } from "../services";
import { properties } from "./handlers";
import { placeOfNode } from "./place";

export const getNodeFileProperties: BatchOperation = {
    id: "Nodes_GetNodeFileProperties",
    method: "HEAD",
    path: "/pools/:poolId/nodes/:nodeId/files/*",
    handle: properties(placeOfNode),
};
