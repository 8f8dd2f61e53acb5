import { variableTypes } from "../check/check";
import type { CheckContext } from "../check/types";
import type { Formula, Statement } from "../language/ast";
import { DEALLOCATION, DEDICATED, READ_WRITE, SPOT, isDeallocationOption } from "../language/names";
import { parse } from "../language/parser";
import { Type } from "../language/types";
import { CURRENT } from "../lint/bounds";
import { type Facts, analyse } from "../lint/facts";
import { review } from "../lint/lint";
import { type NumberNames, words } from "./words";

const DEALLOCATION_WORDS = {
    requeue:
        "a node that is no longer wanted goes at once; its tasks run again from the beginning on another",
    terminate: "a node that is no longer wanted goes at once; its tasks are ended and do not run again",
    taskcompletion: "a node that is no longer wanted finishes its running tasks first",
    retaineddata:
        "a node that is no longer wanted finishes its tasks and stays until their data's retention time is over",
} as const;

/** Says in plain words what a formula does, statement by statement and as a whole. Lines, without line breaks. */
export function explain(text: string | Formula, context: CheckContext = {}): string[] {
    const formula = typeof text === "string" ? parse(text).formula : text;
    const { diagnostics, ok } = review(formula.text === "" ? formula : formula.text, context);
    if (!formula.complete) {
        return [
            "The formula cannot be read:",
            ...diagnostics.map(({ line, column, message }) => `  line ${line}, column ${column}: ${message}`),
        ];
    }
    const { final } = analyse(formula);
    const numbers: NumberNames = new Set(
        [...variableTypes(formula)].flatMap(([name, type]) => (type === Type.double ? [name] : [])),
    );
    const lines = [
        "Step by step:",
        ...formula.statements.map(
            (statement, index) => `  ${index + 1}. ${statementWords(statement, numbers)}`,
        ),
    ];
    lines.push("", "As a whole:");
    for (const [name, what] of [
        [DEDICATED, "dedicated"],
        [SPOT, "spot"],
    ] as const) {
        const facts = final.get(name);
        lines.push(
            `  - ${facts ? targetWords(what, facts) : `The number of ${what} nodes is left as it is.`}`,
        );
    }
    lines.push(`  - When the pool shrinks, ${DEALLOCATION_WORDS[optionOf(formula)]}.`);
    if (diagnostics.length > 0) {
        lines.push("", ok ? "To be aware of:" : "It does not work:");
        for (const { line, code, message } of diagnostics)
            lines.push(`  - line ${line}: ${message} (${code})`);
    }
    return lines;
}

function optionOf({ statements }: Formula): keyof typeof DEALLOCATION_WORDS {
    const last = statements.findLast(
        (statement) => statement.kind === "assignment" && READ_WRITE.get(statement.name) === DEALLOCATION,
    );
    const word =
        last?.value.kind === "name" ? last.value.name : last?.value.kind === "string" ? last.value.value : "";
    return isDeallocationOption(word) ? word : "requeue";
}

function statementWords(statement: Statement, numbers: NumberNames): string {
    const { value } = statement;
    if (statement.kind === "expression") {
        const stops = value.kind === "call" && value.callee === "stop";
        return stops
            ? "The evaluation ends here."
            : `${capital(words(value, numbers))} is computed and not used.`;
    }
    const full = READ_WRITE.get(statement.name);
    if (full === DEALLOCATION) return `Running tasks of removed nodes: ${words(value, numbers)}.`;
    const subject =
        full === DEDICATED ? "Wanted dedicated nodes" : full === SPOT ? "Wanted spot nodes" : statement.name;
    return `${subject} = ${words(value, numbers)}.`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function targetWords(what: string, { bounds, reads, clock }: Facts): string {
    const low = Math.max(0, Math.trunc(bounds.low));
    const high = Math.trunc(bounds.high);
    const size =
        low === high
            ? `always ${low}`
            : bounds.high > CURRENT
              ? `at least ${low}, without an upper bound`
              : bounds.high >= CURRENT / 1000
                ? "not more than the pool has"
                : `from ${low} to ${high}`;
    const sources = [...reads].map((name) =>
        words({ kind: "name", name, span: { start: 0, end: 0 } }, new Set()),
    );
    if (clock) sources.push("the time");
    const by = sources.length > 0 && low !== high ? `, decided by ${sources.join(", ")}` : "";
    return `The number of ${what} nodes is ${size}${by}.`;
}
