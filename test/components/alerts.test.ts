import assert from "node:assert/strict";
import * as monitor from "@pulumi/azure-native/monitor";
import * as portal from "@pulumi/azure-native/portal";
import { metrics } from "../../catalog";
import { AccountAlerts, AccountDashboard, BatchAccount, Metric } from "../../components";
import { captureStack } from "../../components/testing";
import { problemsOf } from "./program";

const account = (): BatchAccount => new BatchAccount("a", { resourceGroupName: "g", storage: "none" });

describe("AccountAlerts", function () {
    this.timeout(60_000);

    for (const preview of [false, true]) {
        it(`tells of nodes, resizes, quota, idle cost and preemptions by default${preview ? ", at preview too" : ""}`, async () => {
            const stack = await captureStack(
                () =>
                    new AccountAlerts("ops", {
                        account: account(),
                        notify: { emails: ["me@example.com"], webhooks: ["https://example.com/secret"] },
                        workspaceId: "/workspace",
                    }),
                { preview },
            );
            const alerts = stack.all(monitor.MetricAlert).map(({ name, inputs }) => {
                const criteria = inputs.criteria as { allOf: Record<string, unknown>[] };
                const { metricName, timeAggregation, operator, threshold } = criteria.allOf[0] ?? {};
                return [
                    name,
                    inputs.severity,
                    inputs.windowSize,
                    metricName,
                    timeAggregation,
                    operator,
                    threshold,
                ].join(" ");
            });
            const quota = (number: number): string => (preview ? "" : String(number));
            assert.deepEqual(alerts.sort(), [
                "ops-idleNodes 3 PT1H IdleNodeCount Average GreaterThan 0",
                "ops-preemptions 3 PT15M PreemptedNodeCount Average GreaterThan 0",
                `ops-quotaNear-dedicated 2 PT15M CoreCount Average GreaterThan ${quota(80)}`,
                `ops-quotaNear-spot 2 PT15M LowPriorityCoreCount Average GreaterThan ${quota(40)}`,
                "ops-startTaskFailures 1 PT5M StartTaskFailedNodeCount Average GreaterThan 0",
                "ops-unusableNodes 1 PT15M UnusableNodeCount Average GreaterThan 0",
            ]);
            const group = stack.one(monitor.ActionGroup).inputs;
            assert.equal(group.groupShortName, "ops");
            assert.deepEqual(group.emailReceivers, [
                { name: "email-1", emailAddress: "me@example.com", useCommonAlertSchema: true },
            ]);
            const rule = stack.one(monitor.ScheduledQueryRule).inputs;
            assert.deepEqual(rule.scopes, ["/workspace"]);
            if (!preview) {
                assert.match(
                    rule.criteria?.allOf?.[0]?.query ?? "",
                    /PoolResizeCompleteEvent" and resultCode_s != "Success"\n\| where Resource =~ "aabcd1234"/,
                );
            }
        });
    }

    it("leaves out what is false, adds what is asked for, and takes settings", async () => {
        const stack = await captureStack(
            () =>
                new AccountAlerts("ops", {
                    account: account(),
                    notify: { actionGroupIds: ["/group"] },
                    unusableNodes: false,
                    startTaskFailures: false,
                    preemptions: false,
                    quotaNear: { percent: 50, severity: 0 },
                    idleNodes: { over: 5, window: "6h" },
                    taskFailures: { over: 10 },
                }),
        );
        const found = stack.all(monitor.MetricAlert);
        assert.deepEqual(found.map(({ name }) => name).sort(), [
            "ops-idleNodes",
            "ops-quotaNear-dedicated",
            "ops-quotaNear-spot",
            "ops-taskFailures",
        ]);
        const idle = stack.one(monitor.MetricAlert, "ops-idleNodes").inputs;
        assert.deepEqual([idle.windowSize, idle.evaluationFrequency], ["PT6H", "PT5M"]);
        assert.deepEqual(idle.actions, [{ actionGroupId: "/group" }]);
        const quota = stack.one(monitor.MetricAlert, "ops-quotaNear-dedicated").inputs;
        assert.equal((quota.criteria as { allOf: { threshold: number }[] }).allOf[0]?.threshold, 50);
        assert.equal(quota.severity, 0);
        assert.equal(stack.all(monitor.ActionGroup).length, 0);
    });

    it("reports all that is wrong at once", async () => {
        await captureStack(() => {
            const { quotaNear, ...rest } = { quotaNear: { percent: 120 }, notify: {}, resizeErrors: {} };
            const problems = problemsOf(
                () =>
                    new AccountAlerts("x", {
                        account: account(),
                        quotaNear,
                        ...rest,
                        idleNodes: { window: "7m" },
                    }),
            );
            assert.deepEqual(
                problems.map((problem) => problem.split(":").slice(0, 2).join(":")),
                [
                    "notify: BATCH1001",
                    "resizeErrors: BATCH1018",
                    "quotaNear.percent: BATCH1004",
                    "idleNodes.window: BATCH1005",
                ],
            );
        });
    });
});

describe("Metric", function () {
    this.timeout(60_000);

    it("averages counts and counts events, and never adds samples up", async () => {
        await captureStack(() => {
            const of = account();
            for (const name of Object.keys(metrics) as (keyof typeof metrics)[]) {
                const expected = name.endsWith("Event") ? "Count" : "Average";
                assert.equal(Metric.of(of, name).criterion(0).timeAggregation, expected, name);
            }
        });
    });

    it("is of one pool or job where Azure Monitor knows it, and says where not", async () => {
        const stack = await captureStack(() => {
            const of = account();
            Metric.of(of, "TaskFailEvent", { jobId: "job" }).alert("fails", { over: 10, window: "30m" });
            assert.match(
                problemsOf(() => Metric.of(of, "IdleNodeCount", { poolId: "p" }))[0] ?? "",
                /^poolId: BATCH1018: IdleNodeCount is of the whole account/,
            );
            assert.match(
                problemsOf(() => Metric.of(of, "PoolResizeStartEvent", { jobId: "j" }))[0] ?? "",
                /by poolId only/,
            );
        });
        const { criteria } = stack.one(monitor.MetricAlert).inputs;
        assert.deepEqual((criteria as { allOf: { dimensions: unknown }[] }).allOf[0]?.dimensions, [
            { name: "jobId", operator: "Include", values: ["job"] },
        ]);
    });
});

describe("AccountDashboard", function () {
    this.timeout(60_000);

    it("has charts of the metrics, two in a row, that do not overlap", async () => {
        const stack = await captureStack(
            () => new AccountDashboard("ops", { account: account(), title: "Render" }),
        );
        const { inputs } = stack.one(portal.Dashboard);
        assert.equal(inputs.tags?.["hidden-title"], "Render");
        const parts = inputs.properties?.lenses?.[0]?.parts ?? [];
        const places = parts.map(({ position: { x, y } }) => `${x},${y}`);
        assert.deepEqual(places, ["0,0", "6,0", "0,4", "6,4", "0,8"]);
        const { chart } = (
            parts[3]?.metadata?.settings?.["content"] as {
                options: { chart: { title: string; metrics: { name: string; aggregationType: number }[] } };
            }
        ).options;
        assert.equal(chart.title, "Tasks");
        assert.deepEqual(
            chart.metrics.map(({ name, aggregationType }) => [name, aggregationType]),
            [
                ["TaskStartEvent", 7],
                ["TaskCompleteEvent", 7],
                ["TaskFailEvent", 7],
            ],
        );
    });
});
