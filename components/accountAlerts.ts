import * as monitor from "@pulumi/azure-native/monitor";
import * as pulumi from "@pulumi/pulumi";
import type { MetricName } from "../catalog";
import type { AccountReference } from "./accountParts";
import { Problems } from "./diagnostics";
import { Metric, readWindow } from "./metric";
import type { MetricAlertArgs } from "./metric";
import { reported } from "./reported";

/** Who is told of alerts; at least one. */
export interface Notify {
    readonly emails?: readonly pulumi.Input<string>[];
    /** Addresses that get a POST with the common alert schema. Kept as secrets. */
    readonly webhooks?: readonly pulumi.Input<string>[];
    /** Resource ids of action groups that are there already. */
    readonly actionGroupIds?: readonly pulumi.Input<string>[];
}

/** How an alert differs from its default. */
export type AlertSettings = Partial<
    Pick<MetricAlertArgs, "over" | "window" | "severity" | "description" | "enabled">
>;

/** Arguments of {@link AccountAlerts}; each alert can be changed, or left out with `false`. */
export interface AccountAlertsArgs {
    readonly account: AccountReference;
    readonly notify: Notify;
    /** Resource id of the Log Analytics workspace that the account's logs go to; `resizeErrors` reads them there. @default no such alert */
    readonly workspaceId?: pulumi.Input<string>;
    /** Nodes that take no tasks and cost. @default more than 0 on average over 15 minutes, severity 1 */
    readonly unusableNodes?: AlertSettings | false;
    /** @default more than 0 on average over 5 minutes, severity 1 */
    readonly startTaskFailures?: AlertSettings | false;
    /** Resizes that ended in another way than success, quota reached for example. @default any within 15 minutes, severity 1 */
    readonly resizeErrors?: Omit<AlertSettings, "over"> | false;
    /** Dedicated and spot cores near the account's quota. @default over 80 % on average over 15 minutes, severity 2 */
    readonly quotaNear?: (Omit<AlertSettings, "over"> & { readonly percent?: number }) | false;
    /** Nodes that wait for tasks and cost. @default more than 0 on average over an hour, severity 3 */
    readonly idleNodes?: AlertSettings | false;
    /** Spot nodes that were taken away. @default more than 0 on average over 15 minutes, severity 3 */
    readonly preemptions?: AlertSettings | false;
    /** Tasks that end with an exit code other than 0, for example. @default false: no alert */
    readonly taskFailures?: AlertSettings | false;
    readonly tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

type Kind = "unusableNodes" | "startTaskFailures" | "idleNodes" | "preemptions" | "taskFailures";

const rows: Record<Kind, { metric: MetricName; byDefault: boolean; alert: MetricAlertArgs }> = {
    unusableNodes: {
        metric: "UnusableNodeCount",
        byDefault: true,
        alert: {
            over: 0,
            window: "15m",
            severity: 1,
            description: "Nodes are unusable: they take no tasks.",
        },
    },
    startTaskFailures: {
        metric: "StartTaskFailedNodeCount",
        byDefault: true,
        alert: { over: 0, severity: 1, description: "Start tasks fail: the nodes take no tasks." },
    },
    idleNodes: {
        metric: "IdleNodeCount",
        byDefault: true,
        alert: { over: 0, window: "1h", severity: 3, description: "Nodes wait for tasks and cost." },
    },
    preemptions: {
        metric: "PreemptedNodeCount",
        byDefault: true,
        alert: { over: 0, window: "15m", severity: 3, description: "Spot nodes were taken away." },
    },
    taskFailures: {
        metric: "TaskFailEvent",
        byDefault: false,
        alert: { over: 0, severity: 2, description: "Tasks fail." },
    },
};

// "AzureDiagnostics" has a column for each member of a log's properties; "Pool resize complete event" has these members.
const failedResizes = (account: string): string => `AzureDiagnostics
| where Category == "ServiceLog" and OperationName == "PoolResizeCompleteEvent" and resultCode_s != "Success"
| where Resource =~ "${account}"
| project TimeGenerated, pool = id_s, resultCode_s, resultMessage_s`;

/**
 * Tells people when a Batch account is in trouble, or costs without use.
 * @example
 * new AccountAlerts("render", { account, notify: { emails: ["render@example.com"] }, workspaceId: workspace.id });
 */
@reported({ alerts: new Map() })
export class AccountAlerts extends pulumi.ComponentResource {
    /** The alerts, by the name of their argument; `quotaNear` has one for each kind of cores. */
    readonly alerts: ReadonlyMap<string, monitor.MetricAlert | monitor.ScheduledQueryRule>;
    /** Resource ids of the action groups that are told. */
    readonly actionGroupIds: readonly pulumi.Input<string>[];

