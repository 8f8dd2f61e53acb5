import assert from "node:assert/strict";
import { World } from "./given";

const three = {
    commandLine: "mpirun",
    multiInstanceSettings: { numberOfInstances: 3, coordinationCommandLine: "coordinate" },
};

describe("Scheduler: multi-instance tasks", () => {
    let world: World;
    beforeEach(() => {
        world = new World();
    });
    afterEach(() => {
        world.close();
    });

    const gangPool = (nodes = 3, change = {}) =>
        world.pool({ targetDedicatedNodes: nodes, enableInterNodeCommunication: true, ...change });

    it("coordinate on all nodes, then run on the first, and hold all of them until that ends", async () => {
        await gangPool();
        const job = await world.job();
        await world.tasks(job, [{ id: "m", ...three }, { id: "later" }]);
        const coordination = world.host.of("coordination");
        assert.equal(new Set(coordination.map((run) => run.node)).size, 3);
        assert.deepEqual(world.running(), []);
        const addresses = world.nodes().map((node) => node.address);
        for (const [index, { environment }] of coordination.entries()) {
            assert.equal(environment["AZ_BATCH_HOST_LIST"], addresses.join(","));
            assert.equal(environment["AZ_BATCH_NODE_LIST"], addresses.join(";"));
            assert.equal(environment["AZ_BATCH_MASTER_NODE"], `${addresses[0] ?? ""}:6000`);
            assert.equal(environment["AZ_BATCH_IS_CURRENT_NODE_MASTER"], String(index === 0));
            assert.equal(
                environment["CCP_NODES"],
                `3 ${addresses.map((address) => `${address} 2`).join(" ")}`,
            );
        }
        await world.endAll("coordination");
        const [primary] = world.host.of("task");
        assert.equal(primary?.commandLine, "mpirun");
        assert.equal(
            primary.environment["AZ_BATCH_TASK_SHARED_DIR"],
            coordination[1]?.environment["AZ_BATCH_TASK_WORKING_DIR"],
        );
        assert.deepEqual(world.running(), ["m"]);
        assert.deepEqual(
            world.task("m").subtasks?.map(({ id, state }) => [id, state]),
            [
                [1, "running"],
                [2, "running"],
            ],
        );
        await world.end("m");
        assert.equal(world.task("m").result, "success");
        assert.deepEqual(
            world.task("m").subtasks?.map(({ state, exitCode }) => [state, exitCode]),
            [
                ["completed", 0],
                ["completed", 0],
            ],
        );
        assert.equal(world.host.endedLeft.length, 3);
        assert.deepEqual(world.running(), ["later"]);
    });

    it("fail with a failed subtask, and are retried whole", async () => {
        await gangPool();
        const job = await world.job();
        await world.tasks(job, [{ id: "m", ...three, constraints: { maxTaskRetryCount: 1 } }]);
        for (const retryCount of [0, 1]) {
            assert.equal(world.task("m").retryCount, retryCount);
            const [, second, third] = world.host.of("coordination");
            world.host.end(second?.attempt ?? "");
            world.host.end(third?.attempt ?? "", { exitCode: 9 });
            await world.settle();
        }
        const task = world.task("m");
        assert.equal(task.state, "completed");
        assert.equal(task.exitCode, 9);
        assert.equal(task.failureInfo?.code, "FailureExitCode");
        assert.equal(task.subtasks?.[1]?.exitCode, 9);
        assert.equal(world.host.running.size, 0);
        assert.deepEqual(
            world.nodes().map((node) => node.state),
            ["idle", "idle", "idle"],
        );
    });

    it("stay active in a pool whose nodes do not talk or have more than one slot, and let others pass", async () => {
        for (const change of [{ enableInterNodeCommunication: false }, { taskSlotsPerNode: 2 }]) {
            const own = new World();
            world.close();
            world = own;
            await gangPool(3, change);
            const job = await world.job();
            await world.tasks(job, [{ id: "m", ...three }, { id: "plain" }]);
            assert.deepEqual(world.running(), ["plain"]);
            await world.end("plain");
            assert.equal(world.task("m").state, "active");
        }
    });

    it("wait until enough nodes are free, without later tasks of their job taking them", async () => {
        await gangPool(3);
        const job = await world.job();
        await world.tasks(job, [{ id: "a" }, { id: "m", ...three }, { id: "b" }]);
        assert.deepEqual(world.running(), ["a"]);
        await world.end("a");
        assert.equal(world.host.of("coordination").length, 3);
        assert.equal(world.task("b").state, "active");
    });

    it("wait for the preparation of each node", async () => {
        await gangPool();
        const job = await world.job({ jobPreparationTask: { commandLine: "p" } });
        await world.tasks(job, [{ id: "m", ...three }]);
        assert.equal(world.task("m").state, "preparing");
        const [one, ...others] = world.host.of("preparation");
        world.host.end(one?.attempt ?? "");
        await world.settle();
        assert.equal(world.host.of("coordination").length, 0);
        for (const other of others) world.host.end(other.attempt);
        await world.settle();
        assert.equal(world.host.of("coordination").length, 3);
        assert.equal(world.task("m").state, "running");
    });

    it("go back whole when a node is lost, preempted or their job is disabled, and end whole when terminated", async () => {
        for (const how of ["lost", "disabled", "terminated", "deleted"] as const) {
            for (const phase of ["coordination", "task"] as const) {
                const own = new World();
                world.close();
                world = own;
                await gangPool();
                const job = await world.job();
                await world.tasks(job, [{ id: "m", ...three }]);
                if (phase === "task") await world.endAll("coordination");
                if (how === "lost") {
                    const node = world.nodes()[2]?.key ?? "";
                    for (const run of [...world.host.running.values()])
                        if (run.node === node) world.host.running.delete(run.attempt);
                    world.host.report({ event: "nodeLost", node, reason: "test" });
                    await world.settle();
                    assert.equal(world.task("m").attempt, 2);
                    assert.equal(world.task("m").requeueCount, 0);
                    assert.equal(world.host.of("coordination").length, 3);
                    continue;
                }
                if (how === "disabled")
                    await world.change("job", { state: "disabling", disableTasks: "requeue" });
                else {
                    world.scheduler.endTask(
                        world.task("m"),
                        world.jobNow(),
                        how === "terminated" ? "terminate" : "delete",
                    );
                    await world.settle();
                }
                assert.equal(world.host.running.size, 0, `${how} in ${phase}`);
                assert.equal(world.scheduler.world.flights.size, 0);
                if (how === "disabled") assert.equal(world.jobNow().state, "disabled");
                if (how === "disabled") assert.equal(world.task("m").requeueCount, 1);
                if (how === "terminated") assert.equal(world.task("m").failureInfo?.code, "TaskEnded");
                if (how === "deleted") assert.equal(world.store.tasks.get(job.number, "m"), undefined);
            }
        }
    });
});
