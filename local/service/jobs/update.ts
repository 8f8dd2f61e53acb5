import { patchJob } from "./patch";
import type { JsonObject } from "../../model/json";
import type { BatchOperation } from "../services";

/** What is not given goes back to its default. */
export const updateJob: BatchOperation = {
    id: "Jobs_ReplaceJob",
    method: "PUT",
    path: "/jobs/:jobId",
    body: "BatchJob",
    handle(call, services) {
        const body = {
            priority: 0,
            maxParallelTasks: -1,
            allowTaskPreemption: false,
            constraints: {},
            onAllTasksComplete: "noaction",
            metadata: [],
            ...(call.body as JsonObject),
        };
        return patchJob.handle({ ...call, body }, services);
    },
};
