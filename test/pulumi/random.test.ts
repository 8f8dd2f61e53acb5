import * as assert from "node:assert/strict";
import { RandomPlugin } from "../../local/pulumi/random/plugin";
import type { Properties } from "../../local/pulumi/protocol/values";

function ref(type: string) {
    return {
        urn: "",
        name: "x",
        type: `random:index/${type.charAt(0).toLowerCase()}${type.slice(1)}:${type}`,
    };
}

describe("the stand-in for random", () => {
    const plugin = new RandomPlugin();
    async function draw(type: string, given: Properties) {
        const { inputs, failures } = await plugin.check(ref(type), given);
        assert.deepEqual(failures, []);
        return plugin.create(ref(type), inputs);
    }

    it("draws text of the length, the characters and the minima that are asked for", async () => {
        const { outputs, id } = await draw("RandomString", {
            length: 64,
            upper: false,
            special: false,
            minNumeric: 60,
        });
        assert.match(String(outputs.result), /^[a-z0-9]{64}$/);
        assert.ok((String(outputs.result).match(/[0-9]/g) ?? []).length >= 60);
        assert.equal(id, outputs.result);
        const special = await draw("RandomString", { length: 20, overrideSpecial: "_", minSpecial: 20 });
        assert.equal(special.outputs.result, "_".repeat(20));
        await assert.rejects(
            () => draw("RandomString", { length: 1, minLower: 2 }),
            /shorter than the sum of the minima, 2/,
        );
    });

    it("keeps passwords and bytes secret and out of ids", async () => {
        const password = await draw("RandomPassword", { length: 30 });
        assert.deepEqual([password.id, password.secrets], ["none", ["result"]]);
        const bytes = await draw("RandomBytes", { length: 8 });
        assert.deepEqual([bytes.id, bytes.secrets], ["none", ["base64", "hex"]]);
    });

    it("tells the same bytes in every writing of an id", async () => {
        const { outputs, id } = await draw("RandomId", { byteLength: 6, prefix: "p-" });
        const hex = String(outputs.hex).slice(2);
        assert.match(hex, /^[0-9a-f]{12}$/);
        assert.equal(Buffer.from(id, "base64url").toString("hex"), hex);
        assert.equal(outputs.dec, `p-${BigInt(`0x${hex}`)}`);
        assert.equal(outputs.b64Url, `p-${id}`);
    });

    it("draws whole numbers with both ends, orders of a list, pets and uuids", async () => {
        const { outputs } = await draw("RandomInteger", { min: 3, max: 3 });
        assert.equal(outputs.result, 3);
        const shuffle = await draw("RandomShuffle", { inputs: ["a", "b", "c"], resultCount: 6 });
        assert.deepEqual([...(shuffle.outputs.results as string[])].sort(), ["a", "a", "b", "b", "c", "c"]);
        assert.match((await draw("RandomPet", { prefix: "pool" })).id, /^pool-[a-z]+-[a-z]+$/);
        assert.match((await draw("RandomUuid", {})).id, /^[0-9a-f-]{36}$/);
    });

    it("draws anew when a keeper changes, and only then", async () => {
        const { inputs } = await plugin.check(ref("RandomString"), { length: 8, keepers: { image: "1" } });
        const same = plugin.diff(ref("RandomString"), { inputs }, { ...inputs });
        assert.deepEqual(same.changes, []);
        const moved = plugin.diff(ref("RandomString"), { inputs }, { ...inputs, keepers: { image: "2" } });
        assert.deepEqual(moved.changes, [{ path: "keepers.image", kind: "update", replace: true }]);
    });

    it("refuses what is missing and what it does not know", async () => {
        const { failures } = await plugin.check(ref("RandomId"), {});
        assert.deepEqual(failures, [
            { property: "byteLength", reason: "missing required property 'byteLength'" },
        ]);
        assert.throws(() => plugin.check(ref("RandomDice"), {}), /does not know/);
    });
});
