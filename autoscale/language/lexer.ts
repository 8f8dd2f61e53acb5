import { ErrorCode } from "./source";

export type TokenKind = "number" | "string" | "name" | "symbol" | "bad" | "end";

export interface Token {
    readonly kind: TokenKind;
    /** The symbol, the name, the string's content, or the number as written. */
    readonly text: string;
    readonly start: number;
    readonly end: number;
}

export interface Comment {
    readonly text: string;
    readonly start: number;
    readonly end: number;
}

export interface Problem {
    readonly code: string;
    readonly message: string;
    readonly fix?: string;
    readonly start: number;
    readonly end: number;
}

/** What follows a finding that ends the reading early. */
export const MAX_PROBLEMS = 100;

const SYMBOLS = new Set("+ - * / < <= == >= > != && || ! ? : ; , . ( ) =".split(" "));
const isDigit = (c: number): boolean => c >= 48 && c <= 57;
const isNameStart = (c: number): boolean =>
    c === 36 || c === 95 || (c >= 65 && c <= 90) || (c >= 97 && c <= 122);
const isBlank = (c: number): boolean => c === 32 || (c >= 9 && c <= 13) || c === 0xa0 || c === 0xfeff;

const HINTS: Record<string, string> = {
    "&": "Write && for a logical and.",
    "|": "Write || for a logical or.",
    "'": 'Strings stand in double quotes: time("2026-01-05T08:00:00Z").',
    "\\": "The language has no escapes; the formula was probably escaped once too often on its way here.",
    "{": "Fill in the template before the formula is sent: the language knows no braces.",
    "}": "Fill in the template before the formula is sent: the language knows no braces.",
    "%": "There is no remainder operator.",
    "^": "There is no power operator.",
    "[": "There are no vector literals; vec(1, 2, 3) makes a vector.",
    "]": "There are no vector literals; vec(1, 2, 3) makes a vector.",
};

function show(text: string): string {
    const code = text.codePointAt(0) ?? 0;
    const plain = code > 32 && code < 127;
    return plain ? `"${text}"` : `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Splits a text into tokens. Never throws; what it cannot read becomes a problem and a `bad` token. */
export class Lexer {
    readonly comments: Comment[] = [];
    private at = 0;

    constructor(
        private readonly text: string,
        private readonly report: (problem: Problem) => void,
    ) {}

    next(): Token {
        this.skipBlanksAndComments();
        const { text, at: start } = this;
        if (start >= text.length) return { kind: "end", text: "", start, end: start };
        const c = text.charCodeAt(start);
        if (isDigit(c)) return this.number(start);
        if (isNameStart(c)) return this.name(start);
        if (c === 34) return this.string(start);
        const two = text.slice(start, start + 2);
        if (two.length === 2 && SYMBOLS.has(two)) return this.token("symbol", start, start + 2);
        const one = text.charAt(start);
        if (one === "." && isDigit(text.charCodeAt(start + 1))) {
            const end = this.digits(start + 1);
            this.problem(
                `A number cannot begin with a point: "${text.slice(start, end)}".`,
                start,
                end,
                "Write 0 before the point.",
            );
            this.at = end;
            return { kind: "number", text: `0${text.slice(start, end)}`, start, end };
        }
        if (SYMBOLS.has(one)) return this.token("symbol", start, start + 1);
        return this.bad(start);
    }

    private token(kind: TokenKind, start: number, end: number): Token {
        this.at = end;
        return { kind, text: this.text.slice(start, end), start, end };
    }

    private problem(message: string, start: number, end: number, fix?: string): void {
        this.report({ code: ErrorCode.syntax, message, fix, start, end });
    }

    private digits(from: number): number {
        let end = from;
        while (isDigit(this.text.charCodeAt(end))) end++;
        return end;
    }

    private number(start: number): Token {
        const { text } = this;
        let end = this.digits(start);
        if (text.charAt(end) === "." && !isNameStart(text.charCodeAt(end + 1))) end = this.digits(end + 1);
        const numberEnd = end;
        while (isNameStart(text.charCodeAt(end)) || isDigit(text.charCodeAt(end))) end++;
        if (end > numberEnd) {
            const fix = "Write the number in decimal digits, without exponent, prefix or unit.";
            this.problem(
                `"${text.slice(start, Math.min(end, start + 40))}" is not a number.`,
                start,
                end,
                fix,
            );
        }
        this.at = end;
        return { kind: "number", text: text.slice(start, numberEnd), start, end };
    }

    private name(start: number): Token {
        let end = start + 1;
        for (let c = this.text.charCodeAt(end); isNameStart(c) || isDigit(c); c = this.text.charCodeAt(end))
            end++;
        return this.token("name", start, end);
    }

    private string(start: number): Token {
        const { text } = this;
        let end = start + 1;
        for (; end < text.length; end++) {
            const c = text.charCodeAt(end);
            if (c === 34) {
                this.at = end + 1;
                return { kind: "string", text: text.slice(start + 1, end), start, end: end + 1 };
            }
            if (c === 10 || c === 13) break;
        }
        this.problem("This string has no closing quote on its line.", start, end, 'Close it with ".');
        this.at = end;
        return { kind: "string", text: text.slice(start + 1, end), start, end };
    }

    /** One problem for a whole run of unreadable characters, so that noise does not drown the rest. */
    private bad(start: number): Token {
        const { text } = this;
        const first = String.fromCodePoint(text.codePointAt(start) ?? 0);
        let end = start + first.length;
        while (end < text.length && this.unreadable(end)) end++;
        const more = end > start + first.length ? ` and ${end - start - first.length} more` : "";
        this.problem(`Unexpected character ${show(first)}${more}.`, start, end, HINTS[first]);
        return this.token("bad", start, end);
    }

    private unreadable(at: number): boolean {
        const c = this.text.charCodeAt(at);
        if (isDigit(c) || isNameStart(c) || isBlank(c) || c === 34) return false;
        return !SYMBOLS.has(this.text.charAt(at)) && !SYMBOLS.has(this.text.slice(at, at + 2));
    }

    private skipBlanksAndComments(): void {
        const { text } = this;
        for (;;) {
            while (isBlank(text.charCodeAt(this.at))) this.at++;
            if (text.charAt(this.at) !== "/") return;
            const start = this.at;
            if (text.charAt(start + 1) === "/") {
                let end = start + 2;
                while (end < text.length && text.charCodeAt(end) !== 10 && text.charCodeAt(end) !== 13) end++;
                this.comments.push({ text: text.slice(start + 2, end).trim(), start, end });
                this.at = end;
            } else if (text.charAt(start + 1) === "*") {
                const close = text.indexOf("*/", start + 2);
                this.at = close < 0 ? text.length : close + 2;
                this.problem(
                    "The language has no /* */ comments.",
                    start,
                    start + 2,
                    "Begin each line of the comment with //.",
                );
            } else return;
        }
    }
}
