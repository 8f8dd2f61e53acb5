import type { NodeEvent } from "../model/agent";
import type { JobRecord } from "../model/job";
import type { SubtaskRecord, TaskRecord } from "../model/task";
import { coordinationCommand, taskCommand, type GangNode } from "./runCommand";
import { failureOf, requeueTask, taskRunEnded } from "./taskEnd";
import type { Turn } from "./turn";
import type { Flight } from "./world";

type Ended = Extract<NodeEvent, { event: "ended" }>;

/** All runs of one try of a multi-instance task: a coordination command on each of its nodes, then the task's own on the first. */
export interface Gang {
    primary: Flight;
    /** One a node, the primary's node first. Each holds its node until the primary has ended. */
    members: Flight[];
    nodes: GangNode[];
    /** Attempts that have a process. */
    live: Set<string>;
    /** Members whose coordination command has ended well; what it left in the background lives. */
    coordinated: Set<string>;
    /** Why it ends, once it does. */
    end?: Ended | { lost: string };
}

/** The preparation that a member waited for is done; when it was the last one, all coordination commands start. */
export function memberPrepared(turn: Turn, job: JobRecord, member: Flight): void {
    member.waitsForPreparation = false;
    if (member.gang) coordinateWhenReady(turn, job, member.gang);
}

export function coordinateWhenReady(turn: Turn, job: JobRecord, gang: Gang): void {
    const task = taskOf(turn, gang);
    if (!task || gang.end || gang.members.some((member) => member.waitsForPreparation)) return;
    const running: TaskRecord = {
        ...turn.moved(task, "running"),
        startTime: turn.now,
        subtasks: (task.subtasks ?? []).map((subtask) => ({
            ...turn.moved(subtask, "running"),
            startTime: turn.now,
        })),
    };
    turn.putTask(task, running, job.key, "coordination");
    for (const [index, member] of gang.members.entries()) {
        const node = turn.store.nodes.get(member.node);
        if (!node) continue;
        gang.live.add(member.attempt);
        const run = coordinationCommand(turn, job, running, node, member.attempt, gang.nodes, index);
        turn.do({ do: "run", run });
    }
}

/** A coordination command has ended. It blocks: the task's own command waits for all of them. */
export function coordinationEnded(turn: Turn, member: Flight, event: Ended): void {
    const { gang } = member;
    if (!gang?.live.delete(member.attempt)) return;
    const failureInfo = failureOf(event);
    if (gang.end || failureInfo) {
        if (!gang.end) noteFailure(turn, gang, member, event);
        // Documented: when one subtask fails, the whole task does, and its retries apply.
        endGang(turn, gang, { ...event, attempt: gang.primary.attempt, ...(failureInfo && { failureInfo }) });
        return;
    }
    gang.coordinated.add(member.attempt);
    if (gang.coordinated.size < gang.members.length) return;
    const job = turn.store.jobs.get(gang.primary.job ?? "");
    const node = turn.store.nodes.get(gang.primary.node);
    const task = taskOf(turn, gang);
    if (!job || !node || !task) return;
    gang.live.add(gang.primary.attempt);
    turn.do({ do: "run", run: taskCommand(turn, job, task, node, gang.primary.attempt, gang.nodes) });
}

/** The task's own command has ended: what runs on the other nodes ends with it. */
export function primaryEnded(turn: Turn, gang: Gang, event: Ended): void {
    if (!gang.live.delete(gang.primary.attempt)) return;
    // How it ended says more than that it was to be stopped.
    if (gang.end && "event" in gang.end && gang.end.stopped) gang.end = event;
    endGang(turn, gang, event);
}

/** Ends every process of it; the first reason given counts. When none is left the task itself has ended. */
export function endGang(turn: Turn, gang: Gang, end: NonNullable<Gang["end"]>): void {
    gang.end ??= end;
    for (const flight of [...gang.members, gang.primary]) {
        if (flight.stopSent) continue;
        if (gang.live.has(flight.attempt)) turn.do({ do: "stop", attempt: flight.attempt });
        else if (gang.coordinated.has(flight.attempt)) turn.do({ do: "endLeft", attempt: flight.attempt });
        else continue;
        flight.stopSent = true;
    }
    if (gang.live.size === 0) turn.waitingStopped.push(gang.primary);
}

/** Its node is gone, and one of its processes with it. */
export function loseMember(turn: Turn, flight: Flight, gang: Gang, reason: string): void {
    gang.live.delete(flight.attempt);
    endGang(turn, gang, { lost: reason });
}

/** Nothing of it runs any more: its nodes are free, and the task's record says how it ended. */
export function gangEnded(turn: Turn, gang: Gang): void {
    if (!turn.world.remove(gang.primary)) return;
    for (const member of gang.members) {
        turn.world.remove(member);
        turn.touchPool(member.pool);
    }
    const task = taskOf(turn, gang);
    const end = gang.end ?? { lost: "ended" };
    if (task?.subtasks) {
        const subtasks = task.subtasks.map((subtask) =>
            subtask.state === "completed" ? subtask : endedSubtask(turn, subtask, end),
        );
        turn.store.tasks.update({ ...task, subtasks });
    }
    if ("lost" in end) requeueTask(turn, gang.primary, end.lost);
    else taskRunEnded(turn, gang.primary, end);
}

function endedSubtask(turn: Turn, subtask: SubtaskRecord, end: NonNullable<Gang["end"]>): SubtaskRecord {
    // guess: a subtask whose coordination went well succeeds with exit code 0, however the primary ended.
    const well = subtask.state === "running" && "event" in end && !end.stopped;
    return {
        ...turn.moved(subtask, "completed"),
        endTime: turn.now,
        result: well ? "success" : "failure",
        ...(well && { exitCode: 0 }),
    };
}

function noteFailure(turn: Turn, gang: Gang, member: Flight, event: Ended): void {
    const task = taskOf(turn, gang);
    const id = gang.members.indexOf(member);
    const failureInfo = failureOf(event);
    if (!task?.subtasks || id === 0) return;
    const subtasks = task.subtasks.map((subtask): SubtaskRecord => {
        if (subtask.id !== id) return subtask;
        return {
            ...turn.moved(subtask, "completed"),
            endTime: turn.now,
            result: "failure",
            ...(event.exitCode !== undefined && { exitCode: event.exitCode }),
            ...(failureInfo && { failureInfo }),
        };
    });
    turn.store.tasks.update({ ...task, subtasks });
}

function taskOf(turn: Turn, gang: Gang): TaskRecord | undefined {
    const { task } = gang.primary;
    return task && turn.store.tasks.get(task.job, task.id);
}
