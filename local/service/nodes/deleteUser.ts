import { isRefused } from "../../http/operation";
import type { BatchOperation } from "../services";
import { onNode } from "../subjects";
import { requestFault } from "./requests";
import { findUser } from "./users";

export const deleteNodeUser: BatchOperation = {
    id: "Nodes_DeleteNodeUser",
    method: "DELETE",
    path: "/pools/:poolId/nodes/:nodeId/users/:userName",
    handle: onNode((node, _pool, call, services) => {
        const fault = requestFault(node, "users");
        if (fault) return fault;
        const user = findUser(node, call.params["userName"] ?? "", services);
        if (isRefused(user)) return user;
        services.store.resources.delete(user.key);
        return { status: 200 };
    }),
};
