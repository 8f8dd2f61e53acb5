/** Why a task or a job does not go on: the scheduler's own rules, told instead of applied. Pure: looks, changes nothing. */
import { idKey, recordKey } from "../../model/ids";
import type { JobNodeRecord, JobRecord } from "../../model/job";
import { isJobManager } from "../../model/newJob";
import type { NodeRecord, PoolRecord } from "../../model/pool";
import type { JobSpec, PoolSpec, TaskSpec } from "../../model/spec";
import type { TaskRecord } from "../../model/task";
import { openDependencies } from "./dependencies";
import { poolOf, shortages, takesTasks, unusable } from "./pool";
import { plural, reason, since, type Explanation, type Reason, type ReasonCode, type View } from "./reason";

export type { Explanation, Reason, ReasonCode, View } from "./reason";

/** Undefined where there is no such task. */
export function whyTask(view: View, job: JobRecord, taskId: string): Explanation | undefined {
    const task = view.store.tasks.get(job.number, taskId);
    if (!task) return undefined;
    const reasons = task.state === "active" ? whyWaits(view, job, task) : [whereItIs(view, job, task)];
    return { subject: `${job.key}/${idKey(task.id)}`, state: task.state, reasons };
}

export function whyJob(view: View, job: JobRecord): Explanation {
    const { active, blocked, running, completed } = view.store.tasks.counts(job.number);
    const explanation = { subject: job.key, state: job.state };
    const stands = stateOfJob(view, job);
    if (stands) return { ...explanation, reasons: [stands] };
    if (active === 0) {
        const done = running === 0;
        const text = done
            ? `no task is left to start (${completed} completed)${(job.spec as unknown as JobSpec).onAllTasksComplete === "terminatejob" ? "" : "; the job stays active, since onAllTasksComplete is noaction"}`
            : `${plural(running, "task")} run; none waits`;
        return { ...explanation, reasons: [reason(done ? "completed" : "running", text)] };
    }
    const ready = view.store.tasks.ready(job.number, 0, 1)[0];
    if (!ready)
        return {
            ...explanation,
            reasons: [reason("dependency", `${plural(blocked, "task")} wait for tasks they depend on`)],
        };
    const about = (each: Reason): Reason => ({ ...each, text: `task '${ready.id}': ${each.text}` });
    return { ...explanation, reasons: whyWaits(view, job, ready).map(about) };
}

/** Of a task that is not active. */
function whereItIs(view: View, job: JobRecord, task: TaskRecord): Reason {
    const place = task.node ? `node ${task.node.node} of pool '${task.node.pool}'` : "a node";
    if (task.state === "completed") {
        const { exitCode, failureInfo, result } = task;
        const how = failureInfo
            ? `${failureInfo.code}: ${failureInfo.message}${exitCode === undefined ? "" : ` (exit code ${exitCode})`}`
            : `exit code ${exitCode ?? "unknown"}`;
        return reason("completed", `it completed with ${result ?? "no result"} on ${place}: ${how}`);
    }
    if (task.stopping)
        return reason("stopping", `its process on ${place} is being ended, to ${task.stopping} it`);
    if (task.state === "running")
        return reason("running", `it runs on ${place}, ${since(task.startTime ?? task.stateTransitionTime)}`);
    const node = task.node && view.store.nodes.get(recordKey(job.account, task.node.pool, task.node.node));
    const preparation = node && view.store.jobNodes.get(recordKey(job.key, node.pool, node.id))?.preparation;
    if (preparation?.state === "running") {
        const tries = preparation.retryCount > 0 ? `, retry ${preparation.retryCount}` : "";
        return reason(
            "waitsForPreparation",
            `the preparation of its job runs on ${place}, ${since(preparation.startTime)}${tries}`,
        );
    }
    return reason(
        "waitsForPreparation",
        `it is being prepared on ${place}: files, packages or its other nodes are awaited`,
    );
}

/** Of an active task: the first rule that keeps it from starting, and what else is in the way after it. */
function whyWaits(view: View, job: JobRecord, task: TaskRecord): Reason[] {
    const stands = stateOfJob(view, job);
    if (stands) return [stands];
    const dependency = openDependencies(view, job, task);
    if (dependency) return [dependency];
    const pool = poolOf(view, job);
    if ("code" in pool) return [pool];
    const never = neverFits(pool, task);
    if (never) return [never];
    const ahead = aheadInJob(view, job, task);
    const nodes = view.store.nodes.list(pool.key);
    const usable = nodes.filter(takesTasks);
    if (usable.length === 0) return [...ahead, ...shortages(view, pool), ...unusable(nodes)];
    const prepared = usable.filter((node) => !isBarred(view, job, node));
    if (prepared.length === 0) return [...ahead, preparationFailed(view, job, usable), ...unusable(nodes)];
    const room = roomFor(view, job, task, pool, prepared);
    if (room) return [...ahead, room, ...shortages(view, pool), ...unusable(nodes)];
    if (ahead.length > 0) return ahead;
    return [reason("queued", "nothing keeps it: it starts with the scheduler's next turn")];
}

const jobStates: Partial<Record<JobRecord["state"], [ReasonCode, string]>> = {
    disabled: ["jobDisabled", "its job is disabled; enable it"],
    disabling: ["jobDisabling", "its job is being disabled"],
    enabling: ["jobEnabling", "its job is being enabled"],
    terminating: [
        "jobTerminating",
        "its job is being terminated; a task that was not started stays as it is",
    ],
    completed: ["jobCompleted", "its job is completed; a task that was not started stays as it is"],
    deleting: ["jobDeleting", "its job is being deleted"],
};

