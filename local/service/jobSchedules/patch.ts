import { refuse } from "../../http/operation";
import type { JsonObject } from "../../model/json";
import { move } from "../../model/lifecycle";
import { withJobDefaults } from "../../model/newJob";
import { scheduleLifecycle } from "../../model/scheduleLifecycle";
import type { ScheduleSpec } from "../../model/spec";
import { written } from "../answers";
import { jobFault } from "../jobs/rules";
import type { BatchOperation } from "../services";
import { onSchedule } from "../subjects";
import { keepSchedule, rescheduled } from "./rules";

/** Changes what is given; jobs that are there already are left as they are. */
export const patchJobSchedule: BatchOperation = {
    id: "JobSchedules_UpdateJobSchedule",
    method: "PATCH",
    path: "/jobschedules/:jobScheduleId",
    body: "BatchJobScheduleUpdateOptions",
    handle: onSchedule((schedule, call, services) => {
        const { refused } = move(scheduleLifecycle, schedule, "update", call.now);
        if (refused) return refuse(refused);
        const body = call.body as JsonObject & { schedule?: ScheduleSpec["schedule"] };
        const spec = { ...schedule.spec };
        if (body["jobSpecification"] !== undefined) {
            const job = body["jobSpecification"] as JsonObject;
            const fault = jobFault(job, call, services, { at: "jobSpecification", ofSchedule: true });
            if (fault) return fault;
            spec["jobSpecification"] = withJobDefaults(job);
        }
        if (body["metadata"] !== undefined) spec["metadata"] = body["metadata"];
        const changed = { ...schedule, spec };
        const after = keepSchedule(
            body.schedule === undefined ? changed : rescheduled(changed, body.schedule, call),
            call,
            services,
        );
        return written(call, 200, `/jobschedules/${schedule.id}`, after);
    }),
};
