import { listed } from "../answers";
import type { BatchOperation } from "../services";
import { onNode } from "../subjects";
import { extensionProperties, extensionsOf } from "./extensions";

export const listNodeExtensions: BatchOperation = {
    id: "Nodes_ListNodeExtensions",
    method: "GET",
    path: "/pools/:poolId/nodes/:nodeId/extensions",
    handle: onNode((node, pool, call) =>
        listed(
            call,
            { set: "extensions", known: extensionProperties },
            extensionsOf(node, pool),
            ({ name }) => name,
            ({ view }) => view,
        ),
    ),
};
