import type { BatchOperation } from "../services";
import { onSchedule } from "../subjects";
import { moveSchedule } from "./rules";

export const terminateJobSchedule: BatchOperation = {
    id: "JobSchedules_TerminateJobSchedule",
    method: "POST",
    path: "/jobschedules/:jobScheduleId/terminate",
    handle: onSchedule((schedule, call, services) =>
        moveSchedule(schedule, "terminate", 202, call, services),
    ),
};
