import type { BinaryOperator, Expression, Formula, Name, Span, Statement } from "./ast";
import { Lexer, MAX_PROBLEMS, type Problem, type Token } from "./lexer";
import { type Diagnostic, ErrorCode, LineMap, MAX_FORMULA_LENGTH, MAX_STATEMENTS } from "./source";

/** Deeper nesting is refused, so that no text can exhaust the stack of whoever reads the tree. */
export const MAX_DEPTH = 300;

// guess: the precedence is not documented; this is the one all known formulas agree with.
export const PRECEDENCE: Record<BinaryOperator, number> = {
    "||": 1,
    "&&": 2,
    "<": 3,
    "<=": 3,
    "==": 3,
    ">=": 3,
    ">": 3,
    "!=": 3,
    "+": 4,
    "-": 4,
    "*": 5,
    "/": 5,
};

export interface ParseResult {
    readonly formula: Formula;
    /** Sorted by place; errors alone make the service refuse the text. */
    readonly diagnostics: Diagnostic[];
}

/** Reads a formula. Never throws: all errors of the text are in `diagnostics`, and the tree holds what could be understood. */
export function parse(text: string): ParseResult {
    return new Parser(text).formula();
}

/** Ends the reading of a statement; the next one begins behind the next semicolon. */
class Unreadable extends Error {}
/** Ends the reading altogether. */
class GiveUp extends Error {}

class Parser {
    private readonly problems: (Problem & { severity?: "warning" })[] = [];
    private readonly lexer: Lexer;
    private readonly lines: LineMap;
    private token: Token;
    private lastEnd = 0;
    private depth = 0;
    private errors = 0;
    /** What is reported once a formula, however often it occurs. */
    private readonly warned = new Set<string>();
    private assigning: Token | undefined;
    /** The condition read last, unless it stands in brackets. */
    private bare: Expression | undefined;
    private commentsTaken = 0;

    constructor(private readonly text: string) {
        this.lines = new LineMap(text);
        this.lexer = new Lexer(text, (problem) => this.report(problem));
        this.token = { kind: "end", text: "", start: 0, end: 0 };
    }

    formula(): ParseResult {
        const statements: Statement[] = [];
        try {
            this.token = this.lexer.next();
            while (this.token.kind !== "end") {
                const statement = this.statement();
                if (statement) statements.push(statement);
            }
        } catch (error) {
            if (!(error instanceof GiveUp)) throw error;
        }
        const endComments = this.takeComments(Infinity);
        this.limits(statements.length);
        const diagnostics = this.diagnostics();
        const complete = !diagnostics.some(({ severity }) => severity === "error");
        return { formula: { statements, endComments, text: this.text, complete }, diagnostics };
    }

    private limits(statements: number): void {
        if (this.text.length > MAX_FORMULA_LENGTH) {
            this.problems.unshift({
                code: ErrorCode.tooLong,
                message: `The formula has ${this.text.length} characters; the maximum length is ${MAX_FORMULA_LENGTH}.`,
                fix: "Shorten comments and names, or print it with `format`.",
                start: MAX_FORMULA_LENGTH,
                end: MAX_FORMULA_LENGTH + 1,
            });
        }
        if (statements > MAX_STATEMENTS) {
            const message = `The formula has ${statements} statements; at most ${MAX_STATEMENTS} are allowed.`;
            const fix = "Join statements: an intermediate value can be written where it is used.";
            this.problems.push({
                code: ErrorCode.syntax,
                message,
                fix,
                start: this.lastEnd,
                end: this.lastEnd + 1,
            });
        }
    }

    private diagnostics(): Diagnostic[] {
        const sorted = this.problems.sort((a, b) => a.start - b.start);
        return sorted.map(({ code, severity, message, fix, start, end }) => {
            const { line, column } = this.lines.position(start);
            const length = Math.max(1, end - start);
            return { code, severity: severity ?? "error", line, column, message, fix, offset: start, length };
        });
    }

    private report(problem: Problem & { severity?: "warning" }): void {
        this.problems.push(problem);
        if (problem.severity === "warning" || ++this.errors < MAX_PROBLEMS) return;
        const { start, end } = problem;
        const { line, column } = this.lines.position(start);
        const message = `Too many errors: reading stopped at line ${line}, column ${column}.`;
        this.problems.push({ code: ErrorCode.syntax, message, start, end });
        throw new GiveUp();
    }

    private warnOnce(code: string, message: string, { start, end }: Span, fix: string): void {
        if (!this.warned.has(code)) this.report({ code, severity: "warning", message, fix, start, end });
        this.warned.add(code);
    }

