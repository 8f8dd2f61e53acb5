import * as pulumi from "@pulumi/pulumi";
import { Problems } from "./diagnostics";
import { readDuration, seconds } from "./durations";
import type { Duration } from "./durations";
import { jobScheduleProvider } from "./dynamic/providers";
import { checkJob } from "./job";
import type { JobSpecificationArgs } from "./job";
import { checkId, generatedId } from "./names";
import { jobBody, scheduleBody } from "./raw/task";
import { checkJobShape } from "./jobShape";
import { reported } from "./reported";
import { checkWord } from "./words";

/** When jobs are made. */
export interface ScheduleArgs {
    /** No job before this instant, ISO 8601. @default at once */
    readonly doNotRunUntil?: string;
    /** No job from this instant on, ISO 8601. @default no end */
    readonly doNotRunAfter?: string;
    /** Time within which a job that is due must be made; at least 1 minute. @default no limit */
    readonly startWindow?: Duration;
    /** Time between the starts of two jobs; at least 1 minute. @default one job alone */
    readonly recurrenceInterval?: Duration;
}

/** Arguments of {@link JobSchedule}. */
export interface JobScheduleArgs {
    /** Changing it replaces the schedule. @default the logical name with a random end */
    readonly scheduleId?: pulumi.Input<string>;
    /** Changing it replaces the schedule. */
    readonly displayName?: string;
    /** Changes in place. */
    readonly schedule: ScheduleArgs;
    /**
     * The jobs that are made; changes in place, for those to come. A job of a schedule gets its tasks from its job manager, and ends by
     * itself only with `onAllTasksComplete` `terminatejob` or with that.
     */
    readonly job: JobSpecificationArgs;
    /** Names and values for your own use, of the schedule. Change in place. @default none */
    readonly metadata?: Readonly<Record<string, string>>;
    /** Whether destroying waits until the schedule and its jobs are gone, or only asks for it. @default "wait" */
    readonly deletion?: "wait" | "detach";
    /** Times until something is given up. */
    readonly timeouts?: {
        /** For the deletion. @default "10m" */
        readonly delete?: Duration;
    };
    /** Takes over a schedule that has the id and is not of this stack. @default false */
    readonly adopt?: boolean;
}

class JobScheduleResource extends pulumi.dynamic.Resource {
    declare readonly scheduleId: pulumi.Output<string>;
    declare readonly url: pulumi.Output<string>;

    constructor(name: string, props: Record<string, unknown>, opts: pulumi.CustomResourceOptions) {
        const all = { ...props, url: undefined };
        super(jobScheduleProvider, name, all, opts, "pulumi-azure-batch", "JobSchedule");
    }
}

/**
 * A schedule that makes jobs.
 * @example
 * new JobSchedule("nightly", { schedule: { recurrenceInterval: "1d" }, job: { pool, jobManager: { id: "plan", commandLine: "plan" } } });
 */
@reported()
export class JobSchedule extends pulumi.ComponentResource {
    readonly scheduleId: pulumi.Output<string>;
    /** Address of the schedule in the data plane. */
    readonly url: pulumi.Output<string>;
    /** The dynamic resource, for `dependsOn` and `deletedWith`. */
    readonly resource: pulumi.CustomResource;

    constructor(name: string, args: JobScheduleArgs, opts?: pulumi.ComponentResourceOptions) {
        const problems = new Problems(`JobSchedule '${name}'`);
        if ((args.schedule as unknown) === undefined)
            problems.add(
                "BATCH1001",
                "schedule",
                'it is missing: give schedule: { recurrenceInterval: "1d" }',
            );
        checkJobShape(args, ["schedule", "metadata"], problems);
        problems.throwIfAny();
        const { startWindow, recurrenceInterval } = args.schedule;
        for (const name of ["doNotRunUntil", "doNotRunAfter"] as const) {
            const instant: unknown = args.schedule[name];
            if (instant instanceof Date)
                problems.add("BATCH1018", `schedule.${name}`, "it is a Date: give its toISOString()");
        }
        readDuration(startWindow, "schedule.startWindow", problems, { min: 60 });
        readDuration(recurrenceInterval, "schedule.recurrenceInterval", problems, { min: 60 });
        readDuration(args.timeouts?.delete, "timeouts.delete", problems, { min: 1 });
        checkWord(args.deletion, ["wait", "detach"], "deletion", problems);
        const account = checkJob(args.job, problems, "job.");
        const given =
            args.scheduleId === undefined
                ? undefined
                : problems.check(args.scheduleId, (id, found) => checkId(id, "scheduleId", found));
        problems.throwIfAny();

        super("pulumi-azure-batch:index:JobSchedule", name, {}, opts);
        const metadata = Object.entries(args.metadata ?? {}).map(([key, value]) => ({ name: key, value }));
        const resource = new JobScheduleResource(
            name,
            {
                endpoint: account?.endpoint,
                batchCredentials: account?.batchCredentials,
                scheduleId: given ?? generatedId(name, args.displayName ?? "", { parent: this, problems }),
                owner: `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}/${name}`,
                jobSchedule: {
                    displayName: args.displayName,
                    schedule: scheduleBody(args.schedule),
                    // Property by property, so that a preview shows all of it but what is not known yet.
                    jobSpecification: {
                        ...jobBody(args.job, args.job.pool?.poolId),
                        onAllTasksComplete: args.job.onAllTasksComplete,
                    },
                    metadata: metadata.length === 0 ? undefined : metadata,
                },
                generatedId: given === undefined ? true : undefined,
                deletion: args.deletion,
                deleteTimeout: seconds(args.timeouts?.delete ?? "10m"),
                adopt: args.adopt,
            },
            { parent: this, deletedWith: account?.batchAccount },
        );
        this.resource = resource;
        this.scheduleId = resource.scheduleId;
        this.url = resource.url;
        this.registerOutputs({ scheduleId: this.scheduleId, url: this.url });
    }
}
