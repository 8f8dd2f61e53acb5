import type { Expression } from "../language/ast";
import {
    Double,
    type DoubleLike,
    DoubleVec,
    Interval,
    Metric,
    NOWHERE,
    type NumbersLike,
    Timestamp,
    nodeOf,
} from "./values";

const name = (text: string): Expression => ({ kind: "name", name: text, span: NOWHERE });
const call = (callee: string, args: readonly NumbersLike[]): Expression => ({
    kind: "call",
    callee,
    args: args.map(nodeOf),
    bracket: 0,
    span: NOWHERE,
});
const ofNumbers =
    (callee: string) =>
    (...values: NumbersLike[]): Double =>
        new Double(call(callee, values));

interface Rounding {
    (value: DoubleLike): Double;
    (value: DoubleVec): DoubleVec;
}
const elementwise = (callee: string): Rounding =>
    ((value: NumbersLike) => {
        const node = call(callee, [value]);
        return value instanceof DoubleVec ? new DoubleVec(node) : new Double(node);
    }) as Rounding;

/** Functions of many numbers; vectors among the arguments are flattened. */
export const avg = ofNumbers("avg");
export const len = ofNumbers("len");
export const max = ofNumbers("max");
export const min = ofNumbers("min");
export const norm = ofNumbers("norm");
export const range = ofNumbers("range");
export const std = ofNumbers("std");
export const sum = ofNumbers("sum");

export const ceil = elementwise("ceil");
export const floor = elementwise("floor");
export const round = elementwise("round");
export const lg = elementwise("lg");
export const ln = elementwise("ln");
export const log = elementwise("log");

/** One vector of many numbers. */
export const vec = (...values: NumbersLike[]): DoubleVec => new DoubleVec(call("vec", values));
/** The element at `index`, counted from 0. */
export const val = (vector: DoubleVec, index: DoubleLike): Double => new Double(call("val", [vector, index]));
/** The value below which `percent` of the elements lie, 0 to 100. */
export const percentile = (vector: DoubleVec, percent: DoubleLike): Double =>
    new Double(call("percentile", [vector, percent]));
/** A random number from 0 to 1. */
export const rand = (): Double => new Double(call("rand", []));

/** The moment of evaluation. */
export const now = (): Timestamp => new Timestamp(call("time", []));
/** A fixed moment. */
export function at(moment: Date): Timestamp {
    if (Number.isNaN(moment.getTime())) throw new RangeError("at() needs a valid Date.");
    const value = moment.toISOString().replace(".000Z", "Z");
    const literal: Expression = { kind: "string", value, span: NOWHERE };
    return new Timestamp({ kind: "call", callee: "time", args: [literal], bracket: 0, span: NOWHERE });
}

const unit =
    (constant: string) =>
    (count: DoubleLike): Interval =>
        count === 1
            ? new Interval(name(constant))
            : new Interval({
                  kind: "binary",
                  operator: "*",
                  left: nodeOf(count),
                  right: name(constant),
                  span: NOWHERE,
              });
export const seconds = unit("TimeInterval_Second");
export const minutes = unit("TimeInterval_Minute");
export const hours = unit("TimeInterval_Hour");
export const days = unit("TimeInterval_Day");
export const weeks = unit("TimeInterval_Week");

/** `whenTrue` where the condition is not 0, else `whenFalse`; only the chosen one is evaluated. */
export function when(condition: DoubleLike, whenTrue: DoubleLike, whenFalse: DoubleLike): Double;
export function when(condition: DoubleLike, whenTrue: DoubleVec, whenFalse: DoubleVec): DoubleVec;
export function when(condition: DoubleLike, whenTrue: Interval, whenFalse: Interval): Interval;
export function when(condition: DoubleLike, whenTrue: Timestamp, whenFalse: Timestamp): Timestamp;
export function when(
    condition: DoubleLike,
    whenTrue: NumbersLike | Interval | Timestamp,
    whenFalse: NumbersLike | Interval | Timestamp,
): Double | DoubleVec | Interval | Timestamp {
    const node: Expression = {
        kind: "conditional",
        test: nodeOf(condition),
        whenTrue: nodeOf(whenTrue),
        whenFalse: nodeOf(whenFalse),
        span: NOWHERE,
    };
    if (whenTrue instanceof DoubleVec) return new DoubleVec(node);
    if (whenTrue instanceof Interval) return new Interval(node);
    return whenTrue instanceof Timestamp ? new Timestamp(node) : new Double(node);
}

/** Tasks ready to run but not running. Falls as soon as they start; `pendingTasks` does not. */
export const activeTasks = new Metric("$ActiveTasks");
export const runningTasks = new Metric("$RunningTasks");
/** Tasks ready to run or running. */
export const pendingTasks = new Metric("$PendingTasks");
export const succeededTasks = new Metric("$SucceededTasks");
export const failedTasks = new Metric("$FailedTasks");
export const preemptedNodeCount = new Metric("$PreemptedNodeCount");
export const sampleNodeCount = new Metric("$SampleNodeCount");

export const currentDedicatedNodes = new Double(name("$CurrentDedicatedNodes"));
/** Preempted nodes included. */
export const currentSpotNodes = new Double(name("$CurrentLowPriorityNodes"));
export const taskSlotsPerNode = new Double(name("$TaskSlotsPerNode"));
/** The target as it is: the pool's, or what the formula assigned before. */
export const targetDedicatedNodes = new Double(name("$TargetDedicatedNodes"));
export const targetSpotNodes = new Double(name("$TargetLowPriorityNodes"));
