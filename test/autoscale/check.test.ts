import assert from "node:assert/strict";
import { check } from "../../autoscale";

const problems = (text: string, severity = "error"): string[] =>
    check(text)
        .diagnostics.filter((diagnostic) => diagnostic.severity === severity)
        .map(({ message, fix }) => (fix ? `${message} ${fix}` : message));
const refused = (text: string, pattern: RegExp): void => {
    const [first] = problems(text);
    assert.match(first ?? "accepted", pattern, text);
};
const warned = (text: string, code: string): void => {
    const { ok, diagnostics } = check(text);
    assert.equal(ok, true, JSON.stringify(diagnostics));
    assert.ok(
        diagnostics.some((diagnostic) => diagnostic.code === code),
        `${text}: ${JSON.stringify(diagnostics)}`,
    );
};

describe("autoscale: checker", function () {
    this.timeout(60_000);

    it("lists what a formula assigns, in order and once", () => {
        assert.deepEqual(check("b = 1; $TargetDedicatedNodes = b; b = 2;").assigns, [
            "b",
            "$TargetDedicatedNodes",
        ]);
    });

    it("gives errors of names and types the service's evaluation code", () => {
        assert.equal(
            check("$TargetDedicatedNodes = nodes;").diagnostics[0]?.code,
            "AutoScalingFormulaEvaluationError",
        );
    });

    it("proposes the name that was probably meant", () => {
        refused("$samples = 1; a = $sampels + 1;", /Unknown variable \$sampels\. Did you mean \$samples\?/);
        refused(
            "a = $PendingTask.GetSample(1);",
            /Did you mean \$PendingTasks\?|Unknown variable \$PendingTask/,
        );
        refused("a = Max(1, 2);", /Unknown function name: Max\. Did you mean max\?/);
        refused(
            "a = $ActiveTasks.getSamples(1);",
            /Unknown method name: getSamples\. Did you mean GetSample\?/,
        );
        refused("a = time().weekDay;", /no member weekDay\. Did you mean weekday\?/);
        refused("$NodeDeallocationOption = taskCompletion;", /Did you mean taskcompletion\?/);
        refused("a = 5 * TimeInterval_Minutes;", /Did you mean TimeInterval_Minute\?/);
        refused("a = 1 * TimeZoneInterval_Hour;", /Did you mean TimeInterval_Hour\?/);
    });

    it("tells a variable read too early from one that does not exist", () => {
        refused("a = b;\nb = 1;", /b is read before it is assigned \(line 2\)/);
    });

    it("reports one mistake once", () => {
        assert.equal(problems("a = nodes; b = a + 1; c = max(a, b);").length, 1);
    });

    it("refuses what the operator table does not have", () => {
        refused("a = 1 + TimeInterval_Minute;", /There is no double \+ timeinterval/);
        refused("a = time() - TimeInterval_Hour;", /Add the negative interval/);
        refused('a = "x" + "y";', /There is no string \+ string/);
        refused("a = TimeInterval_Hour / TimeInterval_Minute;", /There is no timeinterval \/ timeinterval/);
        refused("a = time() + time();", /There is no timestamp \+ timestamp/);
        refused("a = -$ActiveTasks.GetSample(1);", /- takes a double or timeinterval/);
        refused("a = time() ? 1 : 0;", /A condition is a double/);
    });

    it("refuses arguments no overload takes", () => {
        refused(
            "a = percentile(1, 2);",
            /No overload for function "percentile" takes a double as argument 1/,
        );
        refused("a = rand(1);", /No overload for function "rand" takes 1 arguments/);
        refused("a = max(TimeInterval_Hour);", /takes a timeinterval as argument 1/);
        refused("a = $ActiveTasks.GetSample();", /No overload for method "GetSample" takes 0 arguments/);
        refused("a = $ActiveTasks.GetSamplePercent(5);", /takes a double as argument 1/);
        refused("a = $ActiveTasks.GetSample(1, 70);", /takes a double as argument 1/);
        refused("a = 1; b = a.GetSample(1);", /A double has no method GetSample/);
        refused("a = time().hour();", /Write \.hour without brackets/);
        refused("a = $ActiveTasks.Count;", /it has methods/);
    });

    it("refuses a metric used as a number, and says how to read it", () => {
        refused(
            "$TargetDedicatedNodes = max(0, $PendingTasks);",
            /Write max\(0, \$PendingTasks\.GetSample\(1\)\)/,
        );
    });

    it("protects what the service sets, and the keywords", () => {
        refused("$ActiveTasks = 1;", /read-only/);
        refused("TimeInterval_Hour = 1;", /read-only/);
        refused("requeue = 1;", /keyword/);
        refused("x = requeue;", /can be assigned only to \$NodeDeallocationOption/);
        refused("$NodeDeallocationOption = 1;", /only values of \$NodeDeallocationOption are the keywords/);
        refused("$TargetDedicatedNodes = time();", /takes a double, not a timestamp/);
    });

    it("checks the text of time()", () => {
        refused('a = time("2023-04-14T13:26:49.123456789Z");', /at most 6 digits/);
        refused('a = time("2026-02-30");', /no day 30/);
        refused('a = time("yesterday");', /cannot read "yesterday"/);
        warned('a = time("Tue, 06 Oct 2014 10:20:00 GMT");', "AS009");
        warned('a = time("2026-01-05T08:00:00");', "AS009");
    });

    it("takes with a warning what real formulas do and nobody documents", () => {
        warned("a = $PendingTasks.GetSample(1) > 0 ? 1 : 0;", "AS003");
        warned("$TargetDedicatedNodes = $PendingTasks.GetSample(1);", "AS003");
        warned('$NodeDeallocationOption = "taskcompletion";', "AS005");
        warned("$targetDedicatedNodes = 1;", "AS008");
        warned("a = 10 - $ActiveTasks.GetSample(1);", "AS012");
        warned("a = 1 ? 2 : 3 ? 4 : 5;", "AS013");
        assert.deepEqual(check("a = 1 ? (2) : (3 ? 4 : 5); b = (1 ? 2 : 3) ? 4 : 5;").diagnostics, []);
        warned("a = 1;; b = 2;", "AS001");
        warned("$RunningTasks.GetSample(1);", "AS002");
        warned("a = 1; a = time();", "AS007");
        warned("a = $CurrentDedicated;", "AS004");
        warned("a = $UsableNodeCount;", "AS010");
        warned("a = 1 ? 2 : $ActiveTasks.GetSample(1);", "AS006");
    });

    it("takes every operator, function, method and constant of the reference without a word", () => {
        const text = `
            v = vec(1, 2, 3); w = vec(v, 4, v);
            a = avg(v, 7) + len(v) - lg(8) * ln(2) / log(10) + max(v) + min(v, 0) + norm(v) + percentile(v, 90) + rand();
            b = range(v) + std(v) + sum(v, w) + val(v, 0) + ceil(1.5) + floor(1.5) + round(1.5);
            c = lg(v) + ln(v) - log(v) * ceil(v) / floor(v) + round(v) * 2 - 1;
            d = v + v; e = time("Mon, 06 Oct 2014 10:20:00 GMT");
            i = 2 * TimeInterval_100ns + TimeInterval_Microsecond * 2 - TimeInterval_Millisecond / 2 + TimeInterval_Second;
            j = TimeInterval_Zero + TimeInterval_Week - TimeInterval_Year + TimeInterval_Day + (time() - e);
            f = e + i; g = i + e; h = f < g || f <= g || f == g || f >= g || f > g || f != g;
            k = i < j && i <= j && i == j && i >= j && i > j && i != j; l = -a; m = -i; n = !a;
            o = e.year + e.month + e.day + e.weekday + e.hour + e.minute + e.second;
            p = $ActiveTasks.GetSample(5); q = $ActiveTasks.GetSample(e); r = $ActiveTasks.GetSample(i, 10);
            s = $ActiveTasks.GetSample(i, j); t = $ActiveTasks.GetSample(e, e, 50); u = $ActiveTasks.GetSamplePercent(i, j);
            x = $ActiveTasks.GetSamplePeriod() * 2; y = $ActiveTasks.Count() ? 1 : 2; z = $ActiveTasks.HistoryBeginTime() - e;
            $TargetDedicatedNodes = $CurrentDedicatedNodes + $CurrentLowPriorityNodes + $TaskSlotsPerNode;
            $TargetLowPriorityNodes = $TargetDedicatedNodes; $NodeDeallocationOption = retaineddata; stop();`;
        assert.deepEqual(check(text).diagnostics, []);
    });
});
