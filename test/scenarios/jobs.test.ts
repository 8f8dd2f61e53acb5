import assert from "node:assert/strict";
import { Local, sh, type Body } from "./local";

describe("scenario: jobs", function () {
    this.timeout(60_000);
    let local: Local;
    before(async () => {
        local = await Local.start();
        await local.pool("one");
    });
    after(() => local.close());

    const reasonOf = (job: Body) => String(job["executionInfo"]?.["terminateReason"]);

    it("a higher priority comes first, equal ones take turns", async () => {
        await local.job("gate", "one", { priority: 1000 });
        await local.task("gate", "t", "sleep 60");
        await local.running("gate", "t");
        const line = sh("echo $AZ_BATCH_JOB_ID >> $AZ_BATCH_NODE_SHARED_DIR/order");
        for (const [id, priority] of [
            ["low", -1000],
            ["equal1", 10],
            ["equal2", 10],
        ] as const) {
            await local.job(id, "one", { priority });
            await local.tasks(
                id,
                ["a", "b"].map((task) => ({ id: task, commandLine: line })),
            );
        }
        await local.endJob("gate");
        for (const id of ["low", "equal1", "equal2"])
            for (const task of ["a", "b"]) await local.done(id, task);
        const [node] = await local.list("/pools/one/nodes");
        const order = await local.text(`/pools/one/nodes/${String(node?.["id"])}/files/shared/order`);
        assert.deepEqual(order.trim().split("\n"), ["equal1", "equal2", "equal1", "equal2", "low", "low"]);
        for (const id of ["low", "equal1", "equal2"]) await local.endJob(id);
    });

    for (const [how, state] of [
        ["requeue", "active"],
        ["terminate", "completed"],
        ["wait", "completed"],
    ] as const) {
        it(`disabled with ${how}, its running task is ${state}; enabled, it goes on`, async () => {
            const id = `disable-${how}`;
            await local.job(id, "one");
            await local.tasks(id, [
                { id: "first", commandLine: sh(how === "wait" ? "sleep 0.7" : "sleep 60") },
                { id: "second", commandLine: "true" },
            ]);
            await local.running(id, "first");
            await local.post(`/jobs/${id}/disable`, { disableTasks: how });
            await local.untilState(`/jobs/${id}`, "disabled");
            const first = await local.get(`/jobs/${id}/tasks/first`);
            assert.equal(first["state"], state);
            if (how === "wait") assert.equal(first["executionInfo"]?.["exitCode"], 0);
            assert.equal((await local.get(`/jobs/${id}/tasks/second`))["state"], "active");
            if (how === "requeue") await local.ask("DELETE", `/jobs/${id}/tasks/first`);
            await local.post(`/jobs/${id}/enable`);
            assert.equal((await local.done(id, "second"))["exitCode"], 0);
            await local.endJob(id);
        });
    }

    it("without a reason of its own its end is the user's", async () => {
        await local.job("plain", "one");
        await local.endJob("plain");
        assert.equal(reasonOf(await local.untilState("/jobs/plain", "completed")), "UserTerminate");
        const again = await local.send("POST", "/jobs/plain/enable");
        assert.equal(`${again.status} ${String(again.body["code"])}`, "409 JobCompleted");
    });

    it("its priority and number of parallel tasks change while it runs", async () => {
        await local.pool("change", { taskSlotsPerNode: 4 });
        await local.job("change", "change", { maxParallelTasks: 1, priority: -1000 });
        await local.tasks(
            "change",
            ["a", "b", "c"].map((id) => ({ id, commandLine: "sleep 60" })),
        );
        const runs = async (count: number) => {
            const { taskCounts } = await local.get("/jobs/change/taskcounts");
            return Number(taskCounts?.["running"]) === count;
        };
        await local.until("one runs", () => runs(1));
        await local.ask("PATCH", "/jobs/change", { maxParallelTasks: 2 });
        await local.until("two run", () => runs(2));
        // Of what is free the third slot goes to whom it is due now.
        await local.job("rival", "change");
        await local.ask("PATCH", "/jobs/change", { maxParallelTasks: -1, priority: 1000 });
        await local.until("all run", () => runs(3));
        for (const priority of [-1001, 1001])
            assert.equal((await local.send("PATCH", "/jobs/change", { priority })).status, 400);
        for (const id of ["change", "rival"]) await local.endJob(id);
        await local.ask("DELETE", "/pools/change");
    });

    it("terminated, its running task is ended, the waiting one stays active, and no more come in", async () => {
        await local.job("ended", "one");
        await local.tasks("ended", [
            { id: "first", commandLine: "sleep 60" },
            { id: "second", commandLine: "true" },
        ]);
        await local.running("ended", "first");
        await local.post("/jobs/ended/terminate", { terminateReason: "enough" });
        const job = await local.untilState("/jobs/ended", "completed");
        assert.equal(reasonOf(job), "enough");
        const first = await local.get("/jobs/ended/tasks/first");
        assert.equal(first["executionInfo"]?.["failureInfo"]?.["code"], "TaskEnded");
        assert.equal((await local.get("/jobs/ended/tasks/second"))["state"], "active");
        const late = await local.send("POST", "/jobs/ended/tasks", { id: "late", commandLine: "true" });
        assert.equal(`${late.status} ${String(late.body["code"])}`, "409 JobCompleted");
    });

    it("ends at its wall clock, and runs no more tasks at once than it may", async () => {
        await local.pool("wide", { taskSlotsPerNode: 4 });
        await local.job("clock", "wide", { maxParallelTasks: 2, constraints: { maxWallClockTime: "PT2S" } });
        await local.tasks(
            "clock",
            ["a", "b", "c"].map((id) => ({ id, commandLine: "sleep 60" })),
        );
        await local.running("clock", "b");
        assert.equal((await local.get("/jobs/clock/taskcounts"))["taskCounts"]?.["running"], 2);
        const job = await local.untilState("/jobs/clock", "completed");
        assert.equal(reasonOf(job), "MaxWallClockTimeExpiry");
        await local.ask("DELETE", "/pools/wide");
    });

    it("a node whose preparation fails is not used, and one deleted while active is released once", async () => {
        const shared = "$AZ_BATCH_NODE_SHARED_DIR";
        await local.pool("prep", { targetDedicatedNodes: 2 });
        const [chosen] = await local.list("/pools/prep/nodes");
        const id = String(chosen?.["id"]);
        await local.job("half", "prep", {
            jobPreparationTask: { commandLine: sh(`test $AZ_BATCH_NODE_ID != ${id}`) },
            jobReleaseTask: { commandLine: sh(`echo released >> ${shared}/releases`) },
        });
        for (const task of ["a", "b", "c"]) await local.task("half", task, sh("sleep 0.1"));
        for (const task of ["a", "b", "c"]) {
            assert.equal((await local.done("half", task))["exitCode"], 0);
            const { nodeInfo } = await local.get(`/jobs/half/tasks/${task}`);
            assert.notEqual(nodeInfo?.["nodeId"], id);
        }
        const nodes = await local.list("/pools/prep/nodes");
        const other = nodes.map((node) => String(node["id"])).find((node) => node !== id);
        await local.ask("DELETE", "/jobs/half");
        await local.untilGone("/jobs/half");
        const released = await local.text(`/pools/prep/nodes/${other ?? ""}/files/shared/releases`);
        assert.equal(released, "released\n");
        await local.ask("DELETE", "/pools/prep");
    });

    it("a job terminated and then deleted is released once", async () => {
        const line = sh("echo released >> $AZ_BATCH_NODE_SHARED_DIR/twice");
        await local.job("twice", "one", {
            jobPreparationTask: { commandLine: "true" },
            jobReleaseTask: { commandLine: line },
        });
        await local.task("twice", "t", "true");
        await local.done("twice", "t");
        await local.endJob("twice");
        await local.untilState("/jobs/twice", "completed");
        await local.ask("DELETE", "/jobs/twice");
        await local.untilGone("/jobs/twice");
        const [node] = await local.list("/pools/one/nodes");
        const path = `/pools/one/nodes/${String(node?.["id"])}/files/shared/twice`;
        assert.equal(await local.text(path), "released\n");
    });
});
