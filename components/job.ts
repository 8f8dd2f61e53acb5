import * as pulumi from "@pulumi/pulumi";
import { limits } from "../catalog";
import type {
    BatchApplicationPackageReference,
    BatchAutoPoolSpecification,
    BatchJobNetworkConfiguration,
    BatchTaskContainerSettings,
} from "../client";
import type { AccountReference } from "./accountParts";
import { AutoPool } from "./autoPool";
import { Problems } from "./diagnostics";
import { readDuration, seconds } from "./durations";
import type { Duration } from "./durations";
import { jobProvider } from "./dynamic/providers";
import type { JobRules } from "./dynamic/taskFaults";
import { JobContents } from "./jobContents";
import type { TasksClaim } from "./jobContents";
import { checkJobShape } from "./jobShape";
import { checkId, generatedId } from "./names";
import type { PoolReference } from "./poolReference";
import { jobBody } from "./raw/task";
import { reported } from "./reported";
import type { Environment, OutputFile, ResourceFile, UserIdentity } from "./taskParts";
import { checkWord } from "./words";

/** Limits of a task. */
export interface TaskConstraintsArgs {
    /** Time that a try may take. @default no limit */
    readonly maxWallClockTime?: Duration;
    /** Time that the task's folder is kept after its end. @default 7 days, by the service */
    readonly retentionTime?: Duration;
    /** Tries after a non-zero exit; -1 for no limit. @default 0 */
    readonly maxRetries?: number;
}

/** A task that every node runs before its first task of a job. */
export interface JobPreparationArgs {
    /** @default "jobpreparation" */
    readonly id?: string;
    /** No shell reads it: see `shell()`. */
    readonly commandLine: pulumi.Input<string>;
    readonly resourceFiles?: readonly ResourceFile[];
    readonly environment?: Environment;
    readonly user?: UserIdentity;
    readonly containerSettings?: BatchTaskContainerSettings;
    readonly constraints?: TaskConstraintsArgs;
    /** Tasks of the job run on a node only after it has succeeded there. @default true */
    readonly waitForSuccess?: boolean;
    /** Runs again after a reboot although it had succeeded. @default true */
    readonly rerunOnReboot?: boolean;
}

/** A task that runs, when the job ends, on every node that ran its preparation. */
export interface JobReleaseArgs {
    /** @default "jobrelease" */
    readonly id?: string;
    /** No shell reads it: see `shell()`. */
    readonly commandLine: pulumi.Input<string>;
    readonly resourceFiles?: readonly ResourceFile[];
    readonly environment?: Environment;
    readonly user?: UserIdentity;
    readonly containerSettings?: BatchTaskContainerSettings;
    /** 15 minutes at most. @default 15 minutes */
    readonly maxWallClockTime?: Duration;
    readonly retentionTime?: Duration;
}

/** A task that starts with the job and adds its other tasks. */
export interface JobManagerArgs {
    readonly id: string;
    readonly displayName?: string;
    /** No shell reads it: see `shell()`. */
    readonly commandLine: pulumi.Input<string>;
    readonly resourceFiles?: readonly ResourceFile[];
    readonly outputFiles?: readonly OutputFile[];
    readonly environment?: Environment;
    readonly user?: UserIdentity;
    readonly constraints?: TaskConstraintsArgs;
    readonly containerSettings?: BatchTaskContainerSettings;
    readonly applicationPackageReferences?: readonly BatchApplicationPackageReference[];
    /** Task slots that it takes on a node. @default 1 */
    readonly requiredSlots?: number;
    /** Whether the job ends with it. @default true */
    readonly killJobOnCompletion?: boolean;
    /** Whether no other task runs on its node meanwhile. @default true */
    readonly runExclusive?: boolean;
    /** Whether it may run on a spot node. @default true */
    readonly allowSpotNode?: boolean;
}

