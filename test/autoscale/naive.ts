import type { Expression, Formula, PoolFacts, Sample } from "../../autoscale";

/**
 * A second interpreter, written for clarity from the language reference and sharing nothing with the first but the tree: values carry
 * tags, windows are found by looking at every sample, nothing is prepared or cached.
 */
type V =
    | { t: "double"; v: number }
    | { t: "doubleVec"; v: number[] }
    | { t: "string"; v: string }
    | { t: "timestamp"; v: number }
    | { t: "timeinterval"; v: number }
    | { t: "keyword"; v: string };

class Fail extends Error {
    constructor(readonly code: string) {
        super(code);
    }
}
class Stopped extends Error {}

const D = (v: number): V => ({ t: "double", v });
const bad = (): never => {
    throw new Fail("AutoScalingFormulaEvaluationError");
};

const UNITS: Record<string, number> = { Zero: 0, Second: 1e3, Minute: 6e4, Hour: 36e5 };
const lastOf = (list: number[]): number => (list.length ? (list[list.length - 1] ?? 0) : 0);

export interface NaiveOutcome {
    readonly error?: string;
    readonly variables: Record<string, V>;
    readonly dedicated: number;
    readonly spot: number;
    readonly option: string;
}

export function naive(
    formula: Formula,
    now: number,
    pool: PoolFacts,
    data: Record<string, Sample[]>,
): NaiveOutcome {
    const variables: Record<string, V> = {};
    const kept = {
        variables: {},
        dedicated: pool.targetDedicatedNodes,
        spot: pool.targetSpotNodes,
        option: "requeue",
    };
    const interpreter = new Naive(now, pool, data, variables);
    try {
        for (const statement of formula.statements) {
            const value = interpreter.evaluate(statement.value);
            if (statement.kind === "expression") continue;
            const isTarget = statement.name.startsWith("$Target");
            if (isTarget && value.t !== "double" && value.t !== "doubleVec") bad();
            if (value.t === "keyword" && statement.name !== "$NodeDeallocationOption") bad();
            variables[statement.name] = isTarget && value.t === "doubleVec" ? D(lastOf(value.v)) : value;
        }
    } catch (error) {
        if (error instanceof Fail) return { ...kept, error: error.code };
        if (!(error instanceof Stopped)) throw error;
    }
    const target = (full: string, alias: string, current: number): number => {
        const value = variables[full] ?? variables[alias];
        if (!value) return current;
        const n = Number(value.v);
        if (!Number.isFinite(n)) bad();
        return n < 1 ? 0 : Math.floor(n);
    };
    try {
        return {
            variables,
            dedicated: target("$TargetDedicatedNodes", "$TargetDedicated", pool.targetDedicatedNodes),
            spot: target("$TargetLowPriorityNodes", "$TargetLowPriority", pool.targetSpotNodes),
            option: String(variables.$NodeDeallocationOption?.v ?? "requeue"),
        };
    } catch (error) {
        if (error instanceof Fail) return { ...kept, error: error.code };
        throw error;
    }
}

class Naive {
    constructor(
        private readonly now: number,
        private readonly pool: PoolFacts,
        private readonly data: Record<string, Sample[]>,
        private readonly variables: Record<string, V>,
    ) {}

    evaluate(e: Expression): V {
        switch (e.kind) {
            case "number":
                return D(e.value);
            case "string":
                return { t: "string", v: e.value };
            case "name":
                return this.name(e.name);
            case "unary": {
                const a = this.evaluate(e.operand);
                if (e.operator === "!") return D(this.scalar(a) === 0 ? 1 : 0);
                return a.t === "double" || a.t === "timeinterval" ? { t: a.t, v: -a.v } : bad();
            }
            case "binary": {
                const a = this.evaluate(e.left);
                const b = this.evaluate(e.right);
                return this.binary(e.operator, a, b);
            }
            case "conditional":
                return this.scalar(this.evaluate(e.test)) !== 0
                    ? this.evaluate(e.whenTrue)
                    : this.evaluate(e.whenFalse);
            case "call":
                return this.call(
                    e.callee,
                    e.args.map((arg) => this.evaluate(arg)),
                );
            case "method":
                if (e.target.kind !== "name") return bad();
                return this.method(
                    e.target.name,
                    e.method,
                    e.args.map((arg) => this.evaluate(arg)),
                );
            case "member": {
                const a = this.evaluate(e.target);
                return a.t === "timestamp" ? D(this.member(a.v, e.member)) : bad();
            }
            default:
                return bad();
        }
    }

    private scalar(a: V): number {
        if (a.t === "double") return a.v;
        return a.t === "doubleVec" ? lastOf(a.v) : bad();
    }

