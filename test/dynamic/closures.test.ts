import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import * as exported from "../../components/dynamic/providers";
import * as entry from "../../components/dynamic";

const providers = Object.fromEntries(
    Object.entries(exported).map(([name, provider]) => [name.replace(/Provider$/, ""), provider]),
);

describe("what the engine keeps of each provider", () => {
    for (const [name, provider] of Object.entries(providers)) {
        it(`${name} takes less than 4 KB and requires nothing but the one public entry`, async () => {
            const { text } = await pulumi.runtime.serializeFunction(() => provider);
            assert.ok(text.length < 4096, `${text.length} characters`);
            const required = [...text.matchAll(/require\(([^)]*)\)/g)].map((match) => match[1]);
            assert.deepEqual([...new Set(required)], ['"pulumi-azure-batch/dynamic"']);
        }).timeout(30_000);

        it(`${name} has each of its methods at that entry`, () => {
            const methods = (entry as unknown as Record<string, Record<string, unknown>>)[name];
            for (const method of Object.keys(provider).filter((one) => one !== "configure")) {
                assert.equal(typeof methods?.[method], "function", method);
            }
            assert.equal(typeof entry.configure, "function");
        });
    }
});