function stateOfJob(view: View, job: JobRecord): Reason | undefined {
    const known = jobStates[job.state];
    if (!known) return undefined;
    const cause = view.store.readJournal({ subject: job.key, limit: 1 })[0]?.cause;
    const [code, text] = known;
    return reason(
        code,
        `${text} (${cause === undefined ? "" : `${cause}, `}${since(job.stateTransitionTime)})`,
    );
}

function neverFits(pool: PoolRecord, task: TaskRecord): Reason | undefined {
    const spec = pool.spec as unknown as PoolSpec;
    const slots = spec.taskSlotsPerNode ?? 1;
    if (task.requiredSlots > slots)
        return reason(
            "neverFits",
            `it needs ${plural(task.requiredSlots, "slot")}, nodes of pool '${pool.id}' have ${slots}`,
        );
    if (!(task.spec as unknown as TaskSpec).multiInstanceSettings) return undefined;
    if (spec.enableInterNodeCommunication !== true)
        return reason(
            "neverFits",
            `it is a multi-instance task and pool '${pool.id}' has no communication between nodes`,
        );
    if (slots !== 1)
        return reason(
            "neverFits",
            `it is a multi-instance task and nodes of pool '${pool.id}' have ${slots} slots; they may have one`,
        );
    return undefined;
}

/** What of its own job goes before it. */
function aheadInJob(view: View, job: JobRecord, task: TaskRecord): Reason[] {
    const { maxParallelTasks = -1, jobManagerTask } = job.spec as unknown as JobSpec;
    const running = view.world.tasksRunning(job.key);
    const found: Reason[] = [];
    const manager = jobManagerTask && view.store.tasks.get(job.number, jobManagerTask.id);
    if (manager?.state === "active" && !isJobManager(job, task))
        found.push(
            reason(
                "jobManagerFirst",
                `the job manager '${manager.id}' starts before all other tasks, and waits itself`,
            ),
        );
    if (maxParallelTasks >= 0 && running >= maxParallelTasks)
        found.push(reason("maxParallelTasks", `its job may run ${maxParallelTasks} tasks at once, and does`));
    return found;
}

/** A failed preparation keeps a node away from the job. */
function isBarred(view: View, job: JobRecord, node: NodeRecord): boolean {
    return recordOf(view, job, node)?.ineligible === true;
}

function recordOf(view: View, job: JobRecord, node: NodeRecord): JobNodeRecord | undefined {
    return view.store.jobNodes.get(recordKey(job.account, job.id, node.pool, node.id));
}

function preparationFailed(view: View, job: JobRecord, nodes: readonly NodeRecord[]): Reason {
    const [node] = nodes;
    const { exitCode, failureInfo } = (node && recordOf(view, job, node)?.preparation) ?? {};
    const how = exitCode === undefined ? (failureInfo?.message ?? "an error") : `exit code ${exitCode}`;
    return reason(
        "preparationFailed",
        `the preparation of its job failed on ${nodes.length === 1 ? "the only node" : `all ${nodes.length} nodes`} that could run it; on ${node?.id ?? "one"} with ${how}. Such a node is tried again after a reimage`,
    );
}

/** What it would take to start, when no node has that. */
function roomFor(
    view: View,
    job: JobRecord,
    task: TaskRecord,
    pool: PoolRecord,
    nodes: readonly NodeRecord[],
): Reason | undefined {
    const slots = (pool.spec as unknown as PoolSpec).taskSlotsPerNode ?? 1;
    const free = nodes.map((node) => slots - view.world.slotsUsed(node.key));
    const total = free.reduce((sum, each) => sum + each, 0);
    const instances = (task.spec as unknown as TaskSpec).multiInstanceSettings?.numberOfInstances;
    if (instances !== undefined) {
        const whole = free.filter((each) => each === slots).length;
        if (whole >= instances) return undefined;
        const text = `it needs ${plural(instances, "node")} at once; ${whole} of ${nodes.length} are free`;
        return reason("noFreeSlot", text);
    }
    const manager = isJobManager(job, task);
    const fits = nodes.filter((node) => manager?.allowLowPriorityNode !== false || node.dedicated);
    const needed = manager && manager.runExclusive !== false ? slots : task.requiredSlots;
    if (fits.some((node) => slots - view.world.slotsUsed(node.key) >= needed)) return undefined;
    const kind = manager?.allowLowPriorityNode === false ? "dedicated node" : "node";
    const all = nodes.length * slots;
    return reason(
        "noFreeSlot",
        `no ${kind} of pool '${pool.id}' has ${plural(needed, "free slot")}: ${all - total} of ${plural(all, "slot")} are taken${others(view, job, pool)}`,
    );
}

/** Jobs of the pool that come before this one. */
function others(view: View, job: JobRecord, pool: PoolRecord): string {
    let before = 0;
    for (const key of view.world.jobsOfPool.get(pool.key) ?? []) {
        const other = view.store.jobs.get(key);
        if (other && other.key !== job.key && other.priority > job.priority) before += 1;
    }
    return before === 0 ? "" : `; ${plural(before, "job")} of higher priority come first`;
}
