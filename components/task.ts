import * as pulumi from "@pulumi/pulumi";
import { taskContents } from "../catalog";
import type { BatchTaskCreateOptions } from "../client";
import { Problems } from "./diagnostics";
import { taskProvider } from "./dynamic/providers";
import type { Job } from "./job";
import { taskBody } from "./raw/task";
import { profileInput } from "./raw/taskProfile";
import { plainDigest, whenResolved } from "./resolve";
import { checkTasks } from "./taskChecks";
import { reported } from "./reported";
import { neededSlots } from "./taskCollection";
import type { TaskArgs } from "./taskCollection";

/** Arguments of {@link Task}. */
export interface SingleTaskArgs extends TaskArgs {
    /** Changing it replaces the task. */
    readonly job: Job;
}

class TaskResource extends pulumi.dynamic.Resource {
    constructor(name: string, props: Record<string, unknown>, opts: pulumi.CustomResourceOptions) {
        super(taskProvider, name, props, opts, "pulumi-azure-batch", "Task");
    }
}

/**
 * One task as a resource of its own; a {@link TaskCollection} is for more. It does not close its job: give the job
 * `onAllTasksComplete: "noaction"`, or a collection beside it. Its constraints change in place, all else replaces it.
 */
@reported()
export class Task extends pulumi.ComponentResource {
    readonly job: Job;
    readonly taskId: string;
    /** The dynamic resource, for `dependsOn`. */
    readonly resource: pulumi.CustomResource;

    constructor(name: string, args: SingleTaskArgs, opts?: pulumi.ComponentResourceOptions) {
        const { job, ...task } = args;
        const problems = new Problems(`Task '${name}'`);
        // What it depends on may be any task of the job.
        const { largest } = checkTasks([task], job, problems, { closed: false });
        problems.throwIfAny();

        super("pulumi-azure-batch:index:Task", name, {}, opts);
        this.job = job;
        this.taskId = args.id;
        const body = taskBody(task);
        const has = (id: string): boolean => id.toLowerCase() === args.id.toLowerCase();
        job.claimTasks({ digest: plainDigest(body), has });
        const contents = whenResolved(body, (known) => taskContents([known as BatchTaskCreateOptions]));
        this.resource = new TaskResource(
            name,
            {
                endpoint: job.endpoint,
                jobId: job.jobId,
                task: body,
                profile: profileInput([body], pulumi.unsecret(contents)),
                rules: { ...job.rules },
                slots: neededSlots(largest, job),
                batchCredentials: job.account.batchCredentials,
            },
            { parent: this, deletedWith: job.resource },
        );
        this.registerOutputs({ taskId: this.taskId });
    }
}
