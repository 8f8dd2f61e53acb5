import type { BinaryOperator } from "../language/ast";
import { describeType } from "../language/types";
import { Failure } from "./failure";
import { Keyword, TimeInterval, Timestamp, type Value, type Vector, newest, typeOf } from "./values";

const EARLIEST = Date.parse("0001-01-01T00:00:00Z");
const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Arithmetic of numbers; comparisons and logic give 1 or 0. */
export function numbers(operator: BinaryOperator, a: number, b: number): number {
    switch (operator) {
        case "+":
            return a + b;
        case "-":
            return a - b;
        case "*":
            return a * b;
        case "/":
            return a / b;
        case "&&":
            return a !== 0 && b !== 0 ? 1 : 0;
        case "||":
            return a !== 0 || b !== 0 ? 1 : 0;
        default:
            return compare(operator, a, b);
    }
}

function compare<T extends number | string>(operator: BinaryOperator, a: T, b: T): number {
    switch (operator) {
        case "<":
            return a < b ? 1 : 0;
        case "<=":
            return a <= b ? 1 : 0;
        case "==":
            return a === b ? 1 : 0;
        case ">=":
            return a >= b ? 1 : 0;
        case ">":
            return a > b ? 1 : 0;
        default:
            return a !== b ? 1 : 0;
    }
}

const isArithmetic = (operator: BinaryOperator): boolean => "+-*/".includes(operator);
const isLogic = (operator: BinaryOperator): boolean => operator === "&&" || operator === "||";
const isVector = (value: Value): value is Vector =>
    typeof value === "object" &&
    !(value instanceof Timestamp) &&
    !(value instanceof TimeInterval) &&
    !(value instanceof Keyword);

/** Applies an operator that is not one of two numbers. Throws a Failure for types the operator does not take. */
export function operate(operator: BinaryOperator, left: Value, right: Value, offset: number): Value {
    if (isVector(left) || isVector(right)) {
        const result = vectors(operator, left, right);
        if (result !== undefined) return result;
    } else if (left instanceof TimeInterval || left instanceof Timestamp || right instanceof TimeInterval) {
        const result = times(operator, left, right, offset);
        if (result !== undefined) return result;
    } else if (
        typeof left === "string" &&
        typeof right === "string" &&
        !isArithmetic(operator) &&
        !isLogic(operator)
    ) {
        return compare(operator, left, right);
    }
    throw new Failure(
        "type",
        `There is no ${describeType(typeOf(left))} ${operator} ${describeType(typeOf(right))}.`,
        offset,
    );
}

function vectors(operator: BinaryOperator, left: Value, right: Value): Value | undefined {
    if (!isArithmetic(operator)) {
        const a = isVector(left) ? newest(left) : left;
        const b = isVector(right) ? newest(right) : right;
        return typeof a === "number" && typeof b === "number" ? numbers(operator, a, b) : undefined;
    }
    if (typeof left === "number" && isVector(right)) {
        // guess: a number before a vector combines with each element, as behind it.
        return Float64Array.from(right, (value) => numbers(operator, left, value));
    }
    if (!isVector(left)) return undefined;
    if (typeof right === "number") return Float64Array.from(left, (value) => numbers(operator, value, right));
    if (!isVector(right)) return undefined;
    const length = Math.min(left.length, right.length);
    const result = new Float64Array(length);
    for (let i = 0; i < length; i++) result[i] = numbers(operator, left[i] ?? 0, right[i] ?? 0);
    return result;
}

function moment(time: number, offset: number): Timestamp {
    if (time >= EARLIEST && time <= LATEST) return new Timestamp(time);
    throw new Failure("value", "The timestamp lies outside of the years 1 to 9999.", offset);
}

function times(operator: BinaryOperator, left: Value, right: Value, offset: number): Value | undefined {
    if (left instanceof Timestamp) {
        if (right instanceof TimeInterval)
            return operator === "+" ? moment(left.time + right.milliseconds, offset) : undefined;
        if (!(right instanceof Timestamp)) return undefined;
        if (operator === "-") return new TimeInterval(left.time - right.time);
        return isArithmetic(operator) || isLogic(operator)
            ? undefined
            : compare(operator, left.time, right.time);
    }
    if (left instanceof TimeInterval) return intervals(operator, left.milliseconds, right, offset);
    const scaled = typeof left === "number" && right instanceof TimeInterval && operator === "*";
    return scaled ? new TimeInterval(left * right.milliseconds) : undefined;
}

function intervals(operator: BinaryOperator, left: number, right: Value, offset: number): Value | undefined {
    if (typeof right === "number") {
        return operator === "*" || operator === "/"
            ? new TimeInterval(numbers(operator, left, right))
            : undefined;
    }
    if (right instanceof Timestamp) return operator === "+" ? moment(left + right.time, offset) : undefined;
    if (!(right instanceof TimeInterval)) return undefined;
    if (operator === "+" || operator === "-")
        return new TimeInterval(numbers(operator, left, right.milliseconds));
    return isArithmetic(operator) || isLogic(operator)
        ? undefined
        : compare(operator, left, right.milliseconds);
}