    private error(message: string, at: Span, fix?: string): void {
        this.report({ code: ErrorCode.syntax, message, fix, start: at.start, end: at.end });
    }

    private here(): Span {
        return { start: this.token.start, end: this.token.end };
    }

    private advance(): Token {
        const taken = this.token;
        this.lastEnd = taken.end;
        this.token = this.lexer.next();
        return taken;
    }

    private at(symbol: string): boolean {
        return this.token.kind === "symbol" && this.token.text === symbol;
    }

    private found(): string {
        if (this.token.kind === "end") return "the end of the formula";
        if (this.token.kind === "string") return "a string";
        return `"${this.token.text.slice(0, 40)}"`;
    }

    private takeComments(before: number): string[] {
        const taken: string[] = [];
        for (const { comments } = this.lexer; this.commentsTaken < comments.length; this.commentsTaken++) {
            const comment = comments[this.commentsTaken];
            if (comment === undefined || comment.start >= before) break;
            taken.push(comment.text);
        }
        return taken;
    }

    private statement(): Statement | undefined {
        if (this.at(";")) {
            const message = "An empty statement: whether the service takes it is not known.";
            this.warnOnce("AS001", message, this.here(), "Remove the semicolon.");
            this.advance();
            return undefined;
        }
        const { start } = this.token;
        const blankLineBefore = this.blankLineBefore(start);
        let body: { name?: Token; value: Expression } | undefined;
        this.assigning = undefined;
        try {
            body = this.statementBody();
            this.endOfStatement();
        } catch (error) {
            if (!(error instanceof Unreadable)) throw error;
            this.skipStatement();
            // What the statement assigns is known to exist, so that later statements are not blamed for it.
            if (this.assigning)
                body ??= { name: this.assigning, value: { kind: "missing", span: this.here() } };
        }
        this.depth = 0;
        const end = this.lastEnd;
        const leadingComments = this.takeComments(end);
        const trailingComment = this.trailingComment(end);
        if (!body) return undefined;
        const base = { span: { start, end }, leadingComments, trailingComment, blankLineBefore };
        if (!body.name) return { kind: "expression", value: body.value, ...base };
        const nameSpan = { start: body.name.start, end: body.name.end };
        return { kind: "assignment", name: body.name.text, nameSpan, value: body.value, ...base };
    }

    private blankLineBefore(start: number): boolean {
        const first = this.lexer.comments[this.commentsTaken];
        const upTo = first && first.start < start ? first.start : start;
        return this.lines.position(upTo).line - this.lines.position(this.previousEnd()).line > 1;
    }

    private previousEnd(): number {
        const previous = this.lexer.comments[this.commentsTaken - 1];
        return Math.max(this.lastEnd, previous?.end ?? 0);
    }

    private trailingComment(end: number): string | undefined {
        const comment = this.lexer.comments[this.commentsTaken];
        if (!comment || comment.start < end) return undefined;
        if (this.lines.position(comment.start).line !== this.lines.position(end).line) return undefined;
        this.commentsTaken++;
        return comment.text;
    }

    private statementBody(): { name?: Token; value: Expression } {
        if (this.token.kind !== "name") return { value: this.expression() };
        const name = this.token;
        const value = this.expression();
        if (!this.at("=")) return { value };
        if (value.kind !== "name") {
            this.error("Only a variable can stand left of =.", value.span, "Write == to compare.");
        }
        this.advance();
        this.assigning = name;
        return { name, value: this.expression() };
    }

    private endOfStatement(): void {
        if (this.token.kind === "end") return;
        if (this.at(";")) {
            this.advance();
            return;
        }
        if (this.at("=")) {
            this.error(
                'Unexpected "=": a statement assigns once.',
                this.here(),
                "Write == to compare, ; to begin a new statement.",
            );
            throw new Unreadable();
        }
        const newLine = this.lines.position(this.token.start).line > this.lines.position(this.lastEnd).line;
        if (newLine && this.token.kind === "name") {
            const at = { start: this.lastEnd, end: this.lastEnd + 1 };
            this.error("A semicolon is missing between two statements.", at, "End the statement with ;.");
            return;
        }
        this.unexpected("an operator or ;");
    }

    private unexpected(wanted: string): never {
        if (this.token.kind !== "bad")
            this.error(`Expected ${wanted} but found ${this.found()}.`, this.here());
        throw new Unreadable();
    }

    private skipStatement(): void {
        while (this.token.kind !== "end" && !this.at(";")) this.advance();
        if (this.at(";")) this.advance();
    }

