import { refuse } from "../../http/operation";
import type { Call, Refused } from "../../http/operation";
import { rendered } from "../../http/refusals";
import { isoText } from "../../model/instant";
import type { JobRecord } from "../../model/job";
import type { JsonObject } from "../../model/json";
import { isObject } from "../../model/json";
import { metadata } from "../answers";
import { taskUrl, taskVersion } from "../render/task";
import type { TaskRecord } from "../../model/task";
import type { BatchOperation } from "../services";
import { check, isSyntactic } from "../shapes";
import { refuseProblems } from "../shapes/present";
import { onJob } from "../subjects";
import { jobRefusal, taskFault, taskToAdd } from "./rules";

/** Each task has an answer of its own; only a body that cannot be read is refused as a whole. */
export const addTaskCollection: BatchOperation = {
    id: "Tasks_CreateTaskCollection",
    method: "POST",
    path: "/jobs/:jobId/addtaskcollection",
    body: "TaskCollection",
    handle: onJob((job, call, services) => {
        const refused = jobRefusal(job, "addTask", call.now);
        if (refused) return refused;
        const { value: specs } = call.body as { value: JsonObject[] };
        const faults: (Refused | undefined)[] = [];
        for (const [index, spec] of specs.entries()) {
            const problems = check("BatchTaskCreateOptions", spec);
            // guess: a task with a value that is not allowed fails alone, one that cannot be read fails the whole request.
            const unreadable = problems.filter(isSyntactic);
            if (unreadable.length > 0) {
                return (
                    refuseProblems(unreadable.map((one) => ({ ...one, at: `value[${index}].${one.at}` }))) ??
                    refuse("InvalidRequestBody")
                );
            }
            faults.push(refuseProblems(problems));
        }
        const sound: JsonObject[] = [];
        for (const [index, spec] of specs.entries()) {
            const fault = (faults[index] ??= taskFault(spec, job, call, services));
            if (!fault) sound.push(spec);
        }
        const added = services.store.tasks.addAll(sound.map((spec) => taskToAdd(spec, job, call)));
        const now = isoText(call.now);
        const value = specs.map((spec, index) => {
            const fault = faults[index];
            const task = fault ? undefined : added.shift();
            return task ? success(task, job, call, now) : failure(spec, fault, job, call, now);
        });
        services.scheduler.wake({ job: job.key });
        return { status: 200, body: { "odata.metadata": metadata(call, "taskaddresult"), value } };
    }),
};

function success(task: TaskRecord, job: JobRecord, call: Call, now: string): JsonObject {
    return {
        status: "success",
        taskId: task.id,
        eTag: taskVersion(task).eTag,
        lastModified: now,
        location: taskUrl(call.origin, job, task),
    };
}

/** Without a fault of its own it is there already. */
function failure(
    spec: JsonObject,
    fault: Refused | undefined,
    job: JobRecord,
    call: Call,
    now: string,
): JsonObject {
    const refusal = fault ?? refuse("TaskExists");
    const { code, message } = rendered(refusal);
    const id = isObject(spec) ? spec["id"] : undefined;
    return {
        status: "clienterror",
        taskId: typeof id === "string" ? id : "",
        ...(fault ? {} : { location: taskUrl(call.origin, job, { id: String(id) }) }),
        error: {
            code,
            message: { lang: "en-US", value: `${message}\nRequestId:${call.requestId}\nTime:${now}` },
            ...(refusal.values ? { values: refusal.values } : {}),
        },
    };
}
