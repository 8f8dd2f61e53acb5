import { recordKey } from "../model/ids";
import type { NodeEvent } from "../model/agent";
import type { FailureInfo, NodeError, NodeRecord, PoolRecord } from "../model/pool";
import type { PoolSpec } from "../model/spec";
import { resizeTimeoutOf } from "../model/newPool";
import { forgetPreparations } from "./preparation";
import { packagesAtBoot } from "./packages";
import { startTaskCommand } from "./runCommand";
import { setUpOf } from "./setUp";
import { stopFlight } from "./stop";
import type { Turn } from "./turn";
import type { Flight } from "./world";

/** Marks a node as on its way out (or down): no new tasks; running ones as the option says. */
export function beginDraining(turn: Turn, node: NodeRecord, draining: Draining): void {
    const state = draining.then === "leave" ? "leavingpool" : node.state;
    turn.putNode(node, { ...node, draining, state }, `${draining.then} (${draining.option})`);
    for (const flight of turn.world.onNode(node.key)) {
        if (letsEnd(flight, draining)) continue;
        stopFlight(turn, flight, draining.option === "terminate" ? "terminate" : "requeue");
    }
    turn.touchPool(recordKey(node.account, node.pool));
}

type Draining = NonNullable<NodeRecord["draining"]>;

function letsEnd(flight: Flight, { option, then }: Draining): boolean {
    // Where scheduling alone is disabled the machine stays up.
    if (then === "offline" && (flight.kind === "startTask" || flight.kind === "release")) return true;
    // Both let tasks end by themselves; with `retaineddata` the node then waits for their files' retention to end.
    return (option === "taskcompletion" || option === "retaineddata") && flight.kind !== "startTask";
}

/** A spot node is taken away: its tasks go back to the queue, its files are gone, and the pool looks for another one. */
export function preempt(turn: Turn, key: string): void {
    const node = turn.store.nodes.get(key);
    if (!node) throw new Error(`there is no node ${key}`);
    if (node.dedicated) throw new Error(`${node.id} is a dedicated node; only spot nodes are preempted`);
    if (node.state === "preempted" || node.draining?.then === "leave") return;
    beginDraining(turn, node, { option: "requeue", then: "preempt" });
}

/** Brings a node a step further: boot, start task, draining. */
export function settleNode(turn: Turn, key: string): void {
    const node = turn.store.nodes.get(key);
    if (!node) return;
    if (node.draining) {
        if (turn.world.onNode(key).size > 0) return;
        const { dataRetainedUntil: until = 0 } = node;
        if (node.draining.option === "retaineddata" && until > turn.now)
            turn.wakeAt(`pool:${recordKey(node.account, node.pool)}`, until);
        else drained(turn, node, node.draining);
        return;
    }
    if (node.state === "creating" && node.readyAt !== undefined) {
        if (node.readyAt <= turn.now) {
            const readyAt = turn.now + turn.settings.bootDelay;
            turn.putNode(node, { ...node, state: "starting", readyAt }, "allocated");
            turn.touchPool(recordKey(node.account, node.pool));
        } else turn.wakeAt(`pool:${recordKey(node.account, node.pool)}`, node.readyAt);
        return;
    }
    if (
        (node.state === "starting" || node.state === "rebooting" || node.state === "reimaging") &&
        node.readyAt !== undefined
    ) {
        if (node.readyAt <= turn.now) booted(turn, node);
        else turn.wakeAt(`pool:${recordKey(node.account, node.pool)}`, node.readyAt);
    }
    if (node.state === "preempted" && node.readyAt !== undefined) {
        if (node.readyAt <= turn.now) leave(turn, node, "another one took its place");
        else turn.wakeAt(`pool:${recordKey(node.account, node.pool)}`, node.readyAt);
        return;
    }
    if (node.state === "idle" || node.state === "running") {
        const busy = turn.world.slotsUsed(key) > 0;
        const state = busy ? "running" : "idle";
        if (state !== node.state)
            turn.putNode(node, { ...node, state }, busy ? "task assigned" : "no task left");
    }
}

/** Its directories are there: the machine starts as soon as it may. */
export function nodeOpened(turn: Turn, key: string): void {
    const node = turn.store.nodes.get(key);
    if (node?.state !== "creating") return;
    turn.store.nodes.put({ ...node, readyAt: node.readyAt ?? turn.now + turn.settings.resizeDelay });
    turn.touchPool(recordKey(node.account, node.pool));
}

/** The processes of a node that reboots or is reimaged are gone: it starts again. */
export function nodeCleared(turn: Turn, key: string, boot: number): void {
    const node = turn.store.nodes.get(key);
    if (node?.boot !== boot) return;
    if (node.state === "deallocating") turn.putNode(node, { ...node, state: "deallocated" }, "deallocated");
    else if (node.state === "rebooting" || node.state === "reimaging")
        turn.putNode(node, { ...node, readyAt: turn.now + turn.settings.bootDelay }, "cleared");
    turn.touchPool(recordKey(node.account, node.pool));
}

/** Jobs that wait for nodes to run their releases look again. */
export function touchEndingJobs(turn: Turn, account: string): void {
    for (const job of turn.store.jobs.list(account))
        if (job.state === "terminating" || job.state === "deleting") turn.touchJob(job.key);
}

