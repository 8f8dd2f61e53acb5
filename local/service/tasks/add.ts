import { refuse } from "../../http/operation";
import type { JsonObject } from "../../model/json";
import { written } from "../answers";
import { taskVersion } from "../render/task";
import type { BatchOperation } from "../services";
import { onJob } from "../subjects";
import { jobRefusal, taskFault, taskToAdd } from "./rules";

export const addTask: BatchOperation = {
    id: "Tasks_CreateTask",
    method: "POST",
    path: "/jobs/:jobId/tasks",
    body: "BatchTaskCreateOptions",
    handle: onJob((job, call, services) => {
        const spec = call.body as JsonObject;
        const fault = jobRefusal(job, "addTask", call.now) ?? taskFault(spec, job, call, services);
        if (fault) return fault;
        const { task: added, dependencies } = taskToAdd(spec, job, call);
        const task = services.store.tasks.add(added, dependencies);
        if (!task) return refuse("TaskExists");
        services.scheduler.wake({ job: job.key });
        return written(call, 201, `/jobs/${job.id}/tasks/${task.id}`, taskVersion(task));
    }),
};
