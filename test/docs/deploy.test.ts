import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import ts from "typescript";
import { TestStack } from "../constructs/stack";
import { examplesOf, inFewStacks, pages } from "./examples";
import type { Example } from "./examples";

const FULL = process.env["FULL"] === "1";

const compile = (text: string, fileName: string): string =>
    ts.transpileModule(text, {
        fileName,
        compilerOptions: {
            target: ts.ScriptTarget.ES2022,
            module: ts.ModuleKind.CommonJS,
            esModuleInterop: true,
        },
    }).outputText;

/** Programs of the constructs' pages; a page about tests has none. */
const programs = examplesOf(pages.filter((page) => /^(README|docs\/constructs\/)/.test(page))).filter(
    ({ text }) => !text.includes("pulumi-azure-batch/testing"),
);
const stacks = FULL ? programs.map((one) => [one]) : inFewStacks(programs);

describe("the examples of the documentation", function () {
    this.timeout(600_000);
    let stack: TestStack;

    before(async () => {
        stack = new TestStack("");
        // What examples expect beside them.
        fs.writeFileSync(path.join(stack.project, "README.md"), "some words of a page\n");
        fs.mkdirSync(path.join(stack.project, "ffmpeg"));
        fs.writeFileSync(path.join(stack.project, "ffmpeg", "run.sh"), "#!/bin/sh\necho done\n", {
            mode: 0o755,
        });
        // Nobody waits for a start task that installs something.
        await stack.start("--elevation", "refuse");
    });
    after(() => stack.close());

    function write(examples: readonly Example[]): void {
        for (const { name, text } of examples)
            fs.writeFileSync(path.join(stack.project, `${name}.js`), compile(text, `${name}.ts`));
        stack.program(
            examples
                .map(
                    ({ name }) =>
                        `exports.${name} = Object.values(require("./${name}")).filter((one) => typeof one !== "function");`,
                )
                .join("\n"),
        );
    }

    const unchanged = (command: string): Promise<string> =>
        stack.succeed([command, "--yes", "--skip-preview", "--expect-no-changes"]);

    for (const examples of stacks) {
        it(`deploy, change nothing afterwards, do not drift and go: ${examples.map(({ name }) => name).join(", ")}`, async () => {
            write(examples);
            const said = await stack.up();
            assert.match(said, /\d+ created/);
            await unchanged("up");
            await unchanged("refresh");
            const gone = await stack.succeed(["destroy", "--yes", "--skip-preview"]);
            assert.match(gone, /\d+ deleted/);
        });
    }

    it("of tests pass", async () => {
        const tests = examplesOf(pages).filter(({ text }) => text.includes("pulumi-azure-batch/testing"));
        assert.ok(tests.length > 0);
        for (const { name, text } of tests) {
            const file = path.join(stack.project, `${name}.js`);
            fs.writeFileSync(file, compile(text, `${name}.ts`));
            const run = `require(${JSON.stringify(file)}).test().then(() => console.log("passed"))`;
            const { stdout, stderr } = await stack.local(["exec", "--", process.execPath, "-e", run]);
            assert.match(stdout, /passed/, stderr);
        }
    });
});
