import { isRefused } from "../../http/operation";
import type { BatchOperation } from "../services";
import { onNode } from "../subjects";
import { requestFault } from "./requests";
import { findUser, userRecord } from "./users";
import type { NodeUserBody } from "./users";

/** What is not given goes back to its default; who is an administrator stays one. */
export const updateNodeUser: BatchOperation = {
    id: "Nodes_ReplaceNodeUser",
    method: "PUT",
    path: "/pools/:poolId/nodes/:nodeId/users/:userName",
    body: "BatchNodeUserReplaceOptions",
    handle: onNode((node, pool, call, services) => {
        const fault = requestFault(node, "users");
        if (fault) return fault;
        const user = findUser(node, call.params["userName"] ?? "", services);
        if (isRefused(user)) return user;
        const body = { ...(call.body as NodeUserBody), isAdmin: user.body["isAdmin"] === true };
        services.store.resources.put(userRecord(node, user.name, body, call));
        const url = `${call.origin}/pools/${pool.id}/nodes/${node.id}/users/${user.name}`;
        return { status: 200, headers: { DataServiceId: url } };
    }),
};
