import assert from "node:assert/strict";
import fc from "fast-check";
import {
    type PoolFacts,
    SampleHistory,
    type Samples,
    evaluate,
    formatNumber,
    samplesFrom,
} from "../../autoscale";
import { CASES } from "./generate";

const now = Date.parse("2026-01-05T12:00:00Z");
const pool: PoolFacts = {
    targetDedicatedNodes: 2,
    targetSpotNodes: 0,
    currentDedicatedNodes: 2,
    currentSpotNodes: 0,
};
const none = samplesFrom({});
const run = (text: string, samples: Samples = none): ReturnType<typeof evaluate> =>
    evaluate(text, { now, pool, samples });
const value = (expression: string, samples: Samples = none): string => {
    const { results, error } = run(`x = ${expression};`, samples);
    assert.equal(error, undefined, `${expression}: ${JSON.stringify(error)}`);
    return results.split(";x=")[1] ?? "";
};
const message = (text: string, samples: Samples = none): string =>
    run(text, samples).error?.values[0]?.value ?? "no error";

/** Samples each 30 s, the last one at `now`, oldest first. */
function every30s(values: number[], metric = "$ActiveTasks"): SampleHistory {
    const history = new SampleHistory();
    values.forEach((v, i) => history.add(metric, now - (values.length - 1 - i) * 30_000, v));
    return history;
}

