import type { JobRecord } from "../model/job";
import { idKey } from "../model/ids";
import type { NodeRecord } from "../model/pool";
import type { TaskRecord } from "../model/task";
import { attemptOf } from "./assign";
import { memberPrepared } from "./gang";
import { prepare } from "./preparation";
import { taskCommand, taskDirectory } from "./runCommand";
import type { Turn } from "./turn";
import type { Flight } from "./world";

/** Assigns a task to a node and runs it, or lets it wait there for the job's preparation. */
export function startTask(
    turn: Turn,
    job: JobRecord,
    task: TaskRecord,
    node: NodeRecord,
    slots: number,
): void {
    const flight: Flight = {
        attempt: attemptOf(job, task),
        kind: "task",
        node: node.key,
        pool: `${node.account}/${node.pool.toLowerCase()}`,
        job: job.key,
        task: { job: task.job, id: task.id },
        slots,
    };
    turn.world.add(flight);
    const ready = prepare(turn, job, node);
    if (!ready) flight.waitsForPreparation = true;
    const assigned: TaskRecord = {
        ...turn.moved(task, ready ? "running" : "preparing"),
        attempt: task.attempt + 1,
        startTime: turn.now,
        node: { pool: node.pool, node: node.id, address: node.address, directory: taskDirectory(job, task) },
    };
    delete assigned.endTime;
    delete assigned.exitCode;
    delete assigned.failureInfo;
    delete assigned.result;
    turn.putTask(task, assigned, job.key, `assigned to ${node.id}`);
    countStart(turn, job, task, node.key);
    if (ready) turn.do({ do: "run", run: taskCommand(turn, job, assigned, node, flight.attempt) });
}

/** guess: as many as the examples of the reference show. */
const recentKept = 10;

/** The node has one task more. */
export function countStart(
    turn: Turn,
    job: JobRecord,
    task: TaskRecord,
    key: string,
    subtask?: number,
): void {
    const node = turn.store.nodes.get(key);
    if (!node) return;
    const recent = { job: job.key, task: idKey(task.id), ...(subtask && { subtask }) };
    const others = (node.recentTasks ?? []).filter(
        (other) => other.job !== recent.job || other.task !== recent.task,
    );
    const recentTasks = [recent, ...others.slice(0, recentKept - 1)];
    const totalTasksRun = node.totalTasksRun + 1;
    turn.putNode(node, { ...node, state: "running", totalTasksRun, recentTasks }, "task assigned");
}

/** The preparation it waited for is done. */
export function release(turn: Turn, job: JobRecord, flight: Flight): void {
    if (flight.gang) {
        memberPrepared(turn, job, flight);
        return;
    }
    const task = flight.task && turn.store.tasks.get(flight.task.job, flight.task.id);
    const node = turn.store.nodes.get(flight.node);
    if (!task || !node) return;
    flight.waitsForPreparation = false;
    const running: TaskRecord = { ...turn.moved(task, "running"), startTime: turn.now };
    turn.putTask(task, running, job.key, "preparation done");
    turn.do({ do: "run", run: taskCommand(turn, job, running, node, flight.attempt) });
}
