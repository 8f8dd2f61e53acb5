import assert from "node:assert/strict";
import { TestStack } from "./stack";

const program = (accountName: string, slots: number): string => `
const resources = require("@pulumi/azure-native/resources");
const batch = require("pulumi-azure-batch");
const group = new resources.ResourceGroup("g", { location: "westeurope" });
const account = new batch.BatchAccount("a", { resourceGroupName: group.name, accountName: "${accountName}" });
const pool = new batch.Pool("p", { account, image: batch.VmImage.ubuntu2404(), vmSize: "Standard_D2s_v5",
    taskSlotsPerNode: ${slots} });
new batch.Container("c", { storage: new batch.LinkedStorage("s", { resourceGroupName: group.name }), containerName: group.name.apply(() => "A_B") });
exports.pool = pool.poolId;
`;

describe("components with wrong arguments", function () {
    this.timeout(300_000);

    it("fail one preview with what is wrong with each, and a deployment before anything of theirs is made", async () => {
        const stack = new TestStack(program("My_Account", 300));
        try {
            await stack.start();
            const preview = await stack.pulumi(["preview"]);
            assert.notEqual(preview.code, 0, preview.stdout);
            assert.match(preview.stdout, /accountName: BATCH1003: 'My_Account'/);
            assert.match(preview.stdout, /taskSlotsPerNode: BATCH1012: 300 task slots/);
            assert.doesNotMatch(preview.stdout, /azure-native:batch:Pool/);
            const up = await stack.pulumi(["up", "--yes", "--skip-preview"]);
            assert.notEqual(up.code, 0, up.stdout);
            assert.match(up.stdout, /accountName: BATCH1003: 'My_Account'/);
            assert.doesNotMatch(up.stdout, /azure-native:batch:\w+ a created/);
            const destroyed = await stack.pulumi(["destroy", "--yes", "--skip-preview"]);
            assert.equal(destroyed.code, 0, destroyed.stdout);
        } finally {
            await stack.close();
        }
    });
});
