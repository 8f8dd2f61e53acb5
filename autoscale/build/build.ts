import { check } from "../check/check";
import type { Expression, Statement } from "../language/ast";
import {
    DEALLOCATION,
    DEDICATED,
    INTERVALS,
    type NodeDeallocationOption,
    READ_ONLY,
    READ_WRITE,
    SPOT,
    isDeallocationOption,
} from "../language/names";
import { print } from "../language/printer";
import { FormulaError } from "./error";
import { Double, type DoubleLike, DoubleVec, Interval, NOWHERE, Timestamp, nodeOf } from "./values";

/** Names a formula cannot give to a variable of its own. */
type Reserved =
    | `$Target${string}`
    | `$Current${string}`
    | `TimeInterval_${string}`
    | "$NodeDeallocationOption"
    | "$ActiveTasks"
    | "$RunningTasks"
    | "$PendingTasks"
    | "$TaskSlotsPerNode"
    | NodeDeallocationOption;
type OwnName<Name extends string> = Name extends Reserved ? never : Name;

/** Writes the statements of a formula, one call a statement. */
export class FormulaWriter {
    private readonly statements: Statement[] = [];
    private comments: string[] = [];
    private blankLine = false;

    /** A comment above the next statement. */
    comment(text: string): this {
        if (this.comments.length === 0 && this.statements.length > 0) this.blankLine = true;
        this.comments.push(...text.split(/\r\n|\r|\n/).map((line) => line.trim()));
        return this;
    }

    /** Gives a value a name, to be used in what follows. The name is a letter, `$` or `_`, then letters, digits and `_`. */
    let<Name extends string>(name: OwnName<Name>, value: DoubleLike): Double;
    let<Name extends string>(name: OwnName<Name>, value: DoubleVec): DoubleVec;
    let<Name extends string>(name: OwnName<Name>, value: Interval): Interval;
    let<Name extends string>(name: OwnName<Name>, value: Timestamp): Timestamp;
    let(
        name: string,
        value: DoubleLike | DoubleVec | Interval | Timestamp,
    ): Double | DoubleVec | Interval | Timestamp {
        if (!/^[$A-Za-z_][A-Za-z0-9_]*$/.test(name))
            throw new RangeError(`"${name}" is no name: letters, digits and _, with an optional $ before.`);
        if (
            READ_ONLY.has(name) ||
            READ_WRITE.has(name) ||
            INTERVALS.has(name) ||
            isDeallocationOption(name)
        ) {
            throw new RangeError(`"${name}" belongs to the service; choose another name.`);
        }
        this.assign(name, nodeOf(value));
        const node: Expression = { kind: "name", name, span: NOWHERE };
        if (value instanceof DoubleVec) return new DoubleVec(node);
        if (value instanceof Interval) return new Interval(node);
        return value instanceof Timestamp ? new Timestamp(node) : new Double(node);
    }

    /** Number of dedicated nodes wanted; a fraction is cut off. */
    targetDedicatedNodes(value: DoubleLike): void {
        this.assign(DEDICATED, nodeOf(value));
    }

    /** Number of spot nodes wanted; a fraction is cut off. */
    targetSpotNodes(value: DoubleLike): void {
        this.assign(SPOT, nodeOf(value));
    }

    /** What happens to running tasks of a node that is removed. @default requeue */
    nodeDeallocationOption(option: NodeDeallocationOption): void {
        this.assign(DEALLOCATION, { kind: "name", name: option, span: NOWHERE });
    }

    /** Ends the evaluation; what was assigned stands. */
    stop(): void {
        this.push({
            kind: "expression",
            value: { kind: "call", callee: "stop", args: [], bracket: 0, span: NOWHERE },
        });
    }

    /** The text so far. */
    toString(): string {
        return print({ statements: this.statements, endComments: this.comments, text: "", complete: true });
    }

    private assign(name: string, value: Expression): void {
        this.push({ kind: "assignment", name, nameSpan: NOWHERE, value });
    }

    private push(
        body:
            | { kind: "expression"; value: Expression }
            | { kind: "assignment"; name: string; nameSpan: Statement["span"]; value: Expression },
    ): void {
        this.statements.push({
            ...body,
            span: NOWHERE,
            leadingComments: this.comments,
            blankLineBefore: this.blankLine,
        });
        this.comments = [];
        this.blankLine = false;
    }
}

/**
 * Builds a formula in TypeScript: a wrong type does not compile. Gives the text, ready for a pool.
 *
 * ```ts
 * build((f) => {
 *     const tasks = f.let("tasks", max(0, pendingTasks.latest(1)));
 *     f.targetDedicatedNodes(min(20, tasks.dividedBy(taskSlotsPerNode)));
 *     f.nodeDeallocationOption("taskcompletion");
 * });
 * ```
 * Throws a FormulaError when the result breaks a limit of the service.
 */
export function build(write: (formula: FormulaWriter) => void): string {
    const writer = new FormulaWriter();
    write(writer);
    return checked(writer.toString());
}

/** The text, when the service would take it. */
export function checked(text: string): string {
    const { ok, diagnostics } = check(text);
    if (!ok) throw new FormulaError(text, diagnostics);
    return text;
}
