import type { BatchOperation } from "../services";
import { deleting } from "./handlers";
import { placeOfNode } from "./place";

export const deleteNodeFile: BatchOperation = {
    id: "Nodes_DeleteNodeFile",
    method: "DELETE",
    path: "/pools/:poolId/nodes/:nodeId/files/*",
    handle: deleting(placeOfNode),
};
