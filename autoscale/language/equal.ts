import { type Expression, type Formula, type Statement, children } from "./ast";

/** Whether two formulas say the same, places in the text aside. Comments count; blank lines do not. */
export function sameFormula(a: Formula, b: Formula): boolean {
    const sameComments = a.endComments.join("\n") === b.endComments.join("\n");
    if (!sameComments || a.statements.length !== b.statements.length) return false;
    return a.statements.every((statement, index) => {
        const other = b.statements[index];
        return other !== undefined && sameStatement(statement, other);
    });
}

function sameStatement(a: Statement, b: Statement): boolean {
    const name = (statement: Statement): string | undefined =>
        statement.kind === "assignment" ? statement.name : undefined;
    const comments = (statement: Statement): string =>
        JSON.stringify([statement.leadingComments, statement.trailingComment]);
    return name(a) === name(b) && comments(a) === comments(b) && sameExpression(a.value, b.value);
}

export function sameExpression(a: Expression, b: Expression): boolean {
    const pending: [Expression, Expression][] = [[a, b]];
    for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
        const [one, other] = pair;
        if (label(one) !== label(other)) return false;
        const [ours, theirs] = [children(one), children(other)];
        if (ours.length !== theirs.length) return false;
        ours.forEach((child, index) => {
            const match = theirs[index];
            if (match) pending.push([child, match]);
        });
    }
    return true;
}

function label(node: Expression): string {
    switch (node.kind) {
        case "number":
        case "string":
            return `${node.kind} ${node.value}`;
        case "name":
            return `name ${node.name}`;
        case "unary":
        case "binary":
            return `${node.kind} ${node.operator}`;
        case "call":
            return `call ${node.callee}`;
        case "method":
            return `method ${node.method}`;
        case "member":
            return `member ${node.member}`;
        default:
            return node.kind;
    }
}
