import { refuse } from "../../http/operation";
import type { JsonObject } from "../../model/json";
import { isObject } from "../../model/json";
import { move } from "../../model/lifecycle";
import { taskLifecycle } from "../../model/taskLifecycle";
import { without } from "../../model/without";
import { written } from "../answers";
import { taskVersion } from "../render/task";
import type { BatchOperation } from "../services";
import { onTask } from "../subjects";
import { jobRefusal } from "./rules";

/** Of a task its constraints can be changed; none given means the defaults. */
export const updateTask: BatchOperation = {
    id: "Tasks_ReplaceTask",
    method: "PUT",
    path: "/jobs/:jobId/tasks/:taskId",
    body: "BatchTask",
    handle: onTask((task, job, call, { store, scheduler }) => {
        const { refused } = move(taskLifecycle, task, "update", call.now);
        if (refused) return refuse(refused);
        const fault = jobRefusal(job, "changeTask", call.now);
        if (fault) return fault;
        const { constraints } = call.body as JsonObject;
        const spec = without(task.spec, "constraints");
        const after = {
            ...task,
            spec: isObject(constraints) ? { ...spec, constraints } : spec,
            lastModified: call.now,
        };
        store.tasks.update(after, true);
        scheduler.wake({ job: job.key });
        return written(call, 200, `/jobs/${job.id}/tasks/${task.id}`, taskVersion(after));
    }),
};
