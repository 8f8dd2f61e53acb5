import type { BatchOperation } from "../services";
import { onJob } from "../subjects";
import { moveJob } from "./rules";

export const terminateJob: BatchOperation = {
    id: "Jobs_TerminateJob",
    method: "POST",
    path: "/jobs/:jobId/terminate",
    body: "BatchJobTerminateOptions",
    bodyOptional: true,
    handle: onJob((job, call, services) => {
        const { terminateReason = "UserTerminate" } = (call.body ?? {}) as { terminateReason?: string };
        return moveJob(job, "terminate", 202, call, services, { terminateReason });
    }),
};
