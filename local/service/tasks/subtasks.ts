import { isRefused } from "../../http/operation";
import { selected, selectionOf } from "../../http/select";
import type { JsonObject } from "../../model/json";
import type { SubtaskRecord } from "../../model/task";
import { list } from "../answers";
import { given, stateOf, when } from "../render/parts";
import { nodeOf } from "../render/task";
import type { BatchOperation } from "../services";
import { onTask } from "../subjects";

const known = new Set([
    ...["id", "nodeInfo", "startTime", "endTime", "exitCode", "containerInfo", "failureInfo", "result"],
    ...["state", "stateTransitionTime", "previousState", "previousStateTransitionTime"],
]);

/** Of a multi-instance task all but the primary, which is the task itself; of any other task none. */
export const listSubtasks: BatchOperation = {
    id: "Tasks_ListSubTasks",
    method: "GET",
    path: "/jobs/:jobId/tasks/:taskId/subtasksinfo",
    handle: onTask((task, _job, call) => {
        const selection = selectionOf(call, known);
        if (isRefused(selection)) return selection;
        const subtasks = task.subtasks ?? [];
        return list(
            call,
            "subtaskinfo",
            subtasks.map((subtask) => selected(render(subtask, call.origin), selection.paths)),
        );
    }),
};

function render(subtask: SubtaskRecord, origin: string): JsonObject {
    return given({
        id: subtask.id,
        startTime: when(subtask.startTime),
        endTime: when(subtask.endTime),
        ...stateOf(subtask),
        result: subtask.result,
        exitCode: subtask.exitCode,
        failureInfo: subtask.failureInfo,
        nodeInfo: nodeOf(subtask.node, origin),
    });
}
