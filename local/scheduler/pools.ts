import { findVmSize, resizeErrorCodes, vmFamily } from "../../catalog";
import type { Instant } from "../model/instant";
import { isJobManager } from "../model/newJob";
import type { NameValueError, NodeRecord, PoolRecord } from "../model/pool";
import type { PoolSpec } from "../model/spec";
import { assignTasks } from "./assign";
import { evaluateWhenDue } from "./autoscale";
import { beginDraining, settleNode } from "./nodes";
import { newNode } from "./newNode";
import { renewCertificates } from "./setUp";
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
    renewCertificates(turn, pool);
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
        // Documented: tasks of a pool that is deleted are requeued, also where a resize would have let them end.
        const { then, option } = node.draining ?? {};
        if (then !== "leave" || option === "taskcompletion" || option === "retaineddata")
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
        if (nodes.some((node) => waitsForMachine(node, turn.now))) return;
        keepWaiting(turn, key);
        // What is not there by now does not come any more.
        for (const node of nodes)
            if (node.state === "creating") beginDraining(turn, node, { option: "requeue", then: "leave" });
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

/** Directories to be made and processes to be ended take time of this machine, which is none of the service's, least of all at a high speed. */
function waitsForMachine({ state, readyAt = 0, draining }: NodeRecord, now: Instant): boolean {
    // One that is due goes on in this very turn.
    if (state === "creating" && !draining) return readyAt <= now;
    return draining?.then === "leave" && (draining.option === "requeue" || draining.option === "terminate");
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
    const wanted = target - present.length;
    const { allowed, short } = withinQuota(turn, pool, dedicated, wanted);
    let current = pool;
    for (let made = 0; made < allowed; made += 1) current = newNode(turn, current, dedicated);
    return short && { code: short, message: resizeErrorCodes[short].message };
}

type QuotaCode =
    "AccountCoreQuotaReached" | "AccountLowPriorityCoreQuotaReached" | "AccountVMSeriesCoreQuotaReached";

/** How many of the nodes that are wanted the quotas leave room for, and which of them leaves the least. */
function withinQuota(
    turn: Turn,
    pool: PoolRecord,
    dedicated: boolean,
    wanted: number,
): { allowed: number; short?: QuotaCode } {
    const account = turn.store.accounts.get(pool.account);
    if (!account || wanted === 0) return { allowed: wanted };
    const { quotas } = account;
    const { vmSize } = pool.spec as unknown as PoolSpec;
    const family = vmFamily(vmSize);
    const isSame = (name: string) => name.toLowerCase() === family.toLowerCase();
    const used = { all: 0, family: 0 };
    for (const other of turn.store.pools.list(pool.account)) {
        const size = (other.spec as unknown as PoolSpec).vmSize;
        const holding = (node: NodeRecord) => node.dedicated === dedicated && holdsCores(node);
        const cores = turn.store.nodes.list(other.key).filter(holding).length * coresOf(size);
        used.all += cores;
        if (isSame(vmFamily(size))) used.family += cores;
    }
    const room = (quota: number, taken: number) =>
        Math.max(0, Math.min(wanted, Math.floor((quota - taken) / coresOf(vmSize))));
    const allowed = room(dedicated ? quotas.dedicatedCores : quotas.spotCores, used.all);
    const ofFamily = dedicated ? quotas.dedicatedCoresPerFamily?.find(({ name }) => isSame(name)) : undefined;
    const inFamily = ofFamily ? room(ofFamily.coreQuota, used.family) : wanted;
    if (inFamily < allowed) return { allowed: inFamily, short: "AccountVMSeriesCoreQuotaReached" };
    if (allowed === wanted) return { allowed };
    return {
        allowed,
        short: dedicated ? "AccountCoreQuotaReached" : "AccountLowPriorityCoreQuotaReached",
    };
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
        const option = node.draining?.option;
        const forTasks = option === "taskcompletion" || option === "retaineddata";
        const forData = option === "retaineddata" && (node.dataRetainedUntil ?? 0) > turn.now;
        const waits = forData || (forTasks && turn.world.onNode(node.key).size > 0);
        if (node.draining?.then !== "leave" || !waits) continue;
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
