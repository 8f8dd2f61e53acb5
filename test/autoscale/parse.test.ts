import assert from "node:assert/strict";
import {
    type Formula,
    MAX_FORMULA_LENGTH,
    check,
    evaluate,
    format,
    parse,
    print,
    samplesFrom,
} from "../../autoscale";

const codes = (text: string): string[] =>
    parse(text).diagnostics.map(({ line, column, message }) => `${line}:${column} ${message}`);
const formatted = (text: string): string => {
    const result = format(text);
    assert.deepEqual(
        result.diagnostics.filter(({ severity }) => severity === "error"),
        [],
    );
    return result.text;
};

describe("autoscale: parser", function () {
    this.timeout(60_000);

    it("knows where everything stands", () => {
        const { formula } = parse("a = 1;\n  b = max(a, 2);");
        const [first, second] = formula.statements;
        assert.deepEqual(first?.span, { start: 0, end: 6 });
        assert.deepEqual(second?.span, { start: 9, end: 23 });
        assert.equal(
            second?.kind === "assignment" && second.value.kind === "call" ? second.value.bracket : -1,
            16,
        );
    });

    it("counts lines alike for LF, CRLF and CR", () => {
        for (const end of ["\n", "\r\n", "\r"])
            assert.equal(parse(`a = 1;${end}b = ;`).diagnostics[0]?.line, 2, JSON.stringify(end));
    });

    it("takes the last statement without a semicolon, several in a line, and line breaks anywhere", () => {
        assert.deepEqual(codes("a=1;b=2;$TargetDedicatedNodes\n=\nmax(\na,\nb)"), []);
    });

    it("finds all errors in one pass, each at its place", () => {
        assert.deepEqual(codes("a = ;\nb = (1;\nc = 1 2;\nd = max(1,);\ne = 4;"), [
            '1:5 Expected a value but found ";".',
            '2:7 Expected ")" but found ";".',
            '3:7 Expected an operator or ; but found "2".',
            '4:11 Expected a value but found ")".',
        ]);
    });

    it("sees a missing semicolon where the next line begins a statement, and reads on", () => {
        const { formula, diagnostics } = parse("a = 1\nb = 2;");
        assert.equal(formula.statements.length, 2);
        assert.deepEqual(
            [diagnostics[0]?.line, diagnostics[0]?.column, diagnostics[0]?.fix],
            [1, 6, "End the statement with ;."],
        );
    });

    it("explains what other languages have and this one has not", () => {
        const fixes = [
            "a = 1 & 2;",
            "a = 'x';",
            "a = 7 % 2;",
            "a = [1];",
            "/* x */ a = 1;",
            'a = time(\\"x\\");',
            "a = .5;",
            "a = 1e3;",
            "a = b = 1;",
        ];
        for (const text of fixes) {
            const error = parse(text).diagnostics.find(({ severity }) => severity === "error");
            assert.ok(error?.fix, text);
        }
    });

    it("refuses more than 8,192 characters and more than 100 statements, and takes exactly as many", () => {
        const fill = (length: number): string => `a = 1;${" ".repeat(length - 6)}`;
        assert.deepEqual(check(fill(MAX_FORMULA_LENGTH)).diagnostics, []);
        assert.equal(check(fill(MAX_FORMULA_LENGTH + 1)).diagnostics[0]?.code, "AutoScalingFormulaTooLong");
        assert.deepEqual(check("a = 1;".repeat(100)).diagnostics, []);
        assert.equal(check("a = 1;".repeat(101)).ok, false);
    });

    it("gives up on noise with one last finding that says where", () => {
        const { diagnostics } = parse("@ ; ".repeat(250_000));
        assert.ok(diagnostics.length < 250);
        assert.ok(diagnostics.some(({ message }) => /reading stopped at line 1, column \d+/.test(message)));
    });

    it("survives endless nesting, long chains, NUL bytes and foreign digits, and says what is wrong", () => {
        const texts = [
            "(".repeat(100_000),
            "-".repeat(100_000),
            "f(".repeat(50_000),
            "a.b".repeat(30_000),
            `x = ${"1?".repeat(50_000)}`,
            "\0".repeat(1000),
            "x = ٣;",
            `x = ${"9".repeat(400)};`,
            '"',
            "=".repeat(1000),
        ];
        for (const text of texts) {
            const { ok, diagnostics } = check(text);
            assert.equal(ok, false, text.slice(0, 20));
            assert.ok(diagnostics.every(({ message }) => message.length < 300));
        }
    });

    it("takes a hundred conditions without brackets with one warning, not as a hundred errors", () => {
        const { ok, diagnostics } = check(`a = 1; x = ${"a < 1 ? 2 : ".repeat(150)}3;`);
        assert.equal(ok, true);
        assert.deepEqual(
            diagnostics.map(({ code }) => code),
            ["AS013"],
        );
    });

    it("ends in an error where a vector would use up all memory", () => {
        const doubling = Array.from({ length: 60 }, (_, i) => `v${i + 1} = vec(v${i}, v${i});`).join(" ");
        const pool = {
            targetDedicatedNodes: 0,
            targetSpotNodes: 0,
            currentDedicatedNodes: 0,
            currentSpotNodes: 0,
        };
        const { error } = evaluate(`v0 = vec(1, 2); ${doubling}`, { now: 0, pool, samples: samplesFrom({}) });
        assert.match(error?.values[0]?.value ?? "", /vector of \d+ elements is too long/);
    });

    it("evaluates a chain as long as a formula can be", () => {
        const text = `x = 1${"+1".repeat(4000)};`;
        const pool = {
            targetDedicatedNodes: 0,
            targetSpotNodes: 0,
            currentDedicatedNodes: 0,
            currentSpotNodes: 0,
        };
        assert.match(evaluate(text, { now: 0, pool, samples: samplesFrom({}) }).results, /;x=4001$/);
    });
});

