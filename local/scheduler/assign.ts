import { idKey, recordKey } from "../model/ids";
import type { JobRecord } from "../model/job";
import type { NodeRecord } from "../model/pool";
import type { JobSpec, PoolSpec, TaskSpec } from "../model/spec";
import type { TaskRecord } from "../model/task";
import { assignMultiInstance } from "./multiInstance";
import { isEligible } from "./preparation";
import { startTask } from "./startTask";
import type { Turn } from "./turn";

/** A node that takes tasks, and what is free on it. */
export interface FreeNode {
    node: NodeRecord;
    free: number;
    slots: number;
}

/** Puts ready tasks onto free slots: jobs by priority, equals in turn; nodes spread or packed. */
export function assignTasks(turn: Turn, pool: string): void {
    const record = turn.store.pools.get(pool);
    if (!record) return;
    const spec = record.spec as unknown as PoolSpec;
    const nodes = freeNodes(turn, pool, spec.taskSlotsPerNode ?? 1);
    if (!nodes.some((node) => node.free > 0)) return;
    const pack = spec.taskSchedulingPolicy?.nodeFillType === "pack";
    const jobs = jobsInOrder(turn, pool);
    // Jobs that have nothing to start (or nothing that fits) leave the round; it ends when none is left.
    while (jobs.length > 0 && nodes.some((node) => node.free > 0)) {
        const job = nextJob(turn, pool, jobs);
        if (!startOne(turn, job, nodes, pack)) jobs.splice(jobs.indexOf(job), 1);
        else turn.world.lastServed.set(pool, job.key);
    }
}

function freeNodes(turn: Turn, pool: string, slots: number): FreeNode[] {
    const found: FreeNode[] = [];
    for (const node of turn.store.nodes.list(pool)) {
        if (
            (node.state !== "idle" && node.state !== "running") ||
            node.schedulingState !== "enabled" ||
            node.draining
        )
            continue;
        found.push({ node, free: slots - turn.world.slotsUsed(node.key), slots });
    }
    return found;
}

function jobsInOrder(turn: Turn, pool: string): JobRecord[] {
    const jobs: JobRecord[] = [];
    for (const key of turn.world.jobsOfPool.get(pool) ?? []) {
        const job = turn.store.jobs.get(key);
        if (job?.state === "active" && mayRunMore(turn, job)) jobs.push(job);
    }
    return jobs;
}

function mayRunMore(turn: Turn, job: JobRecord): boolean {
    const most = (job.spec as unknown as JobSpec).maxParallelTasks ?? -1;
    return most < 0 || turn.world.tasksOfJob(job.key).length < most;
}

/** The highest priority; among equals the one after the one served last. */
function nextJob(turn: Turn, pool: string, jobs: readonly JobRecord[]): JobRecord {
    const highest = Math.max(...jobs.map((job) => job.priority));
    const equals = jobs.filter((job) => job.priority === highest).sort((a, b) => (a.key < b.key ? -1 : 1));
    const last = turn.world.lastServed.get(pool) ?? "";
    const chosen = equals.find((job) => job.key > last) ?? equals[0];
    if (!chosen) throw new Error("no job to choose from");
    return chosen;
}

/** Starts one task of the job; false when it has none that fits now. */
function startOne(turn: Turn, job: JobRecord, nodes: FreeNode[], pack: boolean): boolean {
    if (!mayRunMore(turn, job)) return false;
    const queue = turn.world.queue(job.key);
    const fitting = queue.deferred.findIndex((task) => place(turn, job, task, nodes, pack) !== undefined);
    if (fitting >= 0) {
        const [task] = queue.deferred.splice(fitting, 1);
        const fresh = task && turn.store.tasks.get(job.number, task.id);
        if (fresh?.state === "active" && fresh.blockedBy === 0)
            return begin(turn, job, fresh, nodes, pack) || startOne(turn, job, nodes, pack);
        return startOne(turn, job, nodes, pack);
    }
    // guess: smaller tasks pass a larger one that does not fit now; a bounded number, so that order still means something.
    while (queue.deferred.length < 100) {
        const task = turn.world.next(job.key, job.number);
        if (!task) return false;
        if (
            turn.world.flights.has(attemptOf(job, task)) ||
            queue.deferred.some((other) => other.sequence === task.sequence)
        )
            continue;
        if (begin(turn, job, task, nodes, pack)) return true;
        queue.deferred.push(task);
    }
    return false;
}

export function attemptOf(job: JobRecord, task: TaskRecord): string {
    return `task:${job.number}:${task.sequence}:${task.attempt + 1}`;
}

function begin(turn: Turn, job: JobRecord, task: TaskRecord, nodes: FreeNode[], pack: boolean): boolean {
    if (
        ((task.spec as unknown as TaskSpec).multiInstanceSettings?.numberOfInstances ?? 1) > 1 ||
        (task.spec as unknown as TaskSpec).multiInstanceSettings
    ) {
        return assignMultiInstance(turn, job, task, nodes);
    }
    const place_ = place(turn, job, task, nodes, pack);
    if (!place_) return false;
    place_.free -= slotsOf(job, task, place_);
    startTask(turn, job, task, place_.node, slotsOf(job, task, place_));
    return true;
}

/** A job manager that runs exclusively takes the whole node. */
function slotsOf(job: JobRecord, task: TaskRecord, place_: FreeNode): number {
    const manager = (job.spec as unknown as JobSpec).jobManagerTask;
    const exclusive =
        manager !== undefined && idKey(manager.id) === idKey(task.id) && manager.runExclusive !== false;
    return exclusive ? place_.slots : task.requiredSlots;
}

function place(
    turn: Turn,
    job: JobRecord,
    task: TaskRecord,
    nodes: readonly FreeNode[],
    pack: boolean,
): FreeNode | undefined {
    const manager = (job.spec as unknown as JobSpec).jobManagerTask;
    const onlyDedicated =
        manager !== undefined &&
        idKey(manager.id) === idKey(task.id) &&
        manager.allowLowPriorityNode === false;
    const fitting = nodes.filter(
        (candidate) =>
            candidate.free >= slotsOf(job, task, candidate) &&
            (!onlyDedicated || candidate.node.dedicated) &&
            isEligible(turn, job, candidate.node),
    );
    const affinity = (task.spec as unknown as TaskSpec).affinityInfo?.affinityId;
    if (affinity !== undefined) {
        // A hint: the node itself, or the node where that task ran.
        const wanted = fitting.find(
            (candidate) =>
                candidate.node.id === affinity || affinityOf(turn, job, affinity) === candidate.node.id,
        );
        if (wanted) return wanted;
    }
    let best: FreeNode | undefined;
    for (const candidate of fitting) {
        if (!best || (pack ? candidate.free < best.free : candidate.free > best.free)) best = candidate;
    }
    return best;
}

function affinityOf(turn: Turn, job: JobRecord, affinity: string): string | undefined {
    return turn.store.tasks.get(job.number, affinity)?.node?.node;
}

export function nodeKeyOf(job: JobRecord, task: TaskRecord): string | undefined {
    return task.node && recordKey(job.account, task.node.pool, task.node.node);
}
