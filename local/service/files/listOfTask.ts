import type { BatchOperation } from "../services";
import { listing } from "./handlers";
import { placeOfTask } from "./place";

export const listTaskFiles: BatchOperation = {
    id: "Tasks_ListTaskFiles",
    method: "GET",
    path: "/jobs/:jobId/tasks/:taskId/files",
    handle: listing(placeOfTask),
};
