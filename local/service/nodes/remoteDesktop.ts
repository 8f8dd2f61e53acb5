import { refuse } from "../../http/operation";
import type { BatchOperation } from "../services";
import { onNode } from "../subjects";

/** Only pools of the retired Cloud Services had it. */
export const getRemoteDesktop: BatchOperation = {
    id: "ComputeNode_GetRemoteDesktop",
    method: "GET",
    path: "/pools/:poolId/nodes/:nodeId/rdp",
    until: "2024-02-01.19.0",
    handle: onNode(() =>
        refuse("OperationNotValidOnNode", {
            values: [
                {
                    key: "Reason",
                    value: "Only nodes of a Cloud Services pool have it; use remoteloginsettings.",
                },
            ],
        }),
    ),
};
