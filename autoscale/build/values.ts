import type { BinaryOperator, Expression, MethodCall } from "../language/ast";
import type { TimestampMember } from "../language/names";

/** Trees made here come from no text. */
export const NOWHERE = { start: 0, end: 0 } as const;

/** A number, written down or computed by the formula. A comparison gives 1 or 0. */
export type DoubleLike = Double | number;
/** What a list of numbers is made of: numbers and vectors in any mix; vectors are flattened. */
export type NumbersLike = DoubleLike | DoubleVec;
/** A moment: a timestamp, or an interval to look back from now. */
export type MomentLike = Timestamp | Interval;

function combine(operator: BinaryOperator, left: Expression, right: Expression): Expression {
    return { kind: "binary", operator, left, right, span: NOWHERE };
}

export function numberNode(value: number): Expression {
    if (!Number.isFinite(value))
        throw new RangeError(`${value} cannot stand in a formula; a finite number is needed.`);
    const literal: Expression = { kind: "number", value: Math.abs(value), span: NOWHERE };
    return value < 0 ? { kind: "unary", operator: "-", operand: literal, span: NOWHERE } : literal;
}

export function nodeOf(value: NumbersLike | Interval | Timestamp): Expression {
    return typeof value === "number" ? numberNode(value) : value.node;
}

/** Comparisons of two values of one type. */
abstract class Comparable<Like extends DoubleLike | Interval | Timestamp> {
    constructor(readonly node: Expression) {}

    isLess(other: Like): Double {
        return this.compare("<", other);
    }
    isAtMost(other: Like): Double {
        return this.compare("<=", other);
    }
    equals(other: Like): Double {
        return this.compare("==", other);
    }
    isAtLeast(other: Like): Double {
        return this.compare(">=", other);
    }
    isMore(other: Like): Double {
        return this.compare(">", other);
    }
    differs(other: Like): Double {
        return this.compare("!=", other);
    }

    private compare(operator: BinaryOperator, other: Like): Double {
        return new Double(combine(operator, this.node, nodeOf(other)));
    }
}

/** A number of the formula. Conditions are numbers too: 0 is false. */
export class Double extends Comparable<DoubleLike> {
    declare private readonly type: "double";

    plus(other: DoubleLike): Double {
        return this.with("+", other);
    }
    minus(other: DoubleLike): Double {
        return this.with("-", other);
    }
    /** A number times an interval is an interval. */
    times(other: DoubleLike): Double;
    times(other: Interval): Interval;
    times(other: DoubleLike | Interval): Double | Interval {
        const node = combine("*", this.node, nodeOf(other));
        return other instanceof Interval ? new Interval(node) : new Double(node);
    }
    dividedBy(other: DoubleLike): Double {
        return this.with("/", other);
    }
    negated(): Double {
        return new Double({ kind: "unary", operator: "-", operand: this.node, span: NOWHERE });
    }
    and(other: DoubleLike): Double {
        return this.with("&&", other);
    }
    or(other: DoubleLike): Double {
        return this.with("||", other);
    }
    not(): Double {
        return new Double({ kind: "unary", operator: "!", operand: this.node, span: NOWHERE });
    }

    private with(operator: BinaryOperator, other: DoubleLike): Double {
        return new Double(combine(operator, this.node, nodeOf(other)));
    }
}

/** A vector of numbers, such as the samples of a metric. Use `avg`, `max` and the like to make one number of it. */
export class DoubleVec {
    declare private readonly type: "doubleVec";
    constructor(readonly node: Expression) {}

    plus(other: NumbersLike): DoubleVec {
        return new DoubleVec(combine("+", this.node, nodeOf(other)));
    }
    minus(other: NumbersLike): DoubleVec {
        return new DoubleVec(combine("-", this.node, nodeOf(other)));
    }
    times(other: NumbersLike): DoubleVec {
        return new DoubleVec(combine("*", this.node, nodeOf(other)));
    }
    dividedBy(other: NumbersLike): DoubleVec {
        return new DoubleVec(combine("/", this.node, nodeOf(other)));
    }
}

/** A length of time. */
export class Interval extends Comparable<Interval> {
    declare private readonly type: "timeinterval";

    plus(other: Interval): Interval;
    plus(other: Timestamp): Timestamp;
    plus(other: MomentLike): MomentLike {
        const node = combine("+", this.node, other.node);
        return other instanceof Timestamp ? new Timestamp(node) : new Interval(node);
    }
    minus(other: Interval): Interval {
        return new Interval(combine("-", this.node, other.node));
    }
    times(other: DoubleLike): Interval {
        return new Interval(combine("*", this.node, nodeOf(other)));
    }
    dividedBy(other: DoubleLike): Interval {
        return new Interval(combine("/", this.node, nodeOf(other)));
    }
    negated(): Interval {
        return new Interval({ kind: "unary", operator: "-", operand: this.node, span: NOWHERE });
    }
}

/** A moment. Its parts are in UTC; Monday is weekday 1. */
export class Timestamp extends Comparable<Timestamp> {
    declare private readonly type: "timestamp";

    plus(other: Interval): Timestamp {
        return new Timestamp(combine("+", this.node, other.node));
    }
    minus(other: Timestamp): Interval {
        return new Interval(combine("-", this.node, other.node));
    }
    get year(): Double {
        return this.member("year");
    }
    get month(): Double {
        return this.member("month");
    }
    get day(): Double {
        return this.member("day");
    }
    get weekday(): Double {
        return this.member("weekday");
    }
    get hour(): Double {
        return this.member("hour");
    }
    get minute(): Double {
        return this.member("minute");
    }
    get second(): Double {
        return this.member("second");
    }

    private member(member: TimestampMember): Double {
        return new Double({ kind: "member", target: this.node, member, span: NOWHERE });
    }
}

/** Samples of a metric of the pool. */
export class Metric {
    declare private readonly type: "metric";
    constructor(readonly name: string) {}

    /** The newest `count` samples; fewer, without error, while there are fewer. */
    latest(count: DoubleLike): DoubleVec {
        return new DoubleVec(this.call("GetSample", [nodeOf(count)]));
    }
    /**
     * The samples since `start`. With fewer of them than `percent` the evaluation ends in InsufficientSampleData, so ask
     * `samplePercent` first.
     * @default percent 70
     */
    samples(start: MomentLike, percent?: DoubleLike): DoubleVec {
        const args = percent === undefined ? [start.node] : [start.node, nodeOf(percent)];
        return new DoubleVec(this.call("GetSample", args));
    }
    /** The samples between two moments; otherwise as `samples`. */
    samplesBetween(start: MomentLike, end: MomentLike, percent?: DoubleLike): DoubleVec {
        const args = [start.node, end.node, ...(percent === undefined ? [] : [nodeOf(percent)])];
        return new DoubleVec(this.call("GetSample", args));
    }
    /** Share of the samples of a time span that are there, 0 to 100. */
    samplePercent(start: MomentLike, end?: MomentLike): Double {
        return new Double(this.call("GetSamplePercent", end ? [start.node, end.node] : [start.node]));
    }
    /** Number of samples in the metric's history. */
    count(): Double {
        return new Double(this.call("Count", []));
    }

    private call(method: string, args: Expression[]): MethodCall {
        const target: Expression = { kind: "name", name: this.name, span: NOWHERE };
        return { kind: "method", target, method, args, bracket: 0, span: NOWHERE };
    }
}
