import * as assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { repositoryRoot, run } from "../../setup/common";
import { BESIDE } from "../../setup/test";
import { temporaryFolders } from "../support/folder";
import { isRunning } from "../support/process";

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

    /** A program that runs two suites side by side. */
    function twoLanes(first: string, beside: string): string[] {
        const place = folder();
        const files = Object.entries({ first, beside }).map(([name, source]) => {
            const file = path.join(place, `${name}.test.ts`);
            fs.writeFileSync(file, source);
            return file;
        });
        const script = `
            const { Sum, mochaStep, sideBySide } = require(process.argv[1]);
            const [root, ...files] = process.argv.slice(2);
            const sum = new Sum();
            const options = { timeout: 60_000, env: process.env };
            sideBySide(
                sum,
                (its) => mochaStep(its, "First", root, [files[0]], options),
                (its, output) => mochaStep(its, "Beside", root, [files[1]], { ...options, output }),
            ).then(() => sum.print());`;
        return ["-e", script, testFile, repositoryRoot(), ...files];
    }

    it("shows what runs beside as a whole, after the first lane, and adds up both", async () => {
        const place = folder();
        // Each waits for the other one's first test: they do run side by side.
        const suite = (name: string, other: string): string => `
            const fs = require("node:fs");
            describe("${name}", () => {
                it("starts", () => fs.writeFileSync("${place}/${name}", ""));
                it("sees the other one", async () => {
                    while (!fs.existsSync("${place}/${other}")) await new Promise((resolve) => setTimeout(resolve, 20));
                    console.log("${name} speaks");
                });
                it("fails", () => { throw new Error("no"); });
            });`;
        const { stdout } = await run(process.execPath, twoLanes(suite("one", "two"), suite("two", "one")));
        const places = ["First", "one speaks", "1) one", "Beside", "two speaks", "1) two", "Failed:"].map(
            (text) => stdout.indexOf(text),
        );
        assert.ok(!places.includes(-1), stdout);
        assert.deepEqual(
            places,
            [...places].sort((a, b) => a - b),
        );
        assert.match(stdout, /Failed:\n {2}- one fails\n {2}- two fails\n\n4 passed, 2 failed\n$/);
    });

    it("ends both lanes on a signal", async () => {
        const place = folder();
        const suite = (name: string): string => `
            it("waits", async () => {
                require("node:fs").writeFileSync("${place}/${name}.pid", String(process.pid));
                await new Promise((resolve) => setTimeout(resolve, 50_000));
            });`;
        const [first, beside] = [path.join(place, "first.pid"), path.join(place, "beside.pid")];
        const child = spawn(process.execPath, twoLanes(suite("first"), suite("beside")), { stdio: "ignore" });
        const ended = once(child, "close");
        const pids: number[] = [];
        for (const file of [first, beside]) {
            while (!/^\d+$/.test(fs.existsSync(file) ? fs.readFileSync(file, "utf8") : ""))
                await new Promise((resolve) => setTimeout(resolve, 20));
            pids.push(Number(fs.readFileSync(file, "utf8")));
        }
        assert.deepEqual(pids.map(isRunning), [true, true]);
        child.kill("SIGINT");
        await ended;
        assert.deepEqual(pids.map(isRunning), [false, false]);
    });

    it("names only folders and files that there are as those that run beside the others", () => {
        for (const name of BESIDE) assert.ok(fs.existsSync(path.join(repositoryRoot(), "test", name)), name);
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