    private deeper<T>(read: () => T): T {
        if (++this.depth > MAX_DEPTH) {
            const { line, column } = this.lines.position(this.token.start);
            const message = `Nested deeper than ${MAX_DEPTH} levels: the statement is not read beyond line ${line}, column ${column}.`;
            this.error(message, this.here(), "Give inner expressions names of their own.");
            throw new Unreadable();
        }
        const result = read();
        this.depth--;
        return result;
    }

    private expression(): Expression {
        return this.deeper(() => {
            const test = this.binary(1);
            if (!this.at("?")) return test;
            this.advance();
            const whenTrue = this.branch();
            if (!this.at(":")) this.unexpected('":" and the value for a false condition');
            this.advance();
            const whenFalse = this.branch();
            const span = { start: test.span.start, end: this.lastEnd };
            this.bare = { kind: "conditional", test, whenTrue, whenFalse, span };
            return this.bare;
        });
    }

    private branch(): Expression {
        const branch = this.expression();
        if (branch === this.bare) {
            const message =
                "A condition inside a condition without brackets: whether the service takes it is not known.";
            this.warnOnce("AS013", message, branch.span, "Put it in brackets.");
        }
        return branch;
    }

    private binary(minimum: number): Expression {
        let left = this.unary();
        for (;;) {
            const operator = this.binaryOperator();
            if (!operator || PRECEDENCE[operator] < minimum) return left;
            this.advance();
            const right = this.binary(PRECEDENCE[operator] + 1);
            left = {
                kind: "binary",
                operator,
                left,
                right,
                span: { start: left.span.start, end: this.lastEnd },
            };
        }
    }

    private binaryOperator(): BinaryOperator | undefined {
        if (this.token.kind !== "symbol" || !Object.hasOwn(PRECEDENCE, this.token.text)) return undefined;
        return this.token.text as BinaryOperator;
    }

    private unary(): Expression {
        if (!this.at("-") && !this.at("!")) return this.postfix();
        const { start } = this.token;
        const operator = this.advance().text as "-" | "!";
        const operand = this.deeper(() => this.unary());
        return { kind: "unary", operator, operand, span: { start, end: this.lastEnd } };
    }

    private postfix(): Expression {
        let target = this.primary();
        const depth = this.depth;
        while (this.at(".")) {
            this.advance();
            if (this.token.kind !== "name") this.unexpected("the name of a method or member");
            const name = this.advance();
            const start = target.span.start;
            const inner = target;
            target = this.deeper((): Expression => {
                if (!this.at("("))
                    return {
                        kind: "member",
                        target: inner,
                        member: name.text,
                        span: { start, end: name.end },
                    };
                const bracket = this.token.start;
                const args = this.args();
                return {
                    kind: "method",
                    target: inner,
                    method: name.text,
                    args,
                    bracket,
                    span: { start, end: this.lastEnd },
                };
            });
            this.depth++;
        }
        this.depth = depth;
        return target;
    }

    private args(): Expression[] {
        this.advance();
        const args: Expression[] = [];
        if (!this.at(")")) {
            args.push(this.expression());
            while (this.at(",")) {
                this.advance();
                args.push(this.expression());
            }
        }
        if (!this.at(")")) this.unexpected('"," or ")"');
        this.advance();
        return args;
    }

    private primary(): Expression {
        const { token } = this;
        const span = this.here();
        if (token.kind === "number") {
            this.advance();
            const value = Number(token.text);
            if (!Number.isFinite(value)) this.error("This number is too large.", span);
            return { kind: "number", value, span };
        }
        if (token.kind === "string") {
            this.advance();
            return { kind: "string", value: token.text, span };
        }
        if (token.kind === "name") return this.nameOrCall();
        if (this.at("(")) {
            this.advance();
            const inner = this.expression();
            if (!this.at(")")) this.unexpected('")"');
            this.advance();
            this.bare = undefined;
            return inner;
        }
        if (token.kind === "bad") {
            // Reported by the lexer. Reading on finds further errors of the same statement, but what was meant is not known.
            this.advance();
            if (this.token.kind === "name" || this.token.kind === "number" || this.token.kind === "string")
                this.primary();
            return { kind: "missing", span };
        }
        return this.unexpected("a value");
    }

    private nameOrCall(): Expression {
        const { text, start, end } = this.advance();
        if (!this.at("(")) return { kind: "name", name: text, span: { start, end } } satisfies Name;
        const bracket = this.token.start;
        const args = this.args();
        return { kind: "call", callee: text, args, bracket, span: { start, end: this.lastEnd } };
    }
}