    private name(name: string): V {
        const unit = /^TimeInterval_(.*)$/.exec(name)?.[1];
        if (unit !== undefined && unit in UNITS) return { t: "timeinterval", v: UNITS[unit] ?? 0 };
        if (["requeue", "terminate", "taskcompletion", "retaineddata"].includes(name))
            return { t: "keyword", v: name };
        const own = this.variables[name];
        if (own) return own;
        const { pool } = this;
        switch (name) {
            case "$TargetDedicatedNodes":
                return this.variables.$TargetDedicated ?? D(pool.targetDedicatedNodes);
            case "$TargetDedicated":
                return this.variables.$TargetDedicatedNodes ?? D(pool.targetDedicatedNodes);
            case "$CurrentDedicatedNodes":
                return D(pool.currentDedicatedNodes);
            case "$CurrentLowPriorityNodes":
                return D(pool.currentSpotNodes);
            case "$TaskSlotsPerNode":
                return D(pool.taskSlotsPerNode ?? 1);
            default:
                return bad();
        }
    }

    private binary(op: string, a: V, b: V): V {
        const compares = ["<", "<=", "==", ">=", ">", "!="].includes(op);
        const logic = op === "&&" || op === "||";
        if (
            (compares || logic) &&
            (a.t === "double" || a.t === "doubleVec") &&
            (b.t === "double" || b.t === "doubleVec")
        ) {
            return D(this.test(op, this.scalar(a), this.scalar(b)));
        }
        if (compares && a.t === b.t && a.t !== "keyword" && a.t !== "doubleVec")
            return D(this.test(op, a.v, b.v as typeof a.v));
        if (compares || logic) return bad();
        if (a.t === "double" && b.t === "double") return D(this.calc(op, a.v, b.v));
        if (a.t === "doubleVec" && b.t === "double")
            return { t: "doubleVec", v: a.v.map((x) => this.calc(op, x, b.v)) };
        if (a.t === "double" && b.t === "doubleVec")
            return { t: "doubleVec", v: b.v.map((x) => this.calc(op, a.v, x)) };
        if (a.t === "doubleVec" && b.t === "doubleVec") {
            const n = a.v.length < b.v.length ? a.v.length : b.v.length;
            return { t: "doubleVec", v: a.v.slice(0, n).map((x, i) => this.calc(op, x, b.v[i] ?? 0)) };
        }
        if (a.t === "double" && b.t === "timeinterval" && op === "*")
            return { t: "timeinterval", v: a.v * b.v };
        if (a.t === "timeinterval" && b.t === "double" && (op === "*" || op === "/"))
            return { t: "timeinterval", v: this.calc(op, a.v, b.v) };
        if (a.t === "timeinterval" && b.t === "timeinterval" && (op === "+" || op === "-"))
            return { t: "timeinterval", v: this.calc(op, a.v, b.v) };
        if (op === "+" && a.t === "timestamp" && b.t === "timeinterval") return this.moment(a.v + b.v);
        if (op === "+" && a.t === "timeinterval" && b.t === "timestamp") return this.moment(a.v + b.v);
        if (op === "-" && a.t === "timestamp" && b.t === "timestamp")
            return { t: "timeinterval", v: a.v - b.v };
        return bad();
    }

    private moment(v: number): V {
        return v >= Date.parse("0001-01-01T00:00:00Z") && v <= Date.parse("9999-12-31T23:59:59.999Z")
            ? { t: "timestamp", v }
            : bad();
    }

    private calc(op: string, a: number, b: number): number {
        return op === "+" ? a + b : op === "-" ? a - b : op === "*" ? a * b : a / b;
    }

    private test<T extends number | string>(op: string, a: T, b: T): number {
        const outcomes: Record<string, boolean> = {
            "<": a < b,
            "<=": a <= b,
            "==": a === b,
            ">=": a >= b,
            ">": a > b,
            "!=": a !== b,
            "&&": a !== 0 && b !== 0,
            "||": a !== 0 || b !== 0,
        };
        return outcomes[op] ? 1 : 0;
    }

    private member(ms: number, member: string): number {
        const [date = "", clock = ""] = new Date(Math.floor(ms)).toISOString().split("T");
        const [year, month, day] = date.replace(/^[+-]/, "").split("-").map(Number);
        const [hour, minute, second] = clock.split(/[:.]/).map(Number);
        const weekday = ((((Math.floor(ms / 864e5) + 3) % 7) + 7) % 7) + 1;
        const all: Record<string, number | undefined> = { year, month, day, hour, minute, second, weekday };
        return all[member] ?? bad();
    }

    private call(name: string, args: V[]): V {
        if (name === "stop")
            throw args.length ? new Fail("AutoScalingFormulaEvaluationError") : new Stopped();
        if (name === "time") {
            if (args.length > 1 || (args[0] && args[0].t !== "string")) return bad();
            return { t: "timestamp", v: args[0]?.v ? this.parse(String(args[0].v)) : this.now };
        }
        if (name === "val" || name === "percentile") {
            const [v, n] = args;
            if (args.length !== 2 || v?.t !== "doubleVec" || n?.t !== "double") return bad();
            return D(name === "val" ? this.val(v.v, n.v) : this.percentile(v.v, n.v));
        }
        const list: number[] = [];
        for (const arg of args) {
            if (arg.t === "double") list.push(arg.v);
            else if (arg.t === "doubleVec") list.push(...arg.v);
            else bad();
        }
        return this.listFunction(name, list, args.length === 1 && args[0]?.t === "double");
    }