/** guess: scheduling that was disabled stays so over a reboot. */
export function readyState({ schedulingState }: NodeRecord): "idle" | "offline" {
    return schedulingState === "disabled" ? "offline" : "idle";
}

function booted(turn: Turn, node: NodeRecord): void {
    const pool = turn.poolOf(node);
    if (!pool) return;
    const { readyAt: _ready, startTask: _start, errors: _errors, packages: _packages, ...rest } = node;
    const packages = packagesAtBoot(turn, pool);
    const up: NodeRecord = {
        ...rest,
        lastBootTime: turn.now,
        boot: node.boot + 1,
        ...(packages.length > 0 && { packages }),
    };
    const setUp = setUpOf(turn, pool, up);
    if (!setUp) {
        isSetUp(turn, pool, up);
        return;
    }
    if ("code" in setUp) {
        turn.putNode(node, { ...up, state: "unusable", errors: [setUp] }, setUp.code);
        touchEndingJobs(turn, node.account);
        return;
    }
    turn.store.nodes.put({ ...up, settingUp: true });
    turn.do({ do: "setUpNode", node: node.key, boot: up.boot, setUp });
}

/** What its pool puts on it is there, or not. */
export function nodeSetUp(turn: Turn, event: Extract<NodeEvent, { event: "nodeSetUp" }>): void {
    const node = turn.store.nodes.get(event.node);
    const pool = node && turn.poolOf(node);
    if (!pool || !node.settingUp || node.boot !== event.boot || node.draining) return;
    const { settingUp: _done, ...up } = node;
    if (!event.failureInfo) {
        isSetUp(turn, pool, up);
        return;
    }
    turn.putNode(
        node,
        { ...up, state: "unusable", errors: [errorOf(event.failureInfo)] },
        event.failureInfo.code,
    );
    touchEndingJobs(turn, node.account);
    turn.touchPool(pool.key);
}

/** What failed for the whole node: no task could run there. */
export function errorOf({ code, message, details }: FailureInfo): NodeError {
    return { code, message, ...(details && { errorDetails: details }) };
}

function isSetUp(turn: Turn, pool: PoolRecord, node: NodeRecord): void {
    if (!(pool.spec as unknown as PoolSpec).startTask) {
        turn.putNode(node, { ...node, state: readyState(node) }, "booted");
        touchEndingJobs(turn, node.account);
        turn.touchPool(pool.key);
        return;
    }
    const waits = (pool.spec as unknown as PoolSpec).startTask?.waitForSuccess !== false;
    const state = waits ? "waitingforstarttask" : readyState(node);
    runStartTask(turn, pool, turn.putNode(node, { ...node, state }, "booted"), 0);
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
function drained(turn: Turn, node: NodeRecord, draining: Draining): void {
    const { draining: _done, readyAt: _ready, settingUp: _setUp, ...rest } = node;
    switch (draining.then) {
        case "leave":
            leave(turn, node, draining.then);
            return;
        case "offline":
            if (node.state !== "idle" && node.state !== "running") turn.store.nodes.put(rest);
            else turn.putNode(node, { ...rest, state: "offline" }, "scheduling disabled");
            return;
        case "preempt":
            turn.do({ do: "dropNode", node: node.key });
            turn.putNode(
                node,
                { ...rest, state: "preempted", readyAt: turn.now + preemptedShown },
                "preempted",
            );
            replace(turn, node);
            touchEndingJobs(turn, node.account);
            return;
        case "reboot":
        case "reimage":
        case "deallocate": {
            const wipe = draining.then === "reimage";
            if (wipe) forgetPreparations(turn, node);
            turn.putNode(node, { ...rest, state: underway[draining.then] }, draining.then);
            turn.do({ do: "clearNode", node: node.key, boot: node.boot, wipe });
            touchEndingJobs(turn, node.account);
            return;
        }
    }
}

const underway = { reboot: "rebooting", reimage: "reimaging", deallocate: "deallocating" } as const;

/** guess: how long a preempted node is still listed beside the one that took its place. */
const preemptedShown = 5 * 60_000;

function leave(turn: Turn, node: NodeRecord, cause: string): void {
    // A preempted one has nothing left to drop.
    if (node.state !== "preempted") turn.do({ do: "dropNode", node: node.key });
    turn.store.nodes.delete(node.key);
    turn.note(node.key, node.state, "gone", cause);
    touchEndingJobs(turn, node.account);
    turn.touchPool(recordKey(node.account, node.pool));
}

/** Documented: the pool tries to get back to its target. */
function replace(turn: Turn, node: NodeRecord): void {
    const pool = turn.poolOf(node);
    if (!pool || pool.state === "deleting") return;
    turn.touchPool(pool.key);
    if (pool.allocationState !== "steady") return;
    const { resizeErrors: _old, ...rest } = pool;
    turn.putPool({
        ...rest,
        allocationState: "resizing",
        allocationStateTransitionTime: turn.now,
        resize: {
            startedAt: turn.now,
            deadline: turn.now + resizeTimeoutOf(pool),
            deallocation: "requeue",
        },
    });
    turn.note(pool.key, "steady", "resizing", `${node.id} was preempted`);
}
