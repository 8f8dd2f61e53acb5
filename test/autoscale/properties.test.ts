import assert from "node:assert/strict";
import fc from "fast-check";
import {
    type Expression,
    type Formula,
    Keyword,
    type Statement,
    TimeInterval,
    Timestamp,
    type Value,
    check,
    evaluate,
    explain,
    format,
    parse,
    print,
    review,
    sameFormula,
    samplesFrom,
} from "../../autoscale";
import { CASES, ProgramMaker, Source, world } from "./generate";
import { naive } from "./naive";

const bytes = (maxLength: number): fc.Arbitrary<Uint8Array> =>
    fc.uint8Array({ minLength: 1, maxLength, size: "max" });
const run = <T>(property: fc.IProperty<T>): void => fc.assert(property, { numRuns: CASES });
const span = { start: 0, end: 0 };

/** Any tree at all, without regard to types. */
const anyExpression: fc.Arbitrary<Expression> = fc.letrec<{ e: Expression }>((tie) => {
    const e = tie("e");
    const identifier = fc.stringMatching(/^[$A-Za-z_][A-Za-z0-9_]{0,6}$/);
    const args = fc.array(e, { maxLength: 3 });
    return {
        e: fc.oneof(
            { maxDepth: 5, withCrossShrink: true },
            fc
                .oneof(fc.nat(), fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }))
                .map((value): Expression => ({ kind: "number", value, span })),
            identifier.map((name): Expression => ({ kind: "name", name, span })),
            fc
                .stringMatching(/^[^"\r\n]{0,8}$/)
                .map((value): Expression => ({ kind: "string", value, span })),
            fc
                .record({ operator: fc.constantFrom("-" as const, "!" as const), operand: e })
                .map((node): Expression => ({ kind: "unary", ...node, span })),
            fc
                .record({
                    operator: fc.constantFrom(
                        "+",
                        "-",
                        "*",
                        "/",
                        "<",
                        "<=",
                        "==",
                        ">=",
                        ">",
                        "!=",
                        "&&",
                        "||",
                    ),
                    left: e,
                    right: e,
                })
                .map((node) => ({ kind: "binary", ...node, span }) as Expression),
            fc
                .record({ test: e, whenTrue: e, whenFalse: e })
                .map((node): Expression => ({ kind: "conditional", ...node, span })),
            fc
                .record({ callee: identifier, args })
                .map((node): Expression => ({ kind: "call", ...node, bracket: 0, span })),
            fc
                .record({ target: e, method: identifier, args })
                .map((node): Expression => ({ kind: "method", ...node, bracket: 0, span })),
            fc
                .record({ target: e, member: identifier })
                .map((node): Expression => ({ kind: "member", ...node, span })),
        ),
    };
}).e;

const comment = fc.string({ maxLength: 12 }).map((text) => text.replace(/[\r\n]/g, " ").trim());
const anyStatement: fc.Arbitrary<Statement> = fc
    .record({
        name: fc.option(fc.stringMatching(/^[$A-Za-z_][A-Za-z0-9_]{0,6}$/), { nil: undefined }),
        value: anyExpression,
        leadingComments: fc.array(comment, { maxLength: 2 }),
        trailingComment: fc.option(comment, { nil: undefined }),
    })
    .map(({ name, value, leadingComments, trailingComment }): Statement => {
        const base = { value, leadingComments, trailingComment, span, blankLineBefore: false };
        return name === undefined
            ? { kind: "expression", ...base }
            : { kind: "assignment", name, nameSpan: span, ...base };
    });
const anyFormula: fc.Arbitrary<Formula> = fc
    .record({
        statements: fc.array(anyStatement, { maxLength: 4 }),
        endComments: fc.array(comment, { maxLength: 2 }),
    })
    .map((formula) => ({ ...formula, text: "", complete: true }));

