import type { Instant } from "../model/instant";
import type { RunCommand } from "../model/agent";
import type { TaskRecord } from "../model/task";
import type { Store } from "../store/store";
import { AutoScaleWatch } from "./autoscale";
import type { Gang } from "./gang";

/** One execution on a node, from its assignment until its end was handled. */
export interface Flight {
    attempt: string;
    kind: RunCommand["kind"];
    /** Record keys. */
    node: string;
    pool: string;
    job?: string;
    /** Of a task, and of the subtasks of one. */
    task?: { job: number; id: string };
    slots: number;
    /** Takes no command until the preparation of its job is done on that node. */
    waitsForPreparation?: boolean;
    stopSent?: boolean;
    /** Of a multi-instance task: all its runs, of which this is one. */
    gang?: Gang;
}

/** Tasks of a job in the order in which they are to start. */
export interface JobQueue {
    /** Given back after a retry, a requeue or a satisfied dependency; they go first. */
    returned: TaskRecord[];
    /** Read ahead from the store; `at` is the next of them. */
    ahead: TaskRecord[];
    at: number;
    cursor: number;
    /** Nothing more behind the cursor when last looked. */
    exhausted: boolean;
    /** Found no room; tried again when slots come free. */
    deferred: TaskRecord[];
    /** Sequence numbers of those that this pool can never run. */
    hopeless: Set<number>;
}

const readAhead = 128;

/** What the scheduler keeps in memory. All of it can be made again from the store. */
export class World {
    readonly flights = new Map<string, Flight>();
    readonly autoScale = new AutoScaleWatch();
    /** When the nodes of a pool last looked for newer certificates. */
    readonly lastRenewal = new Map<string, Instant>();
    private readonly byNode = new Map<string, Set<Flight>>();
    private readonly byJob = new Map<string, Set<Flight>>();
    private readonly slotsByNode = new Map<string, number>();
    private readonly tasksByJob = new Map<string, number>();
    private readonly queues = new Map<string, JobQueue>();
    /** Jobs that may have tasks to start, by pool. */
    readonly jobsOfPool = new Map<string, Set<string>>();
    /** Whose turn it was last among equals, by pool and priority. */
    readonly lastServed = new Map<string, string>();

    constructor(private readonly store: Store) {}

    add(flight: Flight): void {
        this.flights.set(flight.attempt, flight);
        into(this.byNode, flight.node, flight);
        this.slotsByNode.set(flight.node, this.slotsUsed(flight.node) + flight.slots);
        if (!flight.job) return;
        into(this.byJob, flight.job, flight);
        if (flight.kind === "task") this.tasksByJob.set(flight.job, this.tasksRunning(flight.job) + 1);
    }

    /** False when it was taken out before. */
    remove(flight: Flight): boolean {
        if (this.flights.get(flight.attempt) !== flight) return false;
        this.flights.delete(flight.attempt);
        outOf(this.byNode, flight.node, flight);
        if (this.byNode.has(flight.node))
            this.slotsByNode.set(flight.node, this.slotsUsed(flight.node) - flight.slots);
        else this.slotsByNode.delete(flight.node);
        if (!flight.job) return true;
        outOf(this.byJob, flight.job, flight);
        if (flight.kind === "task") this.tasksByJob.set(flight.job, this.tasksRunning(flight.job) - 1);
        if (!this.byJob.has(flight.job)) this.tasksByJob.delete(flight.job);
        return true;
    }

    onNode(node: string): ReadonlySet<Flight> {
        return this.byNode.get(node) ?? none;
    }

    ofJob(job: string): ReadonlySet<Flight> {
        return this.byJob.get(job) ?? none;
    }

    /** One flight a task: of a multi-instance task its primary. */
    tasksOfJob(job: string): Flight[] {
        return [...this.ofJob(job)].filter((flight) => flight.kind === "task");
    }

    /** How many those are. */
    tasksRunning(job: string): number {
        return this.tasksByJob.get(job) ?? 0;
    }

    slotsUsed(node: string): number {
        return this.slotsByNode.get(node) ?? 0;
    }

    /** Whether there may be tasks to start. */
    mayHaveTasks(job: string): boolean {
        const queue = this.queues.get(job);
        return !queue || !queue.exhausted || waitingIn(queue) > 0;
    }

    /** The next task of the job that is still to be started, or undefined. It is the caller's to start, defer or give back. */
    next(job: string, number: number): TaskRecord | undefined {
        const queue = this.queue(job);
        for (;;) {
            const task = queue.returned.shift() ?? queue.ahead[queue.at++];
            if (!task) {
                if (!this.refill(queue, number)) return undefined;
                continue;
            }
            const fresh = this.fresh(number, task);
            if (fresh) return fresh;
        }
    }

    /** The task as it is now, when it is still to be started: it may have been terminated, deleted or changed since it was read. */
    fresh(number: number, task: TaskRecord): TaskRecord | undefined {
        const fresh = this.store.tasks.get(number, task.id);
        const ready = fresh?.sequence === task.sequence && fresh.state === "active" && fresh.blockedBy === 0;
        return ready ? fresh : undefined;
    }

    queue(job: string): JobQueue {
        let queue = this.queues.get(job);
        if (!queue) {
            queue = {
                returned: [],
                ahead: [],
                at: 0,
                cursor: 0,
                exhausted: false,
                deferred: [],
                hopeless: new Set(),
            };
            this.queues.set(job, queue);
        }
        return queue;
    }

    forgetJob(job: string): void {
        this.queues.delete(job);
        for (const jobs of this.jobsOfPool.values()) jobs.delete(job);
    }

    /**
     * Starts over from the first task when there are more to start than the queue knows of: earlier ones came back by an operation
     * (reactivated, enabled again). True when it did.
     */
    rewind(job: string, number: number): boolean {
        const queue = this.queue(job);
        const { active, blocked } = this.store.tasks.counts(number);
        if (active - blocked <= queue.deferred.length + queue.hopeless.size) return false;
        queue.cursor = 0;
        queue.exhausted = false;
        queue.hopeless.clear();
        return true;
    }

    private refill(queue: JobQueue, number: number): boolean {
        queue.ahead = this.store.tasks.ready(number, queue.cursor, readAhead);
        queue.at = 0;
        const last = queue.ahead.at(-1);
        queue.exhausted = last === undefined;
        if (last) queue.cursor = last.sequence;
        return last !== undefined;
    }
}

export function waitingIn(queue: JobQueue): number {
    return queue.returned.length + Math.max(0, queue.ahead.length - queue.at) + queue.deferred.length;
}

const none: ReadonlySet<Flight> = new Set();

function into(map: Map<string, Set<Flight>>, key: string, flight: Flight): void {
    let flights = map.get(key);
    if (!flights) map.set(key, (flights = new Set()));
    flights.add(flight);
}

function outOf(map: Map<string, Set<Flight>>, key: string, flight: Flight): void {
    const flights = map.get(key);
    flights?.delete(flight);
    if (flights?.size === 0) map.delete(key);
}
