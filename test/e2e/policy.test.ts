import assert from "node:assert/strict";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ensureEngine } from "../../setup/engine";
import { temporaryFolders } from "../support/folder";
import { local, processesOf, root } from "./support";

const POOL = `
const { BatchAccount, Pool } = require("@pulumi/azure-native/batch");
const { ResourceGroup } = require("@pulumi/azure-native/resources");
const group = new ResourceGroup("group", { location: "westeurope" });
const account = new BatchAccount("account", {
    resourceGroupName: group.name,
    allowedAuthenticationModes: ["AAD"],
    identity: { type: "SystemAssigned" },
});
const targetDedicatedNodes = Number(process.env.NODES ?? "0");
new Pool("pool", {
    resourceGroupName: group.name,
    accountName: account.name,
    vmSize: "Standard_D64s_v5",
    deploymentConfiguration: {
        virtualMachineConfiguration: {
            imageReference: { publisher: "canonical", offer: "ubuntu-24_04-lts", sku: "server", version: "latest" },
            nodeAgentSkuId: "batch.node.ubuntu 24.04",
        },
    },
    scaleSettings: { fixedScale: { targetDedicatedNodes } },
});
`;

describe("the policy pack on Batch Local", function () {
    this.timeout(300_000);
    const folder = temporaryFolders();

    it("judges a preview, and holds pools to the quota that the service gave the account", async () => {
        const { pulumi } = await ensureEngine();
        const place = folder();
        const data = path.join(place, "data");
        const program = path.join(place, "program");
        mkdirSync(program);
        symlinkSync(path.join(root, "node_modules"), path.join(program, "node_modules"));
        writeFileSync(path.join(program, "package.json"), '{ "name": "program", "main": "index.js" }');
        writeFileSync(
            path.join(program, "Pulumi.yaml"),
            "name: program\nruntime:\n  name: nodejs\n  options: { typescript: false }\n",
        );
        const write = (source: string): void => writeFileSync(path.join(program, "index.js"), source);
        const pack = ["--policy-pack", path.join(root, "policy"), "--non-interactive"];
        const run = async (args: readonly string[], env: Record<string, string> = {}): Promise<string> => {
            const { code, stdout, stderr } = await local(
                data,
                ["exec", "--", pulumi, "-C", program, ...args],
                env,
            );
            assert.equal(code, 0, stdout + stderr);
            return stdout + stderr;
        };

        write(POOL);
        await run(["stack", "init", "dev", "--non-interactive"]);
        const first = await run(["preview", ...pack]);
        assert.match(first, /✅ azure-batch@v/);
        assert.match(first, /skipped, as these values are not known yet: account: poolQuota/);
        const up = await run(["up", "--yes", ...pack]);
        assert.match(up, /4 created/);
        assert.match(up, /✅ azure-batch@v/);
        const more = await run(["preview", ...pack], { NODES: "90" });
        assert.match(
            more,
            /azure-batch-account-configure-dedicated-core-quota {2}\(azure-native:batch:BatchAccount: account\)/,
        );
        assert.match(more, /Its pools can want 5760 dedicated cores \(pool 5760\), and its quota is \d+\./);
        assert.doesNotMatch(more, /skipped/);

        const programs = path.join(root, "test", "policy", "programs");
        write(
            readFileSync(path.join(programs, "faults.js"), "utf8").replace(
                '"./resources"',
                JSON.stringify(path.join(programs, "resources.js")),
            ),
        );
        const faults = await run(["preview", ...pack], { AZURE_BATCH_POLICY_PROFILE: "regulated" });
        assert.ok(faults.split("[advisory]").length > 60, faults);

        write(POOL);
        await run(["destroy", "--yes", "--non-interactive"]);
        assert.deepEqual(processesOf(data), []);
    });
});
