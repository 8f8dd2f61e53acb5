import type { BinaryOperator, Expression, Formula, Statement } from "../../autoscale";
import { DEALLOCATION_OPTIONS, type PoolFacts, type Sample } from "../../autoscale";

/** Number of cases of each property: 2,000, or CASES in the full run. */
export const CASES = Number(process.env.CASES ?? "2000");

const span = { start: 0, end: 0 };
type Want = "double" | "doubleVec" | "string" | "timestamp" | "timeinterval";

/** Turns bytes into formulas: each byte is one decision, so that fast-check can shrink what fails. */
export class Source {
    private at = 0;
    constructor(private readonly bytes: ArrayLike<number>) {}

    /** A choice below `n`; 0 when the bytes are used up, which is always the simplest one. */
    below(n: number): number {
        const byte = this.bytes[this.at++] ?? 0;
        return n <= 256 ? byte % n : (byte * 256 + (this.bytes[this.at++] ?? 0)) % n;
    }

    pick<T>(list: readonly [T, ...T[]]): T {
        return list[this.below(list.length)] ?? list[0];
    }

    get done(): boolean {
        return this.at >= this.bytes.length;
    }
}

const number = (value: number): Expression => ({ kind: "number", value, span });
const name = (text: string): Expression => ({ kind: "name", name: text, span });
const call = (callee: string, args: Expression[]): Expression => ({
    kind: "call",
    callee,
    args,
    bracket: 0,
    span,
});
const method = (target: string, text: string, args: Expression[]): Expression => ({
    kind: "method",
    target: name(target),
    method: text,
    args,
    bracket: 0,
    span,
});
const binary = (operator: BinaryOperator, left: Expression, right: Expression): Expression => ({
    kind: "binary",
    operator,
    left,
    right,
    span,
});

const METRICS = ["$ActiveTasks", "$PendingTasks", "$RunningTasks"] as const;
const NUMBERS = [0, 1, 2, 3, 0.5, 10, 70, 100, 1e7, 0.001] as const;
const OPERATORS = ["+", "-", "*", "/", "<", "<=", "==", ">=", ">", "!=", "&&", "||"] as const;
const TIMES = [
    "2026-01-05T08:00:00Z",
    "Mon, 05 Jan 2026 08:00:00 GMT",
    "2026-01-05",
    "",
    "nonsense",
    "2026-01-05T08:00:00.123456Z",
] as const;
const INTERVALS = [
    "TimeInterval_Minute",
    "TimeInterval_Second",
    "TimeInterval_Hour",
    "TimeInterval_Zero",
] as const;

/** Makes programs that are mostly well typed: one decision in `slips` asks for another type than fits. */
export class ProgramMaker {
    private readonly variables: { name: string; type: Want }[] = [];

    constructor(
        private readonly source: Source,
        private readonly slips: number,
    ) {}

    formula(): Formula {
        const statements: Statement[] = [];
        while (!this.source.done && statements.length < 12) statements.push(this.statement());
        return { statements, endComments: [], text: "", complete: true };
    }

    private statement(): Statement {
        const { source } = this;
        const base = { span, leadingComments: [], blankLineBefore: false };
        const choice = source.below(10);
        if (choice === 0) {
            const option = name(source.pick(DEALLOCATION_OPTIONS));
            return {
                kind: "assignment",
                name: "$NodeDeallocationOption",
                nameSpan: span,
                value: option,
                ...base,
            };
        }
        if (choice === 1 && source.below(8) === 0)
            return { kind: "expression", value: call("stop", []), ...base };
        if (choice < 4) {
            const target = source.pick([
                "$TargetDedicatedNodes",
                "$TargetLowPriorityNodes",
                "$TargetDedicated",
                "$TargetLowPriority",
            ]);
            const value = this.expression(source.below(6) === 0 ? "doubleVec" : "double", 4);
            return { kind: "assignment", name: target, nameSpan: span, value, ...base };
        }
        const type = source.pick<Want>([
            "double",
            "doubleVec",
            "timestamp",
            "timeinterval",
            "double",
            "string",
        ]);
        const value = this.expression(type, 4);
        const variable = source.pick(["a", "b", "$c", "$d", "e"]);
        this.variables.push({ name: variable, type });
        return { kind: "assignment", name: variable, nameSpan: span, value, ...base };
    }

