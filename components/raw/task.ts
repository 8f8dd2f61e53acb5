import type * as pulumi from "@pulumi/pulumi";
import type { BatchTaskCreateOptions } from "../../client";
import { AutoPool } from "../autoPool";
import { isEventual } from "../diagnostics";
import { isoDuration, seconds } from "../durations";
import type { JobManagerArgs, JobPreparationArgs, JobReleaseArgs, JobSpecificationArgs } from "../job";
import type { ScheduleArgs } from "../jobSchedule";
import { environmentSettings, listOrNothing } from "../taskParts";
import type { TaskArgs } from "../taskCollection";

type Body = Record<string, unknown>;

const duration = (value: string | undefined): string | undefined =>
    value === undefined ? undefined : isoDuration(seconds(value) ?? 0);

/** Leaves out what is undefined, down to the last property, and sorts names; an object that has nothing left goes too. */
export function compact(value: unknown): unknown {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(compact);
    if (isEventual(value)) return value;
    let copy: Body | undefined;
    for (const name of Object.keys(value).sort()) {
        const inner = compact((value as Body)[name]);
        if (inner !== undefined) (copy ??= {})[name] = inner;
    }
    return copy;
}

function constraints(args: TaskArgs["constraints"]): Body {
    return {
        maxWallClockTime: duration(args?.maxWallClockTime),
        retentionTime: duration(args?.retentionTime),
        maxTaskRetryCount: args?.maxRetries,
    };
}

type Conversions = {
    readonly [name in keyof TaskArgs]?: (value: never) => readonly [name: string, value: unknown];
};

/** Arguments of a task that the data plane calls or writes otherwise. */
const conversions: Conversions = {
    resourceFiles: (files: TaskArgs["resourceFiles"]) => [
        "resourceFiles",
        listOrNothing(files, (file) => file.body),
    ],
    outputFiles: (files: TaskArgs["outputFiles"]) => [
        "outputFiles",
        listOrNothing(files, (file) => file.body),
    ],
    environment: (environment: TaskArgs["environment"]) => [
        "environmentSettings",
        environmentSettings(environment),
    ],
    user: (user: TaskArgs["user"]) => ["userIdentity", user?.body],
    constraints: (limits: TaskArgs["constraints"]) => ["constraints", constraints(limits)],
    dependsOn: (dependsOn: TaskArgs["dependsOn"]) => [
        "dependsOn",
        dependsOn && { taskIds: dependsOn.taskIds, taskIdRanges: dependsOn.ranges },
    ],
};

/** A task as the data plane takes it (2025-06-01), its values still to come; names in order, so that equal tasks have equal JSON. */
export function taskBody(task: TaskArgs): pulumi.Input<BatchTaskCreateOptions> {
    // A million tasks go through here: taking the arguments apart by name would take three times as long.
    const body: Body = {};
    for (const name of Object.keys(task) as (keyof TaskArgs)[]) {
        const convert = conversions[name] as ((value: unknown) => readonly [string, unknown]) | undefined;
        const [key, value] = convert === undefined ? [name, task[name]] : convert(task[name]);
        body[key] = value;
    }
    return compact(body) as BatchTaskCreateOptions;
}

/** A job as the data plane takes it (2025-06-01), without id and completion. */
export function jobBody(args: JobSpecificationArgs, poolId: pulumi.Input<string> | undefined): Body {
    const metadata = Object.entries(args.metadata ?? {}).map(([name, value]) => ({ name, value }));
    return compact({
        displayName: args.displayName,
        priority: args.priority,
        maxParallelTasks: args.maxParallelTasks,
        usesTaskDependencies: args.usesTaskDependencies,
        onTaskFailure: args.onTaskFailure,
        constraints: {
            maxWallClockTime: duration(args.constraints?.maxWallClockTime),
            maxTaskRetryCount: args.constraints?.maxTaskRetries,
        },
        commonEnvironmentSettings: environmentSettings(args.environment),
        jobPreparationTask: args.preparation === undefined ? undefined : preparation(args.preparation),
        jobReleaseTask: args.release === undefined ? undefined : release(args.release),
        metadata: metadata.length === 0 ? undefined : metadata,
        poolInfo: { poolId, autoPoolSpecification: autoPoolBody(args.autoPool) },
        allowTaskPreemption: args.allowTaskPreemption,
        networkConfiguration: args.networkConfiguration,
        jobManagerTask: args.jobManager === undefined ? undefined : manager(args.jobManager),
    }) as Body;
}

const autoPoolBody = (autoPool: JobSpecificationArgs["autoPool"]): unknown =>
    autoPool instanceof AutoPool ? autoPool.body : autoPool;

function preparation(args: JobPreparationArgs): Body {
    return {
        id: args.id,
        commandLine: args.commandLine,
        resourceFiles: listOrNothing(args.resourceFiles, (file) => file.body),
        environmentSettings: environmentSettings(args.environment),
        userIdentity: args.user?.body,
        containerSettings: args.containerSettings,
        constraints: constraints(args.constraints),
        waitForSuccess: args.waitForSuccess,
        rerunOnNodeRebootAfterSuccess: args.rerunOnReboot,
    };
}

function release(args: JobReleaseArgs): Body {
    return {
        id: args.id,
        commandLine: args.commandLine,
        resourceFiles: listOrNothing(args.resourceFiles, (file) => file.body),
        environmentSettings: environmentSettings(args.environment),
        userIdentity: args.user?.body,
        containerSettings: args.containerSettings,
        maxWallClockTime: duration(args.maxWallClockTime),
        retentionTime: duration(args.retentionTime),
    };
}

function manager(args: JobManagerArgs): Body {
    const {
        resourceFiles,
        outputFiles,
        environment,
        user,
        constraints: limits,
        allowSpotNode,
        ...same
    } = args;
    return {
        ...same,
        resourceFiles: listOrNothing(resourceFiles, (file) => file.body),
        outputFiles: listOrNothing(outputFiles, (file) => file.body),
        environmentSettings: environmentSettings(environment),
        userIdentity: user?.body,
        constraints: constraints(limits),
        allowLowPriorityNode: allowSpotNode,
    };
}

/** When a schedule makes jobs, as the data plane takes it (2025-06-01). */
export function scheduleBody(args: ScheduleArgs): Body {
    const { doNotRunUntil, doNotRunAfter, startWindow, recurrenceInterval } = args;
    const body = {
        doNotRunUntil,
        doNotRunAfter,
        startWindow: duration(startWindow),
        recurrenceInterval: duration(recurrenceInterval),
    };
    return (compact(body) ?? {}) as Body;
}
