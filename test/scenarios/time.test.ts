import assert from "node:assert/strict";
import { Local, sh } from "./local";
import { servicePool } from "../support/servicePool";

const hour = 3_600_000;

describe("scenario: time, where an hour takes a second", function () {
    this.timeout(60_000);
    let local: Local;
    before(async () => {
        local = await Local.start({ speed: 3600 });
        await local.pool("p", { taskSlotsPerNode: 4 });
        await local.job("j", "p");
    });
    after(() => local.close());

    it("files of a task go when their retention ends; the task stays", async () => {
        await local.task("j", "short", "echo out", { constraints: { retentionTime: "PT1H" } });
        await local.task("j", "long", "echo out");
        await local.done("j", "short");
        await local.done("j", "long");
        const gone = await local.until("its files are gone", async () => {
            const answer = await local.send("GET", "/jobs/j/tasks/short/files/stdout.txt");
            // One that is asked just then may find the task and not the file.
            return ![200, 404].includes(answer.status) && answer;
        });
        assert.equal(`${gone.status} ${String(gone.body["code"])}`, "409 TaskFilesCleanedup");
        assert.equal((await local.get("/jobs/j/tasks/short"))["state"], "completed");
        assert.equal(await local.output("j", "long"), "out\n");
    });

    it("a process's own wall clock is not scaled, that of its job is", async () => {
        await local.task("j", "clock", sh("sleep 0.4; echo ended by itself"), {
            constraints: { maxWallClockTime: "PT30S" },
        });
        assert.equal((await local.done("j", "clock"))["exitCode"], 0);
        await local.job("brief", "p", { constraints: { maxWallClockTime: "PT1H" } });
        await local.task("brief", "t", "sleep 60");
        const job = await local.untilState("/jobs/brief", "completed");
        assert.equal(job["executionInfo"]?.["terminateReason"], "MaxWallClockTimeExpiry");
        const span =
            Date.parse(String(job["executionInfo"]["endTime"])) - Date.parse(String(job["creationTime"]));
        assert.ok(span >= hour);
    });

    it("a node that leaves with retaineddata stays until the files of its tasks may go", async () => {
        const [node] = await local.pool("retained");
        await local.job("retained", "retained");
        await local.task("retained", "t", "echo out", { constraints: { retentionTime: "PT2H" } });
        const info = await local.done("retained", "t");
        const option = {
            targetDedicatedNodes: 0,
            nodeDeallocationOption: "retaineddata",
            resizeTimeout: "PT10H",
        };
        await local.post("/pools/retained/resize", option);
        const path = `/pools/retained/nodes/${String(node?.["id"])}`;
        const leaving = await local.get(path);
        assert.equal(leaving["state"], "leavingpool");
        await local.task("retained", "late", "true");
        await local.untilGone(path);
        assert.equal((await local.get("/jobs/retained/tasks/late"))["state"], "active");
        await local.job("mark", "p");
        const now = Date.parse(String((await local.get("/jobs/mark"))["creationTime"]));
        assert.ok(now >= Date.parse(String(info["endTime"])) + 2 * hour);
    });

    it("a resize that runs out of time says so, and what it waits for stays", async () => {
        await local.pool("timeout");
        await local.job("timeout", "timeout");
        await local.task("timeout", "t", "sleep 60");
        await local.untilState("/jobs/timeout/tasks/t", "running");
        await local.post("/pools/timeout/resize", {
            targetDedicatedNodes: 0,
            nodeDeallocationOption: "taskcompletion",
            resizeTimeout: "PT30M",
        });
        const [node] = await local.steady("timeout");
        assert.equal(node?.["state"], "running");
        const { resizeErrors } = await local.get("/pools/timeout");
        assert.match(JSON.stringify(resizeErrors), /AllocationTimedOut/);
        await local.post("/jobs/timeout/terminate");
    });

    it("the service's clock runs faster in all that it stamps", async () => {
        const stamp = async (id: string) => {
            await local.job(id, "p");
            return Date.parse(String((await local.get(`/jobs/${id}`))["creationTime"]));
        };
        const first = await stamp("first");
        await local.until("half an hour later", async () => {
            const id = `later${Date.now()}`;
            return (await stamp(id)) - first > hour / 2;
        });
    });
});

describe("scenario: delays, where an hour takes a second", function () {
    this.timeout(60_000);
    let local: Local;
    before(async () => {
        local = await Local.start({ speed: 3600, delays: { resize: 5400, boot: 3600, counts: 1800 } });
    });
    after(() => local.close());
    const at = (value: unknown) => Date.parse(String(value));

    it("a resize and a boot take their time, and the node shows which of them it is at", async () => {
        await local.post("/pools", { ...servicePool("p"), resizeTimeout: "PT10H" });
        const nodes = await local.until("it has a node", async () => {
            const found = await local.list("/pools/p/nodes");
            return found.length > 0 && found;
        });
        assert.equal(nodes[0]?.["state"], "creating");
        assert.equal((await local.get("/pools/p"))["allocationState"], "resizing");
        const path = `/pools/p/nodes/${String(nodes[0]["id"])}`;
        await local.untilState(path, "starting");
        assert.equal((await local.get("/pools/p"))["allocationState"], "steady");
        const up = await local.untilState(path, "idle");
        assert.ok(at(up["lastBootTime"]) - at(up["allocationTime"]) >= 2.5 * hour);
        await local.post(`${path}/reboot`);
        const again = await local.until("it is back", async () => {
            const now = await local.get(path);
            return String(now["state"]) === "idle" && at(now["lastBootTime"]) > at(up["lastBootTime"]) && now;
        });
        assert.ok(at(again["lastBootTime"]) - at(up["lastBootTime"]) >= hour);
    });

    it("a resize that takes longer than it may ends with the error, and its nodes do not come", async () => {
        await local.post("/pools", { ...servicePool("late"), targetDedicatedNodes: 2 });
        const pool = await local.until("the resize has ended", async () => {
            const found = await local.get("/pools/late");
            return String(found["allocationState"]) === "steady" && found;
        });
        assert.match(JSON.stringify(pool["resizeErrors"]), /AllocationTimedOut/);
        await local.until(
            "it has no nodes",
            async () => (await local.list("/pools/late/nodes")).length === 0,
        );
    });

    it("counts lag behind the lists, and come to agree with them", async () => {
        await local.job("j", "p");
        const count = async () =>
            Number((await local.get("/jobs/j/taskcounts"))["taskCounts"]?.["succeeded"]);
        const asked = Date.now();
        assert.equal(await count(), 0);
        await local.task("j", "t", "true");
        const [listed, counted] = await local.until("the task is listed as done", async () => {
            const [task] = await local.list("/jobs/j/tasks?$filter=state eq 'completed'");
            return task && [task, await count()];
        });
        assert.ok(listed);
        // What was counted first stands for half an hour, which is half a second here.
        assert.ok(counted === 0 || Date.now() - asked >= 500, "it counted what it could not know yet");
        await local.until("the counts agree", async () => (await count()) === 1);
    });
});
