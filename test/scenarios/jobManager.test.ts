import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Local, sh, type Body } from "./local";

describe("scenario: job manager", function () {
    this.timeout(60_000);
    let local: Local;
    before(async () => {
        local = await Local.start();
    });
    after(() => local.close());

    const stateOf = async (job: string, task: string) =>
        (await local.get(`/jobs/${job}/tasks/${task}`))["state"];

    it("comes first, adds the tasks of its job with what its environment says, and its end ends the job", async () => {
        await local.pool("work", { taskSlotsPerNode: 2 });
        const container = await local.container("programs");
        const program = readFileSync(join(__dirname, "programs", "manager.js"));
        await container.getBlockBlobClient("manager.js").upload(program, program.length);
        await local.job("work", "work", {
            jobManagerTask: {
                id: "manager",
                commandLine: `${process.execPath} manager.js`,
                runExclusive: false,
                environmentSettings: [{ name: "KEY", value: local.account.key }],
                resourceFiles: [{ autoStorageContainerName: "programs" }],
            },
        });
        const job = await local.untilState("/jobs/work", "completed");
        assert.equal(job["executionInfo"]?.["terminateReason"], "JMComplete");
        assert.equal(await local.output("work", "manager"), "all done\n");
        for (const id of ["a", "b", "c"]) assert.equal(await local.output("work", id), `${id}\n`);
    });

    it("has its node to itself, unless it was told not to", async () => {
        await local.pool("alone", { taskSlotsPerNode: 2 });
        for (const runExclusive of [true, false]) {
            const id = `alone-${runExclusive}`;
            await local.job(id, "alone", {
                jobManagerTask: { id: "manager", commandLine: "sleep 60", runExclusive },
            });
            await local.running(id, "manager");
            await local.task(id, "other", runExclusive ? "true" : "sleep 60");
            if (runExclusive) {
                await local.job("foreign", "alone");
                await local.task("foreign", "t", "true");
                const [node] = await local.list("/pools/alone/nodes");
                assert.equal(node?.["runningTaskSlotsCount"], 2);
                assert.equal(await stateOf(id, "other"), "active");
                assert.equal(await stateOf("foreign", "t"), "active");
            } else await local.running(id, "other");
            await local.endJob(id);
        }
    });

    it("that ends does not end its job where it was told not to", async () => {
        await local.job("open", "alone", {
            jobManagerTask: { id: "manager", commandLine: "true", killJobOnCompletion: false },
        });
        await local.done("open", "manager");
        await local.task("open", "later", "true");
        assert.equal((await local.done("open", "later"))["exitCode"], 0);
        assert.equal((await local.get("/jobs/open"))["state"], "active");
        await local.endJob("open");
    });

    it("that starts again comes before the other tasks of its job, which give it room", async () => {
        const [node] = await local.pool("restart", { taskSlotsPerNode: 2 });
        const log = "$AZ_BATCH_NODE_SHARED_DIR/order";
        await local.job("restart", "restart", {
            jobManagerTask: { id: "manager", commandLine: sh(`echo manager >> ${log}; sleep 60`) },
        });
        const order = `/pools/restart/nodes/${String(node?.["id"])}/files/shared/order`;
        const untilOrder = (what: string, expected: string) =>
            local.until(what, async () => {
                const { status, text } = await local.send("GET", order);
                return status === 200 && text === expected;
            });
        // `running` says that it was started, not that it has come to its first line.
        await untilOrder("it runs", "manager\n");
        const tasks = ["a", "b", "c"].map((id) => ({
            id,
            commandLine: sh(`echo ${id} >> ${log}; sleep 60`),
        }));
        await local.tasks("restart", tasks);
        await local.post(`/pools/restart/nodes/${String(node?.["id"])}/reboot`);
        await untilOrder("it runs again", "manager\nmanager\n");
        const task = await local.get("/jobs/restart/tasks/manager");
        assert.equal(task["executionInfo"]?.["requeueCount"], 1);
        assert.equal(task["executionInfo"]["retryCount"], 0);
        for (const { id } of tasks) assert.equal(await stateOf("restart", id), "active");
        await local.endJob("restart");
    });

    it("waits for a dedicated node where it may not run on a spot one", async () => {
        await local.pool("spot", { targetDedicatedNodes: 0, targetLowPriorityNodes: 1 });
        const manager: Record<string, unknown> = {
            id: "manager",
            commandLine: "true",
            allowLowPriorityNode: false,
        };
        await local.job("spot", "spot", { jobManagerTask: manager });
        await local.job("probe", "spot");
        await local.task("probe", "t", "true");
        await local.done("probe", "t");
        assert.equal(await stateOf("spot", "manager"), "active");
        await local.post("/pools/spot/resize", { targetDedicatedNodes: 1, targetLowPriorityNodes: 1 });
        const info: Body = await local.done("spot", "manager");
        assert.equal(info["exitCode"], 0);
        const { nodeInfo } = await local.get("/jobs/spot/tasks/manager");
        assert.match(String(nodeInfo?.["nodeId"]), /_d$/);
    });
});
