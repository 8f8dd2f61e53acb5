import { isRefused, refuse } from "../../http/operation";
import { idKey } from "../../model/ids";
import type { DeallocationOption, NodeRecord } from "../../model/pool";
import { beginDraining } from "../../scheduler";
import { written } from "../answers";
import { nodeKeyOf } from "../render/node";
import type { BatchOperation } from "../services";
import { onPool } from "../subjects";
import { startResize } from "./resize";
import { keepPool } from "./rules";

interface RemoveBody {
    nodeList: string[];
    resizeTimeout?: string;
    nodeDeallocationOption?: DeallocationOption;
}

/** Takes these nodes out; the targets shrink by them, so that none come back. */
export const removeNodes: BatchOperation = {
    id: "Pools_RemoveNodes",
    method: "POST",
    path: "/pools/:poolId/removenodes",
    body: "BatchNodeRemoveOptions",
    handle: onPool((pool, call, services) => {
        const {
            nodeList,
            resizeTimeout,
            nodeDeallocationOption: option = "requeue",
        } = call.body as RemoveBody;
        const nodes: NodeRecord[] = [];
        for (const id of new Set(nodeList.map(idKey))) {
            const node = services.store.nodes.get(nodeKeyOf(pool, id));
            if (!node) return refuse("NodeNotFound", { values: [{ key: "NodeId", value: id }] });
            nodes.push(node);
        }
        const resizing = startResize(pool, call, resizeTimeout, option);
        if (isRefused(resizing)) return resizing;
        const dedicated = nodes.filter((node) => node.dedicated).length;
        const after = keepPool(
            {
                ...resizing,
                targetDedicatedNodes: Math.max(0, pool.targetDedicatedNodes - dedicated),
                targetSpotNodes: Math.max(0, pool.targetSpotNodes - (nodes.length - dedicated)),
            },
            call,
            services,
        );
        services.scheduler.within((turn) => {
            for (const node of nodes) beginDraining(turn, node, { option, then: "leave" });
        });
        return written(call, 202, `/pools/${pool.id}`, after);
    }),
};
