import type { ResourceCase } from "../support/case";
import { GOOD_FORMULA, goodPool, POOL, withFormula } from "../support/estate";
import { UNKNOWN } from "../support/judge";

const pool = { type: POOL, base: goodPool };
const FIXED = "scaleSettings.fixedScale";

const INTERVAL = "scaleSettings.autoScale.evaluationInterval";

const auto = (formula: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
    scaleSettings: { autoScale: { formula, evaluationInterval: "PT5M" } },
    taskSlotsPerNode: 1,
    ...more,
});

export const poolScaleCases: readonly ResourceCase[] = [
    {
        ...pool,
        rule: "azure-batch-pool-configure-evaluation-interval",
        fires: [
            ...["PT4M59S", "P7DT1S"].map((interval) => ({
                changes: { [INTERVAL]: interval },
                finds: new RegExp(`evaluationInterval is ${interval}: the service refuses it\\.`),
            })),
            { changes: { [INTERVAL]: "5m" }, finds: /evaluationInterval is '5m', which is no duration\./ },
        ],
        quiet: [{ changes: { [INTERVAL]: "PT5M" } }, { changes: { [INTERVAL]: "P7D" } }],
        unknown: [{ changes: { [INTERVAL]: UNKNOWN }, path: INTERVAL }],
    },
    {
        ...pool,
        rule: "azure-batch-pool-configure-spot-share",
        fires: [
            {
                changes: { [FIXED]: { targetDedicatedNodes: 0, targetLowPriorityNodes: 5 } },
                finds: /5 of 5 nodes are spot nodes, a share above 0\.9/,
            },
            {
                changes: {},
                config: { maximum: 0.4 },
                finds: /2 of 4 nodes are spot nodes, a share above 0\.4/,
            },
        ],
        quiet: [
            { changes: { [FIXED]: { targetLowPriorityNodes: 9, targetDedicatedNodes: 1 } } },
            { changes: {}, config: { maximum: 0.5 } },
            { changes: { [FIXED]: undefined } },
        ],
        unknown: [
            {
                changes: { [`${FIXED}.targetLowPriorityNodes`]: UNKNOWN },
                path: `${FIXED}.targetLowPriorityNodes`,
            },
        ],
    },
    {
        ...pool,
        rule: "azure-batch-pool-configure-maximum-nodes",
        fires: [
            {
                changes: { [FIXED]: { targetDedicatedNodes: 60, targetLowPriorityNodes: 41 } },
                finds: /fixed size is 101 nodes, above 100\./,
            },
            {
                changes: auto("$TargetDedicatedNodes = min(101, $PendingTasks.GetSample(1));"),
                finds: /\$TargetDedicatedNodes of the formula can go above 100\./,
            },
            {
                changes: auto("$TargetDedicatedNodes = 5; $TargetLowPriorityNodes = 6;"),
                config: { maximum: 4 },
                finds: /\$TargetDedicatedNodes and \$TargetLowPriorityNodes of the formula can go above 4/,
            },
        ],
        quiet: [
            { changes: { [FIXED]: { targetDedicatedNodes: 60, targetLowPriorityNodes: 40 } } },
            { changes: auto(GOOD_FORMULA) },
            { changes: auto(GOOD_FORMULA), config: { maximum: 10 } },
        ],
        unknown: [
            {
                changes: { [`${FIXED}.targetDedicatedNodes`]: UNKNOWN },
                path: `${FIXED}.targetDedicatedNodes`,
            },
            { changes: auto(UNKNOWN), path: "scaleSettings.autoScale.formula" },
        ],
    },
    {
        ...pool,
        rule: "azure-batch-pool-configure-maximum-cost",
        fires: [
            {
                changes: { [FIXED]: { targetDedicatedNodes: 10, targetLowPriorityNodes: 11 } },
                config: { maximum: 5, prices: { standard_d4s_v5: 0.24 } },
                finds: /fixed size costs 5\.04 an hour, above 5\./,
            },
            {
                changes: { [FIXED]: { targetDedicatedNodes: 2, targetLowPriorityNodes: 100 } },
                config: {
                    maximum: 1.1,
                    prices: { Standard_D4s_v5: 0.24 },
                    spotPrices: { Standard_D4s_v5: 0.01 },
                },
                finds: /costs 1\.48 an hour, above 1\.1\./,
            },
            {
                changes: auto("$TargetDedicatedNodes = min(21, $PendingTasks.GetSample(1));"),
                config: { maximum: 5, prices: { Standard_D4s_v5: 0.24 } },
                finds: /\$TargetDedicatedNodes of the formula can cost more than 5 an hour/,
            },
            {
                changes: auto("$TargetLowPriorityNodes = min(51, $PendingTasks.GetSample(1));"),
                config: {
                    maximum: 5,
                    prices: { Standard_D4s_v5: 0.24 },
                    spotPrices: { Standard_D4s_v5: 0.1 },
                },
                finds: /\$TargetLowPriorityNodes of the formula can cost/,
            },
            {
                changes: { [FIXED]: { targetDedicatedNodes: 51 } },
                config: { prices: { Standard_D4s_v5: 1 } },
                finds: /costs 51 an hour, above 50/,
            },
        ],
        quiet: [
            { changes: { [FIXED]: { targetDedicatedNodes: 1000 } } },
            {
                changes: { [FIXED]: { targetDedicatedNodes: 1000 } },
                config: { prices: { Standard_D8s_v5: 1 } },
            },
            {
                changes: { [FIXED]: { targetDedicatedNodes: 50 } },
                config: { prices: { Standard_D4s_v5: 1 } },
            },
            {
                changes: auto("$TargetDedicatedNodes = min(20, $PendingTasks.GetSample(1));"),
                config: { maximum: 5, prices: { Standard_D4s_v5: 0.24 } },
            },
            {
                changes: auto("$TargetLowPriorityNodes = min(50, $PendingTasks.GetSample(1));"),
                config: {
                    maximum: 5,
                    prices: { Standard_D4s_v5: 0.24 },
                    spotPrices: { Standard_D4s_v5: 0.1 },
                },
            },
        ],
        unknown: [
            { changes: { vmSize: UNKNOWN }, path: "vmSize" },
            {
                changes: { [`${FIXED}.targetDedicatedNodes`]: UNKNOWN },
                config: { prices: { Standard_D4s_v5: 1 } },
                path: `${FIXED}.targetDedicatedNodes`,
            },
        ],
    },
    {
        ...pool,
        rule: "azure-batch-pool-configure-resize-timeout",
        fires: [
            {
                changes: { [`${FIXED}.resizeTimeout`]: "PT4M59S" },
                finds: /resizeTimeout is PT4M59S, below PT5M: the service refuses it\./,
            },
            {
                changes: { [`${FIXED}.resizeTimeout`]: "PT2H1S" },
                finds: /resizeTimeout is PT2H1S, above 120 minutes\./,
            },
            {
                changes: { [`${FIXED}.resizeTimeout`]: "15 minutes" },
                finds: /resizeTimeout is '15 minutes', which is no duration\./,
            },
            { changes: {}, config: { maximumMinutes: 14 }, finds: /above 14 minutes/ },
        ],
        quiet: [
            { changes: { [`${FIXED}.resizeTimeout`]: "PT5M" } },
            { changes: { [`${FIXED}.resizeTimeout`]: "PT2H" } },
            { changes: { [`${FIXED}.resizeTimeout`]: undefined } },
            { changes: auto(GOOD_FORMULA) },
        ],
        unknown: [{ changes: { [`${FIXED}.resizeTimeout`]: UNKNOWN }, path: `${FIXED}.resizeTimeout` }],
    },
    {
        ...pool,
        rule: "azure-batch-pool-configure-deallocation-option",
        fires: [
            {
                changes: { [`${FIXED}.nodeDeallocationOption`]: "Terminate" },
                finds: /nodeDeallocationOption is Terminate\./,
            },
            {
                changes: { [`${FIXED}.nodeDeallocationOption`]: "retaineddata" },
                finds: /nodeDeallocationOption is retaineddata\./,
            },
            {
                changes: { [`${FIXED}.nodeDeallocationOption`]: "Requeue" },
                config: { disallowed: ["Requeue"] },
                finds: /is Requeue\./,
            },
        ],
        quiet: [
            { changes: { [`${FIXED}.nodeDeallocationOption`]: "Requeue" } },
            { changes: { [`${FIXED}.nodeDeallocationOption`]: undefined } },
            { changes: { [`${FIXED}.nodeDeallocationOption`]: "Terminate" }, config: { disallowed: [] } },
        ],
        unknown: [
            {
                changes: { [`${FIXED}.nodeDeallocationOption`]: UNKNOWN },
                path: `${FIXED}.nodeDeallocationOption`,
            },
        ],
    },
    {
        type: POOL,
        base: withFormula(GOOD_FORMULA),
        rule: "azure-batch-pool-disallow-formula-errors",
        fires: [
            {
                changes: auto("$TargetDedicatedNodes = ;"),
                finds: /AutoScalingFormulaSyntaxError at line 1, column \d+ of the formula: /,
            },
            {
                changes: auto("\n$TargetDedicatedNodes = $NoSuchThing;"),
                finds: /at line 2, column 25 of the formula: .*NoSuchThing/,
            },
        ],
        quiet: [
            { changes: { scaleSettings: goodPool.scaleSettings } },
            { changes: auto("$TargetDedicatedNodes = $ActiveTasks.GetSample(TimeInterval_Minute * 5);") },
        ],
        unknown: [{ changes: auto(UNKNOWN), path: "scaleSettings.autoScale.formula" }],
    },
    {
        type: POOL,
        base: withFormula(GOOD_FORMULA),
        rule: "azure-batch-pool-disallow-formula-warnings",
        fires: [
            {
                changes: auto(
                    "$TargetDedicatedNodes = avg($PendingTasks.GetSample(1));\n$NodeDeallocationOption = taskcompletion;",
                ),
                finds: /AS102 at line 1, column 1 of the formula: \$TargetDedicatedNodes has no upper bound\. Cap it/,
            },
            { changes: { taskSlotsPerNode: 4 }, finds: /AS107 .*runs 4 at once/ },
            {
                changes: auto(
                    "$TargetDedicatedNodes = min(5, $ActiveTasks.GetSample(1));\n$NodeDeallocationOption = taskcompletion;",
                ),
                config: { hints: true },
                finds: /AS103/,
            },
        ],
        quiet: [
            {
                changes: auto(
                    "$TargetDedicatedNodes = min(5, $ActiveTasks.GetSample(1));\n$NodeDeallocationOption = taskcompletion;",
                ),
            },
            { changes: { taskSlotsPerNode: 4 }, config: { acknowledge: ["AS107"] } },
            { changes: auto("$TargetDedicatedNodes = ;") },
            { changes: { scaleSettings: goodPool.scaleSettings } },
        ],
        unknown: [
            { changes: auto(UNKNOWN), path: "scaleSettings.autoScale.formula" },
            { changes: { taskSlotsPerNode: UNKNOWN }, path: "taskSlotsPerNode" },
        ],
    },
];
