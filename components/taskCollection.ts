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
} from "../client";
import { isEventual, Problems } from "./diagnostics";
import { taskCollectionProvider } from "./dynamic/providers";
import type { JobRules } from "./dynamic/taskFaults";
import type { NodeFileContent, NodeTasks, TaskDurations, TaskFileContent } from "./dynamic/taskResults";
import type { Job, TaskConstraintsArgs } from "./job";
import type { ProfileInput } from "./raw/taskProfile";
import { reported } from "./reported";
import { SpoolWriter } from "./spool";
import { TaskChecker } from "./taskChecks";
import { TaskFile } from "./tasks/taskFile";
import { kindOf } from "./taskShape";
import type { Environment, OutputFile, ResourceFile, UserIdentity } from "./taskParts";
import { checkWait, listOf, TaskWaitResource, waitInputs } from "./taskWait";
import type { TaskResult, WaitArgs } from "./taskWait";
import { checkWord } from "./words";

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
    readonly results: pulumi.Output<TaskResult[]>;
    /** The first failed tasks with their reasons; empty without `wait`. */
    readonly failures: pulumi.Output<FailedTask[]>;
    /** How long the tasks took; undefined without `wait`, and when none of them ran. */
    readonly durations: pulumi.Output<TaskDurations | undefined>;
    /** The files that `wait.files` asks for; empty without. */
    readonly files: pulumi.Output<TaskFileContent[]>;
    /** The files that `wait.nodeFiles` asks for; empty without. */
    readonly nodeFiles: pulumi.Output<NodeFileContent[]>;
    /** How the job's preparation and release went on each node; empty without `wait`. */
    readonly nodes: pulumi.Output<NodeTasks[]>;

    constructor(name: string, args: TaskCollectionArgs, opts?: pulumi.ComponentResourceOptions) {
        const problems = new Problems(`TaskCollection '${name}'`);
        const { job, wait } = args;
        // What a deployment that is killed leaves to the next one to clear away is kept under job and name.
        if (!job.claimName(name)) {
            problems.add(
                "BATCH1032",
                "name",
                "the job has a collection of this name already: a parent of its own does not tell them apart, so choose another name",
            );
        }
        // What the wait ends itself must not end before.
        const closesJob =
            args.closesJob ?? (wait?.endJob !== true && job.onAllTasksComplete === "terminatejob");
        const other = closesJob ? job.claimClosing(name) : undefined;
        if (other !== undefined) {
            problems.add(
                "BATCH1031",
                "closesJob",
                `collection '${other}' closes the job already: set closesJob to false on all but the last, and let the last depend on them`,
            );
        }
        if (wait !== undefined) checkWait(wait, problems, "wait.");
        checkWord(args.removed, ["delete", "keep"], "removed", problems);
        const spool = spoolOf(name, args, problems);
        problems.throwIfAny();

        super("pulumi-azure-batch:index:TaskCollection", name, {}, opts);
        this.job = job;
        const { endpoint, jobId, account } = job;
        const place = { endpoint, jobId, batchCredentials: account.batchCredentials };
        const collection = new TaskCollectionResource(
            name,
            {
                ...place,
                ...spool,
                owner: `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}/${name}`,
                closesJob,
                removed: args.removed ?? "delete",
            },
            { parent: this, deletedWith: job.resource },
        );
        this.submitted = collection.submitted;
        const waiting =
            wait &&
            new TaskWaitResource(
                name,
                waitInputs(job, wait, {
                    ...place,
                    digest: spool.digest,
                    count: spool.count ?? collection.count,
                    ids: collection.ids,
                }),
                { parent: this, dependsOn: [collection], deletedWith: job.resource },
            );
        this.counts = waiting?.counts ?? pulumi.output(undefined);
        this.results = listOf(waiting?.tasks);
        this.failures = listOf(waiting?.failures);
        this.durations = waiting?.durations ?? pulumi.output(undefined);
        this.files = listOf(waiting?.taskFiles);
        this.nodeFiles = listOf(waiting?.filesOnNodes);
        this.nodes = listOf(waiting?.nodes);
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
    readonly rules?: JobRules;
    readonly slots?: pulumi.Input<object | undefined>;
}

