import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { repositoryRoot, run } from "../../setup/common";
import { temporaryFolders } from "../support/folder";

const testFile = path.join(repositoryRoot(), "setup", "test.js");
const skipFile = path.join(repositoryRoot(), "test", "support", "skip");

describe("npm test", () => {
    const folder = temporaryFolders();

    /** Runs the mocha step on one test file and returns everything it printed; the last line is the sum. */
    async function runSuite(
        source: string | undefined,
        grace = 20_000,
    ): Promise<{ output: string; last: string }> {
        const place = folder();
        const file = path.join(place, "some.test.ts");
        if (source !== undefined) fs.writeFileSync(file, source);
        const script = `
            const { Sum, mochaStep } = require(process.argv[1]);
            const sum = new Sum();
            mochaStep(sum, "Suite", process.argv[2], JSON.parse(process.argv[3]), { timeout: 5000, grace: ${grace}, env: process.env })
                .then(() => sum.print());`;
        const files = JSON.stringify(source === undefined ? [] : [file]);
        const { stdout, stderr } = await run(process.execPath, [
            "-e",
            script,
            testFile,
            repositoryRoot(),
            files,
        ]);
        return { output: stdout + stderr, last: stdout.trimEnd().split("\n").at(-1) ?? "" };
    }

    it("counts what passed, failed and was skipped, with the reason of each skip", async () => {
        const { output, last } = await runSuite(`
            import { skip } from "${skipFile}";
            describe("it", () => {
                it("passes", () => undefined);
                it("fails", () => { throw new Error("no"); });
                it("is skipped", function () { skip(this, "there is no az here"); });
                it.skip("is left out", () => undefined);
            });
            describe("another", () => {
                before(function () { skip(this, "not today"); });
                it("would pass", () => undefined);
            });`);
        assert.equal(last, "1 passed, 1 failed, 3 skipped");
        assert.match(output, /- it is skipped: there is no az here/);
        assert.match(output, /- it is left out: no reason given/);
        assert.match(output, /- another would pass: not today/);
        assert.match(output, /Failed:\n {2}- it fails/);
    });

    it("names no skips when there are none", async () => {
        assert.equal((await runSuite('it("passes", () => undefined);')).last, "1 passed, 0 failed");
    });

    it("fails when no test ran", async () => {
        assert.equal((await runSuite("export {};")).last, "0 passed, 1 failed");
        assert.equal((await runSuite(undefined)).last, "0 passed, 1 failed");
    });

    it("fails when the run breaks off", async () => {
        const { output, last } = await runSuite(
            'it("ends it all", () => process.exit(0)); it("never comes", () => undefined);',
        );
        assert.equal(last, "0 passed, 1 failed");
        assert.match(output, /the run broke off/);
    });

    it("fails when a file cannot be loaded", async () => {
        assert.equal(
            (await runSuite('import "./not-there"; it("is", () => undefined);')).last,
            "0 passed, 1 failed",
        );
    });

    it("fails when something is left open, and does not wait for ever", async () => {
        const { output, last } = await runSuite(
            'it("leaves a timer", () => { setInterval(() => undefined, 1000); });',
            500,
        );
        assert.equal(last, "1 passed, 1 failed");
        assert.match(output, /leaves something open/);
    });

    it("refuses unknown flags and patterns without a file, with exit code 2", async () => {
        const flag = await run(process.execPath, [testFile, "--fast"]);
        assert.equal(flag.code, 2);
        assert.match(flag.stderr, /unknown option --fast\nUsage: npm test/);
        const pattern = await run(process.execPath, [testFile, "no-such-file-anywhere"]);
        assert.equal(pattern.code, 2);
        assert.match(pattern.stderr, /no test file matches no-such-file-anywhere/);
    });
});
