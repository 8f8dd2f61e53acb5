import { recordKey } from "../../model/ids";
import { listed } from "../answers";
import { jobFields, jobProperties, jobStatistics, renderJob } from "../render/job";
import type { BatchOperation } from "../services";

export const listJobs: BatchOperation = {
    id: "Jobs_ListJobs",
    method: "GET",
    path: "/jobs",
    handle(call, { store }) {
        const stats = call.query.get("$expand") === "stats";
        return listed(
            call,
            { set: "jobs", fields: jobFields, known: jobProperties },
            store.jobs.list(recordKey(call.account.name)),
            (job) => job.key,
            (job) => ({
                ...renderJob(job, call.origin, store.pools),
                ...(stats ? { stats: jobStatistics(job, store, call.origin, call.now) } : {}),
            }),
        );
    },
};