    expression(wanted: Want, depth: number): Expression {
        const { source } = this;
        const type =
            this.slips > 0 && source.below(this.slips) === this.slips - 1
                ? source.pick<Want>(["double", "doubleVec", "timestamp", "timeinterval", "string"])
                : wanted;
        const known = this.variables.filter((variable) => variable.type === type);
        if (known.length > 0 && source.below(4) === 1)
            return name(known[source.below(known.length)]?.name ?? "a");
        if (depth > 0 && source.below(9) === 1) {
            return {
                kind: "conditional",
                test: this.expression(source.below(7) === 6 ? "doubleVec" : "double", depth - 1),
                whenTrue: this.expression(type, depth - 1),
                whenFalse: this.expression(type, depth - 1),
                span,
            };
        }
        switch (type) {
            case "double":
                return this.double(depth);
            case "doubleVec":
                return this.vector(depth);
            case "timestamp":
                return this.timestamp(depth);
            case "timeinterval":
                return this.interval(depth);
            case "string":
                return { kind: "string", value: source.pick(["x", "y", "2026-01-05"]), span };
        }
    }

    private list(depth: number): Expression[] {
        const { source } = this;
        return Array.from({ length: source.below(4) }, () =>
            this.expression(source.below(2) ? "doubleVec" : "double", depth - 1),
        );
    }

    private double(depth: number): Expression {
        const { source } = this;
        if (depth <= 0) return number(source.pick(NUMBERS));
        const d = (): Expression => this.expression("double", depth - 1);
        switch (source.below(16)) {
            case 1:
            case 2:
            case 3:
            case 4:
                return binary(source.pick(OPERATORS), d(), d());
            case 5:
                return call(
                    source.pick(["avg", "len", "max", "min", "norm", "range", "std", "sum"]),
                    this.list(depth),
                );
            case 6:
                return call(source.pick(["ceil", "floor", "round", "lg", "ln", "log"]), [d()]);
            case 7:
                return { kind: "unary", operator: source.pick(["-", "!"]), operand: d(), span };
            case 8:
                return name(
                    source.pick([
                        "$CurrentDedicatedNodes",
                        "$CurrentLowPriorityNodes",
                        "$TargetDedicatedNodes",
                        "$TargetDedicated",
                        "$TaskSlotsPerNode",
                    ]),
                );
            case 9: {
                const member = source.pick(["hour", "weekday", "minute", "day", "month", "year", "second"]);
                return { kind: "member", target: this.expression("timestamp", depth - 1), member, span };
            }
            case 10: {
                const type = source.pick<Want>(["timestamp", "timeinterval", "string"]);
                const operator = source.pick<BinaryOperator>(["<", "<=", "==", ">=", ">", "!="]);
                return binary(operator, this.expression(type, depth - 1), this.expression(type, depth - 1));
            }
            case 11: {
                const window = [this.moment(depth), this.moment(depth)].slice(0, 1 + source.below(2));
                return method(source.pick(METRICS), "GetSamplePercent", window);
            }
            case 12:
                return source.below(2)
                    ? method(source.pick(METRICS), "Count", [])
                    : call("val", [this.expression("doubleVec", depth - 1), d()]);
            case 13:
                return call("percentile", [this.expression("doubleVec", depth - 1), d()]);
            case 14:
                return source.below(12) === 0
                    ? call("stop", [])
                    : binary(source.pick(["<", "&&", "||"]), this.expression("doubleVec", depth - 1), d());
            default:
                return number(source.pick(NUMBERS));
        }
    }

    private moment(depth: number): Expression {
        return this.expression(this.source.below(4) === 1 ? "timestamp" : "timeinterval", depth - 1);
    }

