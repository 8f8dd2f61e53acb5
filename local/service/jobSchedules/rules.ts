import { refuse } from "../../http/operation";
import type { Call, Outcome } from "../../http/operation";
import { eTagText } from "../../model/etag";
import { durationOf } from "../../model/instant";
import type { ScheduleRecord } from "../../model/job";
import { move } from "../../model/lifecycle";
import { scheduleLifecycle } from "../../model/scheduleLifecycle";
import type { ScheduleEvent } from "../../model/scheduleLifecycle";
import type { ScheduleSpec } from "../../model/spec";
import { without } from "../../model/without";
import { written } from "../answers";
import type { BatchServices } from "../services";

/** Moves a schedule by an event and keeps it; the answer to the operation that asked for it. */
export function moveSchedule(
    schedule: ScheduleRecord,
    event: ScheduleEvent,
    status: number,
    call: Call,
    services: BatchServices,
): Outcome {
    const moved = move(scheduleLifecycle, schedule, event, call.now);
    if (moved.refused) return refuse(moved.refused);
    const after = keepSchedule(moved.record ?? schedule, call, services);
    return written(call, status, `/jobschedules/${schedule.id}`, after);
}

/** Keeps a changed schedule under a new version, and has the scheduler look at it. */
export function keepSchedule(schedule: ScheduleRecord, call: Call, services: BatchServices): ScheduleRecord {
    const after = { ...schedule, lastModified: call.now, eTag: eTagText(services.store.nextNumber()) };
    services.store.schedules.put(after);
    services.scheduler.wake({ schedule: schedule.key });
    return after;
}

/** The schedule with other times. When it ran already, the next run is a whole new interval away. */
export function rescheduled(
    schedule: ScheduleRecord,
    times: ScheduleSpec["schedule"],
    call: Call,
): ScheduleRecord {
    const spec = { ...schedule.spec, schedule: times };
    const first = Date.parse(times.doNotRunUntil ?? "");
    const interval = durationOf(times.recurrenceInterval ?? "");
    const rest: ScheduleRecord = { ...without(schedule, "nextRunTime"), spec };
    if (first > call.now) return { ...rest, nextRunTime: first };
    if (schedule.jobCount > 0 && interval !== undefined) return { ...rest, nextRunTime: call.now + interval };
    return rest;
}
