import assert from "node:assert/strict";
import { whyJob, whyTask, type Explanation } from "../../local/scheduler/why";
import { World } from "./given";

describe("Why a task does not run", () => {
    let world: World;
    const view = () => ({ store: world.store, world: world.scheduler.world, now: world.time });
    const why = (task: string, job = "job"): Explanation => {
        const found = whyTask(view(), world.jobNow(job), task);
        if (!found) throw new Error(`no task ${task}`);
        return found;
    };
    const codes = (task: string) => why(task).reasons.map(({ code }) => code);
    const texts = (task: string) =>
        why(task)
            .reasons.map(({ text }) => text)
            .join("\n");

    beforeEach(() => (world = new World()));
    afterEach(() => world.close());

    it("is running, or completed with its exit code", async () => {
        await world.pool();
        await world.tasks(await world.job(), [{ id: "a" }]);
        assert.deepEqual(codes("a"), ["running"]);
        assert.match(texts("a"), /tvmps_/);
        await world.end("a", { exitCode: 3 });
        assert.deepEqual(codes("a"), ["completed"]);
        assert.match(texts("a"), /failure.*exit code 3/);
    });

    it("names no task that is not there", async () => {
        await world.pool();
        await world.job();
        assert.equal(whyTask(view(), world.jobNow(), "nobody"), undefined);
    });

    it("waits for a slot, and says how many are taken", async () => {
        await world.pool({ taskSlotsPerNode: 2 });
        await world.tasks(await world.job(), [{ id: "a" }, { id: "b" }, { id: "c" }]);
        assert.deepEqual(codes("c"), ["noFreeSlot"]);
        assert.match(texts("c"), /2 of 2 slots are taken/);
        await world.end("a");
        assert.deepEqual(codes("c"), ["running"]);
    });

    it("is one of a job with a limit of tasks at once, or behind jobs of higher priority", async () => {
        await world.pool({ targetDedicatedNodes: 2 });
        await world.tasks(await world.job({ maxParallelTasks: 1 }), [{ id: "a" }, { id: "b" }]);
        assert.deepEqual(codes("b"), ["maxParallelTasks"]);
        await world.tasks(await world.job({ priority: 10 }, "first"), [{ id: "a" }, { id: "b" }]);
        await world.tasks(await world.job({}, "last"), [{ id: "a" }]);
        const [reason] = why("a", "last").reasons;
        assert.match(reason?.text ?? "", /1 job of higher priority/);
    });

    it("waits for tasks it depends on: which, and what is the matter with each", async () => {
        await world.pool({ targetDedicatedNodes: 2 });
        const job = await world.job({ usesTaskDependencies: true });
        await world.tasks(job, [
            { id: "good" },
            { id: "bad" },
            {
                id: "c",
                dependsOn: { taskIds: ["good", "bad", "later"], taskIdRanges: [{ start: 1, end: 3 }] },
            },
        ]);
        await world.end("good");
        await world.end("bad", { exitCode: 5 });
        assert.deepEqual(codes("c"), ["dependency"]);
        assert.match(texts("c"), /'bad' failed with exit code 5/);
        assert.match(texts("c"), /'later', '1', '2', '3' not there/);
        assert.doesNotMatch(texts("c"), /'good'/);
    });

    it("waits because its job is disabled, with the cause", async () => {
        await world.pool({ targetDedicatedNodes: 0 });
        const job = await world.job();
        await world.tasks(job, [{ id: "a" }]);
        await world.change("job", { state: "disabling", disableTasks: "requeue" });
        assert.deepEqual(codes("a"), ["jobDisabled"]);
        assert.equal(whyJob(view(), world.jobNow()).reasons[0]?.code, "jobDisabled");
        await world.change("job", { state: "terminating" });
        assert.deepEqual(codes("a"), ["jobCompleted"]);
    });

    it("has no pool, or one that is to have no nodes", async () => {
        const job = await world.job({ poolInfo: { poolId: "absent" } });
        await world.tasks(job, [{ id: "a" }]);
        assert.deepEqual(codes("a"), ["noPool"]);
        assert.match(texts("a"), /'absent'/);
        await world.pool({ targetDedicatedNodes: 0 }, "absent");
        assert.deepEqual(codes("a"), ["noNodes"]);
        assert.match(texts("a"), /resize it/);
    });

    it("waits for a quota that is used up", async () => {
        await world.pool({ targetDedicatedNodes: 60 }, "big");
        await world.pool({ targetDedicatedNodes: 1 });
        await world.tasks(await world.job(), [{ id: "a" }]);
        assert.deepEqual(codes("a"), ["quota", "noNodes"]);
        assert.match(texts("a"), /AccountCoreQuotaReached/);
    });

    it("waits for a resize, then for a boot", async () => {
        world.close();
        world = new World(undefined, 60_000);
        await world.pool();
        await world.tasks(await world.job(), [{ id: "a" }]);
        assert.deepEqual(codes("a"), ["nodesNotReady"]);
        assert.match(texts("a"), /1 starting/);
        await world.pass(60_000);
        assert.deepEqual(codes("a"), ["running"]);
    });

    it("waits for a formula that wants no nodes, or that fails", async () => {
        const pool = await world.pool({ targetDedicatedNodes: 0 });
        await world.tasks(await world.job(), [{ id: "a" }]);
        const autoScale = { interval: 300_000, nextEvaluation: world.time + 300_000, enabledAt: world.time };
        const run = { timestamp: world.time, results: "$TargetDedicatedNodes=0" };
        world.store.pools.put({
            ...pool,
            autoScale: { ...autoScale, formula: "$TargetDedicatedNodes = 0;", lastRun: run },
        });
        assert.deepEqual(codes("a"), ["autoscale"]);
        assert.match(texts("a"), /wants no nodes \(\$TargetDedicatedNodes=0/);
        const error = { code: "AutoScalingFormulaEvaluationError", message: "no samples" };
        world.store.pools.put({
            ...pool,
            autoScale: { ...autoScale, formula: "x", lastRun: { ...run, error } },
        });
        assert.match(texts("a"), /failed: AutoScalingFormulaEvaluationError: no samples/);
    });

    it("waits for the start task, which runs or failed", async () => {
        await world.pool({ startTask: { commandLine: "prepare", waitForSuccess: true } });
        await world.tasks(await world.job(), [{ id: "a" }]);
        assert.deepEqual(codes("a"), ["startTaskRunning"]);
        await world.endAll("startTask", { exitCode: 9 });
        assert.deepEqual(codes("a"), ["startTaskFailed"]);
        assert.match(texts("a"), /exit code 9/);
    });

    it("waits for the preparation of its job, which runs or failed", async () => {
        await world.pool();
        const job = await world.job({ jobPreparationTask: { commandLine: "prepare", waitForSuccess: true } });
        await world.tasks(job, [{ id: "a" }]);
        assert.deepEqual(codes("a"), ["waitsForPreparation"]);
        await world.endAll("preparation", { exitCode: 4 });
        assert.deepEqual(codes("a"), ["preparationFailed"]);
        assert.match(texts("a"), /the only node.*exit code 4/);
    });

    it("never fits: too many slots, or a multi-instance task in a pool without communication", async () => {
        await world.pool();
        const multiInstanceSettings = { numberOfInstances: 2, coordinationCommandLine: "true" };
        await world.tasks(await world.job(), [
            { id: "a", requiredSlots: 4 },
            { id: "b", multiInstanceSettings },
        ]);
        assert.deepEqual(codes("a"), ["neverFits"]);
        assert.deepEqual(codes("b"), ["neverFits"]);
        assert.match(texts("b"), /no communication/);
    });

    it("needs more nodes at once than are free", async () => {
        await world.pool({ targetDedicatedNodes: 2, enableInterNodeCommunication: true });
        const multiInstanceSettings = { numberOfInstances: 2, coordinationCommandLine: "true" };
        await world.tasks(await world.job(), [{ id: "a" }, { id: "b", multiInstanceSettings }]);
        assert.match(texts("b"), /needs 2 nodes at once; 1 of 2 are free/);
    });

    it("comes after the job manager, which needs a whole node", async () => {
        await world.pool({ taskSlotsPerNode: 2 });
        await world.tasks(await world.job({}, "other"), [{ id: "x" }]);
        await world.tasks(await world.job({ jobManagerTask: { id: "manager", commandLine: "lead" } }), [
            { id: "a" },
        ]);
        assert.deepEqual(codes("manager"), ["noFreeSlot"]);
        assert.deepEqual(codes("a"), ["jobManagerFirst"]);
    });

    it("is told of a job by its first task that could start", async () => {
        await world.pool({ targetDedicatedNodes: 0 });
        const job = await world.job();
        assert.match(whyJob(view(), job).reasons[0]?.text ?? "", /no task is left/);
        await world.tasks(job, [{ id: "a" }]);
        assert.match(whyJob(view(), world.jobNow()).reasons[0]?.text ?? "", /^task 'a': .*no nodes/);
    });

    it("changes nothing by looking", async () => {
        await world.pool({ targetDedicatedNodes: 0 });
        await world.tasks(await world.job(), [{ id: "a" }]);
        const before = JSON.stringify([world.store.pools.list(), world.store.jobs.list(), world.task("a")]);
        why("a");
        assert.equal(
            JSON.stringify([world.store.pools.list(), world.store.jobs.list(), world.task("a")]),
            before,
        );
    });
});
