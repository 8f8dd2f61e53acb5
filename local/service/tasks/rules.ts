import { refuse } from "../../http/operation";
import type { Call, Refused } from "../../http/operation";
import { idKey } from "../../model/ids";
import type { JobRecord } from "../../model/job";
import { jobLifecycle } from "../../model/jobLifecycle";
import type { JobEvent } from "../../model/jobLifecycle";
import type { JsonObject } from "../../model/json";
import { move } from "../../model/lifecycle";
import { newTask } from "../../model/newTask";
import type { ExitConditions, JobAction, JobSpec, TaskSpec } from "../../model/spec";
import type { NewTask } from "../../store/store";
import { packagesFault } from "../applications/references";
import type { BatchServices } from "../services";
import { invalidProperty } from "../shapes/present";

/** Whether a job's state allows this. */
export function jobRefusal(job: JobRecord, event: JobEvent, now: number): Refused | undefined {
    const { refused } = move(jobLifecycle, job, event, now);
    return refused && refuse(refused);
}

/** What a task's declaration may not be in this job, beyond its shape. */
export function taskFault(
    spec: JsonObject,
    job: JobRecord,
    call: Call,
    services: BatchServices,
): Refused | undefined {
    const task = spec as unknown as TaskSpec;
    const own = job.spec as unknown as JobSpec;
    const key = idKey(task.id);
    if (own.jobPreparationTask?.id !== undefined && idKey(own.jobPreparationTask.id) === key) {
        return refuse("TaskIdSameAsJobPreparationTask");
    }
    if (own.jobReleaseTask?.id !== undefined && idKey(own.jobReleaseTask.id) === key) {
        return refuse("TaskIdSameAsJobReleaseTask");
    }
    if (task.dependsOn !== undefined && own.usesTaskDependencies !== true) {
        return refuse("TaskDependenciesNotSpecifiedOnJob");
    }
    if (task.exitConditions && own.onTaskFailure !== "performexitoptionsjobaction") {
        const named = actions(task.exitConditions).find(({ jobAction }) => jobAction !== undefined);
        if (named) {
            return invalidProperty(
                "exitConditions.jobAction",
                named.jobAction,
                "The job's onTaskFailure is noaction; a jobAction needs performexitoptionsjobaction.",
            );
        }
    }
    return packagesFault(spec["applicationPackageReferences"], call.account, services.store);
}

function actions(conditions: ExitConditions): JobAction[] {
    return [
        ...(conditions.exitCodes ?? []).map(({ exitOptions }) => exitOptions),
        ...(conditions.exitCodeRanges ?? []).map(({ exitOptions }) => exitOptions),
        conditions.preProcessingError ?? {},
        conditions.fileUploadError ?? {},
        conditions.default ?? {},
    ];
}

/** A checked task of a job, as the store takes it. */
export function taskToAdd(spec: JsonObject, job: JobRecord, call: Call): NewTask {
    const { dependsOn } = spec as unknown as TaskSpec;
    return {
        task: newTask(job, spec, call.now),
        dependencies: dependsOn && {
            taskIds: dependsOn.taskIds ?? [],
            taskIdRanges: dependsOn.taskIdRanges ?? [],
        },
    };
}
