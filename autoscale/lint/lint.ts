import { check } from "../check/check";
import type { CheckContext, CheckResult } from "../check/types";
import type { Formula, Statement } from "../language/ast";
import { type Diagnostic, LineMap } from "../language/source";
import { analyse } from "./facts";
import { RULES } from "./rules";

/**
 * Findings about a formula that the service takes but that costs money or starves a queue. Errors of the formula are not among
 * them, see `check`; `review` gives both. A finding is acknowledged by a comment at its statement, `// allow AS101: reason`, by the
 * same comment at the end of the formula for all statements, or by `context.acknowledge`.
 */
export function lint(text: string | Formula, context: CheckContext = {}): Diagnostic[] {
    return lintChecked(check(text, context), context);
}

/** Everything known about a formula: what `check` and `lint` find, without what is acknowledged. */
export function review(text: string | Formula, context: CheckContext = {}): CheckResult {
    const checked = check(text, context);
    const acknowledged = acknowledgements(checked.formula, context);
    const own = checked.diagnostics.filter(
        (diagnostic) => diagnostic.severity === "error" || !acknowledged(diagnostic),
    );
    const diagnostics = [...own, ...lintChecked(checked, context)].sort((a, b) => a.offset - b.offset);
    return { ...checked, diagnostics };
}

function lintChecked({ formula }: CheckResult, context: CheckContext): Diagnostic[] {
    // What was not understood whole cannot be judged.
    if (!formula.complete) return [];
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
    return found.filter((diagnostic) => !acknowledged(diagnostic)).sort((a, b) => a.offset - b.offset);
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
