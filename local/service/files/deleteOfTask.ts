import type { BatchOperation } from "../services";
import { deleting } from "./handlers";
import { placeOfTask } from "./place";

export const deleteTaskFile: BatchOperation = {
    id: "Tasks_DeleteTaskFile",
    method: "DELETE",
    path: "/jobs/:jobId/tasks/:taskId/files/*",
    handle: deleting(placeOfTask),
};
