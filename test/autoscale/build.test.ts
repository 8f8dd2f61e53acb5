import assert from "node:assert/strict";
import { FormulaError, build, expressions as x, formula, parse } from "../../autoscale";

const {
    avg,
    at,
    ceil,
    days,
    hours,
    max,
    min,
    minutes,
    now,
    pendingTasks,
    seconds,
    taskSlotsPerNode,
    vec,
    when,
} = x;
const only = (text: string): string => text.trim().replace(/^a = /, "").replace(/;$/, "");
const printed = (write: (f: Parameters<Parameters<typeof build>[0]>[0]) => unknown): string =>
    only(build((f) => void write(f)));

describe("autoscale: builder", function () {
    this.timeout(60_000);

    it("prints what a careful person would write", () => {
        const text = build((f) => {
            f.comment("Tasks of the last quarter of an hour.");
            const span = f.let("span", minutes(15));
            const sampled = f.let("sampled", pendingTasks.samplePercent(span));
            const tasks = f.let(
                "tasks",
                when(sampled.isLess(70), max(0, pendingTasks.latest(1)), avg(pendingTasks.samples(span))),
            );
            f.comment("One node for what it can run at once, at most 20.");
            f.targetDedicatedNodes(min(20, ceil(tasks.dividedBy(taskSlotsPerNode))));
            f.nodeDeallocationOption("taskcompletion");
        });
        assert.equal(
            text,
            `// Tasks of the last quarter of an hour.
span = 15 * TimeInterval_Minute;
sampled = $PendingTasks.GetSamplePercent(span);
tasks = sampled < 70 ? max(0, $PendingTasks.GetSample(1)) : avg($PendingTasks.GetSample(span));

// One node for what it can run at once, at most 20.
$TargetDedicatedNodes = min(20, ceil(tasks / $TaskSlotsPerNode));
$NodeDeallocationOption = taskcompletion;
`,
        );
    });

    it("sets brackets only where the order of operators asks for them", () => {
        assert.equal(
            printed((f) => f.let("a", x.targetSpotNodes.plus(1).times(2).minus(x.targetSpotNodes.minus(3)))),
            "($TargetLowPriorityNodes + 1) * 2 - ($TargetLowPriorityNodes - 3)",
        );
        assert.equal(
            printed((f) => f.let("a", taskSlotsPerNode.isMore(1).and(taskSlotsPerNode.isLess(4)).not())),
            "!($TaskSlotsPerNode > 1 && $TaskSlotsPerNode < 4)",
        );
        assert.equal(
            printed((f) => f.let("a", taskSlotsPerNode.minus(-2))),
            "$TaskSlotsPerNode - -2",
        );
    });

    it("writes lengths of time and moments", () => {
        assert.equal(
            printed((f) => f.let("a", now().plus(hours(-6)))),
            "time() + -6 * TimeInterval_Hour",
        );
        assert.equal(
            printed((f) =>
                f.let(
                    "a",
                    now()
                        .minus(at(new Date("2026-01-05T08:00:00Z")))
                        .isMore(days(1)),
                ),
            ),
            'time() - time("2026-01-05T08:00:00Z") > TimeInterval_Day',
        );
        assert.equal(
            printed((f) => f.let("a", seconds(taskSlotsPerNode).plus(now()))),
            "$TaskSlotsPerNode * TimeInterval_Second + time()",
        );
    });

    it("refuses what no formula can hold: names that are none or taken, numbers that are none", () => {
        assert.throws(() => build((f) => void f.let("two words", 1)), /"two words" is no name/);
        assert.throws(() => build((f) => void f.let("$CPUPercent" as string, 1)), /belongs to the service/);
        assert.throws(() => vec(1, NaN), /NaN cannot stand in a formula/);
        assert.throws(() => at(new Date("never")), /valid Date/);
    });

    it("refuses more statements than the service takes", () => {
        assert.throws(
            () => build((f) => void Array.from({ length: 101 }, (_, i) => f.let(`v${i}` as string, i))),
            (error) => error instanceof FormulaError && /at most 100/.test(error.message),
        );
    });
});

describe("autoscale: tagged template", function () {
    this.timeout(60_000);

    it("gives the text without the indentation of the program around it", () => {
        const most = 7;
        const text = formula`
            $TargetDedicatedNodes = min(${most}, ${pendingTasks}.GetSample(1));
              // deeper
            $NodeDeallocationOption = ${"taskcompletion"};
        `;
        assert.equal(
            text,
            "$TargetDedicatedNodes = min(7, $PendingTasks.GetSample(1));\n  // deeper\n$NodeDeallocationOption = taskcompletion;\n",
        );
    });

    it("takes values of the builder", () => {
        assert.equal(
            formula`$TargetDedicatedNodes = 3 * ${max(1, x.targetDedicatedNodes)};`,
            "$TargetDedicatedNodes = 3 * (max(1, $TargetDedicatedNodes));",
        );
        assert.deepEqual(parse(formula`a = 2 - ${-3};`).diagnostics, []);
    });

    it("fails when the program starts, with every error and its place", () => {
        const broken = (): string => formula`
            $TargetDedicatedNodes = $PendingTask.GetSample(1);
            $NodeDeallocationOption = never;
        `;
        assert.throws(broken, (error) => {
            assert.ok(error instanceof FormulaError);
            assert.match(error.message, /has 2 errors/);
            assert.match(error.message, /line 1, column 25: .*\n {2}line 2, column 27: /);
            return error.diagnostics.length === 2;
        });
    });

    it("keeps a backslash, which no formula can hold, from passing", () => {
        assert.throws(() => formula`a = time(\"2026-01-05\");`, FormulaError);
    });
});
