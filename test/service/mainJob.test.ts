import assert from "node:assert/strict";
import { Service, codeOf, items } from "./support";

describe("data plane, from a pool to the output of its tasks", function () {
    this.timeout(30_000);
    let service: Service;
    before(async () => {
        service = await Service.open();
        await service.pool("pool", { targetDedicatedNodes: 2 });
    });
    after(async () => {
        assert.deepEqual(service.errors, []);
        await service.close();
    });

    it("runs a task and gives its output, its exit code and its counts", async () => {
        await service.job("first", { displayName: "the first" });
        await service.task("first", "hello", "/bin/sh -c 'echo hello; exit 3'");
        const task = await service.completed("first", "hello");
        assert.equal(task["executionInfo"]?.["exitCode"], 3);
        assert.equal(task["executionInfo"]?.["result"], "failure");
        assert.equal(task["executionInfo"]?.["failureInfo"]?.["code"], "FailureExitCode");
        const output = await service.get("/jobs/first/tasks/hello/files/stdout.txt");
        assert.equal(output.text, "hello\n");
        assert.equal(output.headers.get("ocp-batch-file-isdirectory"), "False");
        const { body } = await service.get("/jobs/first/taskcounts");
        assert.deepEqual(body["taskCounts"], {
            active: 0,
            running: 0,
            completed: 1,
            succeeded: 0,
            failed: 1,
        });
    });

    it("answers each task of a collection by itself", async () => {
        await service.job("many");
        await service.task("many", "there", "true");
        const answer = await service.post("/jobs/many/addtaskcollection", {
            value: [
                { id: "THERE", commandLine: "true" },
                { id: "new", commandLine: "true" },
                { id: "new", commandLine: "true" },
                { id: "no good", commandLine: "true" },
                { id: "waits", commandLine: "true", dependsOn: { taskIds: ["new"] } },
            ],
        });
        assert.equal(answer.status, 200);
        assert.deepEqual(
            items(answer).map((one) => [one["taskId"], one["status"], one["error"]?.["code"]]),
            [
                ["THERE", "clienterror", "TaskExists"],
                ["new", "success", undefined],
                ["new", "clienterror", "TaskExists"],
                ["no good", "clienterror", "InvalidPropertyValue"],
                ["waits", "clienterror", "TaskDependenciesNotSpecifiedOnJob"],
            ],
        );
    });

    it("lists tasks by filter, page and selection", async () => {
        await service.job("listed");
        const value = Array.from({ length: 25 }, (_, index) => ({ id: `t${index}`, commandLine: "true" }));
        await service.post("/jobs/listed/addtaskcollection", { value });
        const ids: string[] = [];
        let next: string | undefined =
            "/jobs/listed/tasks?maxresults=10&$select=id,state&$filter=startswith(id,'t1')";
        while (next !== undefined) {
            const page = await service.get(next);
            assert.equal(page.status, 200, page.text);
            for (const task of items(page)) {
                assert.deepEqual(Object.keys(task), ["id", "state"]);
                ids.push(String(task["id"]));
            }
            next = page.body["odata.nextLink"] as unknown as string | undefined;
        }
        assert.deepEqual(ids, ["t1", "t10", "t11", "t12", "t13", "t14", "t15", "t16", "t17", "t18", "t19"]);
    });

    it("terminates a running task and lets a failed one be tried again", async () => {
        await service.job("ended");
        await service.task("ended", "long", "sleep 600");
        await service.until("/jobs/ended/tasks/long", (task) => String(task["state"]) === "running");
        assert.equal((await service.post("/jobs/ended/tasks/long/reactivate")).status, 409);
        assert.equal((await service.post("/jobs/ended/tasks/long/terminate")).status, 204);
        const task = await service.completed("ended", "long");
        assert.equal(task["executionInfo"]?.["failureInfo"]?.["code"], "TaskEnded");
        assert.equal(codeOf(await service.post("/jobs/ended/tasks/long/terminate")), "409 TaskCompleted");
        assert.equal((await service.post("/jobs/ended/tasks/long/reactivate")).status, 204);
        await service.until("/jobs/ended/tasks/long", (again) => String(again["state"]) === "running");
        assert.equal((await service.call("DELETE", "/jobs/ended/tasks/long")).status, 200);
        assert.equal(codeOf(await service.get("/jobs/ended/tasks/long")), "404 TaskNotFound");
    });

    it("runs preparation once a node and release when the job ends", async () => {
        await service.job("prepared", {
            jobPreparationTask: { commandLine: "/bin/sh -c 'echo ready > $AZ_BATCH_NODE_SHARED_DIR/ready'" },
            jobReleaseTask: { commandLine: "/bin/sh -c 'echo over'" },
        });
        for (const id of ["a", "b"])
            await service.task("prepared", id, "/bin/sh -c 'cat $AZ_BATCH_NODE_SHARED_DIR/ready'");
        await service.completed("prepared", "a");
        await service.completed("prepared", "b");
        assert.equal((await service.get("/jobs/prepared/tasks/a/files/stdout.txt")).text, "ready\n");
        assert.equal(
            (await service.post("/jobs/prepared/terminate", { terminateReason: "done" })).status,
            202,
        );
        const job = await service.until("/jobs/prepared", (body) => String(body["state"]) === "completed");
        assert.equal(job["executionInfo"]?.["terminateReason"], "done");
        const status = items(await service.get("/jobs/prepared/jobpreparationandreleasetaskstatus"));
        for (const node of status) {
            assert.equal(node["jobPreparationTaskExecutionInfo"]?.["exitCode"], 0);
            assert.equal(node["jobReleaseTaskExecutionInfo"]?.["exitCode"], 0);
        }
        assert.ok(status.length >= 1);
        assert.equal(
            codeOf(await service.post("/jobs/prepared/tasks", { id: "late", commandLine: "true" })),
            "409 JobCompleted",
        );
    });

    it("deletes jobs and pools until they are gone", async () => {
        await service.job("brief");
        assert.equal((await service.call("DELETE", "/jobs/brief")).status, 202);
        await service.until("/jobs/brief", (_body, answer) => answer.status === 404);
        assert.equal((await service.post("/pools/pool/resize", { targetDedicatedNodes: 0 })).status, 202);
        await service.until("/pools/pool", (pool) => String(pool["allocationState"]) === "steady");
        assert.deepEqual(items(await service.get("/pools/pool/nodes")), []);
        assert.equal((await service.call("DELETE", "/pools/pool")).status, 202);
        await service.until("/pools/pool", (_body, answer) => answer.status === 404);
    });
});
