import { DEFAULT_SAMPLE_PERCENT, SAMPLE_PERIOD, choices } from "../language/choices";
import { METHODS, overload } from "../language/signatures";
import { describeType } from "../language/types";
import { Failure } from "./failure";
import type { Samples } from "./samples";
import { TimeInterval, Timestamp, type Value, type Vector, formatNumber, typeOf } from "./values";

interface Window {
    readonly values: Vector;
    /** Available samples in percent of those the window could hold. */
    readonly percent: number;
}

/** Calls a sample method of a metric. Throws a Failure for an unknown method, wrong arguments and too few samples. */
export function callMethod(
    metric: string,
    method: string,
    args: readonly Value[],
    samples: Samples,
    now: number,
    bracket: number,
): Value {
    const signatures = METHODS.get(method);
    if (!signatures) throw new Failure("name", `Unknown method name: ${method}.`, bracket);
    if (!isUsual(method, args) && !overload(signatures, args.map(typeOf))) {
        const types = args.map(typeOf);
        const given = types.map(describeType).join(", ");
        throw new Failure("type", `No overload for method "${method}" takes (${given}).`, bracket);
    }
    switch (method) {
        case "GetSample":
            return getSample(metric, args, samples, now, bracket);
        case "GetSamplePercent":
            return readWindow(metric, args, samples, now).percent;
        case "GetSamplePeriod":
            return new TimeInterval(SAMPLE_PERIOD);
        case "Count":
            return samples.count(metric, now);
        default:
            // guess: a metric without samples begins now.
            return new Timestamp(samples.begin(metric) ?? now);
    }
}

/** The calls nearly all formulas make; they need no search among the overloads. */
function isUsual(method: string, args: readonly Value[]): boolean {
    if (args.length !== 1) return false;
    const [first] = args;
    if (method === "GetSample") return typeof first === "number" || first instanceof TimeInterval;
    return method === "GetSamplePercent" && first instanceof TimeInterval;
}

function getSample(
    metric: string,
    args: readonly Value[],
    samples: Samples,
    now: number,
    bracket: number,
): Vector {
    const [first] = args;
    if (typeof first === "number")
        return packed(samples.latest(metric, Math.max(0, Math.trunc(first || 0)), now));
    const last = args[args.length - 1];
    const wanted = typeof last === "number" ? last : DEFAULT_SAMPLE_PERCENT;
    const { values, percent } = readWindow(metric, args, samples, now);
    if (percent < wanted) {
        const message = `Insufficient data from data set: ${metric} wanted ${formatNumber(wanted)}%, received ${formatNumber(percent)}%`;
        throw new Failure("samples", message, bracket);
    }
    return values;
}

function momentOf(value: Value | undefined, now: number): number {
    if (value instanceof Timestamp) return value.time;
    return value instanceof TimeInterval ? now - value.milliseconds : now;
}

/** Both bounds are looked back from now and may come in any order; without a second one the window ends now. */
function readWindow(metric: string, args: readonly Value[], samples: Samples, now: number): Window {
    const one = momentOf(args[0], now);
    const two = momentOf(args[1], now);
    const from = Math.min(one, two);
    const to = Math.min(now, Math.max(one, two));
    // The small part makes up for rounding of fractions such as 0.1 days.
    const periods = Math.floor((to - from) / SAMPLE_PERIOD + 1e-6);
    const possible = periods >= 1 ? periods : choices.shortWindow;
    const { values: found, firstTime } = samples.range(metric, from, to);
    const values = packed(found);
    const surplus = values.length > possible && firstTime === from;
    const inside = surplus ? values.subarray(1) : values;
    return { values: inside, percent: Math.min(100, (inside.length / possible) * 100) };
}

/** Vectors are of one kind inside the evaluator, which is what makes loops over them fast. */
function packed(values: Vector): Float64Array {
    return values instanceof Float64Array ? values : Float64Array.from(values);
}
