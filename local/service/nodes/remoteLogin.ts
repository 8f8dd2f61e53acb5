import { metadata } from "../answers";
import type { BatchOperation } from "../services";
import { onNode } from "../subjects";
import { requestFault } from "./requests";

/** The node's own address. Whether anything listens there is up to the machine: Batch Local starts no SSH server. */
export const getRemoteLoginSettings: BatchOperation = {
    id: "Nodes_GetNodeRemoteLoginSettings",
    method: "GET",
    path: "/pools/:poolId/nodes/:nodeId/remoteloginsettings",
    handle: onNode(
        (node, _pool, call) =>
            requestFault(node, "users") ?? {
                status: 200,
                body: {
                    "odata.metadata": metadata(call, "remoteloginsettings/@Element"),
                    remoteLoginIPAddress: node.address,
                    remoteLoginPort: 22,
                },
            },
    ),
};
