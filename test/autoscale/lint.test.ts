import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { type CheckContext, RULES, explain, lint, mostNodes, presets, review } from "../../autoscale";

const codes = (text: string, context: CheckContext = {}): string[] =>
    [...new Set(lint(text, context).map(({ code }) => code))].sort();
const KEEP = "$NodeDeallocationOption = taskcompletion;";
const GUARDED =
    "s = $PendingTasks.GetSamplePercent(TimeInterval_Minute * 5); t = s < 70 ? max(0, $PendingTasks.GetSample(1)) : avg($PendingTasks.GetSample(TimeInterval_Minute * 5));";

/** For each rule a formula it finds something in, and one like it that is clean. */
const pairs: Record<string, { found: string; clean: string; context?: CheckContext }> = {
    AS101: {
        found: `$TargetDedicatedNodes = min(5, avg($PendingTasks.GetSample(TimeInterval_Minute * 5))); ${KEEP}`,
        clean: `${GUARDED} $TargetDedicatedNodes = min(5, t); ${KEEP}`,
    },
    AS102: {
        found: `$TargetDedicatedNodes = max(0, $PendingTasks.GetSample(1)); ${KEEP}`,
        clean: `n = max(0, $PendingTasks.GetSample(1)); $TargetDedicatedNodes = n > 9 ? 9 : n; ${KEEP}`,
    },
    AS103: {
        found: `$TargetDedicatedNodes = min(5, $ActiveTasks.GetSample(1)); ${KEEP}`,
        clean: `$TargetDedicatedNodes = min(5, max($ActiveTasks.GetSample(1)) + max($RunningTasks.GetSample(1))); ${KEEP}`,
    },
    AS104: {
        found: "$TargetDedicatedNodes = min(5, $PendingTasks.GetSample(1));",
        clean: `$TargetDedicatedNodes = min(5, $PendingTasks.GetSample(1)); ${KEEP}`,
    },
    AS105: {
        found: `$TargetDedicatedNodes = min(5, $CPUPercent.GetSample(1)); ${KEEP}`,
        clean: "$TargetDedicatedNodes = 3;",
    },
    AS106: { found: "a = 1;", clean: "$TargetLowPriorityNodes = 1;" },
    AS107: {
        found: `$TargetDedicatedNodes = min(5, $PendingTasks.GetSample(1)); ${KEEP}`,
        clean: `$TargetDedicatedNodes = min(5, $PendingTasks.GetSample(1) / $TaskSlotsPerNode); ${KEEP}`,
        context: { taskSlotsPerNode: 4 },
    },
    AS108: {
        found: "$TargetDedicatedNodes = 30;",
        clean: "$TargetDedicatedNodes = 20;",
        context: { maxDedicatedNodes: 20 },
    },
    AS109: {
        found: `$TargetDedicatedNodes = max($PendingTasks.GetSample(1)) > 10 ? 20 : 5; ${KEEP}`,
        clean: `$TargetDedicatedNodes = min(20, max(5, $PendingTasks.GetSample(1))); ${KEEP}`,
    },
    AS110: {
        found: `$TargetDedicatedNodes = time().hour < 8 ? 1 : 5; ${KEEP}`,
        clean: `// Hours are UTC.\n$TargetDedicatedNodes = time().hour < 8 ? 1 : 5; ${KEEP}`,
    },
    AS111: {
        found: "tasks = 1; Tasks = 2; $TargetDedicatedNodes = tasks;",
        clean: "tasks = 1; $TargetDedicatedNodes = tasks;",
    },
};

