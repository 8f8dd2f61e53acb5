/** A place in a formula. `line` and `column` count from 1, `offset` from 0, all in UTF-16 units as the service counts. */
export interface Position {
    readonly offset: number;
    readonly line: number;
    readonly column: number;
}

export type Severity = "error" | "warning" | "info";

/** One finding about a formula. */
export interface Diagnostic {
    /** A code of the Batch service for errors, `AS0nn` for what is accepted but unsure, `AS1nn` for lint findings. */
    readonly code: string;
    readonly severity: Severity;
    readonly line: number;
    readonly column: number;
    /** What is wrong, with what was given and what is allowed. */
    readonly message: string;
    /** How to repair it. */
    readonly fix?: string;
    /** Offset of the first character, from 0. */
    readonly offset: number;
    /** Number of characters concerned; at least 1. */
    readonly length: number;
}

/** Codes of the service for a formula it does not take. */
export const ErrorCode = {
    syntax: "AutoScalingFormulaSyntaxError",
    tooLong: "AutoScalingFormulaTooLong",
    evaluation: "AutoScalingFormulaEvaluationError",
    insufficientSamples: "InsufficientSampleData",
} as const;

/** The service refuses a longer formula. In UTF-16 units. */
export const MAX_FORMULA_LENGTH = 8192;

/** The service refuses a formula of more statements. */
export const MAX_STATEMENTS = 100;

/** Maps offsets of one text to lines and columns. `\n`, `\r\n` and a lone `\r` end a line. */
export class LineMap {
    private readonly starts: number[] = [0];

    constructor(text: string) {
        for (let i = 0; i < text.length; i++) {
            const c = text.charCodeAt(i);
            if (c === 10 || (c === 13 && text.charCodeAt(i + 1) !== 10)) this.starts.push(i + 1);
        }
    }

    position(offset: number): Position {
        let low = 0;
        let high = this.starts.length - 1;
        while (low < high) {
            const middle = (low + high + 1) >> 1;
            if ((this.starts[middle] ?? 0) <= offset) low = middle;
            else high = middle - 1;
        }
        return { offset, line: low + 1, column: offset - (this.starts[low] ?? 0) + 1 };
    }
}
