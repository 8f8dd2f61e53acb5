import * as assert from "node:assert/strict";
import { resourceCases, stackCases } from "./cases/all";
import { changed, judge } from "./support/judge";

// The first resource is shown to every rule, so that each looks at its configuration.
const FIRST = { type: "other:index:Type", name: "first", properties: {} };

describe("a rule that is called only where it has something to judge", () => {
    it("finds what it finds when it is called for every resource", async () => {
        for (const { rule, type, base, fires, unknown } of resourceCases)
            for (const { changes, config } of [...fires, ...unknown]) {
                const stack = [FIRST, { type, properties: changed(base, changes) }];
                const plain = await judge(stack, { rule, config });
                assert.deepEqual(await judge(stack, { rule, config, dispatched: true }), plain, rule);
                assert.ok(plain.findings.length + plain.said.length > 0);
            }
        for (const { rule, fires, unknown } of stackCases)
            for (const { stack, config } of [
                ...fires,
                ...unknown.map((one) => ({ ...one, config: undefined })),
            ])
                assert.deepEqual(
                    await judge(stack, { rule, config, dispatched: true }),
                    await judge(stack, { rule, config }),
                    rule,
                );
    });
});
