import { recordKey } from "../model/ids";
import type { JobNodeRecord, JobRecord, SpecialTaskInfo } from "../model/job";
import type { NodeEvent } from "../model/agent";
import type { NodeRecord } from "../model/pool";
import type { JobSpec } from "../model/spec";
import { without } from "../model/without";
import { preparationCommand, preparationDirectory, releaseCommand, releaseDirectory } from "./runCommand";
import { release } from "./startTask";
import { failureOf, requeueFlight } from "./taskEnd";
import type { Turn } from "./turn";
import type { Flight } from "./world";

function jobNodeKey(job: JobRecord, node: NodeRecord): string {
    return recordKey(job.account, job.id, node.pool, node.id);
}

export function isEligible(turn: Turn, job: JobRecord, node: NodeRecord): boolean {
    if (!(job.spec as unknown as JobSpec).jobPreparationTask) return true;
    return turn.store.jobNodes.get(jobNodeKey(job, node))?.ineligible !== true;
}

/** True when tasks of the job may run on the node now; else its preparation runs, or begins here. */
export function prepare(turn: Turn, job: JobRecord, node: NodeRecord): boolean {
    const spec = (job.spec as unknown as JobSpec).jobPreparationTask;
    if (!spec) return true;
    const known = turn.store.jobNodes.get(jobNodeKey(job, node));
    const done = known?.preparation?.state === "completed";
    // After a reboot it runs again unless told otherwise, and always when it had not succeeded.
    const again =
        done &&
        known.boot !== node.boot &&
        (spec.rerunOnNodeRebootAfterSuccess !== false || known.preparation?.result !== "success");
    if (done && !again) return true;
    if (known?.preparation?.state === "running" && known.boot === node.boot)
        return spec.waitForSuccess === false;
    runPreparation(turn, job, node, 0);
    return spec.waitForSuccess === false;
}

function runPreparation(turn: Turn, job: JobRecord, node: NodeRecord, retryCount: number): void {
    const attempt = `prepare:${job.number}:${node.key}:${turn.store.nextNumber()}`;
    const directory = preparationDirectory(job);
    const preparation: SpecialTaskInfo = { state: "running", startTime: turn.now, retryCount, directory };
    if (retryCount > 0) preparation.lastRetryTime = turn.now;
    turn.store.jobNodes.put({
        key: jobNodeKey(job, node),
        account: job.account,
        job: job.id,
        pool: node.pool,
        node: node.id,
        boot: node.boot,
        preparation,
        ineligible: false,
    });
    turn.note(`${job.key}/${node.id}`, undefined, "preparing", "first task of the job on this node");
    addFlight(turn, job, node, attempt, "preparation");
    turn.do({ do: "run", run: preparationCommand(turn, job, node, directory, attempt) });
}

function addFlight(
    turn: Turn,
    job: JobRecord,
    node: NodeRecord,
    attempt: string,
    kind: "preparation" | "release",
): void {
    const pool = recordKey(node.account, node.pool);
    turn.world.add({ attempt, kind, node: node.key, pool, job: job.key, slots: 0 });
}

export function preparationEnded(
    turn: Turn,
    flight: Flight,
    event: Extract<NodeEvent, { event: "ended" }>,
): void {
    const job = flight.job === undefined ? undefined : turn.store.jobs.get(flight.job);
    const node = turn.store.nodes.get(flight.node);
    if (!job || !node) return;
    const spec = (job.spec as unknown as JobSpec).jobPreparationTask;
    const record = turn.store.jobNodes.get(jobNodeKey(job, node));
    if (!spec || !record?.preparation) return;
    const ended = endOf(turn, record.preparation, event);
    const most = spec.constraints?.maxTaskRetryCount ?? 0;
    if (
        ended.result === "failure" &&
        !event.stopped &&
        (most < 0 || ended.retryCount < most) &&
        job.state === "active"
    ) {
        runPreparation(turn, job, node, ended.retryCount + 1);
        return;
    }
    const failed = ended.result === "failure" && (event.stopped === true || spec.waitForSuccess !== false);
    // One that was cut short counts as never run, unless the job is over: then its release cleans up after it.
    if (event.stopped && job.state !== "terminating" && job.state !== "deleting")
        turn.store.jobNodes.delete(record.key);
    else turn.store.jobNodes.put({ ...record, preparation: ended, ineligible: failed && !event.stopped });
    turn.note(
        `${job.key}/${node.id}`,
        "preparing",
        failed ? "ineligible" : "prepared",
        `preparation ended with ${String(event.exitCode)}`,
    );
    for (const waiting of turn.world.ofJob(job.key)) {
        if (waiting.node !== node.key || !waiting.waitsForPreparation) continue;
        if (failed) requeueFlight(turn, waiting, "preparation failed");
        else release(turn, job, waiting);
    }
    turn.touchPool(flight.pool);
    turn.touchJob(job.key);
}

