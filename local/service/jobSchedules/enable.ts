import type { BatchOperation } from "../services";
import { onSchedule } from "../subjects";
import { moveSchedule } from "./rules";

export const enableJobSchedule: BatchOperation = {
    id: "JobSchedules_EnableJobSchedule",
    method: "POST",
    path: "/jobschedules/:jobScheduleId/enable",
    handle: onSchedule((schedule, call, services) => moveSchedule(schedule, "enable", 204, call, services)),
};
