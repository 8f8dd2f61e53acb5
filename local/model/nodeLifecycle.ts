import { ignore, refusal } from "./lifecycle";
import type { Lifecycle } from "./lifecycle";
import type { NodeState } from "./pool";

/** What is asked of one node. Which of them its state allows; the scheduler moves the state. */
export type NodeRequest =
    "reboot" | "reimage" | "deallocate" | "start" | "disableScheduling" | "enableScheduling" | "users";

const invalid = refusal("OperationInvalidForCurrentState");

/** Documented for most: a node that is idle or running. The codes of the other states are the ones named for them. */
const ready = {
    idle: ignore,
    running: ignore,
    creating: refusal("NodeBeingCreated"),
    starting: refusal("NodeBeingStarted"),
    waitingforstarttask: refusal("NodeBeingStarted"),
    starttaskfailed: invalid,
    rebooting: refusal("NodeBeingRebooted"),
    reimaging: refusal("NodeBeingReimaged"),
    offline: invalid,
    leavingpool: refusal("NodeNotReady"),
    preempted: refusal("NodeNotReady"),
    unusable: refusal("NodeStateUnusable"),
    unknown: refusal("NodeNotReady"),
    deallocating: invalid,
    deallocated: invalid,
} as const;

// guess: a failed start task and disabled scheduling do not keep a node from being rebooted or reimaged: both are what users do about them.
const restartable = { ...ready, starttaskfailed: ignore, offline: ignore } as const;
const anyState = Object.fromEntries(Object.keys(ready).map((state) => [state, ignore])) as Record<
    NodeState,
    typeof ignore
>;

export const nodeRequests: Lifecycle<NodeRequest, NodeState> = {
    reboot: restartable,
    reimage: restartable,
    deallocate: restartable,
    start: { ...ready, idle: invalid, running: invalid, deallocated: ignore },
    // Scheduling has a state of its own, which decides.
    disableScheduling: { ...ready, starttaskfailed: ignore, waitingforstarttask: ignore, offline: ignore },
    enableScheduling: anyState,
    users: ready,
};
