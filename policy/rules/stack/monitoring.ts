import { links } from "../../core/links";
import type { Facts } from "../../core/known";
import { stackRule } from "../../core/rule";
import type { StackResource } from "../../core/stack";

const enabled = (log: Facts): boolean => log.flag("enabled") !== false;

/** Whether an alert is about an account: its scopes name it, or were made from it. */
function watches(alert: StackResource, account: StackResource): boolean {
    if (alert.derives("scopes", account)) return true;
    const id = account.facts.text("id")?.toLowerCase();
    return id !== undefined && alert.facts.texts("scopes").some((scope) => scope.toLowerCase() === id);
}

export const monitoringRules = [
    stackRule({
        name: "azure-batch-account-enable-diagnostic-settings",
        on: "stack",
        title: "Resource logs are on",
        description:
            "A Batch account should send its resource logs somewhere: after a failure or a break-in they are all there is to look at.",
        fix: "add a DiagnosticSetting for the account with the log category ServiceLog, or the category group allLogs",
        link: links.diagnostics,
        severity: "medium",
        profile: "regulated",
        maps: [
            "policyResourceLogs",
            "policyLogsToEventHub",
            "policyLogsToWorkspace",
            "policyCategoryGroupToEventHub",
            "policyCategoryGroupToWorkspace",
            "policyCategoryGroupToStorage",
            "mcsbLogging",
            "mcsbAuditLogging",
            "cisLogs",
            "cisFoundationsLogs14",
            "cisFoundationsLogs20",
            "baselineLogs",
            "cloudSploitLogs",
            "steampipeLogs",
            "steampipeTerraformLogs",
            "aztsLogs",
            "psRuleLogs",
        ],
        check: (stack) =>
            stack.judge("account", (account) => {
                const settings = stack.referring(account, "diagnosticSetting", "resourceUri");
                if (settings.some(({ facts }) => facts.items("logs").some(enabled))) return undefined;
                return settings.length === 0
                    ? "No diagnostic setting of the stack is for this account."
                    : `${settings.map(({ name }) => name).join(", ")} has no enabled log.`;
            }),
    }),
    stackRule({
        name: "azure-batch-account-enable-alerts",
        on: "stack",
        title: "Somebody is told",
        description:
            "A Batch account should have an alert: unusable nodes, failed start tasks and used up quota are otherwise found by those who wait for results.",
        fix: "add a MetricAlert whose scopes have the account, such as for UnusableNodeCount or StartTaskFailedNodeCount",
        link: links.diagnostics,
        severity: "low",
        profile: "regulated",
        maps: ["policyMetricAlerts", "aprlQuota"],
        check: (stack) =>
            stack.judge("account", (account) =>
                stack.of("metricAlert").some((alert) => watches(alert, account))
                    ? undefined
                    : "No metric alert of the stack is about this account.",
            ),
    }),
];
