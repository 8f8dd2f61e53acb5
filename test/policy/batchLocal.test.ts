import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { ensureEngine } from "../../setup/engine";
import { temporaryFolders } from "../support/folder";
import { batchlocal, Program } from "./support/preview";
import { CONFIG, everyFault, placed, REGULATED, source } from "./support/programs";

// The engine runs what is built: npm test builds first.
describe("the pack on Batch Local", function () {
    this.timeout(240_000);
    const folder = temporaryFolders();
    let data = "";

    before(async () => {
        await ensureEngine();
        data = fs.mkdtempSync(path.join(os.tmpdir(), "policy-data-"));
        await batchlocal(data, "start", "--detach");
    });

    after(async () => {
        await batchlocal(data, "stop");
        fs.rmSync(data, { recursive: true, force: true });
    });

    it("finds nothing in a good program of plain azure-native resources, in the strictest profile", async () => {
        const program = await Program.onBatchLocal(folder(), source("good.js"), data);
        const { code, output, findings } = await program.preview({ env: REGULATED });
        assert.equal(code, 0, output);
        assert.deepEqual(placed(findings), []);
        assert.match(output, /✅ azure-batch@v/);
    });

    it("finds every fault of a program that has them all, each once, at the right resource", async () => {
        const program = await Program.onBatchLocal(folder(), source("faults.js"), data);
        const { code, output, findings } = await program.preview({ env: REGULATED, config: CONFIG });
        assert.equal(code, 0, output);
        assert.deepEqual(placed(findings), everyFault());
    });

    it("finds nothing in the constructs with default arguments: before, at and after their deployment", async () => {
        const program = await Program.onBatchLocal(folder(), source("constructs.js"), data);
        const steps = [
            { command: ["preview"], changes: /\+ \d+ to create/, skipped: true },
            { command: ["up", "--yes", "--skip-preview"], changes: /\+ \d+ created/, skipped: false },
            { command: ["preview"], changes: /^ +\d+ unchanged/m, skipped: false },
        ];
        try {
            for (const { command, changes, skipped } of steps) {
                const { code, output, findings } = await program.preview({ command });
                assert.equal(code, 0, output);
                assert.deepEqual(placed(findings), []);
                assert.match(output, changes);
                assert.equal(/not known yet/.test(output), skipped, output);
            }
        } finally {
            // Its tasks may still run, and what becomes of them is no default.
            const { code, output } = await program.run(["destroy", "--yes", "--skip-preview"], {
                PULUMI_AZURE_BATCH_ON_DESTROY: "terminate",
            });
            assert.equal(code, 0, output);
        }
    });
});
