import { evaluate } from "../evaluate/evaluate";
import { SampleHistory } from "../evaluate/samples";
import type { Formula } from "../language/ast";
import { SAMPLE_PERIOD } from "../language/choices";
import { parse } from "../language/parser";
import { type Settings, type SimulationOptions, settings } from "./options";
import { Pool } from "./pool";
import { type Trace, randomSource } from "./trace";

/** The targets after one evaluation. */
export interface TargetChange {
    /** Seconds from the start. */
    readonly time: number;
    readonly dedicated: number;
    readonly spot: number;
    /** The error's code and text, when the evaluation failed and the pool kept its size. */
    readonly error?: string;
}

/** The pool at one moment. */
export interface PoolPoint {
    readonly time: number;
    readonly active: number;
    readonly running: number;
    readonly dedicated: number;
    readonly spot: number;
}

/** Waiting times in seconds: from a task's arrival to the start of the run that finished it. */
export interface Waits {
    readonly mean: number;
    readonly p50: number;
    readonly p90: number;
    readonly p99: number;
    readonly max: number;
}

export interface SimulationResult {
    readonly tasks: number;
    readonly succeeded: number;
    /** Tasks that had not finished at the end. */
    readonly unfinished: number;
    /** Runs cut short by a removed or preempted node, to start again. */
    readonly requeued: number;
    /** Tasks lost with their node. */
    readonly terminated: number;
    readonly dedicatedNodeHours: number;
    readonly spotNodeHours: number;
    readonly cost: number;
    readonly waits: Waits;
    /** How often the total target rose within an hour after it had fallen. */
    readonly flaps: number;
    readonly evaluations: readonly TargetChange[];
    readonly failedEvaluations: number;
    /** The course of the pool, at most about a thousand points. */
    readonly course: readonly PoolPoint[];
    /** Length in seconds. */
    readonly seconds: number;
}

const STEP = SAMPLE_PERIOD / 1000;
const POINTS = 1000;

/**
 * Runs a pool with the formula under a trace of tasks: samples each 30 s, evaluations at their interval, boots, removals, preemptions.
 * The same arguments give the same result. Throws a RangeError for options that make no sense.
 */
export function simulate(
    formula: string | Formula,
    trace: Trace,
    options: SimulationOptions = {},
): SimulationResult {
    const chosen = settings(options, trace.at(-1)?.arrival ?? 0);
    return new Simulation(
        typeof formula === "string" ? parse(formula).formula : formula,
        trace,
        chosen,
    ).run();
}

class Simulation {
    private readonly history = new SampleHistory();
    private readonly pool: Pool;
    private readonly random: () => number;
    private readonly evaluations: TargetChange[] = [];
    private readonly course: PoolPoint[] = [];
    /** Samples taken but not yet visible. */
    private hidden: { time: number; values: [string, number][] }[] = [];
    private dedicated: number;
    private spot: number;

    constructor(
        private readonly formula: Formula,
        private readonly trace: Trace,
        private readonly settings: Settings,
    ) {
        const preemptions = randomSource(settings.seed);
        this.random = randomSource(settings.seed + 1);
        this.pool = new Pool(trace, settings, preemptions);
        this.dedicated = settings.initialDedicatedNodes;
        this.spot = settings.initialSpotNodes;
    }

    run(): SimulationResult {
        const { pool, settings } = this;
        const { seconds, evaluationIntervalSeconds } = settings;
        const stride = Math.max(1, Math.ceil(seconds / STEP / POINTS));
        let nextEvaluation = 0;
        let putOff = false;
        let tick = 0;
        for (let time = 0; time <= seconds; time += STEP, tick++) {
            pool.advance(time);
            // A sample stands for the 30 s before it.
            if (time > 0) this.sample(time);
            if (time >= nextEvaluation) {
                // guess: a pool that is resizing is not evaluated; that is made up for with the first sample after it.
                if (pool.resizing) putOff = true;
                else {
                    this.evaluate(time);
                    nextEvaluation = (putOff ? time : nextEvaluation) + evaluationIntervalSeconds;
                    putOff = false;
                }
            }
            pool.timeOut(time);
            if (tick % stride === 0) this.note(time);
        }
        pool.advance(seconds);
        pool.settle(seconds);
        return this.result();
    }

