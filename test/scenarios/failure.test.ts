import assert from "node:assert/strict";
import { Local, sh } from "./local";

describe("scenario: failure", function () {
    this.timeout(60_000);
    let local: Local;
    before(async () => {
        local = await Local.start({
            faults: {
                nodes: [
                    { pool: "vanish", afterSeconds: 2.5, count: 1 },
                    { pool: "spot", afterSeconds: 2.5, count: 1, preempt: true },
                ],
            },
        });
        // The first process of a service waits for its spawner; those of the tests must be there when their node goes.
        await local.pool("warm");
        await local.job("warm", "warm");
        await local.task("warm", "t", "true");
        await local.done("warm", "t");
    });
    after(() => local.close());

    /** Goes on as soon as it finds what an earlier try left behind in the shared directory of this test. */
    const once = (folder: string) =>
        sh(`if mkdir ${folder} 2> /dev/null; then exec sleep 60; else echo again; fi`);

    it("a node that vanishes under a running task gives it back, which is no retry and no requeue", async () => {
        // The task is there before the node, so that it runs when the node vanishes, however slow this machine is.
        await local.job("vanish", "vanish");
        await local.task("vanish", "t", once(`${local.directory}/vanish`));
        await local.pool("vanish");
        const info = await local.done("vanish", "t");
        assert.equal(info["exitCode"], 0);
        assert.equal(info["retryCount"], 0);
        assert.equal(info["requeueCount"], 0);
        assert.equal(await local.output("vanish", "t"), "again\n");
    });

    it("a preempted spot node is replaced, and its task runs again on another one", async () => {
        await local.job("spot", "spot");
        await local.task("spot", "t", once(`${local.directory}/spot`));
        const [before] = await local.pool("spot", { targetDedicatedNodes: 0, targetLowPriorityNodes: 1 });
        const info = await local.done("spot", "t");
        assert.equal(info["exitCode"], 0);
        assert.equal(info["retryCount"], 0);
        assert.equal(info["requeueCount"], 1);
        const nodes = await local.list("/pools/spot/nodes");
        const states = new Map(nodes.map((node) => [String(node["id"]), String(node["state"])]));
        assert.equal(states.get(String(before?.["id"])), "preempted");
        assert.equal(states.size, 2);
        const { nodeInfo } = await local.get("/jobs/spot/tasks/t");
        assert.notEqual(nodeInfo?.["nodeId"], before?.["id"]);
        const [counts] = await local.list("/nodecounts?$filter=poolId eq 'spot'");
        assert.equal(counts?.["lowPriority"]?.["preempted"], 1);
        assert.equal(
            (await local.send("GET", `/pools/spot/nodes/${String(before?.["id"])}/files`)).status,
            409,
        );
    });
});
