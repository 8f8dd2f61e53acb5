import type { NodeEvent } from "../model/agent";
import { recordKey } from "../model/ids";
import type { NodeRecord } from "../model/pool";
import type { PoolSpec } from "../model/spec";
import { coordinationEnded, loseMember, primaryEnded } from "./gang";
import {
    errorOf,
    nodeCleared,
    nodeOpened,
    nodeSetUp,
    preempt,
    readyState,
    runStartTask,
    touchEndingJobs,
} from "./nodes";
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
        case "nodeSetUp":
            nodeSetUp(turn, event);
            return;
        case "nodeLost":
            nodeLost(turn, event.node, event.reason);
            return;
        case "nodePreempted":
            if (turn.store.nodes.get(event.node)?.dedicated === false) preempt(turn, event.node);
            return;
        case "started":
            return;
        case "ended": {
            const flight = turn.world.flights.get(event.attempt);
            if (!flight) return;
            if (flight.gang) {
                if (flight.kind === "task") primaryEnded(turn, flight.gang, event);
                else coordinationEnded(turn, flight, event);
                return;
            }
            turn.world.remove(flight);
            // Its node may have waited for this to reboot or leave.
            turn.touchPool(flight.pool);
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
    touchEndingJobs(turn, pool.account);
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
        (!node.draining || node.draining.then === "offline") &&
        (most < 0 || startTask.retryCount < most)
    ) {
        runStartTask(turn, pool, node, startTask.retryCount + 1);
        return;
    }
    const after: NodeRecord = { ...node, startTask };
    if (failureInfo?.code === "MountConfigurationError" || failureInfo?.code === "ApplicationPackageError") {
        // What is wrong there is the pool's: no task could run.
        turn.putNode(node, { ...after, state: "unusable", errors: [errorOf(failureInfo)] }, failureInfo.code);
        return;
    }
    if (node.state !== "waitingforstarttask") {
        turn.store.nodes.put(after);
        return;
    }
    turn.putNode(
        node,
        { ...after, state: failureInfo ? "starttaskfailed" : readyState(node) },
        `start task ended with ${String(event.exitCode)}`,
    );
}

/** The host lost it: what ran there goes back to the queue, the node boots again. */
function nodeLost(turn: Turn, key: string, reason: string): void {
    const node = turn.store.nodes.get(key);
    for (const flight of [...turn.world.onNode(key)]) loseFlight(turn, flight, reason);
    if (!node) return;
    turn.touchPool(recordKey(node.account, node.pool));
    touchEndingJobs(turn, node.account);
    if (node.draining) return;
    switch (node.state) {
        case "deallocated":
        case "preempted":
        case "unusable":
        case "leavingpool":
            return;
        case "creating":
            // Its directories could not be made.
            turn.putNode(node, { ...node, state: "unusable", errors: [lost(reason)] }, reason);
            return;
        case "deallocating":
            turn.putNode(node, { ...node, state: "deallocated" }, reason);
            return;
        default: {
            const { settingUp: _lost, ...rest } = node;
            const readyAt = turn.now + turn.settings.bootDelay;
            turn.putNode(node, { ...rest, state: "starting", readyAt }, reason);
        }
    }
}

function lost(reason: string) {
    return { code: "NodeNotUsable", message: `The node could not be made on this machine: ${reason}` };
}

/** An attempt whose process is gone without a report. */
export function loseFlight(turn: Turn, flight: Flight, reason: string): void {
    if (flight.gang) {
        loseMember(turn, flight, flight.gang, reason);
        return;
    }
    if (flight.kind === "task") {
        requeueFlight(turn, flight, reason);
        return;
    }
    turn.world.remove(flight);
    if (flight.kind === "preparation" || flight.kind === "release") {
        ended(turn, flight, { event: "ended", attempt: flight.attempt, at: turn.now, stopped: true });
    }
}
