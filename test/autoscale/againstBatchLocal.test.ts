import assert from "node:assert/strict";
import {
    check,
    generateTrace,
    presets,
    simulate,
    type SimulationOptions,
    type Trace,
    type TraceOptions,
} from "../../autoscale";
import { Local } from "../scenarios/local";
import { World } from "../scheduler/given";
import { skip } from "../support/skip";
import { corpusFiles, corpusText, hasCorpus } from "./corpus";
import { virtualMachineConfiguration } from "../support/servicePool";

/** What an evaluation led to, in seconds from the making of the pool. */
interface Targets {
    time: number;
    dedicated: number;
    spot: number;
    failed: boolean;
}

const tick = 30_000;
/** The account of the scheduler's tests: 100 and 20 cores, and nodes of two. */
const quota = { maxDedicatedNodes: 50, maxSpotNodes: 10 };

interface Pool {
    taskSlotsPerNode?: number;
    intervalMinutes?: number;
    bootSeconds?: number;
    hours?: number;
}

/** Plays the trace on the scheduler: nodes without processes, tasks that end when the trace says, a clock that is moved from event to event. */
class Played {
    private readonly targets: Targets[] = [];
    private readonly start: number;
    private readonly ends = new Map<string, number>();
    /** Keys of nodes in the order in which they were made. */
    readonly made: string[] = [];

    private constructor(
        private readonly world: World,
        private readonly trace: Trace,
    ) {
        this.start = world.time;
        const put = world.store.nodes.put.bind(world.store.nodes);
        world.store.nodes.put = (node) => {
            if (!world.store.nodes.get(node.key)) this.made.push(node.key);
            put(node);
        };
    }

    static async play(
        formula: string,
        trace: Trace,
        pool: Pool,
    ): Promise<{ targets: Targets[]; made: string[] }> {
        const world = new World(undefined, (pool.bootSeconds ?? 187.25) * 1000);
        try {
            const played = new Played(world, trace);
            await played.run(formula, pool);
            return { targets: played.targets, made: played.made };
        } finally {
            world.close();
        }
    }

    private async run(formula: string, { taskSlotsPerNode = 1, intervalMinutes = 5, hours = 5 }: Pool) {
        const { world, trace, start } = this;
        await world.pool({
            enableAutoScale: true,
            autoScaleFormula: formula,
            autoScaleEvaluationInterval: `PT${intervalMinutes}M`,
            taskSlotsPerNode,
        });
        const job = await world.job();
        this.look();
        let arrived = 0;
        const arrival = () => start + (trace[arrived]?.arrival ?? Infinity) * 1000;
        for (let nextTick = start + tick; nextTick <= start + hours * 3_600_000;) {
            const boots = world.nodes().map(({ readyAt }) => readyAt ?? Infinity);
            const next = Math.min(
                nextTick,
                arrival(),
                ...this.ends.values(),
                ...boots.filter((at) => at > world.time),
            );
            world.time = next;
            const over = [...this.ends].filter(([, at]) => at <= next);
            for (const [attempt] of over) {
                this.ends.delete(attempt);
                world.host.end(attempt);
            }
            const specs = [];
            for (; arrival() <= next; arrived += 1) specs.push({ id: `t${arrived}` });
            if (specs.length > 0) await world.tasks(job, specs);
            await world.pass(0);
            this.look();
            if (next === nextTick) nextTick += tick;
        }
    }

    private look(): void {
        const { world, ends, trace, targets, start } = this;
        for (const attempt of ends.keys()) if (!world.host.running.has(attempt)) ends.delete(attempt);
        for (const run of world.host.of("task")) {
            const number = Number(run.environment["AZ_BATCH_TASK_ID"]?.slice(1));
            if (!ends.has(run.attempt))
                ends.set(run.attempt, world.time + (trace[number]?.duration ?? 0) * 1000);
        }
        const { autoScale, targetDedicatedNodes, targetSpotNodes } = world.poolNow();
        const last = autoScale?.lastRun;
        if (!last) return;
        const time = (last.timestamp - start) / 1000;
        if (targets.at(-1)?.time === time) return;
        const failed = last.error !== undefined;
        targets.push({ time, dedicated: targetDedicatedNodes, spot: targetSpotNodes, failed });
    }
}

