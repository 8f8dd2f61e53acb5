import * as assert from "node:assert/strict";
import { rules } from "../../policy/rules";
import { resourceCases, stackCases } from "./cases/all";
import { goodStack } from "./support/estate";
import type { Judgement } from "./support/judge";
import { changed, judge, remedy, urnOf } from "./support/judge";

const told = ({ findings }: Judgement): string[] => findings.map(({ message }) => message);

function assertSkipped({ findings, said }: Judgement, path: string): void {
    assert.deepEqual(findings, []);
    assert.equal(said.length, 1, "what is not known is counted");
    assert.match(said[0] ?? "", /^\d+ checks? w(as|ere) skipped, as these values are not known yet: /);
    assert.ok(said[0]?.includes(path), `${said[0]} does not name ${path}`);
}

describe("each rule about a resource", () => {
    for (const { rule, type, base, fires, quiet = [], unknown, remedied } of resourceCases) {
        describe(rule, () => {
            fires.forEach(({ changes, finds, config }, index) => {
                const patterns = finds instanceof RegExp ? [finds] : finds;
                it(`finds ${patterns.map(String).join(" and ")} (${index + 1})`, async () => {
                    const result = await judge([{ type, properties: changed(base, changes) }], {
                        rule,
                        config,
                    });
                    assert.equal(
                        result.findings.length,
                        patterns.length,
                        told(result).join("\n") || "no finding",
                    );
                    patterns.forEach((pattern, at) => assert.match(told(result)[at] ?? "", pattern));
                    assert.equal(result.findings[0]?.rule, rule);
                    assert.equal(result.findings[0]?.urn, urnOf(type, "it"));
                });
            });
            it("finds nothing where nothing is wrong", async () => {
                for (const { changes, config } of [{ changes: {}, config: undefined }, ...quiet]) {
                    const result = await judge([{ type, properties: changed(base, changes) }], {
                        rule,
                        config,
                    });
                    assert.deepEqual(result, { findings: [], said: [] }, JSON.stringify(changes));
                }
            });
            it("counts values that are not known yet and judges none of them", async () => {
                assert.ok(unknown.length > 0);
                for (const { changes, path, config } of unknown)
                    assertSkipped(
                        await judge([{ type, properties: changed(base, changes) }], { rule, config }),
                        path,
                    );
            });
            const made = rules.find(({ name }) => name === rule);
            const hasRemedy = made !== undefined && "remedy" in made && made.remedy !== undefined;
            assert.equal(hasRemedy, remedied !== undefined, `${rule}: remedy and test must go together`);
            if (remedied === undefined) return;
            it("has a remedy that leaves no finding and changes nothing else", async () => {
                const faulty = changed(base, fires[0]?.changes ?? {});
                const result = await remedy({ type, properties: faulty }, { rule });
                assert.deepEqual(result, changed(faulty, remedied));
                assert.deepEqual(told(await judge([{ type, properties: result ?? {} }], { rule })), []);
            });
            it("has a remedy that leaves alone what is right, not known yet, or of another type", async () => {
                assert.equal(await remedy({ type, properties: base }, { rule }), undefined);
                const open = changed(base, unknown[0]?.changes ?? {});
                assert.equal(await remedy({ type, properties: open }, { rule }), undefined);
                const faulty = changed(base, fires[0]?.changes ?? {});
                assert.equal(
                    await remedy({ type: "some:other:Type", properties: faulty }, { rule }),
                    undefined,
                );
                const config = { levels: { it: "advisory: by hand" } };
                assert.equal(await remedy({ type, properties: faulty }, { rule, config }), undefined);
            });
        });
    }
});

describe("each rule about a stack", () => {
    for (const { rule, fires, quiet = [], unknown } of stackCases) {
        describe(rule, () => {
            fires.forEach(({ stack, at, finds, config }, index) => {
                it(`finds ${String(finds)} at ${at} (${index + 1})`, async () => {
                    const result = await judge(stack, { rule, config });
                    assert.equal(result.findings.length, 1, told(result).join("\n") || "no finding");
                    assert.match(told(result)[0] ?? "", finds);
                    const place = stack.find(({ name }) => name === at);
                    assert.equal(result.findings[0]?.urn, urnOf(place?.type ?? "", at));
                });
            });
            it("finds nothing where nothing is wrong", async () => {
                for (const { stack, config } of [{ stack: goodStack, config: undefined }, ...quiet])
                    assert.deepEqual(await judge(stack, { rule, config }), { findings: [], said: [] });
            });
            it("counts values that are not known yet and judges none of them", async () => {
                assert.ok(unknown.length > 0);
                for (const { stack, path } of unknown) assertSkipped(await judge(stack, { rule }), path);
            });
        });
    }
});

describe("the rules together", () => {
    it("each have their cases", () => {
        const tested = [...resourceCases, ...stackCases].map(({ rule }) => rule);
        assert.deepEqual([...tested].sort(), rules.map(({ name }) => name).sort());
    });

    it("find nothing in a good stack, in any profile", async () => {
        for (const profile of ["essential", "recommended", "regulated"] as const)
            assert.deepEqual(await judge(goodStack, { profile }), { findings: [], said: [] });
    });
});