describe("autoscale: linter", function () {
    this.timeout(60_000);

    for (const { code, title } of RULES) {
        it(`${code} finds ${title}, and not where it is repaired`, () => {
            const pair = pairs[code];
            assert.ok(pair, `no example for ${code}`);
            assert.ok(
                codes(pair.found, pair.context).includes(code),
                `found: ${codes(pair.found, pair.context).join()}`,
            );
            assert.ok(
                !codes(pair.clean, pair.context).includes(code),
                `clean: ${codes(pair.clean, pair.context).join()}`,
            );
            assert.equal(review(pair.found).ok, true);
        });
        it(`${code} can be acknowledged at its statement, for the whole formula, or by the caller`, () => {
            const { found, context } = pairs[code] ?? { found: "" };
            const everywhere = `${found}\n// allow ${code}: known and wanted`;
            assert.ok(!codes(everywhere, context).includes(code));
            assert.ok(!codes(found, { ...context, acknowledge: [code] }).includes(code));
            assert.ok(
                codes(`${found}\n// allow ${code}`, context).includes(code),
                "without a reason it does not count",
            );
        });
    }

    it("acknowledges at one statement only", () => {
        const one = "a = avg($PendingTasks.GetSample(TimeInterval_Minute * 5));";
        const text = `${one} // allow AS101: the pool is never young\nb = avg($ActiveTasks.GetSample(TimeInterval_Minute * 5));`;
        assert.deepEqual(
            lint(text)
                .filter(({ code }) => code === "AS101")
                .map(({ line }) => line),
            [2],
        );
    });

    it("knows nothing of slots and quota unless told", () => {
        assert.ok(
            !codes("$TargetDedicatedNodes = min(5000, $PendingTasks.GetSample(1));").some(
                (code) => code === "AS107" || code === "AS108",
            ),
        );
    });

    it("takes the guard of another metric for none", () => {
        const text =
            "s = $ActiveTasks.GetSamplePercent(TimeInterval_Minute); t = s < 70 ? 0 : avg($PendingTasks.GetSample(TimeInterval_Minute));";
        assert.ok(codes(text).includes("AS101"));
    });

    it("finds nothing in the presets", () => {
        const texts = [
            presets.pendingTasks({ maxNodes: 20 }),
            presets.initialSize({ maxNodes: 20, initialNodes: 3 }),
            presets.scaleToZero({ maxNodes: 20 }),
            presets.queueDrain({ maxNodes: 20, nodes: "spot" }),
            presets.spotFirst({ maxNodes: 20 }),
            presets.workingHours({ timeZone: "Europe/Berlin", nodes: 5, firstYear: 2026 }),
        ];
        for (const text of texts)
            assert.deepEqual(
                review(text, { taskSlotsPerNode: 4, maxDedicatedNodes: 20, maxSpotNodes: 20 }).diagnostics,
                [],
                text,
            );
    });

    it("documents every rule", () => {
        const page = fs.readFileSync(path.resolve(__dirname, "../../docs/autoscale-rules.md"), "utf8");
        for (const { code, title, severity } of RULES)
            assert.ok(page.includes(`## ${code} ${title}`) && page.includes(severity), code);
    });

    it("shows for every rule an example it finds and a repaired one it does not", () => {
        const page = fs.readFileSync(path.resolve(__dirname, "../../docs/autoscale-rules.md"), "utf8");
        for (const { code } of RULES) {
            const section = page.split(`## ${code} `)[1]?.split("\n## ")[0] ?? "";
            const [wrong = "", right = ""] = [...section.matchAll(/```\n([\s\S]*?)```/g)].map(
                (match) => match[1] ?? "",
            );
            const context = { taskSlotsPerNode: code === "AS107" ? 4 : 1, maxDedicatedNodes: 100 };
            assert.ok(codes(wrong, context).includes(code), `${code} finds nothing in\n${wrong}`);
            assert.ok(!codes(right, context).includes(code), `${code} finds something in\n${right}`);
            assert.equal(review(right).ok, true);
        }
    });

    it("ends soon for formulas that refer to themselves, grow with each statement or nest conditions", () => {
        const doubling = Array.from({ length: 95 }, (_, i) => `a${i + 1} = a${i} + a${i};`).join(" ");
        let nested = "1";
        while (nested.length < 7000 && nested.length / 7 < 140) nested = `(a<${nested}?a:1)`;
        for (const text of [
            `a = 1; a = a + 1; b = $ActiveTasks.GetSample(a);`,
            `a0 = 1; ${doubling} b = $ActiveTasks.GetSample(a95);`,
            `a = 1; b = ${nested};`,
            `a = 1${"+1".repeat(4000)};`,
        ]) {
            assert.equal(review(text).ok, true);
            assert.notEqual(explain(text).length, 0);
        }
    });
});

describe("the most nodes that a formula can ask for", () => {
    const cases: readonly [formula: string, most: ReturnType<typeof mostNodes>][] = [
        ["$TargetDedicatedNodes = 7;", { dedicated: 7, spot: 0 }],
        ["$TargetDedicated = 7; $TargetLowPriority = 2.5 * 3;", { dedicated: 7, spot: 7 }],
        ["n = $PendingTasks.GetSample(1); $TargetDedicatedNodes = min(30, n);", { dedicated: 30, spot: 0 }],
        ["$TargetLowPriorityNodes = $PendingTasks.GetSample(1);", { dedicated: 0, spot: undefined }],
        ["$TargetDedicatedNodes = $TargetDedicatedNodes + 1;", { dedicated: undefined, spot: 0 }],
        ["$TargetDedicatedNodes = 9; $TargetDedicatedNodes = -1;", { dedicated: 0, spot: 0 }],
        ["$NodeDeallocationOption = requeue;", { dedicated: 0, spot: 0 }],
        ["$TargetDedicatedNodes = ;", undefined],
        ["$TargetDedicatedNodes = nothing;", undefined],
    ];
    for (const [formula, most] of cases)
        it(`is found without running it: ${formula}`, () => assert.deepEqual(mostNodes(formula), most));
});
