import assert from "node:assert/strict";
import { openStore } from "../../local/store";
import { World } from "./given";

describe("Scheduler: jobs", () => {
    let world: World;
    beforeEach(() => {
        world = new World();
    });
    afterEach(() => {
        world.close();
    });

    it("prefers the higher priority, and gives equal ones turns", async () => {
        await world.pool();
        const low = await world.job({ priority: -5 }, "low");
        const one = await world.job({ priority: 7 }, "one");
        const two = await world.job({ priority: 7 }, "two");
        await world.tasks(low, [{ id: "l1" }]);
        await world.tasks(one, [{ id: "a1" }, { id: "a2" }]);
        await world.tasks(two, [{ id: "b1" }, { id: "b2" }]);
        const order: string[] = [];
        for (let turn = 0; turn < 5; turn += 1) {
            const [id = ""] = world.running();
            order.push(id);
            await world.end(id);
        }
        // The first came before the others were there; then equals alternate.
        assert.deepEqual(order, ["l1", "a1", "b1", "a2", "b2"]);
    });

    it("completes with AllTasksComplete once its tasks are done", async () => {
        await world.pool();
        const job = await world.job();
        await world.tasks(job, [{ id: "a" }]);
        await world.change("job", { spec: { ...job.spec, onAllTasksComplete: "terminatejob" } });
        assert.equal(world.jobNow().state, "active");
        await world.end("a");
        assert.equal(world.jobNow().state, "completed");
        assert.equal(world.jobNow().terminateReason, "AllTasksComplete");
    });

    it("a job without tasks that ends by itself ends at once", async () => {
        await world.pool();
        await world.job({ onAllTasksComplete: "terminatejob" });
        assert.equal(world.jobNow().state, "completed");
    });

    it("a failed task ends the job where exit options ask for it", async () => {
        await world.pool();
        const job = await world.job({ onTaskFailure: "performexitoptionsjobaction" });
        await world.tasks(job, [
            { id: "a", exitConditions: { exitCodes: [{ code: 4, exitOptions: { jobAction: "none" } }] } },
            { id: "b" },
            { id: "c" },
        ]);
        await world.end("a", { exitCode: 4 });
        assert.equal(world.jobNow().state, "active");
        await world.end("b", { exitCode: 1 });
        assert.equal(world.jobNow().state, "completed");
        assert.equal(world.jobNow().terminateReason, "TaskFailed");
        assert.equal(world.task("c").state, "active");
    });

    for (const [how, state, count] of [
        ["requeue", "active", 1],
        ["terminate", "completed", 0],
        ["wait", "running", 0],
    ] as const) {
        it(`disabling with ${how} leaves a running task ${state}`, async () => {
            await world.pool();
            const job = await world.job();
            await world.tasks(job, [{ id: "a" }]);
            await world.change("job", { state: "disabling", disableTasks: how });
            assert.equal(world.task("a").state, state);
            assert.equal(world.task("a").requeueCount, count);
            assert.equal(world.jobNow().state, how === "wait" ? "disabling" : "disabled");
            if (how === "wait") await world.end("a");
            assert.equal(world.jobNow().state, "disabled");
            await world.change("job", { state: "enabling" });
            assert.equal(world.jobNow().state, "active");
            assert.deepEqual(world.running(), how === "requeue" ? ["a"] : []);
        });
    }

    it("ends at its wall clock, counted from creation", async () => {
        await world.pool();
        const job = await world.job({ constraints: { maxWallClockTime: "PT1H" } });
        await world.tasks(job, [{ id: "a" }, { id: "b" }]);
        await world.pass(3_601_000);
        assert.equal(world.jobNow().terminateReason, "MaxWallClockTimeExpiry");
        assert.equal(world.jobNow().state, "completed");
        assert.equal(world.task("a").failureInfo?.code, "TaskEnded");
        assert.equal(world.task("b").state, "active");
    });

    it("prepares each node once before its first task, and releases it once when the job ends", async () => {
        await world.pool({ targetDedicatedNodes: 2, taskSlotsPerNode: 2 });
        const job = await world.job({
            jobPreparationTask: { commandLine: "p" },
            jobReleaseTask: { commandLine: "r" },
        });
        await world.tasks(job, [{ id: "a" }, { id: "b" }, { id: "c" }, { id: "d" }]);
        assert.deepEqual(world.running(), []);
        assert.equal(world.task("a").state, "preparing");
        assert.equal(await world.endAll("preparation"), 2);
        assert.equal(world.running().length, 4);
        await world.endAll("task");
        await world.change("job", { state: "terminating" });
        assert.equal(world.jobNow().state, "terminating");
        assert.equal(await world.endAll("release"), 2);
        assert.equal(world.jobNow().state, "completed");
        await world.change("job", { state: "deleting" });
        assert.equal(world.host.of("release").length, 0);
        assert.equal(world.store.jobs.get("acct/job"), undefined);
    });

    it("a failed preparation keeps the node away from that job alone", async () => {
        await world.pool();
        const job = await world.job({ jobPreparationTask: { commandLine: "p" } });
        const other = await world.job({}, "other");
        await world.tasks(job, [{ id: "a" }]);
        await world.endAll("preparation", { exitCode: 1 });
        assert.equal(world.task("a").state, "active");
        await world.tasks(other, [{ id: "b" }]);
        assert.deepEqual(world.running(), ["b"]);
    });

    it("does not wait for a preparation that need not succeed", async () => {
        await world.pool();
        const job = await world.job({ jobPreparationTask: { commandLine: "p", waitForSuccess: false } });
        await world.tasks(job, [{ id: "a" }]);
        assert.deepEqual(world.running(), ["a"]);
        await world.endAll("preparation", { exitCode: 1 });
        await world.end("a");
        await world.tasks(job, [{ id: "b" }]);
        assert.deepEqual(world.running(), ["b"]);
    });

    it("the end of the job manager ends the job", async () => {
        await world.pool({ taskSlotsPerNode: 2 });
        const job = await world.job({ jobManagerTask: { id: "jm", commandLine: "m", runExclusive: false } });
        await world.tasks(job, [{ id: "a" }]);
        assert.deepEqual(world.running(), ["jm", "a"]);
        await world.end("jm");
        assert.equal(world.jobNow().terminateReason, "JMComplete");
        assert.equal(world.jobNow().state, "completed");
    });

    it("runs a schedule's jobs one at a time, in its windows", async () => {
        await world.pool();
        await world.schedule({
            schedule: { recurrenceInterval: "P1D", startWindow: "PT1H" },
            jobSpecification: {
                poolInfo: { poolId: "pool" },
                jobManagerTask: { id: "jm", commandLine: "m" },
            },
        });
        assert.equal(world.jobNow("nightly:job-1").state, "active");
        assert.equal(world.host.of("task")[0]?.directory, "workitems/nightly/job-1/jm");
        await world.pass(24 * 3_600_000);
        assert.equal(world.store.jobs.get("acct/nightly:job-2"), undefined);
        // Past the window the opportunity is lost; the next day's run comes.
        await world.pass(2 * 3_600_000);
        await world.end("jm");
        assert.equal(world.store.jobs.get("acct/nightly:job-2"), undefined);
        await world.pass(22 * 3_600_000);
        assert.equal(world.jobNow("nightly:job-2").state, "active");
    });

    it("after a restart finished tasks stay finished, running ones go back, and releases run again", async () => {
        const store = openStore(":memory:");
        const before = new World(store);
        await before.pool();
        const job = await before.job();
        await before.tasks(job, [{ id: "a" }, { id: "b" }]);
        await before.end("a");
        assert.deepEqual(before.running(), ["b"]);
        before.close();
        const after = new World(store);
        await after.settle();
        assert.equal(after.task("a").state, "completed");
        assert.deepEqual(after.running(), ["b"]);
        assert.equal(after.task("b").attempt, 2);
        assert.equal(after.task("b").retryCount + after.task("b").requeueCount, 0);
        after.close();
    });
});
