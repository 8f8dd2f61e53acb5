import { refuse } from "../../http/operation";
import type { Call, Outcome, Refused } from "../../http/operation";
import { nodeRequests } from "../../model/nodeLifecycle";
import type { NodeRequest } from "../../model/nodeLifecycle";
import type { NodeRecord } from "../../model/pool";
import { beginDraining } from "../../scheduler";
import { addressOf } from "../answers";
import type { BatchServices } from "../services";

/** Whether a node's state allows what is asked of it. */
export function requestFault(node: NodeRecord, request: NodeRequest): Refused | undefined {
    const cell = nodeRequests[request][node.state];
    if (typeof cell !== "object") return undefined;
    return refuse(cell.refused, { values: [{ key: "NodeState", value: node.state }] });
}

/** The answer to what was asked of a node. */
export function requested(call: Call, status: number): Outcome {
    return { status, headers: { DataServiceId: addressOf(call) } };
}

type Drain = NonNullable<NodeRecord["draining"]>;

/** State that a node shows from now on, where its tasks are not waited for. */
const underway = { reboot: "rebooting", reimage: "reimaging", deallocate: "deallocating" } as const;

/** Has a node's tasks end as the option says, and then the node rebooted, reimaged or deallocated. */
export function takeDown(
    node: NodeRecord,
    then: keyof typeof underway,
    option: Drain["option"],
    call: Call,
    { scheduler }: BatchServices,
): Outcome {
    const fault = requestFault(node, then);
    if (fault) return fault;
    const waits = option === "taskcompletion" || option === "retaineddata";
    scheduler.within((turn) => {
        const before = waits
            ? node
            : turn.putNode(node, { ...node, state: underway[then] }, `${then} requested`);
        beginDraining(turn, before, { option, then });
    });
    return requested(call, 202);
}
