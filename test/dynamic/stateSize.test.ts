// What a state holds of the ids and hashes of a collection's tasks, however many and irregular they are.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { packRanges, toRanges, unpackRanges } from "../../components/dynamic/idRanges";
import { digestOf, RangeHashes } from "../../components/dynamic/rangeHashes";

/** Characters of the two in a state, where collection and wait have the ids once each and the engine indents all. */
function stateOf(count: number, idOf: (index: number) => string): number {
    const hashes = new RangeHashes();
    const all = Array.from({ length: count }, (_, index) => idOf(index));
    for (const id of all) hashes.add(digestOf(id, `{"id":"${id}","commandLine":"true"}`));
    const ids = packRanges(toRanges(all));
    const resources = [{ outputs: { ids, hashes: hashes.toString() } }, { inputs: { ids } }];
    return JSON.stringify({ deployment: { resources } }, undefined, 4).length;
}

const long = (index: number): string => createHash("sha256").update(String(index)).digest("hex");

// What closures, inputs, profile and the other resources of a small stack take besides.
const LEFT = 56 * 1024;

describe("the state of a collection", function () {
    this.timeout(60_000);

    const kinds: [string, (index: number) => string][] = [
        ["count up", (index) => `task-${index}`],
        ["count up with gaps", (index) => `task-${index * 3}`],
        ["are long and unsorted", long],
        ["are long, with numbers that count down", (index) => `${"x".repeat(50)}-${9_999_999 - index}`],
    ];
    for (const [what, idOf] of kinds) {
        it(`stays small when the ids ${what}`, () => {
            // The largest that still fits is the worst: more ids than that are not kept.
            for (const count of [100, 230, 240, 300, 450, 600, 1000, 1500, 200_000])
                assert.ok(stateOf(count, idOf) < LEFT, `${count} tasks: ${stateOf(count, idOf)}`);
        });
    }

    it("holds ids as a text that gives them again, and those of early states", () => {
        const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/);
        fc.assert(
            fc.property(
                fc.uniqueArray(
                    fc.oneof(
                        id,
                        fc.nat(50).map((number) => `t-${number}`),
                    ),
                ),
                (ids) => {
                    const ranges = toRanges(ids);
                    assert.deepEqual(unpackRanges(packRanges(ranges)), ranges);
                    assert.deepEqual(unpackRanges(ranges), ranges);
                },
            ),
        );
        assert.equal(packRanges(undefined), undefined);
        assert.equal(unpackRanges(undefined), undefined);
    });
});