/** What a job is: the same for a job and for those of a schedule. */
export interface JobSpecificationArgs {
    /** Pool that runs the tasks; this or `autoPool`. Changes in place: the job is disabled, moved and enabled. */
    readonly pool?: PoolReference;
    /**
     * A pool that the service makes for the job or the schedule: this or `pool`, and `account` with it. `AutoPool.of()` takes what a
     * pool takes; the service's own words are taken as they are. Changing it replaces the job, but for `keepAlive`.
     */
    readonly autoPool?: AutoPool | BatchAutoPoolSpecification;
    /** Account of the job; changing it replaces the job. @default that of the pool */
    readonly account?: AccountReference;
    /** Changing it replaces the job. */
    readonly displayName?: string;
    /** -1000 to 1000, the highest first. Changes in place. @default 0, by the service */
    readonly priority?: number;
    /** Tasks that run at once at most; -1 for no limit. Changes in place. @default no limit */
    readonly maxParallelTasks?: number;
    /** Whether tasks may depend on tasks. Changing it replaces the job. @default false */
    readonly usesTaskDependencies?: boolean;
    /** Limits of the job. Change in place. */
    readonly constraints?: {
        /** Time from the job's creation to its end at most. @default no limit */
        readonly maxWallClockTime?: Duration;
        /** Tries after a failure, for tasks that do not say their own; -1 for no limit. @default 0 */
        readonly maxTaskRetries?: number;
    };
    /** Changing it replaces the job. @default none */
    readonly preparation?: JobPreparationArgs;
    /** Needs `preparation`. Changing it replaces the job. @default none */
    readonly release?: JobReleaseArgs;
    /** Environment of all tasks of the job. Changing it replaces the job. @default none */
    readonly environment?: Environment;
    /** Whether the job ends by itself when all its tasks have completed: from when its task collection is in. @default "terminatejob" */
    readonly onAllTasksComplete?: "noaction" | "terminatejob";
    /** Whether exit conditions of tasks may end the job. Changing it replaces the job. @default "noaction" */
    readonly onTaskFailure?: "noaction" | "performexitoptionsjobaction";
    /** Names and values for your own use. Change in place. @default none */
    readonly metadata?: Readonly<Record<string, string>>;
    /** Whether a task with a higher priority may take the place of one that runs. Changes in place. @default false */
    readonly allowTaskPreemption?: boolean;
    /** Changing it replaces the job. @default none */
    readonly jobManager?: JobManagerArgs;
    /** Subnet of the nodes. Changes in place. @default that of the pool */
    readonly networkConfiguration?: BatchJobNetworkConfiguration;
}

/** Arguments of {@link Job}. */
export interface JobArgs extends JobSpecificationArgs {
    /**
     * Id of the job, up to 64 letters, digits, hyphens and underscores. With an id of your own a change that replaces the job must delete
     * the old one first. Changing it replaces the job.
     * @default the logical name with a random end that changes when the job is replaced
     */
    readonly jobId?: pulumi.Input<string>;
    /** Values of any kind, to run the tasks again. Changing it replaces the job. @default none */
    readonly triggers?: readonly unknown[];
    /**
     * What a change means to a job that has completed, which the service refuses: a new job with all tasks (`"replace"`, said at preview),
     * an error at preview (`"refuse"`), or nothing, so that the next job has it (`"keep"`: changed tasks are refused, give `triggers`).
     * @default "replace"
     */
    readonly afterCompletion?: "replace" | "refuse" | "keep";
    /**
     * What becomes of tasks that have not completed when the job is destroyed: they end (`"terminate"`), they are waited for (`"wait"`),
     * or the job is not destroyed (`"refuse"`). The variable `PULUMI_AZURE_BATCH_ON_DESTROY` comes before it.
     * @default the job is destroyed only when all its tasks have completed; else the error asks for this choice
     */
    readonly onDestroy?: "terminate" | "wait" | "refuse";
    /** Whether destroying waits until the job is gone, which may take minutes, or only asks for it. @default "wait" */
    readonly deletion?: "wait" | "detach";
    /** Times until something is given up. Change in place. */
    readonly timeouts?: {
        /** For a move to another pool. @default "10m" */
        readonly update?: Duration;
        /** For the deletion, and for tasks that are waited for before it. @default "10m" */
        readonly delete?: Duration;
    };
    /** Takes over a job that has the id and is not of this stack. What cannot be changed of it must be declared as it is. @default false */
    readonly adopt?: boolean;
}

/** The job in the data plane: a dynamic resource. */
class JobResource extends pulumi.dynamic.Resource {
    declare readonly jobId: pulumi.Output<string>;
    declare readonly url: pulumi.Output<string>;

    constructor(name: string, props: Record<string, unknown>, opts: pulumi.CustomResourceOptions) {
        super(jobProvider, name, { ...props, url: undefined }, opts, "pulumi-azure-batch", "Job");
    }
}

