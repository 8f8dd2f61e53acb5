import { type Binary, type Expression, type Formula, type Statement, leftChain } from "./ast";
import { PRECEDENCE, parse } from "./parser";
import { type Diagnostic, MAX_FORMULA_LENGTH } from "./source";

export interface PrintOptions {
    /** Longer statements are broken over several lines. @default 100 */
    readonly width?: number;
    /** Whether comments and blank lines are kept. @default true */
    readonly comments?: boolean;
}

const INDENT = "    ";
const CONDITIONAL = 0;
const UNARY = 6;
const PRIMARY = 7;

/** The canonical text of a formula: one statement after the other, single blanks, brackets only where needed. */
export function print(formula: Formula, options: PrintOptions = {}): string {
    const { comments = true } = options;
    const lines: string[] = [];
    formula.statements.forEach((statement, index) => {
        if (comments && statement.blankLineBefore && index > 0) lines.push("");
        if (comments) lines.push(...statement.leadingComments.map(comment));
        const text = printStatement(statement, options.width ?? 100);
        const behind =
            comments && statement.trailingComment !== undefined
                ? ` ${comment(statement.trailingComment)}`
                : "";
        lines.push(`${text};${behind}`);
    });
    if (comments) lines.push(...formula.endComments.map(comment));
    return lines.length > 0 ? `${lines.join("\n")}\n` : "";
}

/**
 * Formats a text. One with errors comes back unchanged, with its diagnostics; so does one that would get too long for the service by
 * being formatted, with a warning.
 */
export function format(
    text: string,
    options: PrintOptions = {},
): { text: string; diagnostics: Diagnostic[] } {
    const { formula, diagnostics } = parse(text);
    if (!formula.complete) return { text, diagnostics };
    const candidates = [print(formula, options), print(formula, { ...options, width: Infinity })];
    const fitting = candidates.find((candidate) => candidate.length <= MAX_FORMULA_LENGTH);
    if (fitting !== undefined) return { text: fitting, diagnostics };
    const message = `Formatted it would have more than ${MAX_FORMULA_LENGTH} characters, which the service refuses; it is left as it is.`;
    const warning: Diagnostic = {
        code: "AS014",
        severity: "warning",
        line: 1,
        column: 1,
        message,
        fix: "Shorten comments and names.",
        offset: 0,
        length: 1,
    };
    return { text, diagnostics: [...diagnostics, warning] };
}

function comment(text: string): string {
    return text === "" ? "//" : `// ${text}`;
}

function printStatement(statement: Statement, width: number): string {
    const head = statement.kind === "assignment" ? `${statement.name} = ` : "";
    const flat = head + printExpression(statement.value);
    return flat.length < width ? flat : head + broken(statement.value, INDENT, head.length, width);
}

/** Digits of a number without exponent, which the language does not know. */
export function decimal(value: number): string {
    const text = String(value);
    const [mantissa = "", exponentText] = text.split("e");
    if (exponentText === undefined) return text;
    const exponent = Number(exponentText);
    const sign = mantissa.startsWith("-") ? "-" : "";
    const [whole = "", fraction = ""] = mantissa.replace("-", "").split(".");
    const digits = whole + fraction;
    const point = whole.length + exponent;
    if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
    return `${sign}${digits.padEnd(point, "0")}`;
}

function bindingPower(node: Expression): number {
    switch (node.kind) {
        case "conditional":
            return CONDITIONAL;
        case "binary":
            return PRECEDENCE[node.operator];
        case "unary":
            return UNARY;
        case "number":
            return node.value < 0 ? UNARY : PRIMARY;
        default:
            return PRIMARY;
    }
}

function within(node: Expression, minimum: number): string {
    const text = printExpression(node);
    return bindingPower(node) >= minimum ? text : `(${text})`;
}

/** An expression on one line. */
export function printExpression(node: Expression): string {
    switch (node.kind) {
        case "number":
            return decimal(node.value);
        case "string":
            return `"${node.value}"`;
        case "name":
            return node.name;
        case "unary":
            return node.operator + within(node.operand, PRIMARY);
        case "binary":
            return chainParts(node).join(" ");
        case "conditional":
            return `${within(node.test, 1)} ? ${within(node.whenTrue, 1)} : ${within(node.whenFalse, 1)}`;
        case "call":
            return `${node.callee}(${node.args.map(printExpression).join(", ")})`;
        case "method":
            return `${within(node.target, PRIMARY)}.${node.method}(${node.args.map(printExpression).join(", ")})`;
        case "member":
            return `${within(node.target, PRIMARY)}.${node.member}`;
        case "missing":
            return "?";
    }
}

/** First operand, operator, operand, ... of a left-leaning chain, each operand bracketed where needed. */
function chainParts(node: Binary): string[] {
    const { first, rest } = leftChain(node);
    let text = within(first, rest[0] ? PRECEDENCE[rest[0].operator] : PRIMARY);
    const parts: string[] = [];
    let power: number | undefined;
    for (const { operator, right } of rest) {
        const next = PRECEDENCE[operator];
        if (power !== undefined && power < next) text = `(${[text, ...parts.splice(0)].join(" ")})`;
        parts.push(operator, within(right, next + 1));
        power = next;
    }
    return [text, ...parts];
}

function broken(node: Expression, indent: string, used: number, width: number): string {
    const flat = printExpression(node);
    if (used + flat.length < width) return flat;
    const deeper = indent + INDENT;
    const part = (inner: Expression, bracket: boolean, column: number): string =>
        bracket ? `(${broken(inner, deeper, column + 1, width)})` : broken(inner, deeper, column, width);
    switch (node.kind) {
        case "conditional": {
            const branch = (sign: string, inner: Expression): string =>
                `\n${indent}${sign} ${part(inner, bindingPower(inner) < 1, indent.length + 2)}`;
            const test = part(node.test, bindingPower(node.test) < 1, used);
            return `${test}${branch("?", node.whenTrue)}${branch(":", node.whenFalse)}`;
        }
        case "call":
        case "method": {
            const name =
                node.kind === "call" ? node.callee : `${within(node.target, PRIMARY)}.${node.method}`;
            if (node.args.length === 0) return flat;
            const args = node.args.map((arg) => `\n${indent}${broken(arg, deeper, indent.length, width)}`);
            return `${name}(${args.join(",")}\n${indent.slice(INDENT.length)})`;
        }
        case "binary": {
            const power = PRECEDENCE[node.operator];
            const lines: string[] = [];
            let left: Expression = node;
            for (; left.kind === "binary" && PRECEDENCE[left.operator] === power; left = left.left) {
                lines.unshift(`${left.operator} ${within(left.right, power + 1)}`);
            }
            return [within(left, power), ...lines].join(`\n${indent}`);
        }
        default:
            return flat;
    }
}
