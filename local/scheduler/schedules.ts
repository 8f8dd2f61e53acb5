import { eTagText } from "../model/etag";
import { idKey, recordKey } from "../model/ids";
import { durationOf } from "../model/instant";
import type { JobRecord, ScheduleRecord } from "../model/job";
import type { ScheduleSpec } from "../model/spec";
import { endAutoPool } from "./autoPool";
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
            // Documented: past the end a schedule is complete as soon as no job of it is active.
            if (endOf(schedule) > turn.now) turn.wakeAt(`schedule:${schedule.key}`, endOf(schedule));
            else if (active.length === 0) complete(turn, schedule);
            return;
        case "completed":
            return;
    }
}

/** When no job is made any more. */
function endOf({ spec }: ScheduleRecord): number {
    const { doNotRunAfter } = (spec as unknown as ScheduleSpec).schedule;
    return doNotRunAfter === undefined ? Infinity : Date.parse(doNotRunAfter);
}

function jobsOf(turn: Turn, schedule: ScheduleRecord): JobRecord[] {
    return turn.store.jobs.list(schedule.account).filter((job) => job.schedule === schedule.key);
}

function settleActive(turn: Turn, schedule: ScheduleRecord, active: readonly JobRecord[]): void {
    const { schedule: times } = schedule.spec as unknown as ScheduleSpec;
    const last = endOf(schedule);
    if (last <= turn.now) {
        if (active.length === 0) complete(turn, schedule);
        return;
    }
    turn.wakeAt(`schedule:${schedule.key}`, last);
    const interval = durationOf(times.recurrenceInterval ?? "");
    if (interval === undefined && schedule.jobCount > 0) {
        if (active.length === 0) complete(turn, schedule);
        return;
    }
    const first = times.doNotRunUntil === undefined ? schedule.creationTime : Date.parse(times.doNotRunUntil);
    const due = schedule.nextRunTime ?? (schedule.jobCount === 0 ? first : Infinity);
    if (due > turn.now) {
        remember(turn, schedule, due, last);
        return;
    }
    if (interval === undefined) {
        run(turn, schedule, undefined);
        return;
    }
    // The window in which the run that is due may still begin; past it the opportunity is lost, but not by a timer of ours that
    // was late: at a high speed a window is shorter than timers are exact.
    const window = (durationOf(times.startWindow ?? "") ?? Infinity) + timerSlack * turn.settings.speed;
    const missed = Math.floor((turn.now - due) / interval);
    const occurrence = due + missed * interval;
    const next = occurrence + interval;
    const open = turn.now - occurrence < window;
    if (open && active.length === 0) run(turn, schedule, next < last ? next : undefined);
    else if (open) turn.wakeAt(`schedule:${schedule.key}`, Math.min(next, occurrence + window));
    else remember(turn, schedule, next, last);
}

/** Milliseconds of real time. */
const timerSlack = 250;

/** When the next job comes; none comes at or after the end. */
function remember(turn: Turn, schedule: ScheduleRecord, next: number, last: number): void {
    const { nextRunTime: known, ...rest } = schedule;
    if (next >= last) {
        if (known !== undefined) turn.store.schedules.put(rest);
        return;
    }
    if (known !== next) turn.store.schedules.put({ ...schedule, nextRunTime: next });
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
    turn.store.schedules.put({ ...rest, endTime: turn.now, eTag: eTagText(turn.store.nextNumber()) });
    turn.note(schedule.key, schedule.state, "completed", "no further run");
    const { autoPoolSpecification } = (schedule.spec as unknown as ScheduleSpec).jobSpecification.poolInfo;
    endAutoPool(turn, schedule.account, schedule.key, autoPoolSpecification?.keepAlive);
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
    const { autoPoolSpecification } = (schedule.spec as unknown as ScheduleSpec).jobSpecification.poolInfo;
    endAutoPool(turn, schedule.account, schedule.key, autoPoolSpecification?.keepAlive);
    turn.store.schedules.delete(recordKey(schedule.account, schedule.id));
    turn.note(schedule.key, schedule.state, "deleted", `delete schedule ${idKey(schedule.id)}`);
}
