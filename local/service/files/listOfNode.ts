import type { BatchOperation } from "../services";
import { listing } from "./handlers";
import { placeOfNode } from "./place";

export const listNodeFiles: BatchOperation = {
    id: "Nodes_ListNodeFiles",
    method: "GET",
    path: "/pools/:poolId/nodes/:nodeId/files",
    handle: listing(placeOfNode),
};
