import * as pulumi from "@pulumi/pulumi";
import type { BatchTaskCounts, FailedTask, TaskOutcome } from "../client";
import { Problems } from "./diagnostics";
import { readDuration, seconds } from "./durations";
import type { Duration } from "./durations";
import { taskWaitProvider } from "./dynamic/providers";
import type { NodeFileContent, NodeTasks, TaskDurations, TaskFileContent } from "./dynamic/taskResults";
import type { Job } from "./job";
import { reported } from "./reported";
import { checkWord } from "./words";

/** How one task ended. */
export interface TaskResult extends Omit<TaskOutcome, "startTime" | "endTime"> {
    /** Seconds that its last try took. */
    readonly seconds?: number;
}

/** How to wait for tasks, and what to see of them then. */
export interface WaitArgs {
    /** Time in all. @default "1h" */
    readonly timeout?: Duration;
    /** Time between two questions at most; the first ones come faster. @default "10s" */
    readonly pollInterval?: Duration;
    /** A failed task fails the deployment, or is only reported in the outputs. @default "fail" */
    readonly onFailure?: "fail" | "report";
    /** Tasks whose end is reported one by one at most. @default 1000 */
    readonly resultLimit?: number;
    /** Files of tasks to read, such as `{ taskId: "merge", path: "stdout.txt" }` or `wd/result.json`. @default none */
    readonly files?: readonly { readonly taskId: string; readonly path: string }[];
    /** Files to read on every node that ran the job, relative to the node's root, such as `shared/report.txt`. @default none */
    readonly nodeFiles?: readonly string[];
    /** Bytes of each file at most, from its end; they are in the state of the stack. @default 16384 */
    readonly fileBytes?: number;
    /**
     * Ends the job once its tasks have completed and the files are read, and waits for its release tasks: when these take away what is to
     * be read. The job needs `onAllTasksComplete` `"noaction"` or no other collection that closes it. @default false
     */
    readonly endJob?: boolean;
}

/** Arguments of {@link TaskWait}. */
export interface TaskWaitArgs extends WaitArgs {
    /** Changing it replaces the wait. */
    readonly job: Job;
    /** Values whose change means to wait again. @default none */
    readonly triggers?: readonly unknown[];
}

/** The wait: a dynamic resource that makes nothing. @internal */
export class TaskWaitResource extends pulumi.dynamic.Resource {
    declare readonly counts: pulumi.Output<BatchTaskCounts>;
    declare readonly tasks: pulumi.Output<TaskResult[]>;
    declare readonly failures: pulumi.Output<FailedTask[]>;
    declare readonly durations: pulumi.Output<TaskDurations | undefined>;
    declare readonly taskFiles: pulumi.Output<TaskFileContent[] | undefined>;
    declare readonly filesOnNodes: pulumi.Output<NodeFileContent[] | undefined>;
    declare readonly nodes: pulumi.Output<NodeTasks[] | undefined>;

    constructor(name: string, props: Record<string, unknown>, opts: pulumi.CustomResourceOptions) {
        const outputs = Object.fromEntries(
            ["counts", "tasks", "failures", "durations", "taskFiles", "filesOnNodes", "nodes", "done"].map(
                (output) => [output, undefined],
            ),
        );
        super(taskWaitProvider, name, { ...props, ...outputs }, opts, "pulumi-azure-batch", "TaskWait");
    }
}

/** A list of outputs that a wait, or a wait of an older version, may not have. @internal */
export const listOf = <T>(output: pulumi.Output<T[] | undefined> | undefined): pulumi.Output<T[]> =>
    pulumi.output(output).apply((list) => (list ?? []) as T[]);

/** Adds what is wrong with the arguments of a wait. @internal */
export function checkWait(wait: WaitArgs, problems: Problems, prefix = ""): void {
    readDuration(wait.timeout, `${prefix}timeout`, problems, { min: 1 });
    readDuration(wait.pollInterval, `${prefix}pollInterval`, problems, { min: 0.1 });
    checkWord(wait.onFailure, ["fail", "report"], `${prefix}onFailure`, problems);
}

/** @internal */
export function waitInputs(
    job: Job,
    wait: WaitArgs,
    place: Record<string, unknown>,
): Record<string, unknown> {
    const { files, nodeFiles, fileBytes, endJob } = wait;
    return {
        ...place,
        timeout: seconds(wait.timeout ?? "1h"),
        pollInterval: seconds(wait.pollInterval ?? "10s"),
        onFailure: wait.onFailure ?? "fail",
        resultLimit: wait.resultLimit ?? 1000,
        files,
        nodeFiles,
        fileBytes,
        endJob,
        batchCredentials: job.account.batchCredentials,
    };
}

/**
 * Waits until all tasks that a job has by then have completed, whoever adds them: a job manager, several collections, another program.
 * `wait` of a {@link TaskCollection} waits for the tasks of that collection. Ctrl-C ends the waiting and no task; the next `up` goes on.
 * @example
 * const done = new TaskWait("done", { job, timeout: "2h" }, { dependsOn: [task] });
 */
@reported()
export class TaskWait extends pulumi.ComponentResource {
    readonly job: Job;
    /** Tasks by state at the end. */
    readonly counts: pulumi.Output<BatchTaskCounts>;
    /** How the tasks ended, up to `resultLimit`. */
    readonly results: pulumi.Output<TaskResult[]>;
    /** The first failed tasks with their reasons. */
    readonly failures: pulumi.Output<FailedTask[]>;
    /** How long the tasks took; undefined when none of them ran. */
    readonly durations: pulumi.Output<TaskDurations | undefined>;
    /** The files that `files` asks for. */
    readonly files: pulumi.Output<TaskFileContent[]>;
    /** The files that `nodeFiles` asks for. */
    readonly nodeFiles: pulumi.Output<NodeFileContent[]>;
    /** How the job's preparation and release went on each node. */
    readonly nodes: pulumi.Output<NodeTasks[]>;
    /** The dynamic resource, for `dependsOn`. */
    readonly resource: pulumi.CustomResource;

    constructor(name: string, args: TaskWaitArgs, opts?: pulumi.ComponentResourceOptions) {
        const problems = new Problems(`TaskWait '${name}'`);
        checkWait(args, problems);
        problems.throwIfAny();

        super("pulumi-azure-batch:index:TaskWait", name, {}, opts);
        const { job } = args;
        this.job = job;
        const place = { endpoint: job.endpoint, jobId: job.jobId, triggers: args.triggers };
        const wait = new TaskWaitResource(name, waitInputs(job, args, place), {
            parent: this,
            deletedWith: job.resource,
        });
        this.resource = wait;
        this.counts = wait.counts;
        this.results = wait.tasks;
        this.failures = wait.failures;
        this.durations = wait.durations;
        this.files = listOf(wait.taskFiles);
        this.nodeFiles = listOf(wait.filesOnNodes);
        this.nodes = listOf(wait.nodes);
        this.registerOutputs({ counts: this.counts });
    }
}
