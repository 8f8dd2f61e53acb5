import assert from "node:assert/strict";
import { World } from "./given";

const prepared = { jobPreparationTask: { commandLine: "p" }, jobReleaseTask: { commandLine: "r" } };

describe("Scheduler: what nodes go through", () => {
    let world: World;
    beforeEach(() => {
        world = new World();
    });
    afterEach(() => {
        world.close();
    });

    const node = () => world.nodes()[0];

    it("a preempted spot node gives its tasks back, is replaced, and is listed for a while", async () => {
        await world.pool({ targetDedicatedNodes: 0, targetLowPriorityNodes: 1 });
        await world.tasks(await world.job(), [{ id: "a" }]);
        const before = node();
        world.scheduler.preempt(before?.key ?? "");
        await world.settle();
        assert.deepEqual(
            world
                .nodes()
                .map((one) => one.state)
                .sort(),
            ["preempted", "running"],
        );
        assert.equal(world.task("a").requeueCount, 1);
        assert.equal(world.task("a").retryCount, 0);
        assert.notEqual(world.task("a").node?.node, before?.id);
        assert.deepEqual(world.host.dropped, [before?.key]);
        assert.equal(world.poolNow().allocationState, "steady");
        await world.pass(5 * 60_000);
        assert.deepEqual(
            world.nodes().map((one) => one.state),
            ["running"],
        );
    });

    it("a dedicated node is not preempted", async () => {
        await world.pool();
        assert.throws(() => {
            world.scheduler.preempt(node()?.key ?? "");
        }, /dedicated/);
        world.host.report({ event: "nodePreempted", node: node()?.key ?? "" });
        await world.settle();
        assert.equal(node()?.state, "idle");
    });

    it("prepares again after a reboot unless told otherwise, and always after a reimage", async () => {
        for (const [rerun, then, runs] of [
            [true, "reboot", 2],
            [false, "reboot", 1],
            [false, "reimage", 2],
        ] as const) {
            const own = new World();
            world.close();
            world = own;
            await world.pool();
            const job = await world.job({
                jobPreparationTask: { commandLine: "p", rerunOnNodeRebootAfterSuccess: rerun },
            });
            await world.tasks(job, [{ id: "a" }]);
            await world.endAll("preparation");
            await world.end("a");
            await world.drain(node(), { option: "requeue", then });
            await world.tasks(job, [{ id: "b" }]);
            await world.endAll("preparation");
            assert.deepEqual(world.running(), ["b"]);
            assert.equal(
                world.host.runs.get(`${node()?.key ?? ""} workitems/job/job-1/jobpreparation`),
                runs,
            );
        }
    });

    it("a preparation that was cut short runs again before any task", async () => {
        await world.pool();
        const job = await world.job(prepared);
        await world.tasks(job, [{ id: "a" }]);
        await world.drain(node(), { option: "requeue", then: "offline" }, { schedulingState: "disabled" });
        assert.equal(node()?.state, "offline");
        assert.equal(world.task("a").state, "active");
        world.scheduler.within((turn) => {
            const now = turn.store.nodes.get(node()?.key ?? "");
            if (now) turn.putNode(now, { ...now, state: "idle", schedulingState: "enabled" }, "test");
            turn.touchPool("acct/pool");
        });
        await world.settle();
        assert.equal(world.host.of("preparation").length, 1);
        assert.deepEqual(world.running(), []);
        await world.endAll("preparation");
        assert.deepEqual(world.running(), ["a"]);
    });

    it("a release that a reboot cuts short runs again when the node is back, and the job waits for it", async () => {
        await world.pool();
        const job = await world.job(prepared);
        await world.tasks(job, [{ id: "a" }]);
        await world.endAll("preparation");
        await world.end("a");
        await world.change("job", { state: "terminating" });
        assert.equal(world.host.of("release").length, 1);
        await world.drain(node(), { option: "requeue", then: "reboot" });
        assert.equal(world.jobNow().state, "terminating");
        assert.equal(await world.endAll("release"), 1);
        assert.equal(world.jobNow().state, "completed");
    });

    it("a job does not wait for a node that has left, and its status is kept", async () => {
        await world.pool();
        const job = await world.job(prepared);
        await world.tasks(job, [{ id: "a" }]);
        await world.endAll("preparation");
        await world.end("a");
        await world.drain(node(), { option: "requeue", then: "leave" });
        await world.change("job", { state: "terminating" });
        assert.equal(world.jobNow().state, "completed");
        assert.equal(world.store.jobNodes.list(job.key)[0]?.preparation?.exitCode, 0);
    });

    it("stopping a resize keeps nodes that wait for their tasks, and says that it was stopped", async () => {
        await world.pool();
        await world.tasks(await world.job(), [{ id: "a" }]);
        const resize = {
            startedAt: world.time,
            deadline: world.time + 900_000,
            deallocation: "taskcompletion",
        } as const;
        for (const how of ["stop", "timeout"] as const) {
            world.store.pools.put({
                ...world.poolNow(),
                targetDedicatedNodes: 0,
                allocationState: "resizing",
                resize: { ...resize, deadline: world.time + 900_000 },
            });
            world.scheduler.wake({ pool: "acct/pool" });
            await world.settle();
            assert.equal(node()?.state, "leavingpool");
            if (how === "stop") {
                world.store.pools.put({ ...world.poolNow(), allocationState: "stopping" });
                world.scheduler.wake({ pool: "acct/pool" });
                await world.settle();
            } else await world.pass(900_000);
            assert.equal(world.poolNow().allocationState, "steady");
            assert.equal(
                world.poolNow().resizeErrors?.[0]?.code,
                how === "stop" ? "ResizeStopped" : "AllocationTimedOut",
            );
            assert.deepEqual(world.running(), ["a"]);
            assert.equal(node()?.state, "running");
        }
    });

    it("nodes of a pool that has both kinds get ids that no other ever had", async () => {
        await world.pool({ targetDedicatedNodes: 2, targetLowPriorityNodes: 2 });
        const seen = new Set(world.nodes().map((one) => one.id));
        for (let round = 0; round < 3; round += 1) {
            await world.drain(node(), { option: "requeue", then: "leave" });
            world.store.pools.put({ ...world.poolNow(), allocationState: "resizing" });
            world.scheduler.wake({ pool: "acct/pool" });
            await world.settle();
            assert.equal(world.nodes().length, 4);
            for (const { id } of world.nodes()) seen.add(id);
        }
        assert.equal(seen.size, 7);
    });

    it("a node whose directories could not be made is unusable; one that was deallocated stays so", async () => {
        await world.pool({ targetDedicatedNodes: 2 });
        const [first, second] = world.nodes();
        await world.drain(first, { option: "requeue", then: "deallocate" });
        for (const each of [first, second])
            world.host.report({ event: "nodeLost", node: each?.key ?? "", reason: "spawner died" });
        await world.settle();
        assert.deepEqual(
            world.nodes().map((one) => one.state),
            ["deallocated", "idle"],
        );
    });
});

