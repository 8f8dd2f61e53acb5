import { list } from "../answers";
import type { BatchOperation } from "../services";
import { onTask } from "../subjects";

/** Of a multi-instance task all but the primary; of any other task none. */
export const listSubtasks: BatchOperation = {
    id: "Tasks_ListSubTasks",
    method: "GET",
    path: "/jobs/:jobId/tasks/:taskId/subtasksinfo",
    handle: onTask((_task, _job, call) => list(call, "subtaskinfo", [])),
};
