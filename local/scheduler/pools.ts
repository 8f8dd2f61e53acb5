import { findVmSize } from "../../catalog";
import { isJobManager } from "../model/newJob";
import type { NameValueError, NodeRecord, PoolRecord } from "../model/pool";
import type { PoolSpec } from "../model/spec";
import { assignTasks } from "./assign";
import { evaluateWhenDue } from "./autoscale";
import { beginDraining, settleNode } from "./nodes";
import { newNode } from "./newNode";
import type { Turn } from "./turn";
import type { Flight } from "./world";

/** Brings a pool a step further: deletion, autoscale, resize, its nodes, and tasks onto free slots. */
export function settlePool(turn: Turn, key: string): void {
    const pool = turn.store.pools.get(key);
    if (!pool) return;
    if (pool.state === "deleting") {
        deletePool(turn, pool);
        return;
    }
    evaluateWhenDue(turn, pool);
    resize(turn, key);
    for (const node of turn.store.nodes.list(key)) settleNode(turn, node.key);
    assignTasks(turn, key);
}

function deletePool(turn: Turn, pool: PoolRecord): void {
    const nodes = turn.store.nodes.list(pool.key);
    if (nodes.length === 0) {
        turn.store.pools.delete(pool.key);
        turn.note(pool.key, pool.state, "deleted", "delete pool");
        return;
    }
    for (const node of nodes) {
        // Documented: tasks of a pool that is deleted are requeued.
        if (!node.draining || node.draining.then !== "leave")
            beginDraining(turn, node, { option: "requeue", then: "leave" });
        settleNode(turn, node.key);
    }
    if (turn.store.nodes.count(pool.key) === 0) turn.touchPool(pool.key);
}

function resize(turn: Turn, key: string): void {
    const pool = turn.store.pools.get(key);
    if (!pool || pool.allocationState === "steady") return;
    if (pool.allocationState === "stopping") {
        // Stopping keeps what is there: the targets become the counts.
        keepWaiting(turn, key);
        const nodes = staying(turn, key);
        const counts = {
            targetDedicatedNodes: nodes.filter((node) => node.dedicated).length,
            targetSpotNodes: nodes.filter((node) => !node.dedicated).length,
        };
        const short =
            counts.targetDedicatedNodes !== pool.targetDedicatedNodes ||
            counts.targetSpotNodes !== pool.targetSpotNodes;
        // guess: the code is listed without saying when; here a resize that was stopped before its end has it.
        settled(turn, pool, {
            ...counts,
            ...(short && {
                resizeErrors: [{ code: "ResizeStopped", message: "Resize operation was stopped" }],
            }),
        });
        return;
    }
    const errors: NameValueError[] = [];
    for (const dedicated of [true, false]) {
        // The nodes of the first kind have counted on.
        const problem = approach(turn, turn.store.pools.get(key) ?? pool, dedicated);
        if (problem) errors.push(problem);
    }
    const after = turn.store.pools.get(key);
    if (!after) return;
    const nodes = turn.store.nodes.list(key);
    if (!nodes.some((node) => node.state === "creating" || node.draining?.then === "leave")) {
        settled(turn, after, errors.length > 0 ? { resizeErrors: errors } : {});
        return;
    }
    const deadline = after.resize?.deadline;
    if (deadline !== undefined && deadline <= turn.now) {
        keepWaiting(turn, key);
        settled(turn, after, {
            resizeErrors: [
                ...errors,
                {
                    code: "AllocationTimedOut",
                    message:
                        "Desired number of nodes could not be allocated as the resize timeout was reached",
                },
            ],
        });
        return;
    }
    turn.wakeAt(`pool:${key}`, deadline);
}

