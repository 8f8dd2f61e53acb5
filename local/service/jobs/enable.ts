import type { BatchOperation } from "../services";
import { onJob } from "../subjects";
import { moveJob } from "./rules";

export const enableJob: BatchOperation = {
    id: "Jobs_EnableJob",
    method: "POST",
    path: "/jobs/:jobId/enable",
    handle: onJob((job, call, services) => moveJob(job, "enable", 202, call, services)),
};
