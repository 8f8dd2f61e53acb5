import { isJobManager } from "../model/newJob";
import type { JobRecord } from "../model/job";
import type { NodeRecord, PoolRecord } from "../model/pool";
import type { JobSpec, PoolSpec, TaskSpec } from "../model/spec";
import type { TaskRecord } from "../model/task";
import { makeRoom } from "./makeRoom";
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

/** `waits`: others of the job may pass it. `holds`: none may. `never`: not in this pool. */
export type Outcome = "started" | "waits" | "holds" | "never";

/** The free slots of a pool during one look at it. */
interface Room {
    pool: PoolRecord;
    nodes: FreeNode[];
    pack: boolean;
}

/** Tasks that found no room are kept at hand up to this number; then the order of arrival stands. */
const mostDeferred = 100;

/** Puts ready tasks onto free slots: jobs by priority, equals in turn; nodes spread or packed. */
export function assignTasks(turn: Turn, key: string): void {
    const pool = turn.store.pools.get(key);
    const jobs = pool && jobsWithTasks(turn, key);
    if (!jobs || jobs.length === 0) return;
    const spec = pool.spec as unknown as PoolSpec;
    const nodes = freeNodes(turn, key, spec.taskSlotsPerNode ?? 1);
    const room: Room = { pool, nodes, pack: spec.taskSchedulingPolicy?.nodeFillType === "pack" };
    for (const [priority, equals] of byPriority(jobs)) {
        takeTurns(turn, `${key}#${priority}`, equals, room);
        if (!hasRoom(room)) break;
    }
    makeRoom(turn, key, jobs, nodes);
}

/** One task a job, again and again, beginning after the job that was served last, until none has one that fits. */
function takeTurns(turn: Turn, turnKey: string, jobs: JobRecord[], room: Room): void {
    const last = turn.world.lastServed.get(turnKey) ?? "";
    const next = jobs.findIndex((job) => job.key > last);
    let ring = next > 0 ? [...jobs.slice(next), ...jobs.slice(0, next)] : jobs;
    while (ring.length > 0 && hasRoom(room)) {
        const served: JobRecord[] = [];
        for (const job of ring) {
            if (!hasRoom(room)) return;
            if (!startOne(turn, job, room)) continue;
            turn.world.lastServed.set(turnKey, job.key);
            served.push(job);
        }
        ring = served;
    }
}

function hasRoom({ nodes }: Room): boolean {
    return nodes.some(({ free }) => free > 0);
}

function freeNodes(turn: Turn, pool: string, slots: number): FreeNode[] {
    const found: FreeNode[] = [];
    for (const node of turn.store.nodes.list(pool)) {
        if (node.state !== "idle" && node.state !== "running") continue;
        if (node.schedulingState !== "enabled" || node.draining) continue;
        found.push({ node, free: slots - turn.world.slotsUsed(node.key), slots });
    }
    return found;
}

function jobsWithTasks(turn: Turn, pool: string): JobRecord[] {
    const jobs: JobRecord[] = [];
    for (const key of turn.world.jobsOfPool.get(pool) ?? []) {
        if (!turn.world.mayHaveTasks(key)) continue;
        const job = turn.store.jobs.get(key);
        if (job?.state === "active" && mayRunMore(turn, job)) jobs.push(job);
    }
    return jobs;
}

/** Highest first; equals in order of key. */
function byPriority(jobs: readonly JobRecord[]): [number, JobRecord[]][] {
    const groups = new Map<number, JobRecord[]>();
    for (const job of jobs) {
        const group = groups.get(job.priority);
        if (group) group.push(job);
        else groups.set(job.priority, [job]);
    }
    for (const group of groups.values()) group.sort((a, b) => (a.key < b.key ? -1 : 1));
    return [...groups].sort(([a], [b]) => b - a);
}

export function mayRunMore(turn: Turn, job: JobRecord): boolean {
    const most = (job.spec as unknown as JobSpec).maxParallelTasks ?? -1;
    return most < 0 || turn.world.tasksRunning(job.key) < most;
}