/**
 * A job, as a resource: made before its tasks, ending by itself after them, deleted with them.
 * @example
 * const job = new Job("frames", { pool });
 */
@reported()
export class Job extends pulumi.ComponentResource {
    readonly account: AccountReference;
    /** Undefined for a pool that the service makes. */
    readonly pool: PoolReference | undefined;
    readonly jobId: pulumi.Output<string>;
    /** Address of the job in the data plane. */
    readonly url: pulumi.Output<string>;
    /** Address of the account's data plane. */
    readonly endpoint: pulumi.Output<string>;
    /** The dynamic resource, for `dependsOn` and `deletedWith`. */
    readonly resource: pulumi.CustomResource;
    readonly onAllTasksComplete: "noaction" | "terminatejob";
    readonly usesTaskDependencies: boolean;
    /** What its tasks are checked against. @internal */
    readonly rules: JobRules;
    /** Whether its job manager adds tasks. @internal */
    readonly addsTasksItself: boolean;
    /** Task slots of a node of its pool; undefined when they are not known. @internal */
    readonly slotsPerNode: pulumi.Input<number> | undefined;
    readonly #contents = new JobContents();
    #closedBy: string | undefined;
    readonly #collections = new Set<string>();

    constructor(name: string, args: JobArgs, opts?: pulumi.ComponentResourceOptions) {
        const problems = new Problems(`Job '${name}'`);
        const account = checkJob(args, problems);
        checkWord(args.afterCompletion, ["replace", "refuse", "keep"], "afterCompletion", problems);
        checkWord(args.onDestroy, ["terminate", "wait", "refuse"], "onDestroy", problems);
        checkWord(args.deletion, ["wait", "detach"], "deletion", problems);
        readDuration(args.timeouts?.update, "timeouts.update", problems, { min: 1 });
        readDuration(args.timeouts?.delete, "timeouts.delete", problems, { min: 1 });
        const given =
            args.jobId === undefined
                ? undefined
                : problems.check(args.jobId, (id, found) => checkId(id, "jobId", found));
        problems.throwIfAny();
        if (account === undefined) throw new TypeError(`Job '${name}' has no account`);

        super("pulumi-azure-batch:index:Job", name, {}, opts);
        this.pool = args.pool;
        this.account = account;
        this.endpoint = this.account.endpoint;
        this.onAllTasksComplete = args.onAllTasksComplete ?? "terminatejob";
        this.usesTaskDependencies = args.usesTaskDependencies ?? false;
        this.rules = {
            usesTaskDependencies: this.usesTaskDependencies,
            onTaskFailure: args.onTaskFailure ?? "noaction",
        };
        this.addsTasksItself = args.jobManager !== undefined;
        const own = args.autoPool instanceof AutoPool ? args.autoPool : undefined;
        this.slotsPerNode = args.pool?.taskSlotsPerNode ?? own?.taskSlotsPerNode;
        const job = jobBody(args, args.pool?.poolId);
        const jobId = given ?? generatedId(name, replacingPart(args), { parent: this, problems });
        const resource = new JobResource(
            name,
            {
                endpoint: this.endpoint,
                batchCredentials: this.account.batchCredentials,
                jobId,
                generatedId: given === undefined ? true : undefined,
                owner: `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}/${name}`,
                job,
                contents: this.#contents.digest,
                afterCompletion: args.afterCompletion,
                onDestroy: args.onDestroy,
                deletion: args.deletion,
                deleteTimeout: seconds(args.timeouts?.delete ?? "10m"),
                updateTimeout: args.timeouts?.update && seconds(args.timeouts.update),
                adopt: args.adopt,
            },
            // With its account gone, the job is gone: where nobody has to be asked, that is enough.
            {
                parent: this,
                deletedWith: args.onDestroy === "terminate" ? this.account.batchAccount : undefined,
            },
        );
        this.resource = resource;
        this.jobId = resource.jobId;
        this.url = resource.url;
        this.registerOutputs({ jobId: this.jobId, url: this.url });
    }

    /** Says what tasks the program gives the job. @internal */
    claimTasks(claim: TasksClaim): void {
        this.#contents.claim(claim);
    }

    /** Whether the program has given the job a task of this id. @internal */
    hasTask(id: string): boolean {
        return this.#contents.has(id);
    }

