import type { JobRecord } from "../../model/job";
import type { BatchOperation } from "../services";
import { onJob } from "../subjects";
import { moveJob } from "./rules";

export const disableJob: BatchOperation = {
    id: "Jobs_DisableJob",
    method: "POST",
    path: "/jobs/:jobId/disable",
    body: "BatchJobDisableOptions",
    handle: onJob((job, call, services) => {
        const { disableTasks } = call.body as Required<Pick<JobRecord, "disableTasks">>;
        const change = job.state === "disabled" ? {} : { disableTasks };
        return moveJob(job, "disable", 202, call, services, change);
    }),
};
