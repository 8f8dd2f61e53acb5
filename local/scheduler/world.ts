import type { RunCommand } from "../model/agent";
import type { TaskRecord } from "../model/task";
import type { Store } from "../store/store";
import { AutoScaleWatch } from "./autoscale";

/** One execution on a node, from its assignment until its end was handled. */
export interface Flight {
    attempt: string;
    kind: RunCommand["kind"];
    /** Record keys. */
    node: string;
    pool: string;
    job?: string;
    /** Of a task only. */
    task?: { job: number; id: string };
    slots: number;
    /** Takes no command until the preparation of its job is done on that node. */
    waitsForPreparation?: boolean;
    stopSent?: boolean;
    /** What a multi-instance task holds beside its primary. */
    subtaskOf?: string;
}

/** Tasks of a job in the order in which they are to start. */
export interface JobQueue {
    /** Given back after a retry, a requeue or a satisfied dependency; they go first. */
    returned: TaskRecord[];
    /** Read ahead from the store. */
    ahead: TaskRecord[];
    cursor: number;
    /** Nothing more behind the cursor when last looked. */
    exhausted: boolean;
    /** More slots than any node had free; tried again when slots come free. */
    deferred: TaskRecord[];
}

const readAhead = 128;

/** What the scheduler keeps in memory. All of it can be made again from the store. */
export class World {
    readonly flights = new Map<string, Flight>();
    readonly autoScale = new AutoScaleWatch();
    private readonly byNode = new Map<string, Set<Flight>>();
    private readonly byJob = new Map<string, Set<Flight>>();
    private readonly queues = new Map<string, JobQueue>();
    /** Jobs that may have tasks to start, by pool. */
    readonly jobsOfPool = new Map<string, Set<string>>();
    /** Whose turn it was last among equals, by pool. */
    readonly lastServed = new Map<string, string>();

    constructor(private readonly store: Store) {}

    add(flight: Flight): void {
        this.flights.set(flight.attempt, flight);
        into(this.byNode, flight.node, flight);
        if (flight.job) into(this.byJob, flight.job, flight);
    }

    remove(flight: Flight): void {
        this.flights.delete(flight.attempt);
        outOf(this.byNode, flight.node, flight);
        if (flight.job) outOf(this.byJob, flight.job, flight);
    }

    onNode(node: string): ReadonlySet<Flight> {
        return this.byNode.get(node) ?? none;
    }

    ofJob(job: string): ReadonlySet<Flight> {
        return this.byJob.get(job) ?? none;
    }

    tasksOfJob(job: string): Flight[] {
        return [...this.ofJob(job)].filter(
            (flight) => flight.task !== undefined && flight.subtaskOf === undefined,
        );
    }

    slotsUsed(node: string): number {
        let used = 0;
        for (const flight of this.onNode(node)) used += flight.slots;
        return used;
    }

    /** The next task of the job that is still to be started, or undefined. It is the caller's to start, defer or give back. */
    next(job: string, number: number): TaskRecord | undefined {
        const queue = this.queue(job);
        for (;;) {
            const task = queue.returned.shift() ?? queue.ahead.shift();
            if (task) {
                // It may have been terminated, deleted or changed since it was read.
                const fresh = this.store.tasks.get(number, task.id);
                if (
                    fresh &&
                    fresh.sequence === task.sequence &&
                    fresh.state === "active" &&
                    fresh.blockedBy === 0
                )
                    return fresh;
                continue;
            }
            if (!this.refill(queue, number)) return undefined;
        }
    }

    queue(job: string): JobQueue {
        let queue = this.queues.get(job);
        if (!queue)
            this.queues.set(
                job,
                (queue = { returned: [], ahead: [], cursor: 0, exhausted: false, deferred: [] }),
            );
        return queue;
    }

    forgetJob(job: string): void {
        this.queues.delete(job);
        for (const jobs of this.jobsOfPool.values()) jobs.delete(job);
    }

    /** Starts over from the first task: for jobs whose earlier tasks came back by an operation. */
    rewind(job: string): void {
        this.queues.delete(job);
    }

    private refill(queue: JobQueue, number: number): boolean {
        queue.ahead = this.store.tasks.ready(number, queue.cursor, readAhead);
        const last = queue.ahead.at(-1);
        if (last) {
            queue.cursor = last.sequence;
            queue.exhausted = false;
            return true;
        }
        queue.exhausted = true;
        return false;
    }
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