/** Starts the release on each node where preparation ran and release did not; true when none is left to wait for. */
export function releaseAll(turn: Turn, job: JobRecord): boolean {
    const spec = (job.spec as unknown as JobSpec).jobReleaseTask;
    if (!spec) return true;
    let open = 0;
    for (const record of turn.store.jobNodes.list(job.key)) {
        if (record.preparation?.state !== "completed" || record.release?.state === "completed") continue;
        const node = turn.store.nodes.get(recordKey(record.account, record.pool, record.node));
        if (!node || isOut(node)) continue;
        open += 1;
        if (!record.release && isUp(node)) runRelease(turn, job, node, record);
    }
    return open === 0;
}

/** It does not come back, so that no release can run there. */
function isOut({ state, draining }: NodeRecord): boolean {
    const goes = draining && ["leave", "preempt", "deallocate"].includes(draining.then);
    return (
        goes === true ||
        ["unusable", "preempted", "leavingpool", "deallocating", "deallocated", "starttaskfailed"].includes(
            state,
        )
    );
}

/** A node that reboots runs its releases when it is back, but for one that may wait for days, for its tasks' data. */
function isUp({ state, draining }: NodeRecord): boolean {
    return (
        (state === "idle" || state === "running" || state === "offline") &&
        (!draining || draining.then === "offline" || draining.option === "retaineddata")
    );
}

function runRelease(turn: Turn, job: JobRecord, node: NodeRecord, record: JobNodeRecord): void {
    const attempt = `release:${job.number}:${node.key}:${turn.store.nextNumber()}`;
    const directory = releaseDirectory(job);
    turn.store.jobNodes.put({
        ...record,
        release: { state: "running", startTime: turn.now, retryCount: 0, directory },
    });
    turn.note(`${job.key}/${node.id}`, "prepared", "releasing", "job ended");
    addFlight(turn, job, node, attempt, "release");
    turn.do({ do: "run", run: releaseCommand(turn, job, node, directory, attempt) });
}

export function releaseEnded(
    turn: Turn,
    flight: Flight,
    event: Extract<NodeEvent, { event: "ended" }>,
): void {
    const job = flight.job === undefined ? undefined : turn.store.jobs.get(flight.job);
    const node = turn.store.nodes.get(flight.node);
    const record = job && node && turn.store.jobNodes.get(jobNodeKey(job, node));
    if (!job || !node || !record?.release) return;
    turn.touchJob(job.key);
    // Documented: where a reboot cuts it short it runs again when the node is back.
    const again = event.stopped && !event.failureInfo && !isOut(node);
    turn.store.jobNodes.put(
        again ? without(record, "release") : { ...record, release: endOf(turn, record.release, event) },
    );
    turn.note(
        `${job.key}/${record.node}`,
        "releasing",
        "released",
        `release ended with ${String(event.exitCode)}`,
    );
}

/** The node is as new: what ran on it counts no more. */
export function forgetPreparations(turn: Turn, node: NodeRecord): void {
    for (const record of turn.store.jobNodes.list(node.account)) {
        if (record.node === node.id && record.pool === node.pool) turn.store.jobNodes.delete(record.key);
    }
}

function endOf(
    turn: Turn,
    info: SpecialTaskInfo,
    event: Extract<NodeEvent, { event: "ended" }>,
): SpecialTaskInfo {
    const failureInfo = failureOf(event);
    return {
        ...info,
        state: "completed",
        endTime: turn.now,
        result: failureInfo ? "failure" : "success",
        ...(event.exitCode !== undefined && { exitCode: event.exitCode }),
        ...(failureInfo && { failureInfo }),
    };
}
