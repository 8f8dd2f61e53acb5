import { refuse } from "../../http/operation";
import type { Call, Refused } from "../../http/operation";
import { rendered } from "../../http/refusals";
import { isoText } from "../../model/instant";
import type { JobRecord } from "../../model/job";
import type { JsonObject } from "../../model/json";
import { isObject } from "../../model/json";
import { metadata } from "../answers";
import { taskUrl, taskVersion } from "../render/task";
import type { BatchOperation, BatchServices } from "../services";
import { check, isSyntactic } from "../shapes";
import { refuseProblems } from "../shapes/present";
import { onJob } from "../subjects";
import { jobRefusal, putTask, taskFault } from "./rules";

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
        const value = specs.map((spec, index) => result(spec, faults[index], job, call, services));
        services.scheduler.wake({ job: job.key });
        return { status: 200, body: { "odata.metadata": metadata(call, "taskaddresult"), value } };
    }),
};

function result(
    spec: JsonObject,
    problem: Refused | undefined,
    job: JobRecord,
    call: Call,
    services: BatchServices,
): JsonObject {
    const fault = problem ?? taskFault(spec, job, call, services);
    const task = fault ? undefined : putTask(spec, job, call, services);
    if (task) {
        const version = taskVersion(task);
        return {
            status: "success",
            taskId: task.id,
            eTag: version.eTag,
            lastModified: isoText(version.lastModified),
            location: taskUrl(call.origin, job, task),
        };
    }
    const { refused, values } = fault ?? refuse("TaskExists");
    const { code, message } = rendered(fault ?? refuse("TaskExists"));
    const id = isObject(spec) ? spec["id"] : undefined;
    return {
        status: "clienterror",
        taskId: typeof id === "string" ? id : "",
        ...(refused === "TaskExists" ? { location: taskUrl(call.origin, job, { id: String(id) }) } : {}),
        error: {
            code,
            message: {
                lang: "en-US",
                value: `${message}\nRequestId:${call.requestId}\nTime:${isoText(call.now)}`,
            },
            ...(values ? { values } : {}),
        },
    };
}
