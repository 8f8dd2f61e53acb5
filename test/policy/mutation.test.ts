import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { repositoryRoot, run } from "../../setup/common";
import { skip } from "../support/skip";

const LEAST = 85;

interface Report {
    readonly files: Record<string, { readonly mutants: readonly { readonly status: string }[] }>;
}

describe("mutations of the policy pack", function () {
    // Some 3,000 mutants: two minutes where nothing else runs.
    this.timeout(1_800_000);

    it(`are found by its tests, ${LEAST} % of them at least`, async function () {
        if (process.env.FULL !== "1") skip(this, "a mutation run takes minutes: npm test -- --full");
        const root = repositoryRoot();
        const report = path.join(root, "node_modules", ".cache", "stryker-policy.json");
        fs.rmSync(report, { force: true });
        const stryker = path.join(root, "node_modules", "@stryker-mutator", "core", "bin", "stryker.js");
        const preload = path.join(__dirname, "support", "mocha12.js");
        const result = await run(
            process.execPath,
            ["--require", preload, stryker, "run", path.join(__dirname, "stryker.config.json")],
            { cwd: root },
        );
        assert.ok(
            fs.existsSync(report),
            `there is no report\n${(result.stdout + result.stderr).slice(-3000)}`,
        );
        const { files } = JSON.parse(fs.readFileSync(report, "utf8")) as Report;
        const statuses = Object.values(files).flatMap(({ mutants }) => mutants.map(({ status }) => status));
        const count = (...of: readonly string[]): number =>
            statuses.filter((status) => of.includes(status)).length;
        const found = count("Killed", "Timeout");
        const score = (100 * found) / (found + count("Survived", "NoCoverage"));
        console.log(
            `      mutation score ${score.toFixed(1)} %: ${found} found, ${count("Survived")} not, ${count("NoCoverage")} in code that no test runs, ${count("Ignored")} left out (they change what is made at load)`,
        );
        assert.ok(found > 1000, `only ${found} mutants were found`);
        assert.ok(score >= LEAST, `the score is ${score.toFixed(1)} %`);
    });
});
