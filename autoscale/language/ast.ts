/** Half-open range of characters in the text; `{ start: 0, end: 0 }` for a tree that was built, not parsed. */
export interface Span {
    readonly start: number;
    readonly end: number;
}

export type UnaryOperator = "-" | "!";
export type BinaryOperator = "+" | "-" | "*" | "/" | "<" | "<=" | "==" | ">=" | ">" | "!=" | "&&" | "||";

export interface NumberLiteral {
    readonly kind: "number";
    readonly value: number;
    readonly span: Span;
}
export interface StringLiteral {
    readonly kind: "string";
    readonly value: string;
    readonly span: Span;
}
/** A variable, a `TimeInterval_` constant or a node deallocation keyword. */
export interface Name {
    readonly kind: "name";
    readonly name: string;
    readonly span: Span;
}
export interface Unary {
    readonly kind: "unary";
    readonly operator: UnaryOperator;
    readonly operand: Expression;
    readonly span: Span;
}
export interface Binary {
    readonly kind: "binary";
    readonly operator: BinaryOperator;
    readonly left: Expression;
    readonly right: Expression;
    readonly span: Span;
}
export interface Conditional {
    readonly kind: "conditional";
    readonly test: Expression;
    readonly whenTrue: Expression;
    readonly whenFalse: Expression;
    readonly span: Span;
}
export interface Call {
    readonly kind: "call";
    readonly callee: string;
    readonly args: readonly Expression[];
    /** Offset of the opening bracket: the service reports errors of a call there. */
    readonly bracket: number;
    readonly span: Span;
}
export interface MethodCall {
    readonly kind: "method";
    readonly target: Expression;
    readonly method: string;
    readonly args: readonly Expression[];
    readonly bracket: number;
    readonly span: Span;
}
export interface Member {
    readonly kind: "member";
    readonly target: Expression;
    readonly member: string;
    readonly span: Span;
}
/** Stands where the text could not be understood; a diagnostic says why. */
export interface Missing {
    readonly kind: "missing";
    readonly span: Span;
}

export type Expression =
    | NumberLiteral
    | StringLiteral
    | Name
    | Unary
    | Binary
    | Conditional
    | Call
    | MethodCall
    | Member
    | Missing;

interface StatementBase {
    readonly span: Span;
    /** Comments before or inside the statement, without their slashes and surrounding blanks. */
    readonly leadingComments: readonly string[];
    /** The comment behind the statement on its last line. */
    readonly trailingComment?: string;
    /** Whether a blank line separates it from what comes before. */
    readonly blankLineBefore: boolean;
}
export interface Assignment extends StatementBase {
    readonly kind: "assignment";
    readonly name: string;
    readonly nameSpan: Span;
    readonly value: Expression;
}
export interface ExpressionStatement extends StatementBase {
    readonly kind: "expression";
    readonly value: Expression;
}
export type Statement = Assignment | ExpressionStatement;

/** A parsed or built formula. */
export interface Formula {
    readonly statements: readonly Statement[];
    /** Comments after the last statement. */
    readonly endComments: readonly string[];
    /** The text it was parsed from; empty for a built one. */
    readonly text: string;
    /** Whether the text was understood whole; the service would refuse it otherwise. */
    readonly complete: boolean;
}

/** The operands of a left-leaning chain such as `a + b + c`, so that long chains need no deep recursion. */
export function leftChain(node: Binary): { first: Expression; rest: Binary[] } {
    const rest: Binary[] = [];
    let current: Expression = node;
    while (current.kind === "binary") {
        rest.push(current);
        current = current.left;
    }
    return { first: current, rest: rest.reverse() };
}

/** Every expression below and including `root`, outer before inner, in order of the text. */
export function* expressions(root: Expression): Generator<Expression> {
    const pending: Expression[] = [root];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
        yield node;
        for (const child of children(node).reverse()) pending.push(child);
    }
}

/** Direct parts of an expression, in order of the text. */
export function children(node: Expression): Expression[] {
    switch (node.kind) {
        case "unary":
            return [node.operand];
        case "binary":
            return [node.left, node.right];
        case "conditional":
            return [node.test, node.whenTrue, node.whenFalse];
        case "call":
            return [...node.args];
        case "method":
            return [node.target, ...node.args];
        case "member":
            return [node.target];
        default:
            return [];
    }
}
