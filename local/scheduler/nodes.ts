import { recordKey } from "../model/ids";
import type { NodeRecord, PoolRecord } from "../model/pool";
import type { PoolSpec } from "../model/spec";
import { forgetPreparations } from "./preparation";
import { startTaskCommand } from "./runCommand";
import { stopFlight } from "./stop";
import type { Turn } from "./turn";

/** Marks a node as on its way out (or down): no new tasks; running ones as the option says. */
export function beginDraining(
    turn: Turn,
    node: NodeRecord,
    draining: NonNullable<NodeRecord["draining"]>,
): void {
    const state = draining.then === "leave" ? "leavingpool" : node.state;
    turn.putNode(node, { ...node, draining, state }, `${draining.then} (${draining.option})`);
    for (const flight of turn.world.onNode(node.key)) {
        // `taskcompletion` lets tasks end by themselves; local data is not replicated, so `retaineddata` waits as well.
        if (
            flight.kind === "task" &&
            (draining.option === "taskcompletion" || draining.option === "retaineddata")
        )
            continue;
        stopFlight(turn, flight, draining.option === "terminate" ? "terminate" : "requeue");
    }
    turn.touchPool(recordKey(node.account, node.pool));
}

/** Brings a node a step further: boot, start task, draining. */
export function settleNode(turn: Turn, key: string): void {
    const node = turn.store.nodes.get(key);
    if (!node) return;
    if (node.draining) {
        if (turn.world.onNode(key).size === 0) drained(turn, node, node.draining);
        return;
    }
    if (
        (node.state === "starting" || node.state === "rebooting" || node.state === "reimaging") &&
        node.readyAt !== undefined
    ) {
        if (node.readyAt <= turn.now) booted(turn, node);
        else turn.wakeAt(`pool:${recordKey(node.account, node.pool)}`, node.readyAt);
    }
    if (node.state === "idle" || node.state === "running") {
        const busy = [...turn.world.onNode(key)].some(
            (flight) => flight.kind === "task" || flight.kind === "coordination",
        );
        const state = busy ? "running" : "idle";
        if (state !== node.state)
            turn.putNode(node, { ...node, state }, busy ? "task assigned" : "no task left");
    }
}

/** Its directories are there: the machine starts. */
export function nodeOpened(turn: Turn, key: string): void {
    const node = turn.store.nodes.get(key);
    if (node?.state !== "creating") return;
    const readyAt = turn.now + turn.settings.bootDelay;
    turn.putNode(node, { ...node, state: "starting", readyAt }, "allocated");
    turn.touchPool(recordKey(node.account, node.pool));
}

/** The processes of a node that reboots or is reimaged are gone: it starts again. */
export function nodeCleared(turn: Turn, key: string, boot: number): void {
    const node = turn.store.nodes.get(key);
    if (!node || node.boot !== boot || (node.state !== "rebooting" && node.state !== "reimaging")) return;
    turn.putNode(node, { ...node, readyAt: turn.now + turn.settings.bootDelay }, "cleared");
    turn.touchPool(recordKey(node.account, node.pool));
}

function booted(turn: Turn, node: NodeRecord): void {
    const pool = turn.poolOf(node);
    if (!pool) return;
    const { readyAt: _ready, startTask: _start, errors: _errors, ...rest } = node;
    const up: NodeRecord = { ...rest, lastBootTime: turn.now, boot: node.boot + 1 };
    if (!(pool.spec as unknown as PoolSpec).startTask) {
        turn.putNode(node, { ...up, state: "idle" }, "booted");
        turn.touchPool(pool.key);
        return;
    }
    const waits = (pool.spec as unknown as PoolSpec).startTask?.waitForSuccess !== false;
    const state = waits ? "waitingforstarttask" : "idle";
    runStartTask(turn, pool, turn.putNode(node, { ...up, state }, "booted"), 0);
}

export function runStartTask(turn: Turn, pool: PoolRecord, node: NodeRecord, retryCount: number): void {
    const attempt = `start:${node.key}:${node.boot}:${retryCount}`;
    const startTask: NonNullable<NodeRecord["startTask"]> = {
        state: "running",
        startTime: turn.now,
        retryCount,
    };
    if (retryCount > 0) startTask.lastRetryTime = turn.now;
    turn.store.nodes.put({ ...node, startTask });
    turn.world.add({ attempt, kind: "startTask", node: node.key, pool: pool.key, slots: 0 });
    turn.do({ do: "run", run: startTaskCommand(turn, pool, node, attempt) });
}

/** Nothing runs there any more. */
function drained(turn: Turn, node: NodeRecord, draining: NonNullable<NodeRecord["draining"]>): void {
    const { draining: _done, ...rest } = node;
    switch (draining.then) {
        case "leave":
            forgetPreparations(turn, node);
            turn.do({ do: "dropNode", node: node.key });
            turn.store.nodes.delete(node.key);
            turn.note(node.key, node.state, "gone", draining.then);
            turn.touchPool(recordKey(node.account, node.pool));
            return;
        case "offline":
            turn.putNode(node, { ...rest, state: "offline" }, "scheduling disabled");
            return;
        case "deallocate":
            turn.putNode(node, { ...rest, state: "deallocated" }, "deallocated");
            return;
        case "reboot":
        case "reimage": {
            const wipe = draining.then === "reimage";
            if (wipe) forgetPreparations(turn, node);
            const state = wipe ? "reimaging" : "rebooting";
            turn.putNode(node, { ...rest, state }, draining.then);
            turn.do({ do: "clearNode", node: node.key, boot: node.boot, wipe });
            return;
        }
    }
}
