import type { BatchOperation } from "../services";
import { metadata } from "../answers";
import { onJob } from "../subjects";

export const getTaskCounts: BatchOperation = {
    id: "Jobs_GetJobTaskCounts",
    method: "GET",
    path: "/jobs/:jobId/taskcounts",
    handle: onJob((job, call, { store, counts }) => {
        const read = () => {
            const { slots, active, running, completed, succeeded, failed } = store.tasks.counts(job.number);
            return { taskCounts: { active, running, completed, succeeded, failed }, taskSlotCounts: slots };
        };
        const body = counts ? counts.read(`job ${job.number}`, call.now, read) : read();
        return { status: 200, body: { "odata.metadata": metadata(call, "taskcounts/@Element"), ...body } };
    }),
};
