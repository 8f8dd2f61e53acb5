import type { Diagnostic } from "../language/source";

/** Thrown by the builder, the presets and the tagged template for a formula the service would refuse. */
export class FormulaError extends Error {
    constructor(
        readonly text: string,
        readonly diagnostics: readonly Diagnostic[],
    ) {
        super(FormulaError.describe(diagnostics));
        this.name = "FormulaError";
    }

    private static describe(diagnostics: readonly Diagnostic[]): string {
        const errors = diagnostics.filter(({ severity }) => severity === "error");
        const lines = errors.map(
            ({ line, column, message, fix }) =>
                `line ${line}, column ${column}: ${message}${fix ? ` ${fix}` : ""}`,
        );
        return `The autoscale formula has ${errors.length === 1 ? "an error" : `${errors.length} errors`}:\n  ${lines.join("\n  ")}`;
    }
}