describe(`autoscale: properties (${CASES} cases each)`, function () {
    this.timeout(600_000);

    it("parsing what was printed gives the same tree, comments included", () => {
        run(
            fc.property(anyFormula, fc.integer({ min: 1, max: 120 }), (formula, width) => {
                const text = print(formula, { width });
                const parsed = parse(text);
                assert.deepEqual(
                    parsed.diagnostics.filter(({ code }) => code === "AutoScalingFormulaSyntaxError"),
                    [],
                    text,
                );
                assert.ok(sameFormula(parsed.formula, formula), text);
                if (text.length <= 8192) assert.equal(format(text, { width }).text, text);
            }),
        );
    });

    it("what the checker accepts never ends in a type or name error, and what ends in one was refused", () => {
        let accepted = 0;
        run(
            fc.property(bytes(160), bytes(80), fc.constantFrom(0, 12, 40), (program, facts, slips) => {
                const formula = new ProgramMaker(new Source(program), slips).formula();
                const text = print(formula);
                const { ok, diagnostics } = check(text);
                assert.equal(review(text).ok, ok);
                assert.notEqual(explain(text).length, 0);
                const { now, pool, data } = world(new Source(facts));
                const { failure, error } = evaluate(text, { now, pool, samples: samplesFrom(data) });
                if (ok) accepted++;
                const wrong = failure === "type" || failure === "name" || failure === "syntax";
                assert.ok(
                    !(ok && wrong),
                    `${text}\n${JSON.stringify(error)}\n${JSON.stringify(diagnostics)}`,
                );
            }),
        );
        assert.ok(accepted > CASES / 4, `only ${accepted} of ${CASES} programs were accepted`);
    });

    it("the evaluator agrees with a naive interpreter of its own", () => {
        let finished = 0;
        run(
            fc.property(bytes(160), bytes(80), fc.constantFrom(0, 0, 30), (program, facts, slips) => {
                const formula = new ProgramMaker(new Source(program), slips).formula();
                const { now, pool, data } = world(new Source(facts));
                const expected = naive(formula, now, pool, data);
                const actual = evaluate(formula, { now, pool, samples: samplesFrom(data) });
                const text = print(formula);
                assert.equal(actual.error?.code, expected.error, text);
                assert.deepEqual(
                    [actual.targetDedicatedNodes, actual.targetSpotNodes, actual.nodeDeallocationOption],
                    [expected.dedicated, expected.spot, expected.option],
                    text,
                );
                for (const [name, { t, v }] of Object.entries(expected.variables)) {
                    assert.deepEqual(
                        tagged(actual.variables.get(name)),
                        { t, v: t === "doubleVec" ? Array.from(v) : v },
                        `${name} in\n${text}`,
                    );
                }
                if (!actual.error) finished++;
            }),
        );
        assert.ok(finished > CASES / 5, `only ${finished} of ${CASES} programs ran to their end`);
    });

    const tokens = fc.array(
        fc.constantFrom(
            "$TargetDedicatedNodes",
            "=",
            "(",
            ")",
            ";",
            "?",
            ":",
            "1",
            "1.5",
            ".",
            ",",
            "max",
            "$ActiveTasks",
            "GetSample",
            "\n",
            "//",
            '"',
            "-",
            "&&",
            "\0",
            "é",
            "٣",
            "\r\n",
            "/*",
        ),
        { maxLength: 60, size: "max" },
    );
    it("no text makes parser, checker, linter, formatter or evaluator throw", () => {
        run(
            fc.property(
                fc.oneof(
                    fc.string({ unit: "binary", maxLength: 200, size: "max" }),
                    tokens.map((list) => list.join(" ")),
                    tokens.map((list) => list.join("")),
                ),
                (text) => {
                    const { diagnostics } = review(text);
                    format(text);
                    const { now, pool, data } = world(new Source([]));
                    evaluate(text, { now, pool, samples: samplesFrom(data) });
                    for (const { offset, line, column } of diagnostics) {
                        assert.ok(line >= 1 && column >= 1 && offset >= 0 && offset <= text.length + 1);
                    }
                },
            ),
        );
    });
});

function tagged(value: Value | undefined): unknown {
    if (typeof value === "number") return { t: "double", v: value };
    if (typeof value === "string") return { t: "string", v: value };
    if (value instanceof Timestamp) return { t: "timestamp", v: value.time };
    if (value instanceof TimeInterval) return { t: "timeinterval", v: value.milliseconds };
    if (value instanceof Keyword) return { t: "keyword", v: value.name };
    return value === undefined ? undefined : { t: "doubleVec", v: Array.from(value) };
}
