import { shown } from "../answers";
import { renderTask, taskProperties, taskStatistics, taskVersion } from "../render/task";
import type { BatchOperation } from "../services";
import { onTask } from "../subjects";

export const getTask: BatchOperation = {
    id: "Tasks_GetTask",
    method: "GET",
    path: "/jobs/:jobId/tasks/:taskId",
    handle: onTask((task, job, call) => {
        const item = renderTask(task, job, call.origin);
        if (call.query.get("$expand") === "stats")
            item["stats"] = taskStatistics(task, job, call.origin, call.now);
        const outcome = shown(call, "tasks", item, taskProperties, taskVersion(task));
        if ("refused" in outcome) return outcome;
        const headers = {
            ...outcome.headers,
            DataServiceId: `${call.origin}/jobs/${job.id}/tasks/${task.id}`,
        };
        return { ...outcome, headers };
    }),
};