    private val(list: number[], index: number): number {
        return list[index < 0 ? Math.ceil(index) : Math.floor(index)] ?? 0;
    }

    private percentile(list: number[], percent: number): number {
        if (!list.length) return 0;
        // Not-a-number last, negative zero before zero: the only two places where plain subtraction does not order.
        const sign = (x: number): number => (Object.is(x, -0) ? -1 : 0);
        const order = (x: number, y: number): number => x - y || sign(x) - sign(y);
        const sorted = [...list].sort(
            (x, y) => Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || order(x, y),
        );
        const p = Number.isNaN(percent) ? 0 : Math.max(0, Math.min(100, percent));
        const place = (p / 100) * (sorted.length - 1);
        const low = Math.floor(place);
        const [a = 0, b = 0] = [sorted[low], sorted[Math.ceil(place)]];
        return a === b ? a : a + (b - a) * (place - low);
    }

    private listFunction(name: string, list: number[], single: boolean): V {
        const each = (f: (x: number) => number): V =>
            single ? D(f(list[0] ?? 0)) : { t: "doubleVec", v: list.map(f) };
        const sum = (xs: number[]): number => xs.reduce((a, b) => a + b, 0);
        const n = list.length;
        const low = (): number => list.reduce((a, b) => (b < a ? b : a), Infinity);
        const high = (): number => list.reduce((a, b) => (b > a ? b : a), -Infinity);
        switch (name) {
            case "avg":
                return D(n ? sum(list) / n : 0);
            case "len":
                return D(n);
            case "max":
                return D(n ? high() : 0);
            case "min":
                return D(n ? low() : 0);
            case "norm":
                return D(Math.sqrt(sum(list.map((x) => x * x))));
            case "range":
                return D(n ? high() - low() : 0);
            case "std": {
                const mean = sum(list) / n;
                return D(n < 2 ? 0 : Math.sqrt(sum(list.map((x) => (x - mean) ** 2)) / (n - 1)));
            }
            case "sum":
                return D(sum(list));
            case "vec":
                return { t: "doubleVec", v: list };
            case "ceil":
                return each(Math.ceil);
            case "floor":
                return each(Math.floor);
            case "round":
                return each((x) => (x < 0 ? -Math.round(-x) : Math.round(x)));
            case "lg":
                return each(Math.log2);
            case "ln":
                return each(Math.log);
            case "log":
                return each(Math.log10);
            default:
                return bad();
        }
    }

    private parse(text: string): number {
        // Only the forms the generator makes; whatever else is not a time.
        if (!/^\d{4}-\d\d-\d\d(T.*Z)?$|GMT$/.test(text)) return bad();
        const fraction = /\.(\d+)Z$/.exec(text)?.[1] ?? "";
        return Date.parse(text.replace(/\.\d+Z$/, "Z")) + Number(`0.${fraction || 0}`) * 1000;
    }

    private method(metric: string, name: string, args: V[]): V {
        const all = (this.data[metric] ?? [])
            .map(({ time, value }) => ({ time: Number(time), value }))
            .filter(({ time }) => time <= this.now);
        const [a, b, c] = args;
        if (name === "Count" && !args.length) return D(all.length);
        if (name === "GetSamplePeriod" && !args.length) return { t: "timeinterval", v: 30_000 };
        if (name === "HistoryBeginTime" && !args.length)
            return { t: "timestamp", v: all[0]?.time ?? this.now };
        if (name === "GetSample" && args.length === 1 && a?.t === "double") {
            const count = Number.isNaN(a.v) || a.v < 1 ? 0 : Math.floor(a.v);
            return {
                t: "doubleVec",
                v: all.map(({ value }) => value).filter((_, i) => i >= all.length - count),
            };
        }
        if (name !== "GetSample" && name !== "GetSamplePercent") return bad();
        const isMoment = (v: V | undefined): v is V => v?.t === "timestamp" || v?.t === "timeinterval";
        if (!isMoment(a)) return bad();
        const at = (v: V): number => (v.t === "timestamp" ? v.v : this.now - Number(v.v));
        const end = isMoment(b) ? at(b) : this.now;
        const percentArg = isMoment(b) ? c : b;
        if (
            args.length > (isMoment(b) ? 3 : 2) ||
            (percentArg && (percentArg.t !== "double" || name === "GetSamplePercent"))
        )
            return bad();
        const from = Math.min(at(a), end);
        const to = Math.min(this.now, Math.max(at(a), end));
        let inside = all.filter(({ time }) => time >= from && time <= to);
        const possible = Math.max(1, Math.floor((to - from) / 30_000 + 1e-6) || 1);
        if (inside.length > possible && inside[0]?.time === from) inside = inside.slice(1);
        const percent = Math.min(100, (inside.length / possible) * 100);
        if (name === "GetSamplePercent") return D(percent);
        const wanted = percentArg?.t === "double" ? percentArg.v : 70;
        if (percent < wanted) throw new Fail("InsufficientSampleData");
        return { t: "doubleVec", v: inside.map(({ value }) => value) };
    }
}
