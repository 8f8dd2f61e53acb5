import {
    evaluate,
    parse,
    SAMPLE_PERIOD,
    SampleHistory,
    type AutoScaleRun,
    type Formula,
} from "../../autoscale";
import { resizeTimeoutOf } from "../model/newPool";
import type { Instant } from "../model/instant";
import { recordKey } from "../model/ids";
import type { NameValueError, PoolRecord } from "../model/pool";
import type { PoolSpec } from "../model/spec";
import type { Turn } from "./turn";

/** A sample is seen a minute after it was taken; history older than a day is let go. */
const visibleAfter = 60_000;
const kept = 24 * 3_600_000;

interface Watch {
    samples: SampleHistory;
    lastSample: Instant;
    /** An evaluation fell due while the pool was resizing. */
    putOff: boolean;
    formula?: { text: string; parsed: Formula };
}

/** Samples of the pools that scale by formula; taken while they do. */
export class AutoScaleWatch {
    private readonly watches = new Map<string, Watch>();

    of(pool: string, now: Instant): Watch {
        let watch = this.watches.get(pool);
        // The first sample falls due one period after the pool began to be watched.
        if (!watch)
            this.watches.set(
                pool,
                (watch = { samples: new SampleHistory(), lastSample: now, putOff: false }),
            );
        return watch;
    }

    forget(pool: string): void {
        this.watches.delete(pool);
    }
}

/** Takes the samples that are due and, when the interval has passed, evaluates the formula and sets the targets. */
export function evaluateWhenDue(turn: Turn, pool: PoolRecord): void {
    if (!pool.autoScale) {
        turn.world.autoScale.forget(pool.key);
        return;
    }
    const { watch, taken } = takeSamples(turn, pool);
    turn.wakeAt(`pool:${pool.key}`, watch.lastSample + SAMPLE_PERIOD);
    const { autoScale } = pool;
    const due = autoScale.nextEvaluation;
    if (due > turn.now) {
        turn.wakeAt(`pool:${pool.key}`, due);
        return;
    }
    // guess: a pool that is resizing is not evaluated; that is made up for with the first sample after it. Documented is only that a
    // resize is refused then, and that scaling cannot be enabled.
    if (pool.allocationState !== "steady") {
        watch.putOff = true;
        return;
    }
    if (watch.putOff && !taken) return;
    // From when it was due, so that late timers do not add up; not after a time in which the service was off.
    const planned = (watch.putOff ? watch.lastSample : due) + autoScale.interval;
    const nextEvaluation = planned > turn.now ? planned : turn.now + autoScale.interval;
    watch.putOff = false;
    const run = evaluateFor(turn, pool, autoScale.formula);
    const error: NameValueError | undefined = run.error && { ...run.error, values: [...run.error.values] };
    const lastRun = { timestamp: turn.now, results: run.results, ...(error && { error }) };
    const after: PoolRecord = {
        ...pool,
        autoScale: { ...autoScale, lastRun, nextEvaluation },
    };
    turn.wakeAt(`pool:${pool.key}`, nextEvaluation);
    const changed =
        run.targetDedicatedNodes !== pool.targetDedicatedNodes ||
        run.targetSpotNodes !== pool.targetSpotNodes;
    // A pool that is short of its targets (quota, time-out) is tried again at each evaluation.
    const short = (pool.resizeErrors?.length ?? 0) > 0;
    if (error || !(changed || short)) {
        turn.store.pools.put(after);
        return;
    }
    const { resizeErrors: _old, ...rest } = after;
    turn.putPool({
        ...rest,
        targetDedicatedNodes: run.targetDedicatedNodes,
        targetSpotNodes: run.targetSpotNodes,
        allocationState: "resizing",
        allocationStateTransitionTime: turn.now,
        resize: {
            startedAt: turn.now,
            deadline: turn.now + resizeTimeoutOf(pool),
            deallocation: run.nodeDeallocationOption,
        },
    });
    turn.note(pool.key, "steady", "resizing", `autoscale: ${run.results}`);
}

export function evaluateFor(turn: Turn, pool: PoolRecord, formula: string): AutoScaleRun {
    const watch = turn.world.autoScale.of(pool.key, turn.now);
    if (watch.formula?.text !== formula) watch.formula = { text: formula, parsed: parse(formula).formula };
    const nodes = turn.store.nodes.list(pool.key).filter((node) => node.state !== "leavingpool");
    return evaluate(formula, {
        now: turn.now,
        samples: visible(watch.samples, turn.now),
        pool: {
            targetDedicatedNodes: pool.targetDedicatedNodes,
            targetSpotNodes: pool.targetSpotNodes,
            currentDedicatedNodes: nodes.filter((node) => node.dedicated).length,
            currentSpotNodes: nodes.filter((node) => !node.dedicated).length,
            taskSlotsPerNode: (pool.spec as unknown as PoolSpec).taskSlotsPerNode ?? 1,
            usableNodes: nodes.filter((node) => node.state === "idle" || node.state === "running").length,
        },
    });
}

function visible(samples: SampleHistory, now: Instant) {
    const until = now - visibleAfter;
    return {
        range: (metric: string, from: number, to: number) => samples.range(metric, from, Math.min(to, until)),
        latest: (metric: string, count: number, at: number) =>
            samples.latest(metric, count, Math.min(at, until)),
        count: (metric: string, at: number) => samples.count(metric, Math.min(at, until)),
        begin: (metric: string) => {
            const first = samples.begin(metric);
            return first !== undefined && first <= until ? first : undefined;
        },
    };
}

/** Takes what fell due since the last one; `taken` when something did. */
function takeSamples(turn: Turn, pool: PoolRecord): { watch: Watch; taken: boolean } {
    const watch = turn.world.autoScale.of(pool.key, turn.now);
    const due = Math.floor((turn.now - watch.lastSample) / SAMPLE_PERIOD);
    if (due > 0) {
        const values = Object.entries(measure(turn, pool));
        // After a pause (a laptop that slept) only the newest is known.
        watch.lastSample += due * SAMPLE_PERIOD;
        for (const [metric, value] of values) watch.samples.add(metric, watch.lastSample, value);
        watch.samples.forget(turn.now - kept);
    }
    return { watch, taken: due > 0 };
}

function measure(turn: Turn, pool: PoolRecord): Record<string, number> {
    const nodes = turn.store.nodes.list(pool.key);
    const sum = { active: 0, running: 0, succeeded: 0, failed: 0 };
    for (const job of turn.store.jobs.list(pool.account)) {
        if (job.pool === undefined || recordKey(job.account, job.pool) !== pool.key) continue;
        const counts = turn.store.tasks.counts(job.number);
        // Ready tasks of jobs that may run; those that wait for others are not counted.
        if (job.state === "active") sum.active += counts.active - counts.blocked;
        sum.running += counts.running;
        sum.succeeded += counts.succeeded;
        sum.failed += counts.failed;
    }
    return {
        $ActiveTasks: sum.active,
        $RunningTasks: sum.running,
        $PendingTasks: sum.active + sum.running,
        $SucceededTasks: sum.succeeded,
        $FailedTasks: sum.failed,
        $SampleNodeCount: nodes.length,
        $CurrentDedicatedNodes: nodes.filter((node) => node.dedicated).length,
        $CurrentLowPriorityNodes: nodes.filter((node) => !node.dedicated).length,
        $PreemptedNodeCount: nodes.filter((node) => node.state === "preempted").length,
    };
}