/**
 * Whole milliseconds that are no whole seconds, so that nothing happens in the very instant of a sample: what comes first then is
 * nowhere told.
 */
function trace(options: TraceOptions): Trace {
    return generateTrace(options).map(({ arrival, duration }, index) => ({
        arrival: arrival + 0.137 + (index % 311) / 1000,
        duration: duration + 0.019 + (index % 97) / 1000,
    }));
}

async function same(formula: string, tasks: Trace, pool: Pool): Promise<Targets[]> {
    const { hours = 5, intervalMinutes = 5, bootSeconds = 187.25, taskSlotsPerNode = 1 } = pool;
    const { targets, made } = await Played.play(formula, tasks, pool);
    const options: SimulationOptions = {
        ...quota,
        taskSlotsPerNode,
        bootSeconds,
        removalSeconds: 0,
        evaluationIntervalSeconds: intervalMinutes * 60,
        start: Date.parse("2026-01-05T08:00:00Z"),
        seconds: hours * 3600,
        nodeId: (number) => made[number] ?? `not made ${number}`,
    };
    const simulated = simulate(formula, tasks, options).evaluations.map(
        ({ time, dedicated, spot, error }) => ({
            time,
            dedicated,
            spot,
            failed: error !== undefined,
        }),
    );
    assert.deepEqual(targets, simulated);
    return targets;
}

const traces: Record<string, TraceOptions> = {
    steady: { shape: "steady", tasks: 120, hours: 3, meanDuration: 400 },
    burst: { shape: "burst", tasks: 60, hours: 3, meanDuration: 700 },
    "heavy-tailed": { shape: "heavy-tailed", tasks: 80, hours: 3, meanDuration: 500 },
};

const formulas: Record<string, { text: string; pool?: Pool }> = {
    "preset pendingTasks": { text: presets.pendingTasks({ maxNodes: 12 }), pool: { taskSlotsPerNode: 4 } },
    "preset initialSize": { text: presets.initialSize({ maxNodes: 9, initialNodes: 3 }) },
    "preset scaleToZero": { text: presets.scaleToZero({ maxNodes: 8 }), pool: { intervalMinutes: 15 } },
    "preset queueDrain": { text: presets.queueDrain({ maxNodes: 10 }), pool: { taskSlotsPerNode: 2 } },
    "preset spotFirst": { text: presets.spotFirst({ maxNodes: 14, maxDedicatedNodes: 6 }) },
    "preset workingHours": {
        text: presets.workingHours({ timeZone: "Europe/Berlin", from: 9, to: 11, nodes: 5 }),
    },
    "a sample that waits for tasks": {
        text: `quarter = TimeInterval_Minute * 15; newest = $PendingTasks.GetSample(1);
            work = $PendingTasks.GetSamplePercent(quarter) < 70 ? max(0, newest) : max(newest, avg($PendingTasks.GetSample(quarter)));
            wanted = work > 0 ? work : max(0, $TargetDedicatedNodes / 2);
            $TargetDedicatedNodes = max(0, min(wanted, 20)); $NodeDeallocationOption = taskcompletion;`,
    },
    "one that takes nodes from running tasks": {
        text: "$TargetDedicatedNodes = min(15, max(0, avg($ActiveTasks.GetSample(TimeInterval_Minute * 5)) * 0.7 + 2)); $NodeDeallocationOption = requeue;",
        pool: { taskSlotsPerNode: 3, bootSeconds: 100.5 },
    },
    "one that ends running tasks": {
        text: "$TargetLowPriorityNodes = min(9, $ActiveTasks.GetSample(1) + $FailedTasks.GetSample(1) * 0.1); $NodeDeallocationOption = terminate;",
    },
    "one that asks for more than the quota and shrinks by steps": {
        text: `w = max(0, $PendingTasks.GetSample(1)); $TargetDedicatedNodes = w > 20 ? 60 : w / 3; $TargetLowPriorityNodes = w > 10 ? 15 : 2;
            $NodeDeallocationOption = taskcompletion;`,
    },
};

