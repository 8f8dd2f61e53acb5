import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
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

    it("processes killed under running tasks, with all that started them, give every task back, which is no retry", async () => {
        await local.pool("killed", { targetDedicatedNodes: 2 });
        await local.job("killed", "killed");
        const ids = ["a", "b"];
        for (const id of ids) await local.task("killed", id, once(`${local.directory}/killed-${id}`));
        for (const id of ids)
            await local.until(`${id} runs`, async () => existsSync(`${local.directory}/killed-${id}`));
        const [pid = ""] = readFileSync(`${local.directory}/nodes/processes`, "utf8").split(" ");
        process.kill(Number(pid), "SIGKILL");
        for (const id of ids) {
            const info = await local.done("killed", id);
            assert.equal(info["exitCode"], 0);
            assert.equal(info["retryCount"], 0);
            assert.equal(await local.output("killed", id), "again\n");
        }
    });

    it("files of a node that is not ready cannot be read, and it says so", async () => {
        const nodes = await local.list("/pools/spot/nodes");
        const preempted = nodes.find((node) => String(node["state"]) === "preempted");
        const answer = await local.send("GET", `/pools/spot/nodes/${String(preempted?.["id"])}/files`);
        assert.equal(`${answer.status} ${String(answer.body["code"])}`, "409 NodeNotReady");
    });
});
