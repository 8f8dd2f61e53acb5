import type { BatchOperation } from "../services";
import { onSchedule } from "../subjects";
import { moveSchedule } from "./rules";

export const disableJobSchedule: BatchOperation = {
    id: "JobSchedules_DisableJobSchedule",
    method: "POST",
    path: "/jobschedules/:jobScheduleId/disable",
    handle: onSchedule((schedule, call, services) => moveSchedule(schedule, "disable", 204, call, services)),
};
