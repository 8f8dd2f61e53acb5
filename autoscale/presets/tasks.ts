import type { FormulaWriter } from "../build/build";
import { avg, ceil, floor, max, minutes, pendingTasks, taskSlotsPerNode, when } from "../build/functions";
import type { Double } from "../build/values";

/** Share of samples from which an average is trusted; the service's own default. */
export const ENOUGH = 70;

/** Where a preset writes its target. */
export type NodeKind = "dedicated" | "spot";

/** Throws a RangeError unless the option is a whole number of at least `minimum`. */
export function whole(name: string, value: number, minimum = 0): number {
    if (Number.isInteger(value) && value >= minimum) return value;
    throw new RangeError(`${name} is ${value}; a whole number of at least ${minimum} is needed.`);
}

export function positive(name: string, value: number): number {
    if (Number.isFinite(value) && value > 0) return value;
    throw new RangeError(`${name} is ${value}; a number above 0 is needed.`);
}

/** Minutes over which a falling number of tasks is averaged, unless told otherwise. */
export const AVERAGE_MINUTES = 15;

/** Nodes that the waiting and running tasks fill: now, or on average if that is more. */
export function writeNeeded(f: FormulaWriter, averageMinutes = AVERAGE_MINUTES): Double {
    f.comment("Waiting and running tasks: the newest count, and the average once enough samples are there.");
    const span = f.let("span", minutes(positive("averageMinutes", averageMinutes)));
    const latest = f.let("latest", max(0, pendingTasks.latest(1)));
    const sampled = f.let("sampled", pendingTasks.samplePercent(span));
    const average = f.let("average", when(sampled.isLess(ENOUGH), latest, avg(pendingTasks.samples(span))));
    // A task of now needs its node whole; a fraction of an average does not.
    const nodes = max(ceil(latest.dividedBy(taskSlotsPerNode)), floor(average.dividedBy(taskSlotsPerNode)));
    return f.let("needed", nodes);
}

export function writeTarget(f: FormulaWriter, kind: NodeKind, value: Double): void {
    if (kind === "spot") f.targetSpotNodes(value);
    else f.targetDedicatedNodes(value);
}