    constructor(name: string, args: AccountAlertsArgs, opts?: pulumi.ComponentResourceOptions) {
        const problems = new Problems(`AccountAlerts '${name}'`);
        const { emails = [], webhooks = [], actionGroupIds = [] } = args.notify;
        if (emails.length + webhooks.length + actionGroupIds.length === 0)
            problems.add("BATCH1001", "notify", "nobody is told: give emails, webhooks or actionGroupIds");
        if (args.resizeErrors && args.workspaceId === undefined) {
            problems.add(
                "BATCH1018",
                "resizeErrors",
                "there is no metric of failed resizes, so they are read from logs: give workspaceId, where the account's diagnostics go",
            );
        }
        if (args.quotaNear && args.account.dedicatedCoreQuota === undefined) {
            problems.add(
                "BATCH1018",
                "quotaNear",
                "the quota of an account of another stack is not known here: use BatchAccount.fromExisting, or Metric.of(account, 'CoreCount').alert(...)",
            );
        }
        const percent = (args.quotaNear || undefined)?.percent ?? 80;
        if (!(percent > 0 && percent <= 100))
            problems.add("BATCH1004", "quotaNear.percent", `${percent} %: it can be above 0 and 100 at most`);
        const settings = [...(Object.keys(rows) as Kind[]), "quotaNear", "resizeErrors"] as const;
        const windows = new Map(
            settings.map((kind) => [
                kind,
                readWindow((args[kind] || undefined)?.window, `${kind}.window`, problems),
            ]),
        );
        problems.throwIfAny();

        super("pulumi-azure-batch:index:AccountAlerts", name, {}, opts);
        const { account, tags } = args;
        const child = { parent: this };
        this.actionGroupIds = [
            ...actionGroupIds,
            ...(emails.length + webhooks.length === 0
                ? []
                : [actionGroup(name, account, emails, webhooks, tags, child).id]),
        ];
        const alerts = new Map<string, monitor.MetricAlert | monitor.ScheduledQueryRule>();
        const common = { actionGroupIds: this.actionGroupIds, tags };
        for (const [kind, row] of Object.entries(rows) as [Kind, (typeof rows)[Kind]][]) {
            const settings = args[kind] ?? row.byDefault;
            if (settings === false) continue;
            const own = settings === true ? {} : settings;
            const alert = { ...row.alert, ...own, ...common };
            alerts.set(kind, Metric.of(account, row.metric).alert(`${name}-${kind}`, alert, child));
        }
        if (args.quotaNear !== false) {
            const { percent: _percent, ...own } = args.quotaNear ?? {};
            for (const [what, metric, quota] of [
                ["dedicated", "CoreCount", account.dedicatedCoreQuota],
                ["spot", "LowPriorityCoreCount", account.spotCoreQuota],
            ] as const) {
                if (quota === undefined) continue;
                const alert: MetricAlertArgs = {
                    over: quota.apply((cores) => Math.floor(((cores ?? 0) * percent) / 100)),
                    // With a subscription of its own an account has no quota; with none of these cores there is nothing to be near to.
                    enabled: quota.apply((cores) => (cores ?? 0) > 0),
                    window: "15m",
                    severity: 2,
                    description: `More than ${percent} % of the quota of ${what} cores is in use.`,
                    ...own,
                    ...common,
                };
                alerts.set(
                    `quotaNear-${what}`,
                    Metric.of(account, metric).alert(`${name}-quotaNear-${what}`, alert, child),
                );
            }
        }
        if (args.workspaceId !== undefined && args.resizeErrors !== false) {
            const own = { ...args.resizeErrors, window: windows.get("resizeErrors") };
            const rule = resizeRule(name, args.workspaceId, own, account, common, child);
            alerts.set("resizeErrors", rule);
        }
        this.alerts = alerts;
        this.registerOutputs({ actionGroupIds: [...this.actionGroupIds] });
    }
}

function actionGroup(
    name: string,
    account: AccountReference,
    emails: readonly pulumi.Input<string>[],
    webhooks: readonly pulumi.Input<string>[],
    tags: AccountAlertsArgs["tags"],
    opts: pulumi.CustomResourceOptions,
): monitor.ActionGroup {
    return new monitor.ActionGroup(
        name,
        {
            resourceGroupName: account.resourceGroupName,
            location: "Global",
            groupShortName: name.replace(/[^A-Za-z0-9]/g, "").slice(0, 12) || "batch",
            enabled: true,
            emailReceivers: emails.map((emailAddress, index) => ({
                name: `email-${index + 1}`,
                emailAddress,
                useCommonAlertSchema: true,
            })),
            webhookReceivers: webhooks.map((serviceUri, index) => ({
                name: `webhook-${index + 1}`,
                serviceUri: pulumi.secret(serviceUri),
                useCommonAlertSchema: true,
            })),
            tags,
        },
        opts,
    );
}

function resizeRule(
    name: string,
    workspaceId: pulumi.Input<string>,
    settings: Omit<AlertSettings, "over">,
    account: AccountReference,
    { actionGroupIds, tags }: Pick<MetricAlertArgs, "actionGroupIds" | "tags">,
    opts: pulumi.CustomResourceOptions,
): monitor.ScheduledQueryRule {
    return new monitor.ScheduledQueryRule(
        `${name}-resizeErrors`,
        {
            resourceGroupName: account.resourceGroupName,
            description: settings.description ?? "Resizes of pools end in failure.",
            enabled: settings.enabled ?? true,
            severity: settings.severity ?? 1,
            scopes: [workspaceId],
            evaluationFrequency: "PT5M",
            windowSize: settings.window ?? "PT15M",
            autoMitigate: true,
            criteria: {
                allOf: [
                    {
                        query: account.name.apply(failedResizes),
                        timeAggregation: "Count",
                        operator: "GreaterThan",
                        threshold: 0,
                        failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 },
                    },
                ],
            },
            actions: { actionGroups: [...(actionGroupIds ?? [])] },
            tags,
        },
        opts,
    );
}
