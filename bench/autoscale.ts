// Evaluation against hand-written arithmetic, cost by samples read and by history kept, and the speed of the simulator.
import { SampleHistory, evaluate, generateTrace, parse, presets, simulate } from "../autoscale";

const DAY = 86_400_000;
const now = Date.UTC(2026, 0, 31);
const pool = {
    targetDedicatedNodes: 3,
    targetSpotNodes: 0,
    currentDedicatedNodes: 3,
    currentSpotNodes: 0,
    taskSlotsPerNode: 2,
};

/** Samples each 30 s over a time before now, of a load that never repeats. */
function history(days: number): SampleHistory {
    const samples = new SampleHistory();
    for (let time = now - days * DAY; time <= now; time += 30_000) {
        const wave = Math.sin(time / 7_000_000) + Math.sin(time / 1_300_000);
        samples.add("$PendingTasks", time, Math.round(20 + 10 * wave));
        samples.add("$RunningTasks", time, Math.round(10 + 5 * wave));
    }
    return samples;
}

const { formula: aDay } = parse(`
    day = TimeInterval_Day;
    seen = $PendingTasks.GetSamplePercent(day);
    tasks = seen < 70 ? max(0, $PendingTasks.GetSample(1)) : max($PendingTasks.GetSample(1), avg($PendingTasks.GetSample(day)));
    busy = seen < 70 ? 0 : max($RunningTasks.GetSample(day)) + std($PendingTasks.GetSample(day));
    $TargetDedicatedNodes = max(0, min(20, (tasks + busy) / $TaskSlotsPerNode));
    $NodeDeallocationOption = taskcompletion;`);

/** The same arithmetic on the same data by hand: the window by binary search, then plain loops over arrays. */
function byHand(times: Float64Array, pending: Float64Array, running: Float64Array, slots: number): number {
    const end = firstAfter(times, now);
    const first = firstAfter(times, now - DAY);
    const possible = DAY / 30_000;
    const newest = pending[end - 1] ?? 0;
    if (((end - first) / possible) * 100 < 70)
        return Math.trunc(Math.max(0, Math.min(20, Math.max(0, newest) / slots)));
    let sum = 0;
    for (let i = first; i < end; i++) sum += pending[i] ?? 0;
    const mean = sum / (end - first);
    let most = -Infinity;
    for (let i = first; i < end; i++) if ((running[i] ?? 0) > most) most = running[i] ?? 0;
    let squares = 0;
    for (let i = first; i < end; i++) squares += ((pending[i] ?? 0) - mean) ** 2;
    const tasks = Math.max(newest, mean);
    const busy = most + Math.sqrt(squares / (end - first - 1));
    return Math.trunc(Math.max(0, Math.min(20, (tasks + busy) / slots)));
}

function firstAfter(times: Float64Array, time: number): number {
    let low = 0;
    let high = times.length;
    while (low < high) {
        const middle = (low + high) >>> 1;
        if ((times[middle] ?? Infinity) <= time) low = middle + 1;
        else high = middle;
    }
    return low;
}

/** Microseconds of one call: the best of several rounds, so that a busy machine does not count. */
function microseconds(rounds: number, calls: number, work: () => unknown): number {
    let best = Infinity;
    for (let round = 0; round < rounds; round++) {
        const start = process.hrtime.bigint();
        for (let call = 0; call < calls; call++) work();
        best = Math.min(best, Number(process.hrtime.bigint() - start) / 1000 / calls);
    }
    return best;
}

/** Microseconds of two works measured in turns, so that both see the same machine; warm before the first round counts. */
function inTurns(one: () => unknown, other: () => unknown): [number, number] {
    for (const end = performance.now() + 500; performance.now() < end;)
        for (const work of [one, other]) work();
    let best: [number, number] = [Infinity, Infinity];
    for (let round = 0; round < 60; round++) {
        best = [Math.min(best[0], microseconds(1, 100, one)), Math.min(best[1], microseconds(1, 100, other))];
    }
    return best;
}

function reading(minutes: number, samples: SampleHistory): number {
    const { formula } = parse(`x = avg($PendingTasks.GetSample(${minutes} * TimeInterval_Minute));`);
    return microseconds(7, 500, () => evaluate(formula, { now, pool, samples }));
}

function main(): void {
    const month = history(30);
    const week = history(7);
    const times = Float64Array.from(
        { length: month.count("$PendingTasks", now) },
        (_, i) => now - 30 * DAY + i * 30_000,
    );
    const pending = Float64Array.from(month.latest("$PendingTasks", times.length, now));
    const running = Float64Array.from(month.latest("$RunningTasks", times.length, now));

    const run = evaluate(aDay, { now, pool, samples: month });
    const expected = byHand(times, pending, running, 2);
    if (run.targetDedicatedNodes !== expected)
        throw new Error(`the two disagree: ${run.targetDedicatedNodes} and ${expected}`);

    const [ours, hand] = inTurns(
        () => evaluate(aDay, { now, pool, samples: month }),
        () => byHand(times, pending, running, 2),
    );
    const hour = reading(60, month);
    const fourHours = reading(240, month);
    const sixteenHours = reading(960, month);
    const hourOfWeek = reading(60, week);

    const trace = generateTrace({ shape: "daily", tasks: 100_000, hours: 720 });
    const text = presets.pendingTasks({ maxNodes: 100 });
    let milliseconds = Infinity;
    for (let i = 0; i < 3; i++) {
        const start = performance.now();
        simulate(text, trace, { seconds: 30 * 86_400 });
        milliseconds = Math.min(milliseconds, performance.now() - start);
    }
    const speed = (30 * DAY) / milliseconds;

    const row = (name: string, value: string): void => console.log(`${name.padEnd(58)}${value.padStart(16)}`);
    row("evaluate a formula over a day of samples (8,640 read)", `${ours.toFixed(1)} us`);
    row("the same arithmetic by hand", `${hand.toFixed(1)} us`);
    row("ratio (bar: 3)", (ours / hand).toFixed(2));
    row("read 1 h of a month kept", `${hour.toFixed(2)} us`);
    row("read 4 h of a month kept", `${fourHours.toFixed(2)} us`);
    row("read 16 h of a month kept", `${sixteenHours.toFixed(2)} us`);
    row("read 1 h of a week kept", `${hourOfWeek.toFixed(2)} us`);
    row("simulate 30 days with 100,000 tasks", `${milliseconds.toFixed(0)} ms`);
    row("times faster than real (bar: 100,000)", Math.round(speed).toLocaleString("en-US"));
    const round = (value: number): number => Number(value.toPrecision(4));
    console.log(
        JSON.stringify({
            evaluateDayMicroseconds: round(ours),
            handWrittenMicroseconds: round(hand),
            evaluateRatio: round(ours / hand),
            read1hMicroseconds: round(hour),
            read4hMicroseconds: round(fourHours),
            read16hMicroseconds: round(sixteenHours),
            read1hOfWeekMicroseconds: round(hourOfWeek),
            simulate30DaysMilliseconds: round(milliseconds),
            simulateTimesRealTime: round(speed),
        }),
    );
}

main();
