import { recordKey } from "../../model/ids";
import { listed } from "../answers";
import { renderSchedule, scheduleFields, scheduleProperties } from "../render/schedule";
import { scheduleStatistics } from "../render/scheduleStatistics";
import type { BatchOperation } from "../services";

export const listJobSchedules: BatchOperation = {
    id: "JobSchedules_ListJobSchedules",
    method: "GET",
    path: "/jobschedules",
    handle(call, { store }) {
        const stats = call.query.get("$expand") === "stats";
        return listed(
            call,
            { set: "jobschedules", fields: scheduleFields, known: scheduleProperties },
            store.schedules.list(recordKey(call.account.name)),
            (schedule) => schedule.key,
            (schedule) => ({
                ...renderSchedule(schedule, call.origin),
                ...(stats ? { stats: scheduleStatistics(schedule, store, call.origin, call.now) } : {}),
            }),
        );
    },
};
