import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { benchmarks } from "../../catalog";
import { fillReadme, rulesTable } from "../../policy/core/readme";
import { rules } from "../../policy/rules";
import { repositoryRoot } from "../../setup/common";

const file = path.join(repositoryRoot(), "policy", "README.md");

describe("the pack's README", () => {
    it("has the tables that the code gives (UPDATE_README=1 writes them)", () => {
        const text = fs.readFileSync(file, "utf8");
        const filled = fillReadme(text, rules);
        if (process.env.UPDATE_README === "1") fs.writeFileSync(file, filled);
        else assert.equal(text, filled);
    });

    it("has a row for each rule", () => {
        const table = rulesTable(rules);
        for (const { name } of rules) assert.ok(table.includes(`[${name}](`), name);
    });

    it("cannot lose a table", () => {
        assert.throws(() => fillReadme("# nothing", rules), /no marks for profiles/);
    });
});

describe("the rules known elsewhere", () => {
    it("have one of ours, or a reason why there is none", () => {
        const mapped = new Set<string>(rules.flatMap(({ maps = [] }) => maps));
        for (const [name, { outOfReach }] of Object.entries(benchmarks))
            assert.equal(mapped.has(name), outOfReach === undefined, name);
    });
});

describe("the rules' names", () => {
    it("are vendor, resource, a verb and what, each once", () => {
        for (const { name } of rules)
            assert.match(
                name,
                /^azure-batch-(account|application|pool|job|task)-(disallow|disable|enable|configure)-[a-z-]+$/,
            );
        assert.equal(new Set(rules.map(({ name }) => name)).size, rules.length);
    });

    it("come with a title, a description that ends, a fix and a page", () => {
        for (const { title, description, fix, link, name } of rules) {
            assert.ok(title.length > 0 && fix.length > 0, name);
            assert.match(description, /[^.]\.$/, name);
            assert.match(link.url, /^https:\/\/learn\.microsoft\.com\//, name);
            assert.ok(link.title.length > 0, name);
        }
    });
});
