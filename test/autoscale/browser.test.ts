import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as vm from "node:vm";
import { buildSync } from "esbuild";

const root = path.resolve(__dirname, "../..");

describe("autoscale: in a browser", function () {
    this.timeout(60_000);

    it("needs nothing of Node: bundled for browsers it checks, evaluates and simulates in an empty world", () => {
        const { outputFiles } = buildSync({
            entryPoints: [path.join(root, "autoscale/index.ts")],
            bundle: true,
            platform: "browser",
            format: "iife",
            globalName: "autoscale",
            write: false,
        });
        const script = `${outputFiles[0]?.text ?? ""};
            const text = autoscale.pendingTasks({ maxNodes: 3 });
            JSON.stringify([autoscale.check(text).ok, autoscale.simulate(text, [{ arrival: 0, duration: 60 }]).succeeded]);`;
        assert.equal(vm.runInNewContext(script), "[true,1]");
    });

    it("the playground is one page that loads nothing from elsewhere", () => {
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "playground-"));
        try {
            execFileSync(process.execPath, [path.join(root, "docs/playground/build.js"), folder]);
            const page = fs.readFileSync(path.join(folder, "index.html"), "utf8");
            assert.doesNotMatch(page, /<(script|link|img)[^>]*(src|href)=/);
            assert.equal(page.match(/<\/script>/g)?.length, 1);
            assert.doesNotMatch(page, /\/\*(PROGRAM|CHART-STYLE)\*\//);
        } finally {
            fs.rmSync(folder, { recursive: true });
        }
    });
});