describe("autoscale: evaluate", function () {
    this.timeout(60_000);

    it("follows the precedence of the operators", () => {
        assert.equal(value("1 + 2 * 3 - 8 / 4"), "5");
        assert.equal(value("-2 * 3 + 1 < 0 && !0 || 0"), "1");
        assert.equal(value("7 - 2 - 1"), "4");
        assert.equal(value("0 ? 1 : 0 ? 2 : 3"), "3");
        assert.equal(value("1 < 2 == 1"), "1");
    });

    it("reads members of timestamps in UTC, Monday as 1 and Sunday as 7", () => {
        assert.equal(value("time().weekday"), "1");
        assert.equal(value('time("2026-01-04T23:59:59Z").weekday'), "7");
        assert.equal(value('time("2026-01-05T01:30:00+02:00").hour'), "23");
        assert.equal(value("time() + (-6 * TimeInterval_Hour)"), "2026-01-05T06:00:00.000Z");
    });

    it("prints numbers in six significant digits", () => {
        assert.equal(formatNumber((29 / 30) * 100), "96.6667");
        assert.equal(formatNumber(16_777_216), "1.67772e+07");
        assert.equal(formatNumber(999_999), "999999");
        assert.equal(formatNumber(1_000_000), "1e+06");
        assert.equal(formatNumber(0.00001234), "1.234e-05");
        assert.equal(formatNumber(-0.5), "-0.5");
        assert.equal(formatNumber(58.25), "58.25");
        assert.deepEqual([9.999996, 99.99996, 999_999.4, 999_999.5].map(formatNumber), [
            "10",
            "100",
            "999999",
            "1e+06",
        ]);
        assert.deepEqual([0.0001, 0.00009999999, 0.001234567].map(formatNumber), [
            "0.0001",
            "0.0001",
            "0.00123457",
        ]);
    });

    it("prints every number as the exponent form of six digits says", () => {
        const check = fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
            const [mantissa = "", exponentText = ""] = value.toExponential(5).split("e");
            const exponent = Number(exponentText);
            const trimmed = (text: string): string =>
                text.includes(".") ? text.replace(/\.?0+$/, "") : text;
            const fixed = exponent >= -4 && exponent < 6;
            const long = `${trimmed(mantissa)}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
            const expected = value === 0 ? "0" : fixed ? trimmed(value.toFixed(5 - exponent)) : long;
            assert.equal(formatNumber(value), expected);
        });
        fc.assert(check, { numRuns: CASES });
        fc.assert(
            fc.property(
                fc.integer({ min: -9_999_999, max: 9_999_999 }),
                fc.integer({ min: -4, max: 4 }),
                (n, e) => {
                    assert.equal(Number(formatNumber(n * 10 ** e)), Number((n * 10 ** e).toPrecision(6)));
                },
            ),
            { numRuns: CASES },
        );
    });

    it("flattens lists of numbers and vectors", () => {
        assert.equal(value("avg(vec(1, 2, 3), 7)"), "3.25");
        assert.equal(value("vec(1, vec(2, 3))"), "[1,2,3]");
        assert.equal(value("len(vec(), 1)"), "1");
        assert.equal(value("std(2, 4, 4, 4, 5, 5, 7, 9)"), "2.13809");
        assert.equal(value("norm(3, 4)"), "5");
        assert.equal(value("percentile(vec(1, 2, 3, 4), 50)"), "2.5");
        assert.equal(value("lg(vec(8, 2))"), "[3,1]");
        assert.equal(value("round(-2.5)"), "-3");
    });

    it("truncates targets and does not let them become negative", () => {
        assert.equal(run("$TargetDedicatedNodes = 2.9;").targetDedicatedNodes, 2);
        assert.equal(run("$TargetDedicatedNodes = 0.5;").targetDedicatedNodes, 0);
        assert.equal(run("$TargetLowPriorityNodes = 0 - 4;").targetSpotNodes, 0);
    });

    it("evaluates only the chosen branch of a ternary", () => {
        assert.equal(
            value(
                "$ActiveTasks.GetSamplePercent(TimeInterval_Minute) < 70 ? 5 : avg($ActiveTasks.GetSample(TimeInterval_Minute))",
            ),
            "5",
        );
    });

    it("lets the full name of a target win over its alias", () => {
        assert.equal(run("$TargetDedicatedNodes = 3; $TargetDedicated = 7;").targetDedicatedNodes, 3);
        assert.equal(
            run("$TargetDedicated = 7; $TargetLowPriorityNodes = $TargetDedicatedNodes;").targetSpotNodes,
            7,
        );
    });

    it("keeps the pool's targets when the formula sets none", () => {
        assert.equal(
            run("a = 1;").results,
            "$TargetDedicatedNodes=2;$TargetLowPriorityNodes=0;$NodeDeallocationOption=requeue;a=1",
        );
    });

    it("keeps what was assigned before stop()", () => {
        assert.equal(
            run("$TargetDedicatedNodes = 9; stop(); $TargetDedicatedNodes = 1;").targetDedicatedNodes,
            9,
        );
    });

    it("sorts variables by name, those with $ first", () => {
        assert.match(run("b = 1; A = 2; $z = 3; a = 4;").results, /;\$z=3;A=2;a=4;b=1$/);
    });

    describe("samples", () => {
        it("wants 70 percent of a window unless told otherwise, and says so as the service does", () => {
            const expected = {
                code: "InsufficientSampleData",
                message: "Autoscale evaluation failed due to insufficient sample data",
                values: [
                    {
                        name: "Message",
                        value: "Line 1, Col 24: Insufficient data from data set: $RunningTasks wanted 100%, received 0%",
                    },
                ],
            };
            const { error, results } = run(
                "$RunningTasks.GetSample(10 * TimeInterval_Second, 0 * TimeInterval_Second, 100);",
            );
            assert.deepEqual(error, expected);
            assert.equal(
                results,
                "$TargetDedicatedNodes=2;$TargetLowPriorityNodes=0;$NodeDeallocationOption=requeue",
            );
            const shipyard = `${"\n".repeat(8)}samplevecavg = avg($PendingTasks.GetSample(TimeInterval_Minute * 5));`;
            assert.equal(
                message(shipyard),
                "Line 9, Col 43: Insufficient data from data set: $PendingTasks wanted 70%, received 0%",
            );
        });

        it("lets 18 of 20 samples pass 80 but not 95 percent", () => {
            const samples = every30s(Array<number>(18).fill(1));
            assert.equal(value("len($ActiveTasks.GetSample(TimeInterval_Minute * 10, 80))", samples), "18");
            assert.match(
                message("x = $ActiveTasks.GetSample(TimeInterval_Minute * 10, 95);", samples),
                /wanted 95%, received 90%$/,
            );
        });

        it("gives the newest samples for a count, fewer without error when there are fewer", () => {
            const samples = every30s([5, 6, 7]);
            assert.equal(value("$ActiveTasks.GetSample(2)", samples), "[6,7]");
            assert.equal(value("$ActiveTasks.GetSample(9)", samples), "[5,6,7]");
            assert.equal(value("max(0, $RunningTasks.GetSample(1))", samples), "0");
            assert.equal(value("val($RunningTasks.GetSample(1), 0)", samples), "0");
        });

        it("takes the two bounds of a window in any order", () => {
            const samples = every30s(Array.from({ length: 40 }, (_, i) => i));
            const forward = value(
                "$ActiveTasks.GetSample(TimeInterval_Minute, TimeInterval_Minute * 6)",
                samples,
            );
            assert.equal(
                forward,
                value("$ActiveTasks.GetSample(TimeInterval_Minute * 6, TimeInterval_Minute)", samples),
            );
            assert.equal(forward.split(",").length, 10);
        });

        it("counts a full window as 100 percent wherever the samples lie on the clock", () => {
            for (const shift of [0, 1, 15_000, 29_999]) {
                const samples = new SampleHistory();
                for (let i = 0; i < 200; i++) samples.add("$ActiveTasks", now - shift - i * 30_000, 1);
                assert.equal(
                    value("$ActiveTasks.GetSamplePercent(TimeInterval_Minute * 10)", samples),
                    "100",
                    `shift ${shift}`,
                );
                assert.equal(
                    value("len($ActiveTasks.GetSample(TimeInterval_Minute * 10))", samples),
                    "20",
                    `shift ${shift}`,
                );
            }
        });

        it("knows the count, period and beginning of a metric", () => {
            const samples = every30s([1, 2, 3]);
            assert.equal(value("$ActiveTasks.Count()", samples), "3");
            assert.equal(value("$RunningTasks.Count() ? 0 : 1", samples), "1");
            assert.equal(value("$ActiveTasks.GetSamplePeriod()"), "PT30S");
            assert.equal(value("$ActiveTasks.HistoryBeginTime()", samples), "2026-01-05T11:59:00.000Z");
        });

        it("does not see samples later than now", () => {
            const samples = every30s([1]);
            samples.add("$ActiveTasks", now + 1, 99);
            assert.equal(value("$ActiveTasks.GetSample(5)", samples), "[1]");
        });

        it("keeps samples sorted that arrive out of order", () => {
            const samples = new SampleHistory();
            for (const i of [5, 1, 3, 2, 4, 0]) samples.add("$ActiveTasks", now - i * 30_000, i);
            assert.equal(value("$ActiveTasks.GetSample(6)", samples), "[5,4,3,2,1,0]");
        });

        it("forgets what it is told to and keeps what was handed out", () => {
            const samples = every30s(Array.from({ length: 500 }, (_, i) => i));
            const view = samples.latest("$ActiveTasks", 500, now);
            samples.forget(now - 60_000);
            assert.equal(value("$ActiveTasks.GetSample(9)", samples), "[497,498,499]");
            assert.equal(value("$ActiveTasks.Count()", samples), "3");
            for (let i = 1; i <= 2000; i++) {
                samples.add("$ActiveTasks", now + i * 30_000, i);
                samples.forget(now + (i - 5) * 30_000);
            }
            assert.equal(samples.count("$ActiveTasks", Infinity), 6);
            assert.equal(samples.begin("$ActiveTasks"), now + 1995 * 30_000);
            assert.deepEqual([view[0], view[499]], [0, 499]);
        });

        it("says which element of a sample file is no sample", () => {
            assert.throws(
                () => samplesFrom({ $ActiveTasks: [{ time: "yesterday", value: 1 }] }),
                /\$ActiveTasks\[0\].*is no sample/,
            );
        });
    });

    it("ends in an evaluation error for an unknown variable and leaves the pool as it is", () => {
        const { error, results } = run("$something_useless");
        assert.equal(error?.code, "AutoScalingFormulaEvaluationError");
        assert.equal(
            results,
            "$TargetDedicatedNodes=2;$TargetLowPriorityNodes=0;$NodeDeallocationOption=requeue",
        );
    });

    it("ends in an error, not an exception, for values that lead nowhere", () => {
        assert.match(
            message("$TargetDedicatedNodes = 1 / 0;"),
            /^Line 1, Col 1: \$TargetDedicatedNodes is not a finite number/,
        );
        assert.match(message("x = time() + 1000000 * TimeInterval_Year;"), /years 1 to 9999/);
        assert.match(message("$CurrentDedicatedNodes = 3;"), /cannot be assigned/);
        assert.match(message("x = max(0, $PendingTasks);"), /series of samples/);
        assert.equal(run("x = 1 +;").error?.code, "AutoScalingFormulaSyntaxError");
    });
});
