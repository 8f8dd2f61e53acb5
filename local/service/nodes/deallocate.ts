import type { DeallocationOption } from "../../model/pool";
import type { BatchOperation } from "../services";
import { onNode } from "../subjects";
import { takeDown } from "./requests";

export const deallocateNode: BatchOperation = {
    id: "Nodes_DeallocateNode",
    method: "POST",
    path: "/pools/:poolId/nodes/:nodeId/deallocate",
    since: "2024-07-01.20.0",
    body: "BatchNodeDeallocateOptions",
    bodyOptional: true,
    handle: onNode((node, _pool, call, services) => {
        const { nodeDeallocateOption = "requeue" } = (call.body ?? {}) as {
            nodeDeallocateOption?: DeallocationOption;
        };
        return takeDown(node, "deallocate", nodeDeallocateOption, call, services);
    }),
};
