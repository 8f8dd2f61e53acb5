import assert from "node:assert/strict";
import { Local, sh } from "./local";

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
            return answer.status !== 200 && answer;
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
