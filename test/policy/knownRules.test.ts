import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { benchmarks } from "../../catalog";
import type { Benchmark, BenchmarkCatalogue } from "../../catalog";
import { repositoryRoot } from "../../setup/common";
import { skip } from "../support/skip";

const entries: readonly Benchmark[] = Object.values(benchmarks);
const readme = fs.readFileSync(path.join(repositoryRoot(), "policy", "README.md"), "utf8");
const [, ownPart = ""] = readme.split("## Rules known elsewhere, and ours");

/** The survey of rules of others lies beside the repository, not in it. */
function findSurvey(): string | undefined {
    const root = path.parse(repositoryRoot()).root;
    for (let folder = repositoryRoot(); folder !== root; folder = path.dirname(folder)) {
        const file = path.join(folder, "shared", "reference", "workloads-and-users.md");
        if (fs.existsSync(file)) return fs.readFileSync(file, "utf8");
    }
    return undefined;
}

const all = (text: string, pattern: RegExp): string[] => [
    ...new Set([...text.matchAll(pattern)].map(([whole, part]) => part ?? whole)),
];
const idsOf = (catalogue: BenchmarkCatalogue): string[] =>
    entries.filter((entry) => entry.catalogue === catalogue).map(({ id }) => id);

/** What the survey names in prose, by its words, and the row that stands for it. */
const BASELINE: readonly (readonly [words: string, id: string])[] = [
    ["VNet integration", "NS-1"],
    ["no-public-IP pools", "NS-2: no public IP"],
    ["native IP filter (account networkProfile)", "NS-2: IP filter"],
    ["Private Link", "NS-2: Private Link"],
    ["Entra auth", "IM-1"],
    ["managed identity", "IM-3"],
    ["CMK", "DP-5"],
    ["resource logs", "LT-4"],
    ["Trusted Launch (secure boot, vTPM)", "best practices: trusted launch"],
    ["encryption at host", "best practices: encryption at host"],
    ["simplified communication", "best practices: node communication"],
    ["AAD-only", "IM-1"],
];

describe("the survey of rules known elsewhere", () => {
    let survey = "";
    const rowOf = (start: string): string =>
        survey.split("\n").find((line) => line.startsWith(`| ${start}`)) ?? assert.fail(`no row of ${start}`);
    const line = (start: string): string =>
        survey.split("\n").find((text) => text.startsWith(start)) ?? assert.fail(`no line of ${start}`);

    before(function () {
        const text = findSurvey();
        if (text === undefined) return skip(this, "the survey is not beside this repository");
        survey = /^## C7\.[^]*?(?=^## )/m.exec(text)?.[0] ?? assert.fail("the survey has no part C7");
    });

    it("has no row of Azure Policy or APRL without one of ours", () => {
        const ids = all(survey, /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g);
        const policies = all(survey, /^\| ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b/gm);
        assert.ok(policies.length >= 16 && ids.length > policies.length);
        assert.deepEqual([...policies].sort(), idsOf("Azure Policy").sort());
        assert.deepEqual(ids.filter((id) => !policies.includes(id)).sort(), idsOf("APRL").sort());
    });

    it("has no control of a benchmark without one of ours", () => {
        const mcsb = line("- MCSB v2");
        const controls = all(mcsb, /\b([A-Z]{2}-\d) -> /g);
        assert.ok(controls.length >= 4);
        assert.deepEqual(
            controls.filter((id) => !idsOf("MCSB").includes(id)),
            [],
        );
        assert.match(mcsb, /asb_v1: 2\.3/);
        assert.ok(idsOf("MCSB").includes("ASB v1: 2.3"));
        const [, first, second] = /CIS Foundations (1\.4 5\.3) \/ (2\.0 5\.4)/.exec(mcsb) ?? [];
        assert.deepEqual(
            idsOf("CIS Foundations"),
            [first, second].map((id) => id?.replace(" ", ": ")),
        );
        assert.deepEqual(all(line("- CIS Microsoft Azure COMPUTE"), /\b15\.\d+/g), idsOf("CIS Compute"));
    });

    it("has nothing in the security baseline without one of ours", () => {
        const text = line("- Batch security baseline").replace(/^[^:]*: /, "");
        const [own = "", practices = ""] = text
            .split(/ \[[^\]]*\]\. |page also: /)
            .filter((part) => part.includes(","));
        const named = [own, practices].flatMap((part) => part.replace(/\.$/, "").split(/, (?![^(]*\))/));
        assert.deepEqual(
            named,
            BASELINE.map(([words]) => words),
        );
        assert.deepEqual(
            [...new Set(BASELINE.map(([, id]) => id))].sort(),
            idsOf("Batch security baseline").sort(),
        );
    });

    it("has no rule of a scanner without one of ours", () => {
        assert.deepEqual(all(rowOf("Checkov"), /CKV_AZURE_\d+/g), idsOf("Checkov"));
        const cloudSploit = /\| 6: (.*) \|$/.exec(rowOf("CloudSploit"))?.[1] ?? "";
        assert.deepEqual(
            cloudSploit.split(", ").map((name) => name.replace(/ \(.*/, "")),
            idsOf("CloudSploit"),
        );
        assert.deepEqual(all(rowOf("Steampipe"), /batch_account_\w+/g), idsOf("Steampipe"));
        assert.match(rowOf("Steampipe"), /terraform_azure_compliance\.batch: 2 \(CMK, logs\)/);
        assert.equal(idsOf("Steampipe (Terraform)").length, 2);
        assert.deepEqual(all(rowOf("AzTS"), /Azure_\w+/g), idsOf("AzTS"));
        assert.match(
            rowOf("Monkey365"),
            /4 seen: public network access, local authentication, private endpoint, pool/,
        );
        assert.equal(idsOf("Monkey365").length, 4);
        assert.deepEqual(all(rowOf("azqr"), /ba-\d+/g), idsOf("azqr"));
        assert.deepEqual(all(rowOf("PSRule"), /#\d+/g), idsOf("PSRule"));
    });

    it("has no tool that the README does not name, with rules or without", () => {
        const table = survey.slice(survey.indexOf("### IaC"));
        const tools = all(table, /^\| ([^|]+) \|/gm)
            .filter((cell) => cell !== "tool" && !cell.startsWith("-"))
            .flatMap((cell) => cell.split(/ \/ |, /))
            .map((name) => name.replace(/ (?:for Azure|checks|azure_compliance|v?[\d.]+)$/, ""));
        assert.ok(tools.length >= 13, tools.join());
        for (const tool of tools) assert.ok(ownPart.includes(tool), `the README does not name ${tool}`);
    });
});
