import type { Expression, Formula, Span, Statement } from "../language/ast";
import {
    DEALLOCATION,
    DEALLOCATION_OPTIONS,
    INTERVALS,
    READ_ONLY,
    READ_WRITE,
    isDeallocationOption,
} from "../language/names";
import { MAX_PROBLEMS } from "../language/lexer";
import { parse } from "../language/parser";
import { print } from "../language/printer";
import { type Diagnostic, ErrorCode, LineMap, type Severity } from "../language/source";
import { ANY, NUMBERS, Type, type TypeSet, describeType } from "../language/types";
import { ExpressionChecker } from "./expression";
import { didYouMean } from "./suggest";
import type { CheckContext, CheckResult } from "./types";

/** Collects findings and knows what each variable holds at the current statement. */
export class CheckState {
    readonly diagnostics: Diagnostic[] = [];
    readonly types = new Map<string, TypeSet>();
    /** Variables whose doubtful standing has been reported; once is enough. */
    readonly doubted = new Set<string>();
    private readonly lines: LineMap;

    constructor(
        readonly formula: Formula,
        /** Where each variable is first assigned, as an offset. */
        readonly firstAssignment: ReadonlyMap<string, number>,
    ) {
        this.lines = new LineMap(formula.text);
    }

    lineOf(offset: number): number {
        return this.lines.position(offset).line;
    }

    report(severity: Severity, code: string, message: string, { start, end }: Span, fix?: string): void {
        const { line, column } = this.lines.position(start);
        const length = Math.max(1, end - start);
        this.diagnostics.push({ code, severity, line, column, message, fix, offset: start, length });
    }

    error(message: string, span: Span, fix?: string): void {
        this.report("error", ErrorCode.evaluation, message, span, fix);
    }

    warn(code: string, message: string, span: Span, fix?: string): void {
        this.report("warning", code, message, span, fix);
    }
}

/**
 * Checks a formula as the service would: syntax, limits, names and the type of every operator, function and method. Never throws.
 * Errors carry the service's code; what is accepted although its behaviour is not known for sure carries a warning `AS0nn`.
 * The linter's findings are not included, see `lint` and `review`.
 */
export function check(text: string | Formula, _context?: CheckContext): CheckResult {
    // A tree is checked by its text: the limits are about the text, and a tree of a broken text does not say what was wrong.
    const source = typeof text === "string" ? text : text.text || print(text);
    const { formula, diagnostics: syntax } = parse(source);
    const state = checkFormula(formula);
    const diagnostics = [...syntax, ...state.diagnostics].sort((a, b) => a.offset - b.offset);
    const ok = !diagnostics.some(({ severity }) => severity === "error");
    return { ok, diagnostics, assigns: [...state.firstAssignment.keys()], formula };
}

/** The types that the variables of a formula have at its end. */
export function variableTypes(formula: Formula): ReadonlyMap<string, TypeSet> {
    return checkFormula(formula).types;
}

/** Follows the types of a formula's variables from statement to statement. */
export class TypeTracker {
    private readonly state: CheckState;

    constructor(formula: Formula) {
        this.state = stateOf(formula);
    }

    /** Type of an expression that stands in the next statement. */
    type(expression: Expression): TypeSet {
        return new ExpressionChecker(this.state).type(expression);
    }

    /** Goes on to the statement after this one. */
    pass(statement: Statement): void {
        checkStatement(statement, this.state);
    }
}

function stateOf(formula: Formula): CheckState {
    const firstAssignment = new Map<string, number>();
    for (const statement of formula.statements) {
        if (statement.kind === "assignment" && !firstAssignment.has(statement.name)) {
            firstAssignment.set(statement.name, statement.nameSpan.start);
        }
    }
    return new CheckState(formula, firstAssignment);
}

function checkFormula(formula: Formula): CheckState {
    const state = stateOf(formula);
    for (const statement of formula.statements) {
        if (state.diagnostics.length > MAX_PROBLEMS) {
            const line = state.lineOf(statement.span.start);
            state.error(`Too many findings: checking stopped at line ${line}.`, statement.span);
            break;
        }
        checkStatement(statement, state);
    }
    return state;
}

function checkStatement(statement: Statement, state: CheckState): void {
    const checker = new ExpressionChecker(state);
    if (statement.kind === "expression") {
        checker.type(statement.value);
        const stops = statement.value.kind === "call" && statement.value.callee === "stop";
        if (stops || statement.value.kind === "missing") return;
        const message = "This statement assigns nothing; whether the service takes it is not known.";
        state.warn("AS002", message, statement.span, "Assign the value to a variable, or remove it.");
        return;
    }
    if (READ_WRITE.get(statement.name) === DEALLOCATION) {
        checkDeallocation(statement.name, statement.nameSpan, statement.value, state, checker);
        return;
    }
    checkAssignment(statement, state, checker);
}

