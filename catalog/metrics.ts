import type { Source } from "./source";

/** A metric of Batch accounts; all are sampled each minute. */
export interface Metric {
    /** What it counts. */
    readonly about: string;
    /** `count`: how many there are, to be averaged. `event`: that something happened, to be counted. Never summed up. */
    readonly kind: "count" | "event";
    readonly dimensions: readonly ("poolId" | "jobId")[];
    readonly source: Source;
}

const page: Source = {
    title: "Supported metrics for Microsoft.Batch/batchaccounts",
    url: "https://learn.microsoft.com/azure/azure-monitor/reference/supported-metrics/microsoft-batch-batchaccounts-metrics",
    date: "2026-11-27",
};

/** How the kinds are looked at: "Metrics, alerts, and logs for diagnostic evaluation and monitoring", read 2026-11-27. */
export const metricAggregation = { count: "Average", event: "Count" } as const;

/** Name of the metrics in Azure Monitor. */
export const METRIC_NAMESPACE = "Microsoft.Batch/batchAccounts";

const count = (about: string): Metric => ({ about, kind: "count", dimensions: [], source: page });
const event = (about: string, ...dimensions: ("poolId" | "jobId")[]): Metric => ({
    about,
    kind: "event",
    dimensions,
    source: page,
});

/** Metrics of Batch accounts by their names in Azure Monitor; the service says "low priority" for spot. */
export const metrics = {
    CoreCount: count("dedicated cores"),
    TotalNodeCount: count("dedicated nodes"),
    LowPriorityCoreCount: count("spot cores"),
    TotalLowPriorityNodeCount: count("spot nodes"),
    CreatingNodeCount: count("nodes that are created"),
    StartingNodeCount: count("nodes that start"),
    WaitingForStartTaskNodeCount: count("nodes that wait for their start task"),
    StartTaskFailedNodeCount: count("nodes whose start task has failed"),
    IdleNodeCount: count("idle nodes"),
    RunningNodeCount: count("nodes that run tasks"),
    OfflineNodeCount: count("offline nodes"),
    RebootingNodeCount: count("nodes that reboot"),
    ReimagingNodeCount: count("nodes that are reimaged"),
    LeavingPoolNodeCount: count("nodes that leave their pool"),
    UnusableNodeCount: count("unusable nodes"),
    PreemptedNodeCount: count("preempted nodes"),
    JobStartEvent: event("jobs that have started", "jobId"),
    JobDeleteStartEvent: event("jobs whose deletion was asked for", "jobId"),
    JobDeleteCompleteEvent: event("jobs that were deleted", "jobId"),
    JobDisableStartEvent: event("jobs whose disabling was asked for", "jobId"),
    JobDisableCompleteEvent: event("jobs that were disabled", "jobId"),
    JobTerminateStartEvent: event("jobs whose termination was asked for", "jobId"),
    JobTerminateCompleteEvent: event("jobs that were terminated", "jobId"),
    PoolCreateEvent: event("pools that were created", "poolId"),
    PoolDeleteStartEvent: event("pools whose deletion has started", "poolId"),
    PoolDeleteCompleteEvent: event("pools that were deleted", "poolId"),
    PoolResizeStartEvent: event("resizes that have started", "poolId"),
    PoolResizeCompleteEvent: event("resizes that have ended", "poolId"),
    TaskStartEvent: event("tasks that have started", "poolId", "jobId"),
    TaskCompleteEvent: event("tasks that have completed", "poolId", "jobId"),
    TaskFailEvent: event("tasks that have failed", "poolId", "jobId"),
} as const satisfies Record<string, Metric>;

/** Name of a metric in {@link metrics}. */
export type MetricName = keyof typeof metrics;
