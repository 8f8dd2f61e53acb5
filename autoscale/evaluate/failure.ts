import { ErrorCode, LineMap } from "../language/source";

/** What went wrong: the text, its length, a name, a type, a value, or too few samples. */
export type FailureKind = "syntax" | "length" | "name" | "type" | "value" | "samples";

/** Ends an evaluation; becomes the `error` of the run. */
export class Failure extends Error {
    constructor(
        readonly kind: FailureKind,
        message: string,
        /** Place in the text, as an offset. */
        readonly offset: number,
    ) {
        super(message);
    }
}

/** Ends an evaluation without error: stop(). */
export class Stop extends Error {}

/** The error of a run, in the service's shape. */
export interface AutoScaleRunError {
    readonly code: string;
    readonly message: string;
    readonly values: readonly { readonly name: string; readonly value: string }[];
}

export function runError({ kind, message, offset }: Failure, text: string): AutoScaleRunError {
    const { line, column } = new LineMap(text).position(offset);
    const values = [{ name: "Message", value: `Line ${line}, Col ${column}: ${message}` }];
    if (kind === "samples") {
        return {
            code: ErrorCode.insufficientSamples,
            message: "Autoscale evaluation failed due to insufficient sample data",
            values,
        };
    }
    if (kind === "syntax") {
        return {
            code: ErrorCode.syntax,
            message: "The specified auto-scaling formula has a syntax error.",
            values,
        };
    }
    if (kind === "length")
        return {
            code: ErrorCode.tooLong,
            message: "The specified auto-scaling formula exceeds the length limit.",
            values,
        };
    // guess: the message of this code is not recorded anywhere.
    return {
        code: ErrorCode.evaluation,
        message: "Autoscale evaluation failed due to an error in the formula",
        values,
    };
}