describe("autoscale: printer and formatter", function () {
    this.timeout(60_000);

    it("prints one statement a line with single blanks and the fewest brackets", () => {
        assert.equal(
            formatted("a=(1+(2*3));b =( a- (1 -2))*3 ; c=!(a>b)&&(-a<2)"),
            "a = 1 + 2 * 3;\nb = (a - (1 - 2)) * 3;\nc = !(a > b) && -a < 2;\n",
        );
    });

    it("keeps comments where they belong and single blank lines", () => {
        const text = "// head\n//next\na = 1; // why\n\n\n\nb = // inside\n  2;\n// end";
        assert.equal(formatted(text), "// head\n// next\na = 1; // why\n\n// inside\nb = 2;\n// end\n");
    });

    it("breaks long conditions and calls over lines", () => {
        const text =
            "$tasks = $samples < 70 ? max(0, $PendingTasks.GetSample(1)) : max($PendingTasks.GetSample(1), avg($PendingTasks.GetSample(span)));";
        assert.equal(
            formatted(text),
            "$tasks = $samples < 70\n    ? max(0, $PendingTasks.GetSample(1))\n    : max($PendingTasks.GetSample(1), avg($PendingTasks.GetSample(span)));\n",
        );
    });

    it("brackets a condition inside a condition, which not every reader of the language takes bare", () => {
        assert.equal(formatted("a = 1 ? 2 : 3 ? 4 : 5;"), "a = 1 ? 2 : (3 ? 4 : 5);\n");
    });

    it("never makes a formula too long by formatting it", () => {
        let nested = "1";
        for (let i = 0; i < 280; i++) nested = `max(${nested},1)`;
        assert.ok(formatted(`x = ${nested};`).length < MAX_FORMULA_LENGTH);
        const dense = `x=1${"+1".repeat(4000)};`;
        assert.equal(format(dense).text, dense);
        assert.equal(format(dense).diagnostics[0]?.code, "AS014");
    });

    it("leaves a text with errors alone", () => {
        const text = "a  =  (;";
        assert.equal(format(text).text, text);
        assert.equal(format(text).diagnostics.length, 1);
    });

    it("prints numbers without the exponents the language does not know", () => {
        const number = (value: number): Formula => ({
            statements: [
                {
                    kind: "expression",
                    value: { kind: "number", value, span: { start: 0, end: 0 } },
                    span: { start: 0, end: 0 },
                    leadingComments: [],
                    blankLineBefore: false,
                },
            ],
            endComments: [],
            text: "",
            complete: true,
        });
        assert.equal(print(number(1.5e21)), "1500000000000000000000;\n");
        assert.equal(print(number(2.5e-7)), "0.00000025;\n");
    });
});
