import type { JsonObject } from "../../model/json";
import type { BatchOperation } from "../services";
import { patchJobSchedule } from "./patch";

/** What is not given is taken away; the job specification is always given. */
export const updateJobSchedule: BatchOperation = {
    id: "JobSchedules_ReplaceJobSchedule",
    method: "PUT",
    path: "/jobschedules/:jobScheduleId",
    body: "BatchJobSchedule",
    handle: (call, services) =>
        patchJobSchedule.handle(
            { ...call, body: { schedule: {}, metadata: [], ...(call.body as JsonObject) } },
            services,
        ),
};
