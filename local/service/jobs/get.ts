import { shown } from "../answers";
import { jobProperties, jobStatistics, renderJob } from "../render/job";
import type { BatchOperation } from "../services";
import { onJob } from "../subjects";

export const getJob: BatchOperation = {
    id: "Jobs_GetJob",
    method: "GET",
    path: "/jobs/:jobId",
    handle: onJob((job, call, { store }) => {
        const item = renderJob(job, call.origin, store.pools);
        if (call.query.get("$expand") === "stats")
            item["stats"] = jobStatistics(job, store, call.origin, call.now);
        return shown(call, "jobs", item, jobProperties, job);
    }),
};
