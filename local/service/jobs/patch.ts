import { isRefused, refuse } from "../../http/operation";
import { jobLifecycle } from "../../model/jobLifecycle";
import type { JsonObject } from "../../model/json";
import { move } from "../../model/lifecycle";
import { deadlineOf, jobConstraints } from "../../model/newJob";
import { without } from "../../model/without";
import { written } from "../answers";
import type { BatchOperation } from "../services";
import { onJob } from "../subjects";
import { changedJob, keepJob } from "./rules";

/** Changes what is given; what is not given stays. */
export const patchJob: BatchOperation = {
    id: "Jobs_UpdateJob",
    method: "PATCH",
    path: "/jobs/:jobId",
    body: "BatchJobUpdateOptions",
    handle: onJob((job, call, services) => {
        const { refused } = move(jobLifecycle, job, "update", call.now);
        if (refused) return refuse(refused);
        const change = { ...(call.body as JsonObject) };
        if (change["constraints"] !== undefined)
            change["constraints"] = jobConstraints(change["constraints"]);
        const changed = changedJob(job, change, call);
        if (isRefused(changed)) return changed;
        const rest = without(changed, "deadline");
        const constraints = jobConstraints(changed.spec["constraints"]);
        const deadline = deadlineOf(String(constraints["maxWallClockTime"]), job.creationTime);
        const after = keepJob({ ...rest, ...(deadline === undefined ? {} : { deadline }) }, call, services);
        return written(call, 200, `/jobs/${job.id}`, after);
    }),
};