describe("Scheduler: who comes first", () => {
    let world: World;
    beforeEach(() => {
        world = new World();
    });
    afterEach(() => {
        world.close();
    });

    it("a job manager keeps other tasks of its job back, and takes its place again when it restarts", async () => {
        await world.pool({ targetDedicatedNodes: 2 });
        const job = await world.job({
            jobManagerTask: { id: "jm", commandLine: "m", killJobOnCompletion: false },
        });
        await world.tasks(
            job,
            ["a", "b", "c"].map((id) => ({ id })),
        );
        assert.deepEqual(world.running(), ["jm", "a"]);
        const run = world.host.of("task").find((one) => one.environment["AZ_BATCH_TASK_ID"] === "jm");
        for (const each of [...world.host.running.values()])
            if (each.node === run?.node) world.host.running.delete(each.attempt);
        // Its node does not come back: the manager takes the place of a task of its own job.
        world.store.pools.put({ ...world.poolNow(), targetDedicatedNodes: 1 });
        const lost = world.store.nodes.get(run?.node ?? "");
        world.host.report({ event: "nodeLost", node: lost?.key ?? "", reason: "gone" });
        await world.drain(lost, { option: "requeue", then: "leave" });
        assert.deepEqual(world.running(), ["jm"]);
        assert.equal(world.task("a").requeueCount, 1);
    });

    it("a job manager may be kept off spot nodes", async () => {
        await world.pool({ targetDedicatedNodes: 0, targetLowPriorityNodes: 1 });
        await world.job({ jobManagerTask: { id: "jm", commandLine: "m", allowLowPriorityNode: false } });
        assert.deepEqual(world.running(), []);
    });

    it("tasks of a job that allows it make room for a higher priority, no others", async () => {
        for (const allowTaskPreemption of [true, false]) {
            const own = new World();
            world.close();
            world = own;
            await world.pool();
            const low = await world.job({ priority: 0, allowTaskPreemption }, "low");
            await world.tasks(low, [{ id: "l" }]);
            const high = await world.job({ priority: 1 }, "high");
            await world.tasks(high, [{ id: "h" }]);
            assert.deepEqual(world.running(), [allowTaskPreemption ? "h" : "l"]);
            if (!allowTaskPreemption) continue;
            assert.equal(world.task("l", "low").requeueCount, 1);
            await world.end("h");
            assert.deepEqual(world.running(), ["l"]);
        }
    });

    it("gives every one of many equal jobs its turn", async () => {
        await world.pool();
        const ids = Array.from({ length: 20 }, (_, index) => `j${String(index).padStart(2, "0")}`);
        const gate = await world.job({ priority: 9 }, "gate");
        await world.tasks(gate, [{ id: "g" }]);
        for (const id of ids) await world.tasks(await world.job({}, id), [{ id: "a" }, { id: "b" }]);
        await world.end("g");
        const order: string[] = [];
        for (let turn = 0; turn < 40; turn += 1) {
            const [run] = world.host.of("task");
            order.push(run?.environment["AZ_BATCH_JOB_ID"] ?? "");
            world.host.end(run?.attempt ?? "");
            await world.settle();
        }
        assert.deepEqual(order, [...ids, ...ids]);
    });
});