    /** Says that a task collection of this name has the job; false where there is one already. @internal */
    claimName(collection: string): boolean {
        const isNew = !this.#collections.has(collection);
        this.#collections.add(collection);
        return isNew;
    }

    /** Says that a task collection closes the job; only one can. @internal */
    claimClosing(collection: string): string | undefined {
        const before = this.#closedBy;
        this.#closedBy ??= collection;
        return before;
    }
}

/** What makes a new job when it changes, and so a new id. */
function replacingPart(args: JobArgs): unknown {
    const { displayName, usesTaskDependencies, preparation, release, environment, onTaskFailure, triggers } =
        args;
    const { jobManager } = args;
    return jobPart({
        displayName,
        usesTaskDependencies,
        preparation,
        release,
        environment,
        onTaskFailure,
        triggers,
        jobManager,
    });
}

// Value objects give their bodies, so that only what is sent counts.
function jobPart(value: unknown): unknown {
    if (
        typeof value !== "object" ||
        value === null ||
        pulumi.Output.isInstance(value) ||
        value instanceof Promise
    )
        return value;
    if (Array.isArray(value)) return value.map(jobPart);
    if ("body" in value) return jobPart(value.body);
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, jobPart(inner)]));
}

/**
 * Adds what is wrong with a job.
 * @returns its account; undefined when none is known, which is a problem
 * @internal
 */
export function checkJob(
    args: JobSpecificationArgs,
    problems: Problems,
    prefix = "",
): AccountReference | undefined {
    const parts = ["pool", "preparation", "release", "jobManager", "metadata"] as const;
    if (!checkJobShape(args, parts, problems, prefix)) return undefined;
    const account = args.account ?? args.pool?.account;
    if (args.pool !== undefined && args.autoPool !== undefined) {
        problems.add("BATCH1002", `${prefix}autoPool`, "give either `pool` or `autoPool`, not both");
    } else if (args.pool === undefined && args.autoPool === undefined) {
        problems.add("BATCH1001", `${prefix}pool`, "a job needs a pool: give `pool` or `autoPool`");
    } else if (account === undefined) {
        problems.add(
            "BATCH1001",
            `${prefix}account`,
            "with `autoPool` the account must be said: give `account`",
        );
    }
    checkNumbers(args, problems, prefix);
    return account;
}

function checkNumbers(args: JobSpecificationArgs, problems: Problems, prefix: string): void {
    const { priority, maxParallelTasks } = args;
    if (
        priority !== undefined &&
        !(priority >= limits.jobPriorityMin.value && priority <= limits.jobPriorityMax.value)
    ) {
        problems.add(
            "BATCH1004",
            `${prefix}priority`,
            `${priority}: it can be ${limits.jobPriorityMin.value} to ${limits.jobPriorityMax.value}`,
        );
    }
    if (maxParallelTasks !== undefined && maxParallelTasks !== -1 && !(maxParallelTasks > 0)) {
        problems.add(
            "BATCH1004",
            `${prefix}maxParallelTasks`,
            `${maxParallelTasks}: it can be -1 (no limit) or above 0`,
        );
    }
    if (args.release !== undefined && args.preparation === undefined) {
        problems.add(
            "BATCH1001",
            `${prefix}preparation`,
            "a job with a release task needs a preparation task: give `preparation`",
        );
    }
    const { onAllTasksComplete, onTaskFailure } = args;
    checkWord(onAllTasksComplete, ["noaction", "terminatejob"], `${prefix}onAllTasksComplete`, problems);
    const failureWords = ["noaction", "performexitoptionsjobaction"];
    checkWord(onTaskFailure, failureWords, `${prefix}onTaskFailure`, problems);
    checkDurations(args, problems, prefix);
}

function checkDurations(args: JobSpecificationArgs, problems: Problems, prefix: string): void {
    const { constraints, preparation, release, jobManager } = args;
    readDuration(constraints?.maxWallClockTime, `${prefix}constraints.maxWallClockTime`, problems);
    readDuration(release?.maxWallClockTime, `${prefix}release.maxWallClockTime`, problems, {
        max: limits.releaseTaskWallClockMax.value,
    });
    readDuration(release?.retentionTime, `${prefix}release.retentionTime`, problems);
    for (const [name, part] of Object.entries({ preparation, jobManager }))
        for (const limit of ["maxWallClockTime", "retentionTime"] as const)
            readDuration(part?.constraints?.[limit], `${prefix}${name}.constraints.${limit}`, problems);
}
