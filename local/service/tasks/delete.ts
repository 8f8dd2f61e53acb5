import type { BatchOperation } from "../services";
import { onTask } from "../subjects";

/** Its process, if it has one, is stopped first; its files go with it. */
export const deleteTask: BatchOperation = {
    id: "Tasks_DeleteTask",
    method: "DELETE",
    path: "/jobs/:jobId/tasks/:taskId",
    handle: onTask((task, job, _call, { scheduler }) => {
        scheduler.endTask(task, job, "delete");
        return { status: 200 };
    }),
};
