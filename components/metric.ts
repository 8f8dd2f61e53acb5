import * as monitor from "@pulumi/azure-native/monitor";
import type { input as inputs } from "@pulumi/azure-native/types";
import * as pulumi from "@pulumi/pulumi";
import { METRIC_NAMESPACE, metricAggregation, metrics } from "../catalog";
import type { MetricName } from "../catalog";
import type { AccountReference } from "./accountParts";
import { readDuration } from "./durations";
import type { Duration } from "./durations";
import { Problems } from "./diagnostics";

// "Create or edit a metric alert rule": the windows that Azure Monitor takes, with how often each is looked at.
const windows: Readonly<Record<string, "PT1M" | "PT5M">> = {
    PT1M: "PT1M",
    PT5M: "PT1M",
    PT15M: "PT5M",
    PT30M: "PT5M",
    PT1H: "PT5M",
    PT6H: "PT5M",
    PT12H: "PT5M",
    P1D: "PT5M",
};

/** Reads the window of an alert. */
export function readWindow(
    window: Duration | undefined,
    path: string,
    problems: Problems,
): string | undefined {
    const read = readDuration(window, path, problems);
    if (read !== undefined && windows[read] === undefined) {
        const allowed = Object.keys(windows).join(", ");
        problems.add("BATCH1005", path, `'${window}': Azure Monitor looks at ${allowed}`);
    }
    return read;
}

/** Which part of a metric is looked at. */
export interface MetricOptions {
    /** Events of this pool only; not for counts, which are of the whole account. @default all */
    readonly poolId?: pulumi.Input<string>;
    /** Events of this job only. @default all */
    readonly jobId?: pulumi.Input<string>;
}

/** When an alert fires and who is told. */
export interface MetricAlertArgs {
    /** Fires when the metric is over this number within the window. */
    readonly over: pulumi.Input<number>;
    /** Time that is looked at: 1, 5, 15 or 30 minutes, 1, 6 or 12 hours, or a day. @default 5 minutes */
    readonly window?: Duration;
    /** 0 (critical) to 4 (verbose). @default 2 */
    readonly severity?: 0 | 1 | 2 | 3 | 4;
    /** Resource ids of action groups. @default nobody is told */
    readonly actionGroupIds?: readonly pulumi.Input<string>[];
    readonly description?: string;
    /** @default true */
    readonly enabled?: pulumi.Input<boolean>;
    readonly tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * A metric of a Batch account, averaged or counted as its kind asks for: the sum of all samples, which the portal offers first, is wrong.
 * @example
 * Metric.of(account, "TaskFailEvent", { jobId: job.jobId }).alert("frames-fail", { over: 10 });
 */
export class Metric {
    readonly aggregation: "Average" | "Count";

    private constructor(
        readonly account: AccountReference,
        readonly name: MetricName,
        readonly options: MetricOptions,
    ) {
        this.aggregation = metricAggregation[metrics[name].kind];
    }

    /** A metric by its name in Azure Monitor. @throws pulumi.InputPropertiesError when it has no such dimension */
    static of(account: AccountReference, name: MetricName, options: MetricOptions = {}): Metric {
        const problems = new Problems(`Metric '${name}'`);
        const dimensions: readonly string[] = metrics[name].dimensions;
        for (const dimension of ["poolId", "jobId"] as const) {
            if (options[dimension] === undefined || dimensions.includes(dimension)) continue;
            problems.add(
                "BATCH1018",
                dimension,
                `${name} ${dimensions.length === 0 ? "is of the whole account" : `can be had by ${dimensions.join(" and ")} only`}: leave ${dimension} out`,
            );
        }
        problems.throwIfAny();
        return new Metric(account, name, options);
    }

    /** What it counts, in words. */
    get about(): string {
        return metrics[this.name].about;
    }

    /** As a criterion of an alert of your own. */
    criterion(over: pulumi.Input<number>): inputs.monitor.MetricCriteriaArgs {
        const dimensions = (["poolId", "jobId"] as const).flatMap((name) => {
            const value = this.options[name];
            return value === undefined ? [] : [{ name, operator: "Include", values: [value] }];
        });
        return {
            criterionType: "StaticThresholdCriterion",
            name: this.name,
            metricName: this.name,
            metricNamespace: METRIC_NAMESPACE,
            timeAggregation: this.aggregation,
            operator: "GreaterThan",
            threshold: over,
            dimensions: dimensions.length === 0 ? undefined : dimensions,
        };
    }

    /** Tells somebody when it is over a number. Changes in place. */
    alert(name: string, args: MetricAlertArgs, opts?: pulumi.CustomResourceOptions): monitor.MetricAlert {
        const problems = new Problems(`alert '${name}'`);
        const window = readWindow(args.window, "window", problems) ?? "PT5M";
        problems.throwIfAny();
        return new monitor.MetricAlert(
            name,
            {
                resourceGroupName: this.account.resourceGroupName,
                location: "global",
                description: args.description ?? this.about,
                enabled: args.enabled ?? true,
                severity: args.severity ?? 2,
                scopes: [this.account.id],
                evaluationFrequency: windows[window] ?? "PT1M",
                windowSize: window,
                criteria: {
                    odataType: "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
                    allOf: [this.criterion(args.over)],
                },
                actions: args.actionGroupIds?.map((actionGroupId) => ({ actionGroupId })),
                tags: args.tags,
            },
            opts,
        );
    }
}
