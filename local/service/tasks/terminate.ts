import { refuse } from "../../http/operation";
import { move } from "../../model/lifecycle";
import { taskLifecycle } from "../../model/taskLifecycle";
import { written } from "../answers";
import { taskVersion } from "../render/task";
import type { BatchOperation } from "../services";
import { onTask } from "../subjects";
import { jobRefusal } from "./rules";

export const terminateTask: BatchOperation = {
    id: "Tasks_TerminateTask",
    method: "POST",
    path: "/jobs/:jobId/tasks/:taskId/terminate",
    handle: onTask((task, job, call, { scheduler }) => {
        const { refused } = move(taskLifecycle, task, "terminate", call.now);
        if (refused) return refuse(refused);
        const fault = jobRefusal(job, "changeTask", call.now);
        if (fault) return fault;
        scheduler.endTask(task, job, "terminate");
        return written(call, 204, `/jobs/${job.id}/tasks/${task.id}`, taskVersion(task));
    }),
};