/** Makes or drains nodes of one kind until their number is the target; an error where the quota does not allow it. */
function approach(turn: Turn, pool: PoolRecord, dedicated: boolean): NameValueError | undefined {
    const target = dedicated ? pool.targetDedicatedNodes : pool.targetSpotNodes;
    const present = staying(turn, pool.key).filter((node) => node.dedicated === dedicated);
    if (present.length > target) {
        const option = pool.resize?.deallocation ?? "requeue";
        for (const node of victims(turn, present).slice(0, present.length - target)) {
            beginDraining(turn, node, { option, then: "leave" });
        }
        return undefined;
    }
    const allowed = withinQuota(turn, pool, dedicated, target - present.length);
    let current = pool;
    for (let made = 0; made < allowed; made += 1) current = newNode(turn, current, dedicated);
    if (allowed === target - present.length) return undefined;
    return {
        code: dedicated ? "AccountCoreQuotaReached" : "AccountLowPriorityCoreQuotaReached",
        message: `The specified account has reached its ${dedicated ? "core" : "low-priority core"} quota`,
    };
}

function withinQuota(turn: Turn, pool: PoolRecord, dedicated: boolean, wanted: number): number {
    const account = turn.store.accounts.get(pool.account);
    if (!account || wanted === 0) return wanted;
    let used = 0;
    for (const other of turn.store.pools.list(pool.account)) {
        const nodes = turn.store.nodes
            .list(other.key)
            .filter((node) => node.dedicated === dedicated && holdsCores(node)).length;
        used += nodes * coresOf((other.spec as unknown as PoolSpec).vmSize);
    }
    const quota = dedicated ? account.quotas.dedicatedCores : account.quotas.spotCores;
    const cores = coresOf((pool.spec as unknown as PoolSpec).vmSize);
    return Math.max(0, Math.min(wanted, Math.floor((quota - used) / cores)));
}

function holdsCores({ state }: NodeRecord): boolean {
    return state !== "preempted" && state !== "deallocated";
}

/** Unknown sizes count as one core: an unknown size is never a reason to refuse. */
function coresOf(vmSize: string): number {
    return findVmSize(vmSize)?.cores ?? 1;
}

function staying(turn: Turn, pool: string): NodeRecord[] {
    return turn.store.nodes
        .list(pool)
        .filter(
            (node) =>
                node.draining?.then !== "leave" &&
                node.draining?.then !== "preempt" &&
                node.state !== "leavingpool" &&
                node.state !== "preempted",
        );
}

/** guess: when a resize is cut short, nodes that only wait for their tasks to end stay. */
function keepWaiting(turn: Turn, pool: string): void {
    for (const node of turn.store.nodes.list(pool)) {
        const waits = node.draining?.option === "taskcompletion" || node.draining?.option === "retaineddata";
        if (node.draining?.then !== "leave" || !waits || turn.world.onNode(node.key).size === 0) continue;
        const { draining: _none, ...kept } = node;
        turn.putNode(node, { ...kept, state: "running" }, "the resize was cut short");
    }
}

/** Who goes first: nodes that are of no use, then idle ones, then busy ones; a job manager's node last. */
function victims(turn: Turn, nodes: readonly NodeRecord[]): NodeRecord[] {
    const weight = (node: NodeRecord): number => {
        if (["unusable", "starttaskfailed", "deallocated", "unknown"].includes(node.state)) return 0;
        const flights = [...turn.world.onNode(node.key)];
        if (flights.length === 0) return 1;
        return flights.some((flight) => runsJobManager(turn, flight)) ? 3 : 2;
    };
    return [...nodes].sort((a, b) => weight(a) - weight(b) || b.allocationTime - a.allocationTime);
}

function runsJobManager(turn: Turn, flight: Flight): boolean {
    const job = turn.store.jobs.get(flight.job ?? "");
    return job !== undefined && flight.task !== undefined && isJobManager(job, flight.task) !== undefined;
}

function settled(turn: Turn, pool: PoolRecord, change: Partial<PoolRecord>): void {
    const after: PoolRecord = {
        ...pool,
        ...change,
        allocationState: "steady",
        allocationStateTransitionTime: turn.now,
    };
    delete after.resize;
    turn.putPool(after);
    turn.note(pool.key, pool.allocationState, "steady", "resize ended");
}
