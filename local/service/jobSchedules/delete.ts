import { isRefused } from "../../http/operation";
import type { BatchOperation } from "../services";
import { onSchedule } from "../subjects";
import { moveSchedule } from "./rules";

/** Its jobs and their tasks go with it. */
export const deleteJobSchedule: BatchOperation = {
    id: "JobSchedules_DeleteJobSchedule",
    method: "DELETE",
    path: "/jobschedules/:jobScheduleId",
    handle: onSchedule((schedule, call, services) => {
        const outcome = moveSchedule(schedule, "delete", 202, call, services);
        return isRefused(outcome) ? outcome : { status: 202 };
    }),
};
