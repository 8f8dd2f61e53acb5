import type { CheckContext } from "../check/types";
import type { Diagnostic } from "../language/source";
import { format } from "../language/printer";
import { review } from "../lint/lint";
import * as fs from "node:fs";
import { type Streams, UsageError, readText } from "./usage";

export interface CheckOptions {
    readonly json?: boolean;
    readonly strict?: boolean;
    readonly context: CheckContext;
}

const shown = ({ code, severity, line, column, message, fix = "" }: Diagnostic): object => {
    return { code, severity, line, column, message, fix };
};

function line(file: string, { code, severity, line, column, message, fix }: Diagnostic): string {
    return `${file}:${line}:${column} ${severity} ${code} ${message}${fix ? `\n    fix: ${fix}` : ""}\n`;
}

/** Exit code 0 without errors, 1 with errors; with `strict` warnings count as errors. */
export function checkCommand(
    files: readonly string[],
    { json, strict, context }: CheckOptions,
    { out }: Streams,
): number {
    const checked = files.map((file) => {
        const { ok, diagnostics, assigns } = review(readText(file), context);
        const strictOk = ok && !(strict && diagnostics.some(({ severity }) => severity === "warning"));
        return { file, ok: strictOk, diagnostics, assigns };
    });
    if (json) {
        const rows = checked.map((row) => ({ ...row, diagnostics: row.diagnostics.map(shown) }));
        out(`${JSON.stringify(rows, undefined, 2)}\n`);
    } else {
        for (const { file, ok, diagnostics } of checked) {
            for (const diagnostic of diagnostics) out(line(file, diagnostic));
            if (ok && diagnostics.length === 0) out(`${file}: ok\n`);
        }
    }
    return checked.every(({ ok }) => ok) ? 0 : 1;
}

export interface FormatOptions {
    readonly write?: boolean;
    readonly check?: boolean;
    readonly json?: boolean;
}

/** Prints the formatted text, or writes it back. A file with syntax errors is left alone and gives exit code 1. */
export function formatCommand(
    files: readonly string[],
    { write, check, json }: FormatOptions,
    { out, error }: Streams,
): number {
    if (write && files.includes("-")) throw new UsageError("--write needs files, not stdin.");
    let failed = false;
    const rows: object[] = [];
    for (const file of files) {
        const text = readText(file);
        const formatted = format(text);
        const errors = formatted.diagnostics.filter(({ severity }) => severity === "error");
        for (const diagnostic of errors) error(line(file, diagnostic));
        const changed = formatted.text !== text;
        if (errors.length > 0 || (check && changed)) failed = true;
        if (json) rows.push({ file, ok: errors.length === 0, changed, formula: formatted.text });
        else if (check) out(changed && errors.length === 0 ? `${file}: not formatted\n` : "");
        else if (!write) out(errors.length === 0 ? formatted.text : "");
        if (write && changed && errors.length === 0) fs.writeFileSync(file, formatted.text);
    }
    if (json) out(`${JSON.stringify(rows, undefined, 2)}\n`);
    return failed ? 1 : 0;
}
