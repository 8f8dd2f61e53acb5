import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import ts from "typescript";

const file = path.join(__dirname, "must-not-compile.ts");
const root = path.resolve(__dirname, "../..");

describe("autoscale: builder types", function () {
    this.timeout(120_000);

    it("compiles none of the programs on the page of wrong ones, and everything else there", () => {
        const config = ts.readConfigFile(path.join(root, "tsconfig.base.json"), (name) =>
            ts.sys.readFile(name),
        );
        const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
        const program = ts.createProgram([file], {
            ...options,
            noEmit: true,
            incremental: false,
            types: ["node"],
        });
        const found = ts.getPreEmitDiagnostics(program, program.getSourceFile(file));
        const text = found.map(
            ({ messageText, start }) => `${start}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
        );
        assert.deepEqual(text, []);
    });

    it("gives a reason for each of at least forty programs", () => {
        const reasons = fs.readFileSync(file, "utf8").match(/@ts-expect-error .{20,}/g) ?? [];
        const all = fs.readFileSync(file, "utf8").match(/\/\/ @ts-expect-error/g) ?? [];
        assert.equal(reasons.length, all.length);
        assert.ok(all.length >= 40, String(all.length));
    });
});
