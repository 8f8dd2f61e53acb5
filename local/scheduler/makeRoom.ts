import type { JobRecord } from "../model/job";
import { isJobManager } from "../model/newJob";
import type { JobSpec, TaskSpec } from "../model/spec";
import type { TaskRecord } from "../model/task";
import { mayRunMore, mayRunOn, slotsOf, type FreeNode } from "./assign";
import { stopFlight } from "./stop";
import type { Turn } from "./turn";
import type { Flight } from "./world";

/**
 * Gives running tasks back to the queue for one that must come first and found no room: a job manager that starts again, before the
 * other tasks of its job; a task of a job with a higher priority than one whose tasks may be preempted.
 */
export function makeRoom(
    turn: Turn,
    pool: string,
    jobs: readonly JobRecord[],
    nodes: readonly FreeNode[],
): void {
    const highest = Math.max(...jobs.map((job) => job.priority));
    const preemptible = new Set<string>();
    for (const key of turn.world.jobsOfPool.get(pool) ?? [])
        if (turn.world.tasksRunning(key) > 0 && allowsPreemption(turn, key, highest)) preemptible.add(key);
    for (const job of jobs) {
        if (job.priority < highest || !mayRunMore(turn, job)) continue;
        const { deferred, returned } = turn.world.queue(job.key);
        const manager = [returned[0], deferred[0]].find((task) => task && isJobManager(job, task));
        const restarted = manager !== undefined && manager.attempt > 0;
        if (!restarted && preemptible.size === 0) continue;
        const known = manager && manager === returned[0] ? undefined : deferred[0];
        const waiting = known ?? turn.world.next(job.key, job.number);
        if (!waiting) continue;
        if (!known) deferred.unshift(waiting);
        // guess: none is preempted for a task that needs several nodes at once.
        if ((waiting.spec as unknown as TaskSpec).multiInstanceSettings) continue;
        const from = restarted ? new Set([job.key]) : preemptible;
        clearNode(turn, job, waiting, nodes, from);
    }
}

/** Stops, on the node that loses the fewest, what may be stopped; nothing where enough is on its way out already. */
function clearNode(
    turn: Turn,
    job: JobRecord,
    task: TaskRecord,
    nodes: readonly FreeNode[],
    from: ReadonlySet<string>,
): void {
    let fewest: Flight[] | undefined;
    for (const place of nodes) {
        if (!mayRunOn(turn, job, task, place)) continue;
        let missing = slotsOf(job, task, place) - place.free;
        const flights = [...turn.world.onNode(place.node.key)];
        for (const flight of flights) if (flight.stopSent) missing -= flight.slots;
        if (missing <= 0) return;
        const stopped: Flight[] = [];
        // The newest have done the least.
        for (const flight of flights.reverse()) {
            const mayStop = flight.kind === "task" && from.has(flight.job ?? "");
            if (missing <= 0 || flight.stopSent || !mayStop) continue;
            stopped.push(flight);
            missing -= flight.slots;
        }
        if (missing <= 0 && (!fewest || stopped.length < fewest.length)) fewest = stopped;
    }
    for (const flight of fewest ?? []) stopFlight(turn, flight, "requeue");
}

function allowsPreemption(turn: Turn, key: string, highest: number): boolean {
    const job = turn.store.jobs.get(key);
    if (!job || job.priority >= highest) return false;
    return (job.spec as unknown as JobSpec).allowTaskPreemption === true;
}
