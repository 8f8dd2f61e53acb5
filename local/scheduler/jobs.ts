import { recordKey } from "../model/ids";
import type { JobRecord } from "../model/job";
import type { JobSpec } from "../model/spec";
import { without } from "../model/without";
import { settleAutoPool } from "./autoPool";
import { jobDirectory } from "./environment";
import { releaseAll } from "./preparation";
import { stopFlight } from "./stop";
import type { Turn } from "./turn";

/** Terminates or disables a job because of what its tasks did; nothing where it is not active. */
export function endJob(turn: Turn, key: string, how: "terminate" | "disable", reason?: string): void {
    const job = turn.store.jobs.get(key);
    if (!job || !(how === "disable" ? job.state === "active" : isOpen(job))) return;
    const after: JobRecord =
        how === "disable"
            ? { ...turn.moved(job, "disabling"), disableTasks: "requeue" }
            : { ...turn.moved(job, "terminating"), ...(reason !== undefined && { terminateReason: reason }) };
    turn.putJob(job, after, reason ?? "exit condition");
    turn.touchJob(key);
}

/** It runs, or may run again. */
function isOpen({ state }: JobRecord): boolean {
    return state === "active" || state === "disabling" || state === "disabled" || state === "enabling";
}

/** Brings a job a step further: wall clock, completion, disabling, enabling, termination, deletion. */
export function settleJob(turn: Turn, key: string): void {
    const before = turn.store.jobs.get(key);
    if (!before) return;
    if (before.deadline !== undefined && isOpen(before)) {
        if (before.deadline <= turn.now) {
            endJob(turn, key, "terminate", "MaxWallClockTimeExpiry");
            return;
        }
        turn.wakeAt(`job:${key}`, before.deadline);
    }
    settleAutoPool(turn, before);
    const job = turn.store.jobs.get(key) ?? before;
    index(turn, job);
    switch (job.state) {
        case "active":
            settleActive(turn, job);
            return;
        case "enabling":
            turn.putJob(job, without(turn.moved(job, "active"), "disableTasks"), "enabled");
            turn.touchJob(key);
            return;
        case "disabling":
            settleDisabling(turn, job);
            return;
        case "terminating":
            settleTerminating(turn, job);
            return;
        case "deleting":
            settleDeleting(turn, job);
            return;
        case "disabled":
        case "completed":
            return;
    }
}

/** Where the assignment looks for it. */
function index(turn: Turn, job: JobRecord): void {
    if (job.pool === undefined) return;
    const pool = recordKey(job.account, job.pool);
    let jobs = turn.world.jobsOfPool.get(pool);
    if (!jobs) turn.world.jobsOfPool.set(pool, (jobs = new Set()));
    if (job.state !== "active") {
        jobs.delete(job.key);
        return;
    }
    jobs.add(job.key);
}

function settleActive(turn: Turn, job: JobRecord): void {
    const counts = turn.store.tasks.counts(job.number);
    if (counts.active === 0 && counts.running === 0) {
        // A job without tasks counts as complete: that is why it is switched to terminatejob after its tasks were added.
        if ((job.spec as unknown as JobSpec).onAllTasksComplete === "terminatejob")
            endJob(turn, job.key, "terminate", "AllTasksComplete");
        return;
    }
    if (counts.active <= counts.blocked || job.pool === undefined) return;
    turn.world.queue(job.key).exhausted = false;
    turn.touchPool(recordKey(job.account, job.pool));
}

function settleDisabling(turn: Turn, job: JobRecord): void {
    const running = turn.world.tasksOfJob(job.key);
    if (running.length === 0) {
        const { disableTasks: _done, ...after } = turn.moved(job, "disabled");
        turn.world.forgetJob(job.key);
        turn.putJob(job, after, "no task runs any more");
        return;
    }
    if (job.disableTasks === "wait") return;
    for (const flight of running)
        stopFlight(turn, flight, job.disableTasks === "terminate" ? "terminate" : "requeue");
}

function settleTerminating(turn: Turn, job: JobRecord): void {
    if (!endRunning(turn, job)) return;
    turn.world.forgetJob(job.key);
    const after: JobRecord = { ...turn.moved(job, "completed"), endTime: turn.now };
    turn.putJob(job, after, job.terminateReason ?? "terminated");
    settleAutoPool(turn, after);
    if (job.schedule !== undefined) turn.touchSchedule(job.schedule);
}

/** Ends the tasks, then runs the releases; true when nothing of the job runs any more. Tasks not started stay active. */
function endRunning(turn: Turn, job: JobRecord): boolean {
    const flights = [...turn.world.ofJob(job.key)];
    const tasks = flights.filter((flight) => flight.kind === "task" || flight.kind === "coordination");
    for (const flight of tasks) stopFlight(turn, flight, "terminate");
    for (const flight of flights) if (flight.kind === "preparation") stopFlight(turn, flight, "terminate");
    if (tasks.length > 0 || flights.some((flight) => flight.kind === "preparation")) return false;
    return releaseAll(turn, job);
}

function settleDeleting(turn: Turn, job: JobRecord): void {
    // The releases ran already when it was terminated before.
    if (job.previousState !== "completed" && !endRunning(turn, job)) return;
    if (turn.world.ofJob(job.key).size > 0) return;
    const nodes = turn.store.nodes.list(recordKey(job.account, job.pool ?? ""));
    for (const node of nodes) turn.do({ do: "removeFiles", node: node.key, directory: filesOf(job) });
    turn.world.forgetJob(job.key);
    turn.store.tasks.deleteJob(job.number);
    for (const record of turn.store.jobNodes.list(job.key)) turn.store.jobNodes.delete(record.key);
    turn.store.jobs.delete(job.key);
    turn.note(job.key, job.state, "deleted", "delete job");
    settleAutoPool(turn, { ...job, state: "completed" });
    if (job.schedule !== undefined) turn.touchSchedule(job.schedule);
}

/** The directory of a job of its own has no other job's in it. */
function filesOf(job: JobRecord): string {
    return job.schedule === undefined ? `workitems/${job.id}` : jobDirectory(job);
}
