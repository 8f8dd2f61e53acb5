import { versionHeaders } from "../../http/conditions";
import type { BatchOperation } from "../services";
import { onSchedule } from "../subjects";

export const jobScheduleExists: BatchOperation = {
    id: "JobSchedules_JobScheduleExists",
    method: "HEAD",
    path: "/jobschedules/:jobScheduleId",
    handle: onSchedule((schedule) => ({ status: 200, headers: versionHeaders(schedule) })),
};
