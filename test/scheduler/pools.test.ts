import assert from "node:assert/strict";
import { World } from "./given";

describe("Scheduler: pools and nodes", () => {
    let world: World;
    beforeEach(() => {
        world = new World();
    });
    afterEach(() => {
        world.close();
    });

    const resize = async (
        dedicated: number,
        deallocation: "requeue" | "terminate" | "taskcompletion" = "requeue",
        spot = 0,
    ) => {
        const pool = world.poolNow();
        world.store.pools.put({
            ...pool,
            targetDedicatedNodes: dedicated,
            targetSpotNodes: spot,
            allocationState: "resizing",
            resize: { startedAt: world.time, deadline: world.time + 900_000, deallocation },
        });
        world.scheduler.wake({ pool: pool.key });
        await world.settle();
    };

    it("makes the nodes it was asked for, each with an address of its own", async () => {
        const pool = await world.pool({ targetDedicatedNodes: 2, targetLowPriorityNodes: 1 });
        assert.equal(pool.allocationState, "steady");
        assert.deepEqual(
            world.nodes().map((node) => node.state),
            ["idle", "idle", "idle"],
        );
        assert.equal(world.nodes().filter((node) => node.dedicated).length, 2);
        assert.equal(new Set(world.nodes().map((node) => node.address)).size, 3);
    });

    it("boots after the delay that is set", async () => {
        world.close();
        world = new World(undefined, 60_000);
        await world.pool();
        assert.equal(world.nodes()[0]?.state, "starting");
        await world.pass(60_000);
        assert.equal(world.nodes()[0]?.state, "idle");
    });

    it("runs the start task before any task, and says when it failed", async () => {
        await world.pool({ startTask: { commandLine: "s", maxTaskRetryCount: 1 } });
        assert.equal(world.nodes()[0]?.state, "waitingforstarttask");
        const job = await world.job();
        await world.tasks(job, [{ id: "a" }]);
        assert.deepEqual(world.running(), []);
        await world.endAll("startTask", { exitCode: 1 });
        assert.equal(world.nodes()[0]?.startTask?.retryCount, 1);
        await world.endAll("startTask", { exitCode: 1 });
        assert.equal(world.nodes()[0]?.state, "starttaskfailed");
        assert.deepEqual(world.running(), []);
    });

    it("does not wait for a start task that need not succeed", async () => {
        await world.pool({ startTask: { commandLine: "s", waitForSuccess: false } });
        const job = await world.job();
        await world.tasks(job, [{ id: "a" }]);
        assert.deepEqual(world.running(), ["a"]);
    });

    it("takes idle nodes first when it shrinks", async () => {
        await world.pool({ targetDedicatedNodes: 3 });
        const job = await world.job();
        await world.tasks(job, [{ id: "a" }]);
        const busy = world.host.of("task")[0]?.node;
        await resize(1);
        assert.deepEqual(
            world.nodes().map((node) => node.key),
            [busy],
        );
        assert.equal(world.poolNow().allocationState, "steady");
    });

    it("requeues, terminates or waits for the tasks of nodes that go, as asked", async () => {
        for (const [option, state, nodes] of [
            ["requeue", "active", 0],
            ["terminate", "completed", 0],
            ["taskcompletion", "running", 1],
        ] as const) {
            const own = new World();
            await own.pool();
            await own.tasks(await own.job(), [{ id: "a" }]);
            world.close();
            world = own;
            await resize(0, option);
            assert.equal(own.task("a").state, state, option);
            assert.equal(own.nodes().length, nodes, option);
            assert.equal(own.task("a").requeueCount, option === "requeue" ? 1 : 0);
            if (option !== "taskcompletion") continue;
            assert.equal(own.poolNow().allocationState, "resizing");
            await own.end("a");
            assert.equal(own.nodes().length, 0);
            assert.equal(own.poolNow().allocationState, "steady");
        }
    });

    it("goes as far as the core quota lets it and says so", async () => {
        const pool = await world.pool({ targetDedicatedNodes: 60 });
        assert.equal(world.nodes().length, 50);
        assert.equal(pool.allocationState, "steady");
        assert.deepEqual(
            pool.resizeErrors?.map((error) => error.code),
            ["AccountCoreQuotaReached"],
        );
    });

    it("marks nodes of a Windows image unusable and says why", async () => {
        await world.pool({ virtualMachineConfiguration: { nodeAgentSKUId: "batch.node.windows amd64" } });
        const [node] = world.nodes();
        assert.equal(node?.state, "unusable");
        assert.match(node.errors?.[0]?.message ?? "", /Linux image/);
    });

    it("a deleted pool takes its nodes with it and gives its tasks back", async () => {
        await world.pool();
        await world.tasks(await world.job(), [{ id: "a" }]);
        world.store.pools.put({ ...world.poolNow(), state: "deleting" });
        world.scheduler.wake({ pool: "acct/pool" });
        await world.settle();
        assert.equal(world.store.pools.get("acct/pool"), undefined);
        assert.equal(world.nodes().length, 0);
        assert.equal(world.task("a").state, "active");
    });

    it("makes a job's auto pool and deletes it with the job's end", async () => {
        const job = await world.job({
            poolInfo: {
                autoPoolSpecification: {
                    autoPoolIdPrefix: "auto",
                    poolLifetimeOption: "job",
                    pool: { vmSize: "standard_d2s_v5", targetDedicatedNodes: 1 },
                },
            },
        });
        await world.tasks(job, [{ id: "a" }]);
        assert.deepEqual(world.running(), ["a"]);
        assert.match(world.jobNow().pool ?? "", /^auto_/);
        await world.end("a");
        await world.change("job", { state: "terminating" });
        assert.equal(world.store.pools.list("acct").length, 0);
    });

    it("scales by its formula: evaluated at once, then at each interval, with the samples of the time between", async () => {
        await world.pool({
            enableAutoScale: true,
            autoScaleFormula:
                "$samples = $PendingTasks.GetSamplePercent(TimeInterval_Minute * 5); $TargetDedicatedNodes = $samples < 70 ? 0 : min(3, max(0, avg($PendingTasks.GetSample(TimeInterval_Minute * 5))));",
            autoScaleEvaluationInterval: "PT5M",
        });
        assert.equal(world.poolNow().targetDedicatedNodes, 0);
        assert.match(world.poolNow().autoScale?.lastRun?.results ?? "", /^\$TargetDedicatedNodes=0;/);
        const job = await world.job();
        await world.tasks(
            job,
            ["a", "b", "c", "d", "e"].map((id) => ({ id })),
        );
        for (let step = 0; step < 24; step += 1) await world.pass(30_000);
        assert.equal(world.poolNow().targetDedicatedNodes, 3);
        assert.equal(world.running().length, 3);
    });
});
