import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { skip } from "../support/skip";
import { root } from "./examples";
import { features, page } from "./features";
import type { Feature } from "./features";

const file = path.join(root, "docs/features.md");
const study = path.join(root, "../shared/reference/construct-libraries.md");

/** Titles of the tests of some files, as mocha finds them; nothing is run. */
function titlesOf(files: readonly string[]): Map<string, string[]> {
    const mocha = path.join(root, "node_modules/mocha/bin/mocha.js");
    const args = ["--require", "ts-node/register", "--extension", "ts", "--dry-run", "--reporter", "json"];
    const { stdout, stderr } = spawnSync(process.execPath, [mocha, ...args, ...files], {
        cwd: root,
        encoding: "utf8",
        maxBuffer: 64 * 1024 * 1024,
    });
    assert.notEqual(stdout, "", stderr);
    const { tests } = JSON.parse(stdout.slice(stdout.indexOf("{\n"))) as {
        tests: { file: string; title: string }[];
    };
    const found = new Map<string, string[]>();
    for (const test of tests) {
        const name = path.relative(path.join(root, "test"), test.file);
        found.set(name, [...(found.get(name) ?? []), test.title]);
    }
    return found;
}

describe("the table of features", function () {
    this.timeout(120_000);

    it("has every row of what peers have", function () {
        if (!fs.existsSync(study))
            skip(this, "the study of construct libraries is not beside this repository");
        const text = fs.readFileSync(study, "utf8");
        const table = text.slice(text.indexOf("| Feature |")).split("\n\n", 1)[0] ?? "";
        const rows = table
            .split("\n")
            .slice(2)
            .map((line) => (line.split("|")[1] ?? "").replace(/\*\*/g, "").trim());
        assert.ok(rows.length > 40);
        assert.deepEqual(
            features.map(({ name }) => name),
            rows,
        );
    });

    it("names tests that there are, and the page says the same", () => {
        const files = [...new Set(features.flatMap(({ proof }) => proof.map(([name]) => name)))];
        const titles = titlesOf(files.map((name) => path.join("test", name)));
        const proofs = new Map<Feature, string[]>();
        for (const feature of features) {
            const named = feature.proof.map(([name, start]) => {
                const title = titles.get(name)?.find((one) => one.startsWith(start));
                assert.ok(title !== undefined, `${feature.name}: ${name} has no test "${start}..."`);
                return `[${title.replace(/[|[\]]/g, "")}](../test/${name})`;
            });
            assert.ok(named.length > 0, feature.name);
            proofs.set(feature, named);
        }
        const text = page(proofs);
        if (process.env["UPDATE_FEATURES"] === "1") fs.writeFileSync(file, text);
        assert.equal(fs.readFileSync(file, "utf8"), text);
    });
});
