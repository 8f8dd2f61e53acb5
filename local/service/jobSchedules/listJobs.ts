import { listed } from "../answers";
import { jobFields, jobProperties, renderJob } from "../render/job";
import type { BatchOperation } from "../services";
import { onSchedule } from "../subjects";

export const listJobsOfSchedule: BatchOperation = {
    id: "JobSchedules_ListJobsFromSchedule",
    method: "GET",
    path: "/jobschedules/:jobScheduleId/jobs",
    handle: onSchedule((schedule, call, { store }) =>
        listed(
            call,
            { set: "jobs", fields: jobFields, known: jobProperties },
            store.jobs.list(schedule.account).filter((job) => job.schedule === schedule.key),
            (job) => job.key,
            (job) => renderJob(job, call.origin, store.pools),
        ),
    ),
};
