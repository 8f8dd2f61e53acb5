import assert from "node:assert/strict";
import { World } from "./given";

const failed = { exitCode: 3 };

describe("Scheduler: tasks", () => {
    let world: World;
    beforeEach(() => {
        world = new World();
    });
    afterEach(() => {
        world.close();
    });

    it("runs no more tasks on a node than it has slots", async () => {
        await world.pool({ taskSlotsPerNode: 2 });
        const job = await world.job();
        await world.tasks(
            job,
            ["a", "b", "c"].map((id) => ({ id })),
        );
        assert.deepEqual(world.running(), ["a", "b"]);
        await world.end("a");
        assert.deepEqual(world.running(), ["b", "c"]);
    });

    it("counts a task's required slots, and lets a smaller one pass what does not fit now", async () => {
        await world.pool({ taskSlotsPerNode: 4 });
        const job = await world.job();
        await world.tasks(job, [
            { id: "a", requiredSlots: 3 },
            { id: "big", requiredSlots: 4 },
            { id: "small" },
        ]);
        assert.deepEqual(world.running(), ["a", "small"]);
        await world.end("a");
        await world.end("small");
        assert.deepEqual(world.running(), ["big"]);
    });

    it("spreads tasks over nodes, or packs them, as the pool says", async () => {
        const used = async (nodeFillType: string) => {
            const own = new World();
            await own.pool({
                targetDedicatedNodes: 2,
                taskSlotsPerNode: 2,
                taskSchedulingPolicy: { nodeFillType },
            });
            const job = await own.job();
            await own.tasks(job, [{ id: "a" }, { id: "b" }]);
            own.close();
            return new Set(own.host.of("task").map((run) => run.node)).size;
        };
        assert.equal(await used("spread"), 2);
        assert.equal(await used("pack"), 1);
    });

    it("retries a non-zero exit as often as asked, then fails with the exit code", async () => {
        await world.pool();
        const job = await world.job();
        await world.tasks(job, [{ id: "a", constraints: { maxTaskRetryCount: 2 } }]);
        for (const count of [0, 1, 2]) {
            assert.equal(world.task("a").retryCount, count);
            await world.end("a", failed);
        }
        const task = world.task("a");
        assert.equal(task.state, "completed");
        assert.equal(task.exitCode, 3);
        assert.equal(task.failureInfo?.code, "FailureExitCode");
    });

    it("takes the job's retry count for a task without one", async () => {
        await world.pool();
        const job = await world.job({ constraints: { maxTaskRetryCount: 1 } });
        await world.tasks(job, [{ id: "a" }]);
        await world.end("a", failed);
        assert.equal(world.task("a").state, "running");
        assert.equal(world.task("a").retryCount, 1);
    });

    it("does not retry what could not be started", async () => {
        await world.pool();
        const job = await world.job();
        await world.tasks(job, [{ id: "a", constraints: { maxTaskRetryCount: -1 } }]);
        await world.end("a", {
            failureInfo: {
                category: "usererror",
                code: "CommandProgramNotFound",
                message: "no such program",
            },
        });
        assert.equal(world.task("a").state, "completed");
        assert.equal(world.task("a").exitCode, undefined);
    });

    it("starts a dependant when its parents succeeded, and never when one failed", async () => {
        await world.pool({ taskSlotsPerNode: 8 });
        const job = await world.job({ usesTaskDependencies: true });
        await world.tasks(job, [
            { id: "1" },
            { id: "02" },
            { id: "3" },
            { id: "after", dependsOn: { taskIdRanges: [{ start: 1, end: 2 }] } },
            { id: "never", dependsOn: { taskIds: ["3"] } },
        ]);
        assert.deepEqual(world.running(), ["1", "02", "3"]);
        await world.end("1");
        await world.end("3", failed);
        assert.deepEqual(world.running(), ["02"]);
        await world.end("02");
        assert.deepEqual(world.running(), ["after"]);
        await world.end("after");
        assert.equal(world.task("never").state, "active");
    });

    it("lets an exit condition satisfy dependants of a failed task", async () => {
        await world.pool();
        const job = await world.job({ usesTaskDependencies: true });
        await world.tasks(job, [
            {
                id: "a",
                exitConditions: { exitCodes: [{ code: 3, exitOptions: { dependencyAction: "satisfy" } }] },
            },
            { id: "b", dependsOn: { taskIds: ["A"] } },
        ]);
        await world.end("a", failed);
        assert.deepEqual(world.running(), ["b"]);
    });

    it("a lost node gives its tasks back without counting a retry or a requeue", async () => {
        await world.pool();
        const job = await world.job();
        await world.tasks(job, [{ id: "a" }]);
        const node = world.nodes()[0];
        assert.ok(node);
        world.host.running.clear();
        world.host.report({ event: "nodeLost", node: node.key, reason: "spawner died" });
        await world.settle();
        assert.deepEqual(world.running(), ["a"]);
        assert.equal(world.task("a").attempt, 2);
        assert.equal(world.task("a").retryCount + world.task("a").requeueCount, 0);
    });

    it("drops the report of an attempt that is not in flight any more", async () => {
        await world.pool();
        const job = await world.job();
        await world.tasks(job, [{ id: "a" }]);
        world.host.report({ event: "ended", attempt: "task:1:1:99", at: 0, exitCode: 0 });
        await world.settle();
        assert.equal(world.task("a").state, "running");
    });

    it("terminates a running task: its process first, then completed with TaskEnded", async () => {
        await world.pool();
        const job = await world.job();
        await world.tasks(job, [{ id: "a", constraints: { maxTaskRetryCount: 5 } }]);
        world.scheduler.endTask(world.task("a"), world.jobNow(), "terminate");
        await world.settle();
        assert.equal(world.task("a").state, "completed");
        assert.equal(world.task("a").failureInfo?.code, "TaskEnded");
        assert.equal(world.host.running.size, 0);
    });

    it("deletes the files of a completed task when its retention ends", async () => {
        await world.pool();
        const job = await world.job();
        await world.tasks(job, [{ id: "a", constraints: { retentionTime: "PT1H" } }]);
        await world.end("a");
        await world.pass(3_599_000);
        assert.deepEqual(world.host.removed, []);
        await world.pass(2_000);
        assert.deepEqual(world.host.removed, ["workitems/job/job-1/a"]);
    });
});
