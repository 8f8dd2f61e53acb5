// What tells which tasks of a collection have changed: short hashes of ranges of them.
import assert from "node:assert/strict";
import fc from "fast-check";
import { digestOf, RangeHashes, UnchangedTasks } from "../../components/dynamic/rangeHashes";

type Tasks = readonly (readonly [id: string, text: string])[];

function hashesOf(tasks: Tasks): string {
    const hashes = new RangeHashes();
    for (const [id, text] of tasks) hashes.add(digestOf(id, text));
    return hashes.toString();
}

/** @returns ids of the tasks that would be sent */
function changed(hashes: string | undefined, now: Tasks): string[] {
    const unchanged = UnchangedTasks.since(hashes, now.length);
    for (const [id, text] of now) unchanged.add(digestOf(id, text));
    const found = unchanged.finish();
    return now.filter((_, at) => found[at] === 0).map(([id]) => id);
}

const task = (index: number, text = "true"): readonly [string, string] => [
    `task-${index}`,
    JSON.stringify({ id: `task-${index}`, commandLine: text }),
];
const many = (count: number): Tasks => Array.from({ length: count }, (_, index) => task(index));

/** Tasks, then each of them left out, changed, or with a new one before it, and which of them are new or changed. */
const edits = fc
    .uniqueArray(
        fc.tuple(fc.nat(99_999), fc.constantFrom("same", "same", "same", "removed", "changed", "added")),
        {
            selector: ([index]) => index,
            maxLength: 4000,
            size: "max",
        },
    )
    .map((list) => ({
        before: list.map(([index]) => task(index)),
        after: list.flatMap(([index, edit]) => {
            if (edit === "removed") return [];
            if (edit === "changed") return [task(index, "false")];
            return edit === "added" ? [task(index + 100_000), task(index)] : [task(index)];
        }),
        sent: list.flatMap(([index, edit]) =>
            edit === "changed" ? [`task-${index}`] : edit === "added" ? [`task-${index + 100_000}`] : [],
        ),
    }));

describe("the hashes of ranges of tasks", function () {
    this.timeout(60_000);

    it("tell of every task that is new or has changed, whatever else was done to the others", () => {
        fc.assert(
            fc.property(edits, ({ before, after, sent }) => {
                const told = new Set(changed(hashesOf(before), after));
                for (const id of sent) assert.ok(told.has(id), id);
            }),
            { numRuns: 100 },
        );
    });

    it("tell of none where none has changed, and of all where nothing is known or it cannot be read", () => {
        fc.assert(
            fc.property(edits, ({ before }) => assert.deepEqual(changed(hashesOf(before), before), [])),
            { numRuns: 50 },
        );
        for (const hashes of [undefined, "", "3", "3:???", "x:AAAAAAAA"])
            assert.equal(changed(hashes, many(2000)).length, 2000);
    });

    it("tell of few others beside one that is added, removed or changed, wherever that is", () => {
        const before = many(20_000);
        const hashes = hashesOf(before);
        let most = 0;
        for (let at = 0; at < before.length; at += 997) {
            const [head, tail] = [before.slice(0, at), before.slice(at + 1)];
            for (const middle of [[], [task(at, "false")], [task(at), task(at + 100_000)]])
                most = Math.max(most, changed(hashes, [...head, ...middle, ...tail]).length);
        }
        console.log(`      at most ${most} of 20,000 tasks sent for one`);
        assert.ok(most > 0 && most < 600, String(most));
    });

    it("go on when a collection grows by so much that its ranges become larger", () => {
        const [small, large] = [hashesOf(many(1000)), hashesOf(many(50_000))];
        assert.notEqual(small.split(":")[0], large.split(":")[0]);
        const told = changed(small, many(50_000));
        assert.deepEqual(
            told,
            many(50_000)
                .slice(1000)
                .map(([id]) => id),
        );
        assert.ok(changed(large, many(1000)).length < 200);
    });

    it("take less than 9 KB for any number of tasks", () => {
        for (const count of [0, 1, 1024, 1025, 60_000, 300_000]) {
            const length = hashesOf(many(count)).length;
            assert.ok(length <= 8 * 1024 + 4, `${count}: ${length}`);
            if (count > 1025) assert.ok(length > 2000, `${count}: ${length}`);
        }
    });

    it("are the same for another signature of a link, and for another life of one that is made when it is sent", () => {
        const signed = (sig: string, url = "https://a.example/b"): Tasks => [
            ["a", `{"id":"a","resourceFiles":[{"httpUrl":"${url}?sv=1&sig=${sig}"},{"httpUrl":"x"}]}`],
        ];
        assert.equal(hashesOf(signed("one%3D")), hashesOf(signed("two%3D")));
        assert.notEqual(hashesOf(signed("one")), hashesOf(signed("one", "https://a.example/c")));
        const linked = (hours: number, name = "b"): Tasks => [
            ["a", `{"id":"a","resourceFiles":[{"httpUrl":"sas+https://a.example/${name}#r,${hours}"}]}`],
        ];
        assert.equal(hashesOf(linked(1)), hashesOf(linked(24)));
        assert.notEqual(hashesOf(linked(1)), hashesOf(linked(1, "c")));
    });
});