function checkAssignment(
    statement: Extract<Statement, { kind: "assignment" }>,
    state: CheckState,
    checker: ExpressionChecker,
): void {
    const { name, nameSpan, value } = statement;
    const type = checker.type(value);
    if (READ_ONLY.has(name) || INTERVALS.has(name)) {
        state.error(
            `${name} is read-only: the service sets it.`,
            nameSpan,
            didYouMean(name, READ_WRITE.keys(), "Assign to a variable of another name."),
        );
        return;
    }
    if (isDeallocationOption(name)) {
        state.error(
            `"${name}" is a keyword and cannot be assigned to.`,
            nameSpan,
            `Write ${DEALLOCATION} = ${name};`,
        );
        return;
    }
    if ((type & Type.keyword) !== 0) {
        const message = `A node deallocation keyword cannot be assigned to ${name}; it can be assigned only to ${DEALLOCATION}.`;
        state.error(message, value.span, `Write ${DEALLOCATION} = ... instead.`);
    }
    if (READ_WRITE.has(name)) checkTarget(name, nameSpan, type, value, state);
    else nearlyServiceVariable(name, nameSpan, state);
    const before = state.types.get(name);
    if (before !== undefined && before !== ANY && type !== ANY && before !== type) {
        const message = `${name} was a ${describeType(before)} and becomes a ${describeType(type)}; whether the service takes that is not known.`;
        state.warn("AS007", message, nameSpan, "Give the new value a name of its own.");
    }
    state.types.set(name, READ_WRITE.has(name) ? Type.double : type);
}

function checkTarget(
    name: string,
    nameSpan: Span,
    type: TypeSet,
    value: Expression,
    state: CheckState,
): void {
    if ((type & ~NUMBERS & ~Type.keyword) !== 0) {
        state.error(`${name} takes a double, not a ${describeType(type)}.`, value.span);
    } else if ((type & Type.doubleVec) !== 0) {
        const message = `${name} takes a double, not a ${describeType(type)}; its newest element is assumed.`;
        state.warn("AS003", message, value.span, "Choose a number: max(0, ...), avg(...) or val(..., 0).");
    }
    if (name !== "$TargetDedicated" && name !== "$TargetLowPriority") return;
    const full = READ_WRITE.get(name) ?? name;
    state.report("info", "AS004", `${name} is the old name of ${full}.`, nameSpan, `Write ${full}.`);
}

function nearlyServiceVariable(name: string, span: Span, state: CheckState): void {
    if (state.types.has(name)) return;
    const lower = name.toLowerCase();
    for (const known of [...READ_WRITE.keys(), ...READ_ONLY.keys()]) {
        if (known.toLowerCase() !== lower) continue;
        const message = `${name} is a variable of this formula, not ${known}: names are taken as case-sensitive.`;
        state.warn(
            "AS008",
            message,
            span,
            READ_WRITE.has(known) ? `Did you mean ${known}?` : "Choose a name that is not taken for it.",
        );
    }
}

function checkDeallocation(
    name: string,
    nameSpan: Span,
    value: Expression,
    state: CheckState,
    checker: ExpressionChecker,
): void {
    const allowed = DEALLOCATION_OPTIONS.join(", ");
    if (name !== DEALLOCATION)
        state.warn(
            "AS004",
            `${name} is the old name of ${DEALLOCATION}.`,
            nameSpan,
            `Write ${DEALLOCATION}.`,
        );
    state.types.set(name, Type.keyword);
    if (value.kind === "name" && isDeallocationOption(value.name)) return;
    if (value.kind === "string" && isDeallocationOption(value.value)) {
        state.warn(
            "AS005",
            `${name} is documented with a bare keyword, not a string.`,
            value.span,
            `Write ${value.value} without quotes.`,
        );
        return;
    }
    const given = value.kind === "name" ? value.name : value.kind === "string" ? value.value : undefined;
    const fix = given === undefined ? undefined : didYouMean(given, DEALLOCATION_OPTIONS);
    const known = given !== undefined && state.types.has(given);
    if (given !== undefined && !known) {
        state.error(
            `The only values of ${name} are the keywords ${allowed}; "${given}" is none.`,
            value.span,
            fix,
        );
        return;
    }
    const type = checker.type(value);
    if ((type & ~Type.keyword) !== 0) {
        state.error(
            `The only values of ${name} are the keywords ${allowed}, not a ${describeType(type)}.`,
            value.span,
            fix,
        );
    } else if (type !== ANY) {
        state.warn(
            "AS011",
            `${name} is documented with a bare keyword only.`,
            value.span,
            `Assign one of ${allowed}.`,
        );
    }
}
