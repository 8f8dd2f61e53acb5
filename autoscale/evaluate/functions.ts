import { choices } from "../language/choices";
import { FUNCTIONS, overload } from "../language/signatures";
import { parseTime } from "../language/time";
import { NUMBERS, describeType } from "../language/types";
import { Failure, Stop } from "./failure";
import { Timestamp, type Value, type Vector, typeOf } from "./values";

/** What functions need of the run: the moment of evaluation and a source of chance. */
export interface FunctionContext {
    readonly now: number;
    readonly random: () => number;
}

/** Longer vectors can only come from joining a vector to itself again and again, which would use up all memory. */
const MAX_VECTOR = 200_000;

// Plain loops over packed vectors, one for each function: a shared loop that calls back, or one that also looks at the kind of each
// argument, is several times slower over a day of samples.

function sumOf(values: Float64Array, start: number): number {
    let sum = start;
    for (let i = 0, n = values.length; i < n; i++) sum += values[i] as number;
    return sum;
}

function leastOf(values: Float64Array): number {
    let least = Infinity;
    for (let i = 0, n = values.length; i < n; i++)
        if ((values[i] as number) < least) least = values[i] as number;
    return least;
}

function mostOf(values: Float64Array): number {
    let most = -Infinity;
    for (let i = 0, n = values.length; i < n; i++)
        if ((values[i] as number) > most) most = values[i] as number;
    return most;
}

/** Sum of the squared distances from `centre`. */
function squaresOf(values: Float64Array, centre: number, start: number): number {
    let sum = start;
    for (let i = 0, n = values.length; i < n; i++) {
        const distance = (values[i] as number) - centre;
        sum += distance * distance;
    }
    return sum;
}

function total(args: readonly Value[]): number {
    let sum = 0;
    for (const arg of args) sum = typeof arg === "number" ? sum + arg : sumOf(arg as Float64Array, sum);
    return sum;
}

function smallest(args: readonly Value[]): number {
    let least = Infinity;
    for (const arg of args) {
        const value = typeof arg === "number" ? arg : leastOf(arg as Float64Array);
        if (value < least) least = value;
    }
    return least;
}

function largest(args: readonly Value[]): number {
    let most = -Infinity;
    for (const arg of args) {
        const value = typeof arg === "number" ? arg : mostOf(arg as Float64Array);
        if (value > most) most = value;
    }
    return most;
}

function squares(args: readonly Value[], centre: number): number {
    let sum = 0;
    for (const arg of args) {
        sum =
            typeof arg === "number" ? sum + (arg - centre) ** 2 : squaresOf(arg as Float64Array, centre, sum);
    }
    return sum;
}

function length(args: readonly Value[]): number {
    let count = 0;
    for (const arg of args) count += typeof arg === "number" ? 1 : (arg as Vector).length;
    return count;
}

function flatten(args: readonly Value[], offset: number): Float64Array {
    const size = length(args);
    if (size > MAX_VECTOR)
        throw new Failure(
            "value",
            `A vector of ${size} elements is too long; the limit is ${MAX_VECTOR}.`,
            offset,
        );
    const result = new Float64Array(size);
    let at = 0;
    for (const arg of args) {
        if (typeof arg === "number") result[at++] = arg;
        else for (let i = 0, v = arg as Vector; i < v.length; i++) result[at++] = v[i] ?? 0;
    }
    return result;
}

const ofSome = (args: readonly Value[], value: (count: number) => number): number => {
    const count = length(args);
    return count === 0 ? choices.ofNothing : value(count);
};

function deviation(args: readonly Value[]): number {
    return ofSome(args, (count) => {
        if (count === 1) return 0;
        const mean = total(args) / count;
        return Math.sqrt(squares(args, mean) / (count - 1));
    });
}

function percentile(vector: Vector, percent: number): number {
    if (vector.length === 0) return choices.ofNothing;
    const sorted = Float64Array.from(vector).sort();
    const place = (Math.min(100, Math.max(0, percent || 0)) / 100) * (sorted.length - 1);
    const low = sorted[Math.floor(place)] ?? 0;
    const high = sorted[Math.ceil(place)] ?? 0;
    return low === high ? low : low + (high - low) * (place - Math.floor(place));
}

const NUMERIC: Readonly<Record<string, (args: readonly Value[]) => number>> = {
    avg: (args) => ofSome(args, (count) => total(args) / count),
    len: length,
    max: (args) => ofSome(args, () => largest(args)),
    min: (args) => ofSome(args, () => smallest(args)),
    norm: (args) => Math.sqrt(squares(args, 0)),
    range: (args) => ofSome(args, () => largest(args) - smallest(args)),
    std: deviation,
    sum: total,
};

const ELEMENTWISE: Readonly<Record<string, (value: number) => number>> = {
    lg: Math.log2,
    ln: Math.log,
    log: Math.log10,
    ceil: Math.ceil,
    floor: Math.floor,
    // Halves away from zero; Math.round alone sends -0.5 to 0.
    round: (value) => Math.sign(value) * Math.round(Math.abs(value)),
};

/** A function of any mix of numbers and vectors that gives a number; undefined for every other name. */
export function numericFunction(name: string): ((args: readonly Value[]) => number) | undefined {
    return Object.hasOwn(NUMERIC, name) ? NUMERIC[name] : undefined;
}

/** Calls a function of the language. Throws a Failure for an unknown one and for arguments no overload takes. */
export function callFunction(
    name: string,
    args: readonly Value[],
    context: FunctionContext,
    offset: number,
): Value {
    const signatures = FUNCTIONS.get(name);
    if (!signatures) throw new Failure("name", `Unknown function name: ${name}.`, offset);
    const types = args.map(typeOf);
    if (!overload(signatures, types)) {
        const given = types.map(describeType).join(", ");
        throw new Failure("type", `No overload for function "${name}" takes (${given}).`, offset);
    }
    const numeric = numericFunction(name);
    if (numeric) return numeric(args);
    const elementwise = Object.hasOwn(ELEMENTWISE, name) ? ELEMENTWISE[name] : undefined;
    if (elementwise) {
        const [first] = args;
        return args.length === 1 && typeof first === "number"
            ? elementwise(first)
            : flatten(args, offset).map((value) => elementwise(value));
    }
    return special(name, args, context, offset);
}

export function isNumeric(value: Value): boolean {
    return typeof value === "number" || (typeOf(value) & NUMBERS) !== 0;
}

function special(
    name: string,
    args: readonly Value[],
    { now, random }: FunctionContext,
    offset: number,
): Value {
    switch (name) {
        case "vec":
            return flatten(args, offset);
        case "percentile":
            return percentile(args[0] as Vector, args[1] as number);
        case "val":
            return (args[0] as Vector)[Math.trunc(args[1] as number)] ?? choices.ofNothing;
        case "rand":
            return random();
        case "time":
            return moment((args[0] as string | undefined) ?? "", now, offset);
        default:
            throw new Stop();
    }
}

function moment(text: string, now: number, offset: number): Timestamp {
    if (text === "") return new Timestamp(now);
    const parsed = parseTime(text);
    if (typeof parsed !== "string") return new Timestamp(parsed.time);
    throw new Failure("value", `time() cannot read "${text.slice(0, 80)}": ${parsed}.`, offset);
}
