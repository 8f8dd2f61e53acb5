import { refuse } from "../../http/operation";
import { move } from "../../model/lifecycle";
import type { TaskRecord } from "../../model/task";
import { taskLifecycle } from "../../model/taskLifecycle";
import { written } from "../answers";
import { taskVersion } from "../render/task";
import type { BatchOperation } from "../services";
import { onTask } from "../subjects";
import { jobRefusal } from "./rules";

/** What a run leaves on a task. Given up by reactivation, with the count of retries. */
const ofTheRun = [
    "startTime",
    "endTime",
    "exitCode",
    "result",
    "failureInfo",
    "lastRetryTime",
    "node",
    "retentionEnds",
    "stopping",
] as const satisfies readonly (keyof TaskRecord)[];

export const reactivateTask: BatchOperation = {
    id: "Tasks_ReactivateTask",
    method: "POST",
    path: "/jobs/:jobId/tasks/:taskId/reactivate",
    handle: onTask((task, job, call, { store, scheduler }) => {
        const moved = move(taskLifecycle, task, "reactivate", call.now);
        if (moved.refused) return refuse(moved.refused);
        if (task.result === "success") return refuse("TaskSucceeded");
        const fault = jobRefusal(job, "changeTask", call.now);
        if (fault) return fault;
        const after: TaskRecord = { ...(moved.record ?? task), retryCount: 0, lastModified: call.now };
        for (const name of ofTheRun) Reflect.deleteProperty(after, name);
        store.tasks.update(after);
        scheduler.wake({ job: job.key });
        return written(call, 204, `/jobs/${job.id}/tasks/${task.id}`, taskVersion(after));
    }),
};
