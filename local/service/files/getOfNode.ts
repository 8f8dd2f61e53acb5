import type { BatchOperation } from "../services";
import { reading } from "./handlers";
import { placeOfNode } from "./place";

export const getNodeFile: BatchOperation = {
    id: "Nodes_GetNodeFile",
    method: "GET",
    path: "/pools/:poolId/nodes/:nodeId/files/*",
    handle: reading(placeOfNode),
};
