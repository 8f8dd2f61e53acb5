import { refuse } from "../../http/operation";
import { shown } from "../answers";
import type { BatchOperation } from "../services";
import { onNode } from "../subjects";
import { extensionProperties, extensionsOf } from "./extensions";

export const getNodeExtension: BatchOperation = {
    id: "Nodes_GetNodeExtension",
    method: "GET",
    path: "/pools/:poolId/nodes/:nodeId/extensions/:extensionName",
    handle: onNode((node, pool, call) => {
        const wanted = call.params["extensionName"]?.toLowerCase();
        const found = extensionsOf(node, pool).find(({ name }) => name.toLowerCase() === wanted);
        return found
            ? shown(call, "extensions", found.view, extensionProperties)
            : refuse("NoExtensionFound");
    }),
};