    private sample(time: number): void {
        const { pool, settings, history, hidden } = this;
        const { active, running, succeeded, terminated, preempted, current } = pool;
        hidden.push({
            time,
            values: [
                ["$ActiveTasks", active],
                ["$RunningTasks", running],
                ["$PendingTasks", active + running],
                ["$SucceededTasks", succeeded],
                ["$FailedTasks", terminated],
                ["$PreemptedNodeCount", preempted],
                ["$SampleNodeCount", current.dedicated + current.spot],
            ],
        });
        let shown = 0;
        for (const { time: taken, values } of hidden) {
            if (taken + settings.sampleDelaySeconds > time) break;
            for (const [metric, value] of values) history.add(metric, settings.start + taken * 1000, value);
            shown++;
        }
        if (shown > 0) this.hidden = hidden.slice(shown);
    }

    private evaluate(time: number): void {
        const { pool, settings } = this;
        const run = evaluate(this.formula, {
            now: settings.start + time * 1000,
            samples: this.history,
            random: this.random,
            pool: {
                targetDedicatedNodes: this.dedicated,
                targetSpotNodes: this.spot,
                currentDedicatedNodes: pool.current.dedicated,
                currentSpotNodes: pool.current.spot,
                taskSlotsPerNode: settings.taskSlotsPerNode,
                usableNodes: pool.usable,
            },
        });
        const error = run.error && `${run.error.code}: ${run.error.values[0]?.value ?? run.error.message}`;
        if (!error) {
            this.dedicated = run.targetDedicatedNodes;
            this.spot = run.targetSpotNodes;
            pool.resize("dedicated", this.dedicated, run.nodeDeallocationOption, time);
            pool.resize("spot", this.spot, run.nodeDeallocationOption, time);
        }
        this.evaluations.push({ time, dedicated: this.dedicated, spot: this.spot, error });
    }

    private note(time: number): void {
        const { active, running, current } = this.pool;
        this.course.push({ time, active, running, dedicated: current.dedicated, spot: current.spot });
    }

    private result(): SimulationResult {
        const { pool, settings, trace, evaluations, course } = this;
        const dedicatedNodeHours = pool.nodeSeconds.dedicated / 3600;
        const spotNodeHours = pool.nodeSeconds.spot / 3600;
        return {
            tasks: trace.length,
            succeeded: pool.succeeded,
            unfinished: trace.length - pool.succeeded - pool.terminated,
            requeued: pool.requeued,
            terminated: pool.terminated,
            dedicatedNodeHours,
            spotNodeHours,
            cost: dedicatedNodeHours * settings.dedicatedPrice + spotNodeHours * settings.spotPrice,
            waits: waitsOf(pool.waits, trace, settings.seconds),
            flaps: flapsOf(evaluations),
            evaluations,
            failedEvaluations: evaluations.filter(({ error }) => error !== undefined).length,
            course,
            seconds: settings.seconds,
        };
    }
}

/** A task that never started has waited until the end: the least that can be said. */
function waitsOf(waits: Float64Array, trace: Trace, seconds: number): Waits {
    const all = waits
        .map((wait, index) =>
            Number.isNaN(wait) ? Math.max(0, seconds - (trace[index]?.arrival ?? 0)) : wait,
        )
        .sort();
    const at = (share: number): number => all[Math.min(all.length - 1, Math.floor(share * all.length))] ?? 0;
    const mean = all.length > 0 ? all.reduce((sum, wait) => sum + wait, 0) / all.length : 0;
    return { mean, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}

function flapsOf(evaluations: readonly TargetChange[]): number {
    let flaps = 0;
    let fell = -Infinity;
    let before: number | undefined;
    for (const { time, dedicated, spot } of evaluations) {
        const total = dedicated + spot;
        if (before !== undefined && total < before) fell = time;
        else if (before !== undefined && total > before && time - fell <= 3600) {
            flaps++;
            fell = -Infinity;
        }
        before = total;
    }
    return flaps;
}