/** Checks the tasks and writes them to a file, both as they come: at once where they are there. */
function spoolOf(name: string, { job, tasks }: TaskCollectionArgs, problems: Problems): Spooled {
    if (tasks instanceof TaskFile) return fileOf(tasks, job, problems);
    const later = async (source: Iterable<TaskArgs> | AsyncIterable<TaskArgs>): Promise<Spooled> => {
        const found = new Problems(`TaskCollection '${name}'`);
        const pass = new Pass(job, found);
        const odd = oddSource(source);
        if (odd !== undefined) found.add("BATCH1030", "tasks", odd);
        else for await (const task of source) pass.add(task);
        found.tellOrThrow();
        return pass.finish();
    };
    const odd = oddSource(tasks);
    if (odd !== undefined) {
        problems.add("BATCH1030", "tasks", odd);
        return { spool: "", digest: "" };
    }
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

/** Why something gives no tasks. */
function oddSource(tasks: unknown): string | undefined {
    const isObject = typeof tasks === "object" && tasks !== null;
    if (isObject && (isEventual(tasks) || Symbol.iterator in tasks || Symbol.asyncIterator in tasks))
        return undefined;
    return `it is ${kindOf(tasks)}: give a list, or what makes one: tasks.fromJsonLines(file) for a file, tasks.generate(function) for a generator`;
}

const outputsOf = (spooled: pulumi.Output<unknown>): Spooled => {
    // They tell nothing of what is in the tasks, secret or not.
    const { spool, digest, count, profile, slots } = pulumi.unsecret(spooled) as unknown as Required<Spooled>;
    return { spool, digest, count, profile, slots };
};

function fileOf(file: TaskFile, job: Job, problems: Problems): Spooled {
    try {
        const digest = file.digest();
        // Its ids are not known here: only the process that submits them reads the lines.
        job.claimTasks({ digest, has: () => false });
        const slots = job.slotsPerNode === undefined ? undefined : { perNode: job.slotsPerNode };
        return { spool: file.path, digest, source: "file", rules: { ...job.rules }, slots };
    } catch (error) {
        problems.add("BATCH1030", "tasks", `the file cannot be read: ${(error as Error).message}`);
        return { spool: file.path, digest: "" };
    }
}

/** The slots that the tasks need beside those that a node has, for the check at preview; undefined when one is enough. @internal */
export function neededSlots(largest: TaskChecker["largest"], job: Job): object | undefined {
    if (largest === undefined || job.slotsPerNode === undefined) return undefined;
    return { ...largest, perNode: job.slotsPerNode };
}

/** One pass over tasks that checks and writes them. */
class Pass {
    readonly #checker: TaskChecker;
    readonly #job: Job;
    readonly #problems: Problems;
    readonly #writer = new SpoolWriter();
    #index = 0;

    constructor(job: Job, problems: Problems) {
        this.#job = job;
        this.#problems = problems;
        this.#checker = new TaskChecker(job, problems);
    }

    add(task: TaskArgs): void {
        const body = this.#checker.add(task, `tasks[${this.#index++}]`);
        if (this.#problems.none) this.#writer.add(body);
    }

    finish(): Spooled {
        this.#checker.finish();
        if (!this.#problems.none) {
            // Nobody will ask: the component is refused.
            this.#writer.abandon();
            return { spool: "", digest: "" };
        }
        const { limits, written, plainDigest } = this.#writer.finish();
        const checker = this.#checker;
        this.#job.claimTasks({ digest: plainDigest, has: (id) => checker.has(id) });
        const { path, digest, count, secrets, sas } = pulumi.unsecret(written);
        const slots = neededSlots(checker.largest, this.#job);
        return { spool: path, digest, count, profile: { ...limits, secrets, sas }, slots };
    }
}
