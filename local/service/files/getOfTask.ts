import type { BatchOperation } from "../services";
import { reading } from "./handlers";
import { placeOfTask } from "./place";

export const getTaskFile: BatchOperation = {
    id: "Tasks_GetTaskFile",
    method: "GET",
    path: "/jobs/:jobId/tasks/:taskId/files/*",
    handle: reading(placeOfTask),
};
