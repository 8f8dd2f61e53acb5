import type { NodeEvent } from "../model/agent";
import { recordKey } from "../model/ids";
import type { NodeRecord } from "../model/pool";
import type { PoolSpec } from "../model/spec";
import { nodeCleared, nodeOpened, runStartTask } from "./nodes";
import { preparationEnded, releaseEnded } from "./preparation";
import { failureOf, requeueFlight, taskRunEnded } from "./taskEnd";
import type { Turn } from "./turn";
import type { Flight } from "./world";

/** What a node reports. Of an attempt that is not in flight any more nothing is believed. */
export function handleEvent(turn: Turn, event: NodeEvent): void {
    switch (event.event) {
        case "nodeOpened":
            nodeOpened(turn, event.node);
            return;
        case "nodeCleared":
            nodeCleared(turn, event.node, event.boot);
            return;
        case "nodeLost":
            nodeLost(turn, event.node, event.reason);
            return;
        case "started":
            return;
        case "ended": {
            const flight = turn.world.flights.get(event.attempt);
            if (!flight) return;
            turn.world.remove(flight);
            ended(turn, flight, event);
        }
    }
}

function ended(turn: Turn, flight: Flight, event: Extract<NodeEvent, { event: "ended" }>): void {
    switch (flight.kind) {
        case "task":
            taskRunEnded(turn, flight, event);
            return;
        case "startTask":
            startTaskEnded(turn, flight, event);
            return;
        case "preparation":
            preparationEnded(turn, flight, event);
            return;
        case "release":
            releaseEnded(turn, flight, event);
            return;
        case "coordination":
            return;
    }
}

function startTaskEnded(turn: Turn, flight: Flight, event: Extract<NodeEvent, { event: "ended" }>): void {
    const node = turn.store.nodes.get(flight.node);
    const pool = node && turn.poolOf(node);
    if (!pool || !node.startTask) return;
    turn.touchPool(pool.key);
    const spec = (pool.spec as unknown as PoolSpec).startTask;
    const failureInfo = failureOf(event);
    const startTask: NonNullable<NodeRecord["startTask"]> = {
        ...node.startTask,
        state: "completed",
        endTime: turn.now,
        result: failureInfo ? "failure" : "success",
        ...(event.exitCode !== undefined && { exitCode: event.exitCode }),
        ...(failureInfo && { failureInfo }),
    };
    const most = spec?.maxTaskRetryCount ?? 0;
    if (
        failureInfo?.code === "FailureExitCode" &&
        !node.draining &&
        (most < 0 || startTask.retryCount < most)
    ) {
        runStartTask(turn, pool, node, startTask.retryCount + 1);
        return;
    }
    const after: NodeRecord = { ...node, startTask };
    if (node.state !== "waitingforstarttask") {
        turn.store.nodes.put(after);
        return;
    }
    turn.putNode(
        node,
        { ...after, state: failureInfo ? "starttaskfailed" : "idle" },
        `start task ended with ${String(event.exitCode)}`,
    );
}

/** The host lost it: what ran there goes back to the queue, the node boots again. */
function nodeLost(turn: Turn, key: string, reason: string): void {
    const node = turn.store.nodes.get(key);
    for (const flight of [...turn.world.onNode(key)]) loseFlight(turn, flight, reason);
    if (!node || node.draining) return;
    turn.putNode(node, { ...node, state: "starting", readyAt: turn.now + turn.settings.bootDelay }, reason);
    turn.touchPool(recordKey(node.account, node.pool));
}

/** An attempt whose process is gone without a report. */
export function loseFlight(turn: Turn, flight: Flight, reason: string): void {
    if (flight.kind === "task") {
        requeueFlight(turn, flight, reason);
        return;
    }
    turn.world.remove(flight);
    if (flight.kind === "preparation" || flight.kind === "release") {
        ended(turn, flight, { event: "ended", attempt: flight.attempt, at: turn.now, stopped: true });
    }
}
