import { eTagText } from "../model/etag";
import { idKey, recordKey } from "../model/ids";
import { durationOf } from "../model/instant";
import type { JobRecord, ScheduleRecord } from "../model/job";
import type { ScheduleSpec } from "../model/spec";
import { addJob } from "./newJob";
import { endJob } from "./jobs";
import type { Turn } from "./turn";

/** Brings a job schedule a step further: the next job when its time has come and none is active, termination, deletion. */
export function settleSchedule(turn: Turn, key: string): void {
    const schedule = turn.store.schedules.get(key);
    if (!schedule) return;
    const active = jobsOf(turn, schedule).filter((job) => job.state !== "completed");
    switch (schedule.state) {
        case "active":
            settleActive(turn, schedule, active);
            return;
        case "terminating":
        case "deleting":
            settleEnd(turn, schedule, active);
            return;
        case "disabled":
        case "completed":
            return;
    }
}

function jobsOf(turn: Turn, schedule: ScheduleRecord): JobRecord[] {
    return turn.store.jobs.list(schedule.account).filter((job) => job.schedule === schedule.key);
}

function settleActive(turn: Turn, schedule: ScheduleRecord, active: readonly JobRecord[]): void {
    const { schedule: times } = schedule.spec as unknown as ScheduleSpec;
    const last = times.doNotRunAfter === undefined ? Infinity : Date.parse(times.doNotRunAfter);
    if (last <= turn.now) {
        if (active.length === 0) complete(turn, schedule);
        return;
    }
    turn.wakeAt(`schedule:${schedule.key}`, last);
    const first = times.doNotRunUntil === undefined ? schedule.creationTime : Date.parse(times.doNotRunUntil);
    const interval = durationOf(times.recurrenceInterval ?? "");
    const due = schedule.nextRunTime ?? first;
    if (due > turn.now) {
        remember(turn, schedule, due);
        return;
    }
    if (interval === undefined) {
        if (schedule.jobCount === 0) run(turn, schedule, undefined);
        else if (active.length === 0) complete(turn, schedule);
        return;
    }
    // The window in which the run that is due may still begin; past it the opportunity is lost.
    const window = durationOf(times.startWindow ?? "") ?? Infinity;
    const missed = Math.floor((turn.now - due) / interval);
    const occurrence = due + missed * interval;
    const next = occurrence + interval;
    if (active.length > 0) {
        if (turn.now - occurrence >= window) remember(turn, schedule, next);
        else turn.wakeAt(`schedule:${schedule.key}`, next);
        return;
    }
    if (turn.now - occurrence < window) run(turn, schedule, next);
    else remember(turn, schedule, next);
}

function remember(turn: Turn, schedule: ScheduleRecord, next: number): void {
    if (schedule.nextRunTime !== next) turn.store.schedules.put({ ...schedule, nextRunTime: next });
    turn.wakeAt(`schedule:${schedule.key}`, next);
}

function run(turn: Turn, schedule: ScheduleRecord, next: number | undefined): void {
    const number = schedule.jobCount + 1;
    const id = `${schedule.id}:job-${number}`;
    const { nextRunTime: _past, ...rest } = schedule;
    turn.store.schedules.put({
        ...rest,
        jobCount: number,
        recentJob: id,
        ...(next !== undefined && { nextRunTime: next }),
        eTag: eTagText(turn.store.nextNumber()),
    });
    const { jobSpecification } = schedule.spec as unknown as ScheduleSpec;
    addJob(turn, {
        account: schedule.account,
        id,
        spec: { ...jobSpecification, id },
        schedule: schedule.key,
    });
    turn.note(schedule.key, undefined, "ran", id);
    if (next !== undefined) turn.wakeAt(`schedule:${schedule.key}`, next);
}

function complete(turn: Turn, schedule: ScheduleRecord): void {
    const { nextRunTime: _none, ...rest } = turn.moved(schedule, "completed");
    turn.store.schedules.put({ ...rest, endTime: turn.now });
    turn.note(schedule.key, schedule.state, "completed", "no further run");
}

function settleEnd(turn: Turn, schedule: ScheduleRecord, active: readonly JobRecord[]): void {
    for (const job of active) {
        if (schedule.state === "deleting" && job.state !== "deleting") {
            turn.putJob(job, turn.moved(job, "deleting"), "schedule deleted");
            turn.touchJob(job.key);
        } else endJob(turn, job.key, "terminate", "TerminateJobSchedule");
    }
    if (active.length > 0) return;
    if (schedule.state === "terminating") {
        complete(turn, schedule);
        return;
    }
    const rest = jobsOf(turn, schedule);
    for (const job of rest) {
        if (job.state === "deleting") continue;
        turn.putJob(job, turn.moved(job, "deleting"), "schedule deleted");
        turn.touchJob(job.key);
    }
    if (rest.length > 0) return;
    const pool = turn.store.pools
        .list(schedule.account)
        .find((candidate) => candidate.autoPoolOwner === schedule.key);
    if (pool) {
        turn.putPool({ ...pool, ...turn.moved(pool, "deleting") });
        turn.touchPool(pool.key);
    }
    turn.store.schedules.delete(recordKey(schedule.account, schedule.id));
    turn.note(schedule.key, schedule.state, "deleted", `delete schedule ${idKey(schedule.id)}`);
}
