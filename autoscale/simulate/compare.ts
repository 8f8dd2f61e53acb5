import type { Formula } from "../language/ast";
import type { SimulationOptions } from "./options";
import { type SimulationResult, simulate } from "./simulate";
import type { Trace } from "./trace";

export interface Candidate {
    readonly name: string;
    readonly formula: string | Formula;
}

export interface Comparison {
    readonly name: string;
    readonly result: SimulationResult;
}

/** The same trace and pool under several formulas. */
export function compare(
    candidates: readonly Candidate[],
    trace: Trace,
    options: SimulationOptions = {},
): Comparison[] {
    return candidates.map(({ name, formula }) => ({ name, result: simulate(formula, trace, options) }));
}

/** The rows a comparison is read by; one name and text for each. */
export const MEASURES: readonly {
    readonly title: string;
    readonly of: (result: SimulationResult) => string;
}[] = [
    { title: "cost", of: ({ cost }) => cost.toFixed(2) },
    { title: "dedicated node-hours", of: ({ dedicatedNodeHours }) => dedicatedNodeHours.toFixed(1) },
    { title: "spot node-hours", of: ({ spotNodeHours }) => spotNodeHours.toFixed(1) },
    { title: "wait, mean", of: ({ waits }) => duration(waits.mean) },
    { title: "wait, median", of: ({ waits }) => duration(waits.p50) },
    { title: "wait, 90 %", of: ({ waits }) => duration(waits.p90) },
    { title: "wait, 99 %", of: ({ waits }) => duration(waits.p99) },
    { title: "wait, longest", of: ({ waits }) => duration(waits.max) },
    { title: "tasks finished", of: ({ succeeded, tasks }) => `${succeeded} of ${tasks}` },
    { title: "runs cut short", of: ({ requeued, terminated }) => `${requeued + terminated}` },
    { title: "flaps", of: ({ flaps }) => String(flaps) },
    {
        title: "failed evaluations",
        of: ({ failedEvaluations, evaluations }) => `${failedEvaluations} of ${evaluations.length}`,
    },
];

/** Seconds as people say them. */
export function duration(seconds: number): string {
    if (seconds < 60) return `${Math.round(seconds)} s`;
    if (seconds < 3600) return `${(seconds / 60).toFixed(1)} min`;
    return `${(seconds / 3600).toFixed(1)} h`;
}