describe("Scheduler: job schedules", () => {
    let world: World;
    beforeEach(async () => {
        world = new World();
        await world.pool();
    });
    afterEach(() => {
        world.close();
    });

    const day = 24 * 3_600_000;
    const jobSpecification = {
        poolInfo: { poolId: "pool" },
        jobManagerTask: { id: "jm", commandLine: "m" },
    };
    const schedule = () => world.store.schedules.get("acct/nightly");

    it("complete at their end once no job is active, also when they are disabled", async () => {
        for (const state of ["active", "disabled"] as const) {
            const own = new World();
            world.close();
            world = own;
            await world.pool();
            const doNotRunAfter = new Date(world.time + 2.5 * day).toISOString();
            await world.schedule({
                schedule: { recurrenceInterval: "P1D", doNotRunAfter },
                jobSpecification,
            });
            const now = schedule();
            if (now && state === "disabled") world.store.schedules.put({ ...now, state });
            await world.pass(2.6 * day);
            assert.equal(schedule()?.state, state);
            await world.end("jm");
            world.scheduler.wake({ schedule: "acct/nightly" });
            await world.settle();
            assert.equal(schedule()?.state, "completed");
            assert.equal(schedule()?.nextRunTime, undefined);
        }
    });

    it("make the next job as soon as the one before ends, when its window is still open", async () => {
        await world.schedule({ schedule: { recurrenceInterval: "P1D" }, jobSpecification });
        await world.pass(day + 3_600_000);
        assert.equal(schedule()?.jobCount, 1);
        await world.end("jm");
        assert.equal(schedule()?.jobCount, 2);
        assert.equal(schedule()?.recentJob, "nightly:job-2");
        assert.equal(schedule()?.nextRunTime, world.time - 3_600_000 + day);
    });

    it("show the next run after a window has closed on a job that still runs", async () => {
        await world.schedule({
            schedule: { recurrenceInterval: "P1D", startWindow: "PT1H" },
            jobSpecification,
        });
        await world.pass(day);
        await world.pass(2 * 3_600_000);
        assert.equal(schedule()?.nextRunTime, world.time - 2 * 3_600_000 + day);
    });

    it("have a pool for their lifetime, which ends with them", async () => {
        const autoPoolSpecification = {
            poolLifetimeOption: "jobschedule",
            pool: { vmSize: "standard_d2s_v5", targetDedicatedNodes: 1 },
        };
        await world.schedule({
            schedule: {},
            jobSpecification: { ...jobSpecification, poolInfo: { autoPoolSpecification } },
        });
        assert.equal(world.store.pools.count("acct"), 2);
        await world.end("jm");
        assert.equal(schedule()?.state, "completed");
        assert.equal(world.store.pools.count("acct"), 1);
    });
});
