import assert from "node:assert/strict";
import {
    SIMULATION_DEFAULTS,
    TRACE_SHAPES,
    TraceError,
    type TraceTask,
    duration,
    generateTrace,
    parseTrace,
    simulate,
} from "../../autoscale";

const HOUR = 3600;
const fixed = (dedicated: number, option = "taskcompletion"): string =>
    `$TargetDedicatedNodes = ${dedicated}; $NodeDeallocationOption = ${option};`;
const tasks = (count: number, runtime: number, arrival = 0): TraceTask[] =>
    Array.from({ length: count }, () => ({ arrival, duration: runtime }));
/** A pool of `from` nodes that is told to have `to` nodes after half an hour. */
const shrinks = (option: string): string =>
    `$TargetDedicatedNodes = time() < time("2026-01-05T00:30:00Z") ? 2 : 0; $NodeDeallocationOption = ${option};`;

describe("autoscale: simulator", function () {
    this.timeout(60_000);

    it("counts node-hours, cost and waiting of a pool that can be worked out by hand", () => {
        // Two nodes boot in 180 s; 4 tasks of 600 s: two start at 180, two at 780, all done at 1,380.
        const result = simulate(fixed(2), tasks(4, 600), { seconds: HOUR, dedicatedPrice: 0.5 });
        assert.equal(result.succeeded, 4);
        assert.equal(result.dedicatedNodeHours, 2);
        assert.equal(result.cost, 1);
        assert.deepEqual(result.waits, { mean: 480, p50: 780, p90: 780, p99: 780, max: 780 });
        assert.equal(result.flaps, 0);
    });

    it("runs as many tasks on a node as it has slots", () => {
        const result = simulate(fixed(1), tasks(4, 600), { seconds: HOUR, taskSlotsPerNode: 4 });
        assert.equal(result.waits.max, 180);
    });

    it("stops at the quota", () => {
        const { course, evaluations } = simulate(fixed(50), [], { seconds: HOUR, maxDedicatedNodes: 7 });
        assert.equal(evaluations.at(-1)?.dedicated, 50);
        assert.equal(course.at(-1)?.dedicated, 7);
    });

    it("keeps the size and says why when an evaluation fails", () => {
        const result = simulate(
            "$TargetDedicatedNodes = avg($PendingTasks.GetSample(TimeInterval_Minute * 10));",
            [],
            { seconds: HOUR, initialDedicatedNodes: 3 },
        );
        assert.match(
            result.evaluations[0]?.error ?? "",
            /^InsufficientSampleData: Line 1, Col 52: .*wanted 70%, received 0%$/,
        );
        assert.equal(result.course[0]?.dedicated, 3);
        assert.equal(result.failedEvaluations, 1);
    });

    it("shows a sample a minute late, so that a window of ten minutes is never quite full", () => {
        const percent =
            "p = $PendingTasks.GetSamplePercent(TimeInterval_Minute * 10); $TargetDedicatedNodes = p;";
        const { evaluations } = simulate(percent, [], { seconds: HOUR, maxDedicatedNodes: 0 });
        assert.deepEqual(
            evaluations.map(({ dedicated }) => dedicated),
            [0, 95, 95, 95, 95],
        );
    });

    describe("deallocation of nodes with running tasks (2 tasks of an hour, nodes unwanted after 30 min)", () => {
        const run = (option: string): ReturnType<typeof simulate> =>
            simulate(shrinks(option), tasks(2, HOUR), {
                seconds: 3 * HOUR,
                bootSeconds: 0,
                removalSeconds: 0,
                retentionSeconds: HOUR / 2,
            });

        it("requeue interrupts them, and they wait for nodes that do not come", () => {
            const { requeued, succeeded, unfinished, dedicatedNodeHours } = run("requeue");
            assert.deepEqual([requeued, succeeded, unfinished, dedicatedNodeHours], [2, 0, 2, 1]);
        });
        it("terminate loses them", () => {
            const { terminated, succeeded, unfinished } = run("terminate");
            assert.deepEqual([terminated, succeeded, unfinished], [2, 0, 0]);
        });
        it("taskcompletion lets them finish and pays for it", () => {
            const { requeued, terminated, succeeded, dedicatedNodeHours } = run("taskcompletion");
            assert.deepEqual([requeued, terminated, succeeded, dedicatedNodeHours], [0, 0, 2, 2]);
        });
        it("retaineddata keeps the nodes until the data's time is over", () => {
            const { succeeded, dedicatedNodeHours } = run("retaineddata");
            assert.deepEqual([succeeded, dedicatedNodeHours], [2, 3]);
        });
    });

    it("preempts spot nodes, runs their tasks again and brings the nodes back", () => {
        const result = simulate("$TargetLowPriorityNodes = 4;", tasks(200, 300), {
            seconds: 24 * HOUR,
            preemptionsPerNodeHour: 2,
        });
        assert.ok(result.requeued > 5, String(result.requeued));
        assert.equal(result.succeeded, 200);
        assert.ok(result.spotNodeHours < 96 && result.dedicatedNodeHours === 0);
    });

    it("finishes every task exactly once and never has more running than slots", () => {
        for (const option of ["requeue", "taskcompletion"]) {
            const trace = generateTrace({ shape: "burst", tasks: 500, hours: 12, seed: 3 });
            const text = `$TargetLowPriorityNodes = min(6, $PendingTasks.GetSample(1) / 3); $NodeDeallocationOption = ${option};`;
            const result = simulate(text, trace, {
                taskSlotsPerNode: 2,
                preemptionsPerNodeHour: 0.5,
                evaluationIntervalSeconds: 300,
                seconds: 48 * HOUR,
            });
            assert.equal(result.succeeded + result.unfinished, 500);
            assert.ok(result.course.every(({ running, spot }) => running <= spot * 2));
        }
    });

    it("gives the same result for the same seed, and another one for another", () => {
        const trace = generateTrace({ shape: "steady", tasks: 300, hours: 10 });
        const run = (seed: number): string =>
            JSON.stringify(
                simulate("$TargetLowPriorityNodes = 5;", trace, { preemptionsPerNodeHour: 1, seed }),
            );
        assert.equal(run(1), run(1));
        assert.notEqual(run(1), run(2));
    });

    it("counts a fall and a rise within an hour as a flap", () => {
        const text = "$TargetDedicatedNodes = time().minute < 30 ? 5 : 1;";
        assert.equal(simulate(text, [], { seconds: 3 * HOUR - 1 }).flaps, 2);
    });

    it("refuses options that make no sense", () => {
        assert.throws(() => simulate(fixed(1), [], { taskSlotsPerNode: 0 }), /taskSlotsPerNode is 0/);
        assert.throws(
            () => simulate(fixed(1), [], { evaluationIntervalSeconds: 60 }),
            /allows 300 to 604800/,
        );
        assert.throws(() => simulate(fixed(1), [], { bootSeconds: -1 }), /bootSeconds is -1/);
        assert.equal(SIMULATION_DEFAULTS.evaluationIntervalSeconds, 900);
    });
});

