import assert from "node:assert/strict";
import { skip } from "../support/skip";
import { type PoolFacts, type Sample, check, evaluate, parse, samplesFrom } from "../../autoscale";
import { corpusFiles, corpusText, hasCorpus } from "./corpus";

const pool: PoolFacts = {
    targetDedicatedNodes: 1,
    targetSpotNodes: 0,
    currentDedicatedNodes: 1,
    currentSpotNodes: 0,
};

/** Formulas whose source shows a failure, and the code it ends with here. */
const refused: Record<string, string> = {
    "007.txt": "AutoScalingFormulaSyntaxError",
    "024.txt": "AutoScalingFormulaSyntaxError",
    "028.txt": "AutoScalingFormulaEvaluationError",
    "040.txt": "AutoScalingFormulaEvaluationError",
};

/** A sample of `value` each 30 s over the `minutes` before `now`. */
export function steady(now: number, minutes: number, value: number): Sample[] {
    return Array.from({ length: minutes * 2 }, (_, i) => ({ time: now - i * 30_000, value }));
}

describe("autoscale: real formulas", function () {
    this.timeout(60_000);

    if (!hasCorpus) {
        it("behave as their sources say", function () {
            skip(this, "the corpus of real formulas is not beside the repository");
        });
        return;
    }

    for (const file of corpusFiles()) {
        const code = refused[file];
        it(`${file} is ${code ? `refused with ${code}` : "accepted"}`, () => {
            const result = check(corpusText(file));
            const errors = result.diagnostics.filter(({ severity }) => severity === "error");
            assert.equal(result.ok, code === undefined, JSON.stringify(errors));
            if (code) assert.equal(errors[0]?.code, code);
        });
        it(`${file} ${code ? "ends in that error" : "evaluates to targets"} when its metrics hold samples`, () => {
            const now = Date.parse("2026-01-05T12:00:00Z");
            const metrics = new Set(corpusText(file).match(/\$[A-Za-z]+(?=\.)/g));
            const samples = samplesFrom(
                Object.fromEntries([...metrics].map((name) => [name, steady(now, 120, 3)])),
            );
            const run = evaluate(corpusText(file), { now, pool, samples });
            assert.equal(run.error?.code, code);
            assert.match(
                run.results,
                /^\$TargetDedicatedNodes=\d+;\$TargetLowPriorityNodes=\d+;\$NodeDeallocationOption=[a-z]+/,
            );
        });
    }

    it("refuses the template with the code at the place of its brace", () => {
        const [first] = parse(corpusText("007.txt")).diagnostics;
        assert.deepEqual([first?.line, first?.column], [1, 25]);
    });

    const results = (
        file: string,
        now: string,
        facts: Partial<PoolFacts> = {},
        data: Record<string, Sample[]> = {},
    ): string =>
        evaluate(corpusText(file), {
            now: new Date(now),
            pool: { ...pool, ...facts },
            samples: samplesFrom(data),
        }).results;

    it("gives the documented results of 009 at the documented moment", () => {
        const expected =
            "$TargetDedicatedNodes=10;$NodeDeallocationOption=requeue;$curTime=2016-10-13T19:18:47.805Z;$isWeekday=1;$isWorkingWeekdayHour=0;$workHours=0";
        assert.equal(results("009.txt", "2016-10-13T19:18:47.805Z"), expected);
    });

    it("gives the documented results of 019 and 020, of the years before spot nodes", () => {
        const now = "2015-09-01T10:00:00Z";
        assert.equal(
            results("019.txt", now),
            "$targetDedicatedNodes=5;$NodeDeallocationOption=requeue;totalNodes=5",
        );
        assert.equal(
            results("020.txt", now),
            "$TargetDedicated=5;$NodeDeallocationOption=requeue;totalNodes=5",
        );
    });

    it("names the target in full and adds the spot target for the same formula today", () => {
        assert.equal(
            results("020.txt", "2026-01-05T10:00:00Z"),
            "$TargetDedicatedNodes=5;$TargetLowPriorityNodes=0;$NodeDeallocationOption=requeue;totalNodes=5",
        );
    });

    it("gives the recorded results of 042", () => {
        const now = "2018-02-01T10:00:00Z";
        const data = { $ActiveTasks: steady(Date.parse(now), 20, 0) };
        const expected =
            "$TargetDedicatedNodes=2;$TargetLowPriorityNodes=5;$NodeDeallocationOption=taskcompletion;$maxTasksPerNode=4;$round=3;$samples=100;$targetVMs=1;$tasks=0";
        assert.equal(results("042.txt", now, {}, data), expected);
    });

    it("prints vectors in brackets, as in 055", () => {
        const now = "2020-07-01T10:00:00Z";
        const values = (list: number[]): Sample[] => {
            const all = [...Array<number>(25).fill(list[0] ?? 0), ...list];
            return all.map((value, i) => ({
                time: Date.parse(now) - 60_000 - (all.length - 1 - i) * 30_000,
                value,
            }));
        };
        const text = results(
            "055.txt",
            now,
            {},
            { $PendingTasks: values([1, 2, 3]), $RunningTasks: values([4, 5, 6]) },
        );
        assert.match(text, /;\$pendingTasksVector=\[1,(1,)*2,3\];\$runningTasksVector=\[4,(4,)*5,6\]$/);
    });
});
