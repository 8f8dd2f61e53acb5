import { refuse } from "../../http/operation";
import type { BatchOperation } from "../services";
import { onNode } from "../subjects";
import { requestFault } from "./requests";
import { credentialFault, userKey, userRecord } from "./users";
import type { NodeUserBody } from "./users";

export const addNodeUser: BatchOperation = {
    id: "Nodes_CreateNodeUser",
    method: "POST",
    path: "/pools/:poolId/nodes/:nodeId/users",
    body: "BatchNodeUserCreateOptions",
    handle: onNode((node, pool, call, { store }) => {
        const body = call.body as NodeUserBody;
        const fault = requestFault(node, "users") ?? credentialFault(body);
        if (fault) return fault;
        const name = body.name ?? "";
        if (store.resources.get(userKey(node, name))) return refuse("NodeUserExists");
        store.resources.put(userRecord(node, name, body, call));
        const url = `${call.origin}/pools/${pool.id}/nodes/${node.id}/users/${name}`;
        return { status: 201, headers: { DataServiceId: url, Location: url } };
    }),
};
