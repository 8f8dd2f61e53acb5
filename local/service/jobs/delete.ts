import type { BatchOperation } from "../services";
import { onJob } from "../subjects";
import { moveJob } from "./rules";

export const deleteJob: BatchOperation = {
    id: "Jobs_DeleteJob",
    method: "DELETE",
    path: "/jobs/:jobId",
    handle: onJob((job, call, services) => {
        const outcome = moveJob(job, "delete", 202, call, services);
        return "refused" in outcome ? outcome : { status: 202 };
    }),
};
