import { shown } from "../answers";
import { renderSchedule, scheduleProperties } from "../render/schedule";
import { scheduleStatistics } from "../render/scheduleStatistics";
import type { BatchOperation } from "../services";
import { onSchedule } from "../subjects";

export const getJobSchedule: BatchOperation = {
    id: "JobSchedules_GetJobSchedule",
    method: "GET",
    path: "/jobschedules/:jobScheduleId",
    handle: onSchedule((schedule, call, { store }) => {
        const item = renderSchedule(schedule, call.origin);
        if (call.query.get("$expand") === "stats") {
            item["stats"] = scheduleStatistics(schedule, store, call.origin, call.now);
        }
        return shown(call, "jobschedules", item, scheduleProperties, schedule);
    }),
};
