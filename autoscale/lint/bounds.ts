/** Range a number can lie in; for a vector, the range of its elements. */
export interface Bounds {
    readonly low: number;
    readonly high: number;
}

/**
 * Stands for "as many nodes as there are": a target no higher than this does not grow by itself. More than any pool can have, so
 * that bounds below it come from numbers of the formula.
 */
export const CURRENT = 1e9;

export const ANYTHING: Bounds = { low: -Infinity, high: Infinity };
export const COUNT: Bounds = { low: 0, high: Infinity };

export const exactly = (value: number): Bounds => ({ low: value, high: value });
export const between = (low: number, high: number): Bounds => ({ low, high });

export function hull(all: readonly Bounds[]): Bounds {
    if (all.length === 0) return exactly(0);
    return { low: Math.min(...all.map(({ low }) => low)), high: Math.max(...all.map(({ high }) => high)) };
}

/** 0 times infinity is 0 here: a bound, not a value. */
const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : a * b);

function product(a: Bounds, b: Bounds): Bounds {
    const corners = [times(a.low, b.low), times(a.low, b.high), times(a.high, b.low), times(a.high, b.high)];
    return { low: Math.min(...corners), high: Math.max(...corners) };
}

export function arithmetic(operator: string, a: Bounds, b: Bounds): Bounds {
    switch (operator) {
        case "+":
            return clean(a.low + b.low, a.high + b.high);
        case "-":
            return clean(a.low - b.high, a.high - b.low);
        case "*":
            return product(a, b);
        case "/":
            if (b.low <= 0 && b.high >= 0) return ANYTHING;
            return product(a, { low: 1 / b.high, high: 1 / b.low });
        default:
            return between(0, 1);
    }
}

function clean(low: number, high: number): Bounds {
    return { low: Number.isNaN(low) ? -Infinity : low, high: Number.isNaN(high) ? Infinity : high };
}

/** Bounds of a function's value from those of its arguments. */
export function functionBounds(name: string, args: readonly Bounds[], onlyNumbers: boolean): Bounds {
    const all = hull(args);
    switch (name) {
        case "min":
            return { low: all.low, high: Math.min(...args.map(({ high }) => high)) };
        case "max":
            return { low: Math.max(...args.map(({ low }) => low)), high: all.high };
        case "avg":
        case "vec":
            return all;
        case "percentile":
        case "val":
            return hull([args[0] ?? ANYTHING, exactly(0)]);
        case "sum":
            return onlyNumbers
                ? args.reduce((sum, arg) => arithmetic("+", sum, arg), exactly(0))
                : unlimited(all);
        case "ceil":
        case "floor":
        case "round":
            return { low: Math.floor(all.low), high: Math.ceil(all.high) };
        case "len":
        case "norm":
            return COUNT;
        case "range":
        case "std":
            return clean(0, all.high - all.low);
        case "rand":
            return between(0, 1);
        case "lg":
        case "ln":
        case "log":
            return { low: -Infinity, high: Math.max(0, Math.log2(Math.max(1, all.high))) };
        default:
            return ANYTHING;
    }
}

function unlimited({ low, high }: Bounds): Bounds {
    return { low: low < 0 ? -Infinity : 0, high: high > 0 ? Infinity : 0 };
}

const MEMBERS: Readonly<Record<string, Bounds>> = {
    year: between(1, 9999),
    month: between(1, 12),
    day: between(1, 31),
    weekday: between(0, 7),
    hour: between(0, 23),
    minute: between(0, 59),
    second: between(0, 59),
};

export const memberBounds = (member: string): Bounds => MEMBERS[member] ?? ANYTHING;
