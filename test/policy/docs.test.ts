import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import ts from "typescript";
import { repositoryRoot } from "../../setup/common";
import { rules } from "../../policy/rules";
import { temporaryFolders } from "../support/folder";
import { Program } from "./support/preview";

const page = fs.readFileSync(path.join(repositoryRoot(), "docs", "policy.md"), "utf8");
const block = (language: string): string =>
    new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(page)?.[1] ??
    assert.fail(`no ${language} on the page`);

describe("the page of the policy pack", function () {
    this.timeout(120_000);
    const folder = temporaryFolders();

    it("shows what the preview of its program prints", async () => {
        const { outputText } = ts.transpileModule(block("ts"), {
            compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
        });
        const program = await Program.make(folder(), outputText);
        const { code, output } = await program.preview();
        assert.equal(code, 0, output);
        const printed = output.split("\n").map((line) => line.trim());
        const shown = block("console")
            .split("\n")
            .slice(1)
            .map((line) => line.trim());
        const missing = shown.filter(
            (line) => !/^(|\.\.\.|⚠️.*|.*\(render-dev\):)$/u.test(line) && !printed.includes(line),
        );
        assert.deepEqual(missing, [], output);
        const findings = (lines: readonly string[]): string[] =>
            lines.filter((line) => line.startsWith("- ["));
        assert.deepEqual(findings(shown), findings(printed));
    });

    it("takes its commands and its file for what they are", async () => {
        const program = await Program.make(folder(), block("ts").replace(/^import[^]*/, ""));
        const commands = [...page.matchAll(/^pulumi (config set [^\n]*)$/gm)].map(
            ([, command = ""]) => command,
        );
        assert.ok(commands.length >= 5);
        for (const command of commands) {
            const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(
                ([, quoted, plain]) => quoted ?? plain ?? "",
            );
            const { code, output } = await program.run(words);
            assert.equal(code, 0, output);
        }
        const config = JSON.parse(block("json")) as object;
        const { code, output } = await program.preview({ config });
        assert.equal(code, 0, output);
        assert.match(
            output,
            /azure-batch: azure-batch-pool-configure-maximum-nodes is off: the budget alert does it/,
        );
    });

    it("names rules that are there", () => {
        const names = [...page.matchAll(/azure-batch-(?:account|application|pool|job|task)-[a-z-]+/g)].map(
            ([name]) => name,
        );
        for (const name of names)
            assert.ok(
                rules.some((rule) => rule.name === name),
                name,
            );
    });
});
