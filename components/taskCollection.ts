import * as pulumi from "@pulumi/pulumi";
import type {
    BatchAffinityInfo,
    BatchApplicationPackageReference,
    BatchTaskContainerSettings,
    BatchTaskCounts,
    BatchTaskIdRange,
    ExitConditions,
    FailedTask,
    MultiInstanceSettings,
    TaskOutcome,
} from "../client";
import { isEventual, Problems } from "./diagnostics";
import { readDuration, seconds } from "./durations";
import type { Duration } from "./durations";
import { taskCollectionProvider, taskWaitProvider } from "./dynamic/providers";
import type { Job, TaskConstraintsArgs } from "./job";
import { taskBody } from "./raw/task";
import type { ProfileInput } from "./raw/taskProfile";
import { reported } from "./reported";
import { SpoolWriter } from "./spool";
import { TaskChecker } from "./taskChecks";
import type { TaskRules } from "./taskChecks";
import { TaskFile } from "./tasks/taskFile";
import type { Environment, OutputFile, ResourceFile, UserIdentity } from "./taskParts";

/** One task. */
export interface TaskArgs {
    /** 1 to 64 letters, digits, hyphens and underscores, unique in its job without regard to case. */
    readonly id: string;
    /** No shell reads it: see `shell()`. */
    readonly commandLine: pulumi.Input<string>;
    readonly displayName?: pulumi.Input<string>;
    readonly resourceFiles?: readonly ResourceFile[];
    readonly outputFiles?: readonly OutputFile[];
    readonly environment?: Environment;
    /** User that it runs as. @default an ordinary user of the task */
    readonly user?: UserIdentity;
    readonly constraints?: TaskConstraintsArgs;
    /** Task slots that it takes on a node. @default 1 */
    readonly requiredSlots?: number;
    /** Tasks that must be satisfied first; the job needs `usesTaskDependencies`. */
    readonly dependsOn?: {
        readonly taskIds?: readonly string[];
        readonly ranges?: readonly BatchTaskIdRange[];
    };
    readonly exitConditions?: ExitConditions;
    readonly containerSettings?: BatchTaskContainerSettings;
    readonly affinityInfo?: BatchAffinityInfo;
    readonly multiInstanceSettings?: MultiInstanceSettings;
    /** Packages that the node gets before the task runs. @default none */
    readonly applicationPackageReferences?: readonly BatchApplicationPackageReference[];
}

/** How to wait for tasks. */
export interface WaitArgs {
    /** Time in all. @default "1h" */
    readonly timeout?: Duration;
    /** Time between two questions at most; the first ones come faster. @default "10s" */
    readonly pollInterval?: Duration;
    /** A failed task fails the deployment, or is only reported in the outputs. @default "fail" */
    readonly onFailure?: "fail" | "report";
    /** Tasks whose end is reported one by one at most. @default 1000 */
    readonly resultLimit?: number;
}

/** Arguments of {@link TaskCollection}. */
export interface TaskCollectionArgs {
    /** Changing it replaces the collection. */
    readonly job: Job;
    /**
     * A list, or what gives tasks one by one: `tasks.generate` for very many, `tasks.fromJsonLines` for a file. Added ones are added,
     * changed ones made again; for removed ones see `removed`.
     */
    readonly tasks: pulumi.Input<readonly TaskArgs[]> | Iterable<TaskArgs> | AsyncIterable<TaskArgs>;
    /** Whether and how to wait for the tasks. @default no waiting */
    readonly wait?: WaitArgs;
    /** Whether the job may end by itself once these tasks are in. @default true for a job with `terminatejob` */
    readonly closesJob?: boolean;
    /** What becomes of tasks that are not declared any more. @default "delete" */
    readonly removed?: "delete" | "keep";
}

class TaskCollectionResource extends pulumi.dynamic.Resource {
    declare readonly count: pulumi.Output<number>;
    declare readonly submitted: pulumi.Output<number>;
    declare readonly ids: pulumi.Output<unknown>;

    constructor(name: string, props: Record<string, unknown>, opts: pulumi.CustomResourceOptions) {
        super(
            taskCollectionProvider,
            name,
            { count: undefined, ...props, submitted: undefined, ids: undefined },
            opts,
            "pulumi-azure-batch",
            "TaskCollection",
        );
    }
}

class TaskWaitResource extends pulumi.dynamic.Resource {
    declare readonly counts: pulumi.Output<BatchTaskCounts>;
    declare readonly tasks: pulumi.Output<TaskOutcome[]>;
    declare readonly failures: pulumi.Output<FailedTask[]>;

    constructor(name: string, props: Record<string, unknown>, opts: pulumi.CustomResourceOptions) {
        const outputs = { counts: undefined, tasks: undefined, failures: undefined, done: undefined };
        super(taskWaitProvider, name, { ...props, ...outputs }, opts, "pulumi-azure-batch", "TaskWait");
    }
}

/**
 * Tasks of a job, one or a million: submitted fast and each exactly once, with what became of them as outputs.
 * @example
 * new TaskCollection("frames", { job, tasks: [{ id: "frame-1", commandLine: shell("render 1") }], wait: { timeout: "30m" } });
 */
@reported()
export class TaskCollection extends pulumi.ComponentResource {
    readonly job: Job;
    /** Tasks that the service has. */
    readonly submitted: pulumi.Output<number>;
    /** Tasks by state at the end; undefined without `wait`. */
    readonly counts: pulumi.Output<BatchTaskCounts | undefined>;
    /** How the tasks ended, up to `wait.resultLimit`; empty without `wait`. */
    readonly results: pulumi.Output<TaskOutcome[]>;
    /** The first failed tasks with their reasons; empty without `wait`. */
    readonly failures: pulumi.Output<FailedTask[]>;

