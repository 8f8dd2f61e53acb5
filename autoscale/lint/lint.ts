import { check } from "../check/check";
import type { CheckContext, CheckResult } from "../check/types";
import type { Formula, Statement } from "../language/ast";
import { type Diagnostic, LineMap } from "../language/source";
import { type Analysis, analyse } from "./facts";
import { type MostNodes, mostOf } from "./most";
import { RULES } from "./rules";

/**
 * Findings about a formula that the service takes but that costs money or starves a queue. Errors of the formula are not among
 * them, see `check`; `review` gives both. A finding is acknowledged by a comment at its statement, `// allow AS101: reason`, by the
 * same comment at the end of the formula for all statements, or by `context.acknowledge`.
 */
export function lint(text: string | Formula, context: CheckContext = {}): Diagnostic[] {
    return lintChecked(check(text, context), context).found;
}

/** What is known about a formula. */
export interface Review extends CheckResult {
    /** The most nodes that it can ask for; undefined for a formula with errors. */
    readonly most: MostNodes | undefined;
}

/** Everything known about a formula: what `check` and `lint` find, without what is acknowledged. */
export function review(text: string | Formula, context: CheckContext = {}): Review {
    const checked = check(text, context);
    const acknowledged = acknowledgements(checked.formula, context);
    const own = checked.diagnostics.filter(
        (diagnostic) => diagnostic.severity === "error" || !acknowledged(diagnostic),
    );
    const { found, analysis } = lintChecked(checked, context);
    const diagnostics = [...own, ...found].sort((a, b) => a.offset - b.offset);
    const valid = checked.diagnostics.every(({ severity }) => severity !== "error");
    return { ...checked, diagnostics, most: analysis && valid ? mostOf(analysis) : undefined };
}

function lintChecked(
    { formula }: CheckResult,
    context: CheckContext,
): { found: Diagnostic[]; analysis?: Analysis } {
    // What was not understood whole cannot be judged.
    if (!formula.complete) return { found: [] };
    const analysis = analyse(formula);
    const lines = new LineMap(formula.text);
    const acknowledged = acknowledgements(formula, context);
    const found = RULES.flatMap((rule) =>
        rule.find(analysis, context).map(({ message, span, severity, fix }): Diagnostic => {
            const { line, column } = lines.position(span.start);
            const length = Math.max(1, span.end - span.start);
            return {
                code: rule.code,
                severity: severity ?? rule.severity,
                line,
                column,
                message,
                fix: fix ?? rule.fix,
                offset: span.start,
                length,
            };
        }),
    );
    const open = found.filter((diagnostic) => !acknowledged(diagnostic));
    return { found: open.sort((a, b) => a.offset - b.offset), analysis };
}

/** A reason is part of an acknowledgement: without one it does not count. */
const ALLOW = /\ballow ((?:AS\d{3}[, ]*)+):\s*\S/;

function allowedCodes(comments: readonly string[]): string[] {
    return comments.flatMap((comment) => ALLOW.exec(comment)?.[1]?.match(/AS\d{3}/g) ?? []);
}

function acknowledgements(
    formula: Formula,
    { acknowledge = [] }: CheckContext,
): (diagnostic: Diagnostic) => boolean {
    const everywhere = new Set([...acknowledge, ...allowedCodes(formula.endComments)]);
    const byStatement = new Map<Statement, Set<string>>();
    for (const statement of formula.statements) {
        const comments = [...statement.leadingComments, statement.trailingComment ?? ""];
        byStatement.set(statement, new Set(allowedCodes(comments)));
    }
    return ({ code, offset }) => {
        if (everywhere.has(code)) return true;
        const statement = formula.statements.find(({ span }) => offset >= span.start && offset < span.end);
        return statement !== undefined && byStatement.get(statement)?.has(code) === true;
    };
}
