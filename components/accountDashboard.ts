import * as portal from "@pulumi/azure-native/portal";
import type { input as inputs } from "@pulumi/azure-native/types";
import * as pulumi from "@pulumi/pulumi";
import { METRIC_NAMESPACE } from "../catalog";
import type { MetricName } from "../catalog";
import type { AccountReference } from "./accountParts";
import { Metric } from "./metric";

/** Arguments of {@link AccountDashboard}. */
export interface AccountDashboardArgs {
    readonly account: AccountReference;
    /** What the portal shows as its name. @default the logical name */
    readonly title?: pulumi.Input<string>;
    /** Charts, each of some metrics. @default nodes, nodes in trouble, cores, tasks, resizes */
    readonly charts?: Readonly<Record<string, readonly MetricName[]>>;
    readonly tags?: Readonly<Record<string, pulumi.Input<string>>>;
}

const charts: Readonly<Record<string, readonly MetricName[]>> = {
    Nodes: ["RunningNodeCount", "IdleNodeCount", "StartingNodeCount", "WaitingForStartTaskNodeCount"],
    "Nodes in trouble": [
        "UnusableNodeCount",
        "StartTaskFailedNodeCount",
        "OfflineNodeCount",
        "PreemptedNodeCount",
    ],
    Cores: ["CoreCount", "LowPriorityCoreCount"],
    Tasks: ["TaskStartEvent", "TaskCompleteEvent", "TaskFailEvent"],
    Resizes: ["PoolResizeStartEvent", "PoolResizeCompleteEvent"],
};

const WIDTH = 6;
const HEIGHT = 4;
/** Charts beside each other. */
const COLUMNS = 2;
// The portal's own numbers of aggregations, as dashboards that it exports have them.
const aggregations = { Average: 4, Count: 7 } as const;

/** A dashboard of the portal with the metrics of an account. */
export class AccountDashboard extends pulumi.ComponentResource {
    readonly dashboard: portal.Dashboard;

    constructor(name: string, args: AccountDashboardArgs, opts?: pulumi.ComponentResourceOptions) {
        super("pulumi-azure-batch:index:AccountDashboard", name, {}, opts);
        const { account } = args;
        const parts = Object.entries(args.charts ?? charts).map(([title, names], index) => ({
            position: {
                x: (index % COLUMNS) * WIDTH,
                y: Math.floor(index / COLUMNS) * HEIGHT,
                colSpan: WIDTH,
                rowSpan: HEIGHT,
            },
            metadata: chart(title, names, account),
        }));
        this.dashboard = new portal.Dashboard(
            name,
            {
                resourceGroupName: account.resourceGroupName,
                properties: { lenses: [{ order: 0, parts }] },
                // The portal shows this tag as the dashboard's name.
                tags: { ...args.tags, "hidden-title": args.title ?? name },
            },
            { parent: this },
        );
        this.registerOutputs({ id: this.dashboard.id });
    }
}

function chart(
    title: string,
    names: readonly MetricName[],
    account: AccountReference,
): inputs.portal.DashboardPartMetadataArgs {
    const metrics = names.map((name) => {
        const { aggregation, about } = Metric.of(account, name);
        return {
            resourceMetadata: { id: account.id },
            name,
            aggregationType: aggregations[aggregation],
            namespace: METRIC_NAMESPACE,
            metricVisualization: { displayName: about },
        };
    });
    return {
        type: "Extension/HubsExtension/PartType/MonitorChartPart",
        settings: {
            content: {
                options: { chart: { title, titleKind: 2, metrics, visualization: { chartType: 2 } } },
            },
        },
    };
}
