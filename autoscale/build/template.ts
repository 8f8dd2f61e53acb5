import { decimal, printExpression } from "../language/printer";
import { checked } from "./build";
import { Double, DoubleVec, Interval, Metric, Timestamp } from "./values";

/** What can stand in `${}` of a formula: a number, a piece of formula text, or a value of the builder. */
export type Inserted = number | string | Double | DoubleVec | Interval | Timestamp | Metric;

/**
 * A formula as text, checked when the program starts: throws a FormulaError with every error and its place.
 *
 * ```ts
 * formula`
 *     $TargetDedicatedNodes = min(${maxNodes}, max(0, $PendingTasks.GetSample(1)));
 *     $NodeDeallocationOption = taskcompletion;
 * `
 * ```
 * Common indentation and the first and last line break are removed.
 */
export function formula(strings: TemplateStringsArray, ...values: Inserted[]): string {
    const text = strings.raw
        .map((part, index) => part + (index < values.length ? insert(values[index]) : ""))
        .join("");
    return checked(dedent(text));
}

function insert(value: Inserted | undefined): string {
    if (typeof value === "string") return value;
    if (typeof value === "number") {
        if (!Number.isFinite(value))
            throw new RangeError(`${value} cannot stand in a formula; a finite number is needed.`);
        return value < 0 ? `(${decimal(value)})` : decimal(value);
    }
    if (value instanceof Metric) return value.name;
    if (
        value instanceof Double ||
        value instanceof DoubleVec ||
        value instanceof Interval ||
        value instanceof Timestamp
    ) {
        return `(${printExpression(value.node)})`;
    }
    throw new TypeError(
        `A formula takes numbers, text and values of the builder in \${}, not ${typeof value}.`,
    );
}

function dedent(text: string): string {
    const lines = text
        .replace(/^[ \t]*\r?\n/, "")
        .replace(/\r?\n[ \t]*$/, "\n")
        .split("\n");
    const indents = lines
        .filter((line) => line.trim() !== "")
        .map((line) => /^[ \t]*/.exec(line)?.[0].length ?? 0);
    const common = Math.min(...indents, Infinity);
    return Number.isFinite(common) ? lines.map((line) => line.slice(common)).join("\n") : text;
}