    constructor(name: string, args: TaskCollectionArgs, opts?: pulumi.ComponentResourceOptions) {
        const problems = new Problems(`TaskCollection '${name}'`);
        const closesJob = args.closesJob ?? args.job.onAllTasksComplete === "terminatejob";
        const other = closesJob ? args.job.claimClosing(name) : undefined;
        if (other !== undefined) {
            problems.add(
                "BATCH1031",
                "closesJob",
                `collection '${other}' closes the job already: set closesJob to false on all but the last, and let the last depend on them`,
            );
        }
        const timeout = readDuration(args.wait?.timeout ?? "1h", "wait.timeout", problems);
        const pollInterval = readDuration(args.wait?.pollInterval ?? "10s", "wait.pollInterval", problems, {
            min: 0.1,
        });
        const spool = spoolOf(name, args, problems);
        problems.throwIfAny();

        super("pulumi-azure-batch:index:TaskCollection", name, {}, opts);
        this.job = args.job;
        const { endpoint, jobId, account } = args.job;
        const place = { endpoint, jobId, batchCredentials: account.batchCredentials };
        const collection = new TaskCollectionResource(
            name,
            {
                ...place,
                ...spool,
                closesJob,
                removed: args.removed ?? "delete",
            },
            { parent: this, deletedWith: args.job.resource },
        );
        this.submitted = collection.submitted;
        if (args.wait === undefined) {
            this.counts = pulumi.output(undefined);
            this.results = pulumi.output([]);
            this.failures = pulumi.output([]);
        } else {
            const wait = new TaskWaitResource(
                name,
                {
                    ...place,
                    digest: spool.digest,
                    count: spool.count ?? collection.count,
                    ids: collection.ids,
                    timeout: seconds(timeout ?? "1h"),
                    pollInterval: seconds(pollInterval ?? "10s"),
                    onFailure: args.wait.onFailure ?? "fail",
                    resultLimit: args.wait.resultLimit ?? 1000,
                },
                { parent: this, dependsOn: [collection], deletedWith: args.job.resource },
            );
            this.counts = wait.counts;
            this.results = wait.tasks;
            this.failures = wait.failures;
        }
        this.registerOutputs({ submitted: this.submitted, counts: this.counts });
    }
}

/** Tasks on their way to the process that submits them. */
interface Spooled {
    readonly spool: pulumi.Input<string>;
    readonly digest: pulumi.Input<string>;
    readonly count?: pulumi.Input<number>;
    readonly profile?: pulumi.Input<ProfileInput>;
    /** Set where `spool` is the user's own file, which the process of the resource reads and checks. */
    readonly source?: "file";
    readonly rules?: TaskRules;
}

/** Checks the tasks and writes them to a file, both as they come: at once where they are there. */
function spoolOf(name: string, { job, tasks }: TaskCollectionArgs, problems: Problems): Spooled {
    if (tasks instanceof TaskFile) return fileOf(tasks, job, problems);
    const later = async (source: Iterable<TaskArgs> | AsyncIterable<TaskArgs>): Promise<Spooled> => {
        const found = new Problems(`TaskCollection '${name}'`);
        const pass = new Pass(job, found);
        for await (const task of source) pass.add(task);
        found.tellOrThrow();
        return pass.finish();
    };
    if (isEventual(tasks)) {
        const list = pulumi.output(tasks as pulumi.Input<readonly TaskArgs[]>);
        return outputsOf(list.apply((known) => later(known as readonly TaskArgs[])));
    }
    if (Symbol.asyncIterator in tasks)
        return outputsOf(pulumi.output(later(tasks as AsyncIterable<TaskArgs>)));
    const pass = new Pass(job, problems);
    for (const task of tasks as Iterable<TaskArgs>) pass.add(task);
    return pass.finish();
}

const outputsOf = (spooled: pulumi.Output<unknown>): Spooled => {
    // They tell nothing of what is in the tasks, secret or not.
    const { spool, digest, count, profile } = pulumi.unsecret(spooled) as unknown as Required<Spooled>;
    return { spool, digest, count, profile };
};

function fileOf(file: TaskFile, { usesTaskDependencies }: TaskRules, problems: Problems): Spooled {
    try {
        return { spool: file.path, digest: file.digest(), source: "file", rules: { usesTaskDependencies } };
    } catch (error) {
        problems.add("BATCH1030", "tasks", `the file cannot be read: ${(error as Error).message}`);
        return { spool: file.path, digest: "" };
    }
}

/** One pass over tasks that checks and writes them. */
class Pass {
    readonly #checker: TaskChecker;
    readonly #problems: Problems;
    readonly #writer = new SpoolWriter();
    #index = 0;

    constructor(rules: TaskRules, problems: Problems) {
        this.#problems = problems;
        this.#checker = new TaskChecker(rules, problems);
    }

    add(task: TaskArgs): void {
        this.#checker.add(task, `tasks[${this.#index++}]`);
        if (this.#problems.none) this.#writer.add(taskBody(task));
    }

    finish(): Spooled {
        this.#checker.finish();
        if (!this.#problems.none) {
            // Nobody will ask: the component is refused.
            this.#writer.abandon();
            return { spool: "", digest: "" };
        }
        const { limits, written } = this.#writer.finish();
        const { path, digest, count, secrets, sas } = pulumi.unsecret(written);
        return { spool: path, digest, count, profile: { ...limits, secrets, sas } };
    }
}