describe("autoscale: traces", function () {
    this.timeout(60_000);

    it("are sorted, of the length asked for, with about the run time asked for", () => {
        for (const shape of TRACE_SHAPES) {
            const trace = generateTrace({ shape, tasks: 5000, hours: 48, meanDuration: 200 });
            assert.equal(trace.length, 5000);
            assert.ok(
                trace.every(
                    ({ arrival }, i) => arrival >= (trace[i - 1]?.arrival ?? 0) && arrival <= 48 * HOUR,
                ),
            );
            const mean = trace.reduce((sum, task) => sum + task.duration, 0) / 5000;
            assert.ok(mean > 140 && mean < 260, `${shape}: ${mean}`);
        }
    });

    it("of a day have their peak after noon and little at night", () => {
        const hour = (from: number, to: number): number =>
            generateTrace({ shape: "daily", tasks: 5000, hours: 24 }).filter(
                ({ arrival }) => arrival >= from * HOUR && arrival < to * HOUR,
            ).length;
        assert.ok(hour(11, 15) > 5 * hour(0, 4));
    });

    it("are read from CSV, in seconds or as times, in any order of rows and columns", () => {
        assert.deepEqual(parseTrace("duration,arrival\n5,30\n# note\n\n10,0\n"), [
            { arrival: 0, duration: 10 },
            { arrival: 30, duration: 5 },
        ]);
        assert.deepEqual(parseTrace("arrival;duration\r\n2026-01-05T08:01:00Z;1\r\n2026-01-05T08:00:00Z;2"), [
            { arrival: 0, duration: 2 },
            { arrival: 60, duration: 1 },
        ]);
    });

    it("say which line cannot be read", () => {
        assert.throws(
            () => parseTrace("arrival,duration\n0,5\n3,fast"),
            (error) => error instanceof TraceError && /line 3: duration is "fast"/.test(error.message),
        );
        assert.throws(() => parseTrace("start,length\n0,5"), /columns "arrival" and "duration"/);
        assert.throws(() => parseTrace(""), TraceError);
    });

    it("say durations as people do", () => {
        assert.deepEqual([duration(5), duration(90), duration(5400)], ["5 s", "1.5 min", "1.5 h"]);
    });
});