describe("autoscale: the simulator against Batch Local", function () {
    this.timeout(120_000);

    for (const [name, options] of Object.entries(traces)) {
        for (const [title, { text, pool }] of Object.entries(formulas)) {
            it(`has the same targets at the same times: ${title}, ${name} trace`, async () => {
                const targets = await same(text, trace(options), pool ?? {});
                // A formula that always says the same would compare nothing.
                assert.ok(new Set(targets.map(({ dedicated, spot }) => `${dedicated} ${spot}`)).size > 1);
            });
        }
    }

    it("has them late where tasks keep a pool resizing until its time-out", async () => {
        const text = `$TargetDedicatedNodes = time() < time("2026-01-05T08:20:00Z") ? 3 : 1; $NodeDeallocationOption = taskcompletion;`;
        const long = Array.from({ length: 3 }, (_, index) => ({
            arrival: 1.5 + index,
            duration: 5000.5 + index,
        }));
        const targets = await same(text, long, { hours: 3 });
        const times = targets.map(({ time }) => time);
        // Shrinks at 1,200 s; what was due meanwhile comes with the first sample after the time-out at 2,100 s.
        assert.deepEqual(times.slice(3, 7), [900, 1200, 2130, 3060]);
    });

    it("has the same targets for the formulas in use", async function () {
        if (!hasCorpus) return skip(this, "the collected formulas are not part of the repository");
        const tasks = trace({ shape: "burst", tasks: 30, hours: 2, meanDuration: 900 });
        let compared = 0;
        for (const file of corpusFiles()) {
            const text = corpusText(file);
            if (!check(text).ok || /rand\(/.test(text)) continue;
            await assert.doesNotReject(same(text, tasks, { hours: 3 }), file);
            compared += 1;
        }
        assert.ok(compared > 30, `${compared} formulas`);
    });

    it("has the sequence of the running service, whose clock is 200 times as fast and whose tasks are processes", async () => {
        const formula =
            "$TargetDedicatedNodes = min(3, max(0, $PendingTasks.GetSample(1))); $NodeDeallocationOption = taskcompletion;";
        const local = await Local.start({ speed: 200 });
        try {
            await local.post("/pools", {
                id: "scaled",
                vmSize: "Standard_D2s_v5",
                virtualMachineConfiguration,
                enableAutoScale: true,
                autoScaleFormula: formula,
                autoScaleEvaluationInterval: "PT15M",
            });
            const created = Date.parse(String((await local.get("/pools/scaled"))["creationTime"]));
            await local.job("work", "scaled");
            const arrivals: number[] = [];
            const sequence: number[] = [];
            const stamps = new Set<string>();
            const evaluations = async (count: number) => {
                await local.until(`${count} evaluations`, async () => {
                    const pool = await local.get("/pools/scaled");
                    const stamp = String(pool["autoScaleRun"]?.["timestamp"]);
                    if (!stamps.has(stamp)) {
                        stamps.add(stamp);
                        sequence.push(Number(pool["targetDedicatedNodes"]));
                    }
                    return stamps.size >= count;
                });
            };
            for (const [evaluation, count] of [
                [1, 5],
                [3, 2],
            ] as const) {
                await evaluations(evaluation);
                const ids = Array.from({ length: count }, (_, index) => `t${evaluation}-${index}`);
                await local.tasks(
                    "work",
                    ids.map((id) => ({ id, commandLine: "/bin/true" })),
                );
                for (const id of ids) {
                    const task = await local.get(`/jobs/work/tasks/${id}`);
                    arrivals.push((Date.parse(String(task["creationTime"])) - created) / 1000);
                }
            }
            await evaluations(5);
            // Each task is a process of some milliseconds, which are seconds on the service's clock.
            const played = arrivals.map((arrival) => ({ arrival, duration: 5 }));
            const { evaluations: simulated } = simulate(formula, played, {
                bootSeconds: 0,
                removalSeconds: 0,
                evaluationIntervalSeconds: 900,
                start: created,
                seconds: 4 * 900,
            });
            assert.deepEqual(
                sequence,
                simulated.map(({ dedicated }) => dedicated),
            );
            assert.deepEqual(sequence, [0, 3, 0, 2, 0]);
        } finally {
            await local.close();
        }
    });
});