/** Starts one task of the job; false when it has none that fits now. */
function startOne(turn: Turn, job: JobRecord, room: Room): boolean {
    if (!mayRunMore(turn, job)) return false;
    const queue = turn.world.queue(job.key);
    for (let index = 0; index < queue.deferred.length; index += 1) {
        const known = queue.deferred[index];
        const task = known && turn.world.fresh(job.number, known);
        const outcome = task ? begin(turn, job, task, room) : "never";
        if (outcome === "holds") return false;
        if (outcome === "waits") continue;
        queue.deferred.splice(index, 1);
        if (outcome === "started") return true;
        index -= 1;
    }
    // guess: smaller tasks pass a larger one that does not fit now; a bounded number, so that order still means something.
    let rewound = false;
    while (queue.deferred.length < mostDeferred) {
        const task = turn.world.next(job.key, job.number);
        if (!task) {
            if (rewound || !turn.world.rewind(job.key, job.number)) return false;
            rewound = true;
            continue;
        }
        if (queue.deferred.some((other) => other.sequence === task.sequence)) continue;
        const outcome = begin(turn, job, task, room);
        if (outcome === "started") return true;
        if (outcome === "never") queue.hopeless.add(task.sequence);
        else if (isJobManager(job, task)) queue.deferred.unshift(task);
        else queue.deferred.push(task);
        if (outcome === "holds") return false;
    }
    return false;
}

export function attemptOf(job: JobRecord, task: TaskRecord): string {
    return `task:${job.number}:${task.sequence}:${task.attempt + 1}`;
}

function begin(turn: Turn, job: JobRecord, task: TaskRecord, room: Room): Outcome {
    if ((task.spec as unknown as TaskSpec).multiInstanceSettings)
        return assignMultiInstance(turn, job, task, room.pool, room.nodes);
    const found = placeFor(turn, job, task, room);
    // Documented: a job's manager is scheduled before all its other tasks.
    if (!found) return isJobManager(job, task) ? "holds" : "waits";
    const slots = slotsOf(job, task, found);
    found.free -= slots;
    startTask(turn, job, task, found.node, slots);
    return "started";
}

/** A job manager that runs exclusively takes the whole node. */
export function slotsOf(job: JobRecord, task: TaskRecord, place: FreeNode): number {
    const manager = isJobManager(job, task);
    return manager && manager.runExclusive !== false ? place.slots : task.requiredSlots;
}

/** Whether the task may run there at all, however full it is now. */
export function mayRunOn(turn: Turn, job: JobRecord, task: TaskRecord, { node, slots }: FreeNode): boolean {
    const manager = isJobManager(job, task);
    if (manager?.allowLowPriorityNode === false && !node.dedicated) return false;
    return task.requiredSlots <= slots && isEligible(turn, job, node);
}

function placeFor(turn: Turn, job: JobRecord, task: TaskRecord, room: Room): FreeNode | undefined {
    const wanted = wantedNode(turn, job, task);
    let best: FreeNode | undefined;
    for (const place of room.nodes) {
        const { free } = place;
        if (free === 0 || free < slotsOf(job, task, place) || !mayRunOn(turn, job, task, place)) continue;
        // A hint: taken when it can be.
        if (place.node.id === wanted) return place;
        if (!best || (room.pack ? free < best.free : free > best.free)) best = place;
    }
    return best;
}

/** The node that `affinityInfo` names: by its affinity id, or by a task that ran there. */
function wantedNode(turn: Turn, job: JobRecord, task: TaskRecord): string | undefined {
    const affinity = (task.spec as unknown as TaskSpec).affinityInfo?.affinityId;
    if (affinity === undefined) return undefined;
    if (affinity.startsWith("TVM:")) return affinity.slice("TVM:".length);
    return turn.store.tasks.get(job.number, affinity)?.node?.node ?? affinity;
}
