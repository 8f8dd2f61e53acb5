import { findVmSize } from "../../catalog";
import type { JobRecord } from "../model/job";
import type { NodeRecord, PoolRecord } from "../model/pool";
import type { PoolSpec, TaskSpec } from "../model/spec";
import type { SubtaskRecord, TaskRecord } from "../model/task";
import { without } from "../model/without";
import { attemptOf, type FreeNode, type Outcome } from "./assign";
import { coordinateWhenReady, type Gang } from "./gang";
import { isEligible, prepare } from "./preparation";
import { taskDirectory, coordinationDirectory, type GangNode } from "./runCommand";
import { countStart } from "./startTask";
import type { Turn } from "./turn";
import type { Flight } from "./world";

/** Gives a multi-instance task its nodes, each of them whole, and starts it. */
export function assignMultiInstance(
    turn: Turn,
    job: JobRecord,
    task: TaskRecord,
    pool: PoolRecord,
    nodes: readonly FreeNode[],
): Outcome {
    const spec = pool.spec as unknown as PoolSpec;
    // Documented: in a pool that does not let it run it stays active.
    if (spec.enableInterNodeCommunication !== true || (spec.taskSlotsPerNode ?? 1) !== 1) return "never";
    const wanted = (task.spec as unknown as TaskSpec).multiInstanceSettings?.numberOfInstances ?? 1;
    const eligible = nodes.filter((candidate) => isEligible(turn, job, candidate.node));
    const free = eligible.filter((candidate) => candidate.free === candidate.slots);
    if (free.length < wanted) {
        // guess: where the pool has enough nodes it keeps back later tasks of its job, which else would take each node that comes free.
        return eligible.length < wanted ? "waits" : "holds";
    }
    const chosen = free.slice(0, wanted);
    for (const place of chosen) place.free = 0;
    start(
        turn,
        job,
        task,
        chosen.map(({ node }) => node),
        findVmSize(spec.vmSize)?.cores ?? 1,
    );
    return "started";
}

function start(
    turn: Turn,
    job: JobRecord,
    task: TaskRecord,
    nodes: readonly NodeRecord[],
    cores: number,
): void {
    const [first] = nodes;
    if (!first) return;
    const attempt = attemptOf(job, task);
    const common = { job: job.key, task: { job: task.job, id: task.id } };
    const pool = `${first.account}/${first.pool.toLowerCase()}`;
    const primary: Flight = { ...common, attempt, kind: "task", node: first.key, pool, slots: 1 };
    const members = nodes.map((node, index): Flight => {
        const member: Flight = {
            ...common,
            attempt: `${attempt}:${index}`,
            kind: "coordination",
            node: node.key,
            pool,
            slots: index === 0 ? 0 : 1,
        };
        // Its node counts the task once, by the primary.
        if (index === 0) delete member.task;
        return member;
    });
    const gang: Gang = {
        primary,
        members,
        nodes: nodes.map(({ address }): GangNode => ({ address, cores })),
        live: new Set(),
        coordinated: new Set(),
    };
    for (const flight of [primary, ...members]) {
        flight.gang = gang;
        turn.world.add(flight);
    }
    const directory = coordinationDirectory(job, task);
    const subtasks = nodes.slice(1).map((node, index): SubtaskRecord => ({
        id: index + 1,
        node: { pool: node.pool, node: node.id, address: node.address, directory },
        state: "preparing",
        stateTransitionTime: turn.now,
    }));
    const assigned: TaskRecord = {
        ...without(turn.moved(task, "preparing"), "endTime", "exitCode", "failureInfo", "result"),
        attempt: task.attempt + 1,
        startTime: turn.now,
        node: {
            pool: first.pool,
            node: first.id,
            address: first.address,
            directory: taskDirectory(job, task),
        },
        subtasks,
    };
    turn.putTask(task, assigned, job.key, `assigned to ${nodes.length} nodes, ${first.id} first`);
    for (const [index, node] of nodes.entries()) {
        const member = members[index];
        if (member && !prepare(turn, job, node)) member.waitsForPreparation = true;
        countStart(turn, job, task, node.key, index);
    }
    coordinateWhenReady(turn, job, gang);
}
