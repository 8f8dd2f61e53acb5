import assert from "node:assert/strict";
import { limitOf } from "../../components/dynamic/poolRollout";
import { TestStack } from "./stack";

const program = (startTask: string, rollout: string): string => `
const resources = require("@pulumi/azure-native/resources");
const batch = require("pulumi-azure-batch");
const group = new resources.ResourceGroup("g", { location: "westeurope" });
const account = new batch.BatchAccount("a", { resourceGroupName: group.name, storage: "none" });
const pool = new batch.Pool("p", { account, image: batch.VmImage.ubuntu2404(), vmSize: "Standard_D2s_v5",
    scale: batch.Scale.dedicated(3), startTask: batch.StartTask.script(${JSON.stringify(startTask)}), rollout: ${rollout} });
exports.endpoint = account.endpoint;
exports.poolId = pool.poolId;
`;

// Run beside Batch Local: waits until no node is on its way, and tells of each when it booted and what it is.
const look = (endpoint: unknown, poolId: unknown): string => `
const { BatchClient, entraCredential, signIn } = require("pulumi-azure-batch/client");
(async () => {
    const { credential, batchScope } = await signIn();
    const client = new BatchClient(${JSON.stringify(endpoint)}, entraCredential(credential, batchScope));
    for (;;) {
        const nodes = [];
        for await (const node of client.pools.nodes(${JSON.stringify(poolId)})) nodes.push([node.id, node.state, node.lastBootTime]);
        if (nodes.length === 3 && nodes.every(([, state]) => /^(idle|starttaskfailed)$/.test(state))) return console.log(JSON.stringify(nodes));
        await new Promise((resolve) => setTimeout(resolve, 200));
    }
})();
`;

describe("a rollout", function () {
    this.timeout(400_000);
    let stack: TestStack;

    after(async () => {
        await stack.close();
    });

    async function nodes(): Promise<Record<string, { state: string; booted: string }>> {
        const { endpoint, poolId } = await stack.outputs();
        const { stdout, stderr } = await stack.local([
            "exec",
            "--",
            process.execPath,
            "-e",
            look(endpoint, poolId),
        ]);
        assert.notEqual(stdout, "", stderr);
        const rows = JSON.parse(stdout) as [string, string, string][];
        return Object.fromEntries(rows.map(([id, state, booted]) => [id, { state, booted }]));
    }

    it("takes a number of nodes or a part of them, one at least", () => {
        assert.deepEqual(
            [limitOf("2", 10), limitOf("25%", 10), limitOf("25%", 2), limitOf("100%", 7)],
            [2, 2, 1, 7],
        );
    });

    it("brings running nodes up to date, and a preview says how many are behind", async () => {
        stack = new TestStack(program("true", `"none"`));
        await stack.start();
        await stack.up();
        const first = await nodes();
        await stack.up({}, "--expect-no-changes");

        stack.program(program("echo two", `"none"`));
        const preview = await stack.pulumi(["preview"]);
        assert.match(
            preview.stdout + preview.stderr,
            /pool p-\w{8}: in place, on nodes that run when they are rebooted: startTask/,
        );
        assert.match(
            preview.stdout + preview.stderr,
            /3 of 3 nodes behind after this change; they stay so until they are rebooted/,
        );
        await stack.up();
        assert.deepEqual(await nodes(), first, "none leaves them alone");

        stack.program(program("echo three", `{ kind: "reboot", atOnce: 2 }`));
        const next = await stack.pulumi(["preview"]);
        assert.match(
            next.stdout + next.stderr,
            /3 of 3 nodes behind after this change; they will be rebooted/,
        );
        await stack.up();
        const second = await nodes();
        for (const [id, { booted }] of Object.entries(second)) {
            assert.ok(Date.parse(booted) > Date.parse(first[id]?.booted ?? ""), `${id} was rebooted`);
        }
        await stack.up({}, "--expect-no-changes");
    });

    it("stops at the first node that does not come back, leaves the others, and goes on when it is mended", async () => {
        const before = await nodes();
        stack.program(program("false", `{ kind: "reimage", atOnce: 1 }`));
        const failed = await stack.pulumi(["up", "--yes", "--skip-preview"]);
        assert.notEqual(failed.code, 0);
        assert.match(
            failed.stdout + failed.stderr,
            /is starttaskfailed after its reimage; 2 nodes are left as they are/,
        );
        const after = await nodes();
        const touched = Object.keys(after).filter((id) => after[id]?.booted !== before[id]?.booted);
        assert.equal(touched.length, 1);

        stack.program(program("true", `{ kind: "reimage", atOnce: 3 }`));
        await stack.up();
        for (const [id, { state, booted }] of Object.entries(await nodes())) {
            assert.equal(state, "idle");
            assert.ok(Date.parse(booted) > Date.parse(after[id]?.booted ?? ""), `${id} was reimaged`);
        }
        await stack.up({}, "--expect-no-changes");
    });
});
