import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import * as pulumi from "@pulumi/pulumi";
import { OutputFile, tasks } from "../../components";

describe("task sources", () => {
    it("sweep over every combination, the last parameter fastest, with padded ids", () => {
        const made = tasks.sweep(
            { scene: ["a", "b"], frame: { from: 9, to: 11 } },
            { id: "{scene}-{frame:3}", commandLine: 'render {scene} "${HOME}" {{x}} {frame}' },
        );
        assert.deepEqual(
            made.map(({ id }) => id),
            ["a-009", "a-010", "a-011", "b-009", "b-010", "b-011"],
        );
        assert.equal(made[0]?.commandLine, 'render a "${HOME}" {x} 9');
    });

    it("make as many tasks as the product of the numbers of values, each once", () => {
        fc.assert(
            fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }), (sizes) => {
                const parameters = Object.fromEntries(
                    sizes.map((size, at) => [`p${at}`, { from: 1, to: size }]),
                );
                const all = tasks.product(parameters).map((one) => JSON.stringify(one));
                assert.equal(new Set(all).size, all.length);
                assert.equal(
                    all.length,
                    sizes.reduce((one, other) => one * other, 1),
                );
            }),
        );
    });

    it("zip values of equal number, and refuse others by name", () => {
        assert.deepEqual(tasks.zip({ a: [1, 2], b: ["x", "y"] }), [
            { a: 1, b: "x" },
            { a: 2, b: "y" },
        ]);
        assert.throws(() => tasks.zip({ a: [1, 2], b: ["x"] }), /'a' has 2 values and 'b' has 1/);
    });

    it("choose combinations without order", () => {
        assert.deepEqual(
            tasks.combinations("p", ["x", "y", "z"], 2).map((one) => `${one["p1"]}${one["p2"]}`),
            ["xy", "xz", "yz"],
        );
        assert.throws(() => tasks.combinations("p", [1], 2), /choose 1 to 1/);
    });

    it("count ranges up and down, tenths too, and refuse one that never ends", () => {
        assert.deepEqual(tasks.range(3, 1), [3, 2, 1]);
        assert.equal(tasks.range(0, 1, 0.1).length, 11);
        assert.throws(() => tasks.range(1, 3, -1), /never gets from 1 to 3; give one above 0/);
        assert.throws(() => tasks.range(1, 3, 0), /never gets/);
        assert.throws(() => tasks.range(1, Infinity), /finite/);
    });

    it("name the parameter that a template misses, and those that there are", () => {
        assert.throws(
            () => tasks.sweep({ frame: [1] }, { id: "f-{frame}", commandLine: "render {scene}" }),
            /commandLine of task 0: '\{scene\}' has no value; the parameters are index, frame/,
        );
    });

    it("leave values still to come and value objects in a template as they are", () => {
        const secret = pulumi.secret("{frame}");
        const [made] = tasks.sweep(
            { frame: [1] },
            { id: "f", commandLine: "x", environment: { A: secret, B: "{frame}" } },
        );
        assert.equal(made?.environment?.["A"], secret);
        assert.equal(made?.environment?.["B"], "1");
        assert.equal(typeof OutputFile.toContainer, "function");
    });

    it("repeat a task, and make one a file in an order that no listing decides", () => {
        assert.deepEqual(
            tasks
                .repeat(11, { id: "t-{index}", commandLine: "x" })
                .map(({ id }) => id)
                .slice(8),
            ["t-08", "t-09", "t-10"],
        );
        const made = tasks.perFile(["in/b.csv", "in/a.csv"], { id: "{name}", commandLine: "read {file}" });
        assert.deepEqual(
            made.map(({ id, commandLine }) => `${id} ${String(commandLine)}`),
            ["a read in/a.csv", "b read in/b.csv"],
        );
        assert.throws(() => tasks.repeat(0, { id: "x", commandLine: "x" }), /1 and above/);
    });

    it("read JSON Lines and name the line that is broken", () => {
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "lines-"));
        const file = path.join(folder, "tasks.jsonl");
        try {
            fs.writeFileSync(file, '{"id":"a","commandLine":"x"}\n\n{"id":"b","commandLine":"y"}\n');
            assert.deepEqual(
                [...tasks.fromJsonLines(file)].map(({ id }) => id),
                ["a", "b"],
            );
            fs.appendFileSync(file, "{oops\n");
            assert.throws(() => [...tasks.fromJsonLines(file)], /tasks\.jsonl:4: the line is not JSON/);
        } finally {
            fs.rmSync(folder, { recursive: true });
        }
    });

    it("take generators", () => {
        const made = tasks.generate(function* () {
            yield { id: "a", commandLine: "x" };
        });
        for (let time = 0; time < 2; time++)
            assert.deepEqual(
                [...made].map(({ id }) => id),
                ["a"],
            );
    });

    it("merge over any number of numbered tasks in one range, and refuse too many other ids", () => {
        const numbered = tasks.sweep({ n: { from: 0, to: 9999 } }, { id: "{n}", commandLine: "x" });
        const merged = tasks.withMerge(numbered, { id: "merge", commandLine: "y" });
        assert.equal(merged.length, 10_001);
        assert.deepEqual(merged.at(-1)?.dependsOn, { ranges: [{ start: 0, end: 9999 }] });
        const named = tasks.repeat(8000, { id: "part-{index}", commandLine: "x" });
        assert.throws(() => tasks.withMerge(named, { id: "merge", commandLine: "y" }), /64000 is the limit/);
        assert.deepEqual(tasks.withMerge(named.slice(0, 1), { id: "m", commandLine: "y" })[1]?.dependsOn, {
            taskIds: ["part-0000"],
        });
    });
});
