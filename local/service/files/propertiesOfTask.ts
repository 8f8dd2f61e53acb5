import type { BatchOperation } from "../services";
import { properties } from "./handlers";
import { placeOfTask } from "./place";

export const getTaskFileProperties: BatchOperation = {
    id: "Tasks_GetTaskFileProperties",
    method: "HEAD",
    path: "/jobs/:jobId/tasks/:taskId/files/*",
    handle: properties(placeOfTask),
};