    private vector(depth: number): Expression {
        const { source } = this;
        const metric = source.pick(METRICS);
        if (depth <= 0) return method(metric, "GetSample", [number(source.below(4))]);
        switch (source.below(8)) {
            case 7:
                return binary(
                    source.pick(["+", "-", "*", "/"]),
                    this.expression("double", depth - 1),
                    this.expression("doubleVec", depth - 1),
                );
            case 1:
                return call("vec", this.list(depth));
            case 2:
                return binary(
                    source.pick(["+", "-", "*", "/"]),
                    this.expression("doubleVec", depth - 1),
                    this.expression(source.pick<Want>(["double", "doubleVec"]), depth - 1),
                );
            case 3:
                return call(source.pick(["ceil", "floor", "round", "lg"]), [
                    this.expression("doubleVec", depth - 1),
                    ...this.list(depth),
                ]);
            case 4:
                return method(metric, "GetSample", [
                    this.moment(depth),
                    number(source.pick([0, 10, 70, 100])),
                ]);
            case 5:
                return method(metric, "GetSample", [
                    this.moment(depth),
                    this.moment(depth),
                    ...(source.below(2) ? [number(source.pick([0, 10]))] : []),
                ]);
            default:
                return method(metric, "GetSample", [this.expression("double", depth - 1)]);
        }
    }

    private timestamp(depth: number): Expression {
        const { source } = this;
        if (depth > 0 && source.below(3) === 1) {
            return binary(
                "+",
                this.expression("timestamp", depth - 1),
                this.expression("timeinterval", depth - 1),
            );
        }
        if (depth > 0 && source.below(6) === 1) return method(source.pick(METRICS), "HistoryBeginTime", []);
        return source.below(3) === 1
            ? call("time", [{ kind: "string", value: source.pick(TIMES), span }])
            : call("time", []);
    }

    private interval(depth: number): Expression {
        const { source } = this;
        const constant = name(source.pick(INTERVALS));
        if (depth <= 0) return constant;
        switch (source.below(7)) {
            case 1:
                return binary("*", constant, this.expression("double", depth - 1));
            case 2:
                return binary("*", this.expression("double", depth - 1), constant);
            case 3:
                return binary(
                    source.pick(["+", "-"]),
                    this.expression("timeinterval", depth - 1),
                    this.expression("timeinterval", depth - 1),
                );
            case 4:
                return binary(
                    "-",
                    this.expression("timestamp", depth - 1),
                    this.expression("timestamp", depth - 1),
                );
            case 5:
                return {
                    kind: "unary",
                    operator: "-",
                    operand: this.expression("timeinterval", depth - 1),
                    span,
                };
            case 6:
                return method(source.pick(METRICS), "GetSamplePeriod", []);
            default:
                return binary("*", constant, number(source.pick([1, 2, 5, 10])));
        }
    }
}

export interface World {
    readonly now: number;
    readonly pool: PoolFacts;
    readonly data: Record<string, Sample[]>;
}

/** A pool and samples; some metrics are full, some have gaps, some are empty. */
export function world(source: Source): World {
    const now = Date.parse("2026-01-05T08:00:00Z") + source.below(4) * 7_500;
    const samples = (): Sample[] => {
        const keep = source.pick([0, 1, 2, 3]);
        const all = Array.from({ length: 60 }, (_, i) => ({
            time: now - (60 - i) * 30_000 + 15_000,
            value: source.below(40),
        }));
        if (keep === 0) return [];
        return all.filter((_, i) => keep === 3 || i % 4 < keep + 1);
    };
    const pool = {
        targetDedicatedNodes: source.below(5),
        targetSpotNodes: source.below(5),
        currentDedicatedNodes: source.below(5),
        currentSpotNodes: source.below(5),
        taskSlotsPerNode: 1 + source.below(4),
    };
    return { now, pool, data: Object.fromEntries(METRICS.map((metric) => [metric, samples()])) };
}
