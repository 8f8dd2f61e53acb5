import assert from "node:assert/strict";
import { Local, sh, type Body } from "./local";

describe("scenario: tasks", function () {
    this.timeout(60_000);
    let local: Local;
    before(async () => {
        local = await Local.start();
        await local.pool("work", { targetDedicatedNodes: 2, taskSlotsPerNode: 4 });
        await local.job("work", "work", {
            commonEnvironmentSettings: [
                { name: "SHARED", value: "of the job" },
                { name: "BOTH", value: "of the job" },
            ],
        });
    });
    after(() => local.close());

    const failure = (info: Body) => String(info["failureInfo"]?.["code"]);

    it("command lines are not run by a shell", async () => {
        await local.task("work", "no-shell", "/bin/echo $HOME ; ls > x | cat '*'");
        await local.done("work", "no-shell");
        assert.match(await local.output("work", "no-shell"), /^\$HOME ; ls > x \| cat/);
    });

    it("see their settings and the service's variables, which they cannot overwrite", async () => {
        const settings = [
            { name: "OWN", value: "a b" },
            { name: "BOTH", value: "of the task" },
            { name: "AZ_BATCH_TASK_ID", value: "forged" },
        ];
        await local.task("work", "env", "/usr/bin/env", { environmentSettings: settings });
        await local.done("work", "env");
        const lines = (await local.output("work", "env")).trim().split("\n");
        const seen = new Map(lines.map((line): [string, string] => [line.split("=", 1)[0] ?? "", line.replace(/^[^=]*=/, "")])); // prettier-ignore
        assert.equal(seen.get("OWN"), "a b");
        assert.equal(seen.get("SHARED"), "of the job");
        assert.equal(seen.get("BOTH"), "of the task");
        assert.equal(seen.get("AZ_BATCH_TASK_ID"), "env");
        assert.equal(seen.get("AZ_BATCH_JOB_ID"), "work");
        assert.equal(seen.get("AZ_BATCH_POOL_ID"), "work");
        assert.equal(seen.get("AZ_BATCH_ACCOUNT_URL"), local.account.endpoint);
        const root = seen.get("AZ_BATCH_NODE_ROOT_DIR") ?? "";
        assert.equal(seen.get("AZ_BATCH_NODE_SHARED_DIR"), `${root}/shared`);
        assert.equal(seen.get("AZ_BATCH_TASK_DIR"), `${root}/workitems/work/job-1/env`);
        assert.equal(seen.get("AZ_BATCH_TASK_WORKING_DIR"), `${root}/workitems/work/job-1/env/wd`);
        const { environmentSettings } = await local.get("/jobs/work/tasks/env");
        assert.deepEqual(environmentSettings, settings);
    });

    it("are retried on a non-zero exit as often as they may, and keep no process past their wall clock", async () => {
        const count = sh("echo x >> $AZ_BATCH_NODE_SHARED_DIR/tries-$AZ_BATCH_TASK_ID; exit 7");
        await local.task("work", "retried", count, { constraints: { maxTaskRetryCount: 2 } });
        const retried = await local.done("work", "retried");
        assert.equal(retried["retryCount"], 2);
        assert.equal(retried["exitCode"], 7);
        assert.equal(failure(retried), "FailureExitCode");
        await local.task("work", "slow", "sleep 60", {
            constraints: { maxWallClockTime: "PT1S", maxTaskRetryCount: 3 },
        });
        const slow = await local.done("work", "slow");
        assert.equal(failure(slow), "TaskEnded");
        assert.equal(slow["retryCount"], 0);
    });

    it("fail with the documented reason: no such program, no such file, output container that is gone", async () => {
        const { storage } = local.account;
        const gone = `${storage.endpoints.blob}/nowhere/file.txt`;
        await local.task("work", "no-program", "surely-not-here");
        await local.task("work", "no-file", "true", {
            resourceFiles: [{ httpUrl: gone, filePath: "f" }],
            constraints: { maxTaskRetryCount: 2 },
        });
        await local.task("work", "no-output", sh("echo x > out.txt"), {
            outputFiles: [
                {
                    filePattern: "out.txt",
                    destination: { container: { containerUrl: `${storage.endpoints.blob}/nowhere` } },
                    uploadOptions: { uploadCondition: "taskcompletion" },
                },
            ],
        });
        assert.equal(failure(await local.done("work", "no-program")), "CommandProgramNotFound");
        const noFile = await local.done("work", "no-file");
        assert.match(failure(noFile), /^Blob/);
        assert.equal(noFile["exitCode"], undefined);
        const noOutput = await local.done("work", "no-output");
        assert.match(failure(noOutput), /^FileUpload/);
        assert.equal(noOutput["exitCode"], 0);
    });

    it("start when those they depend on have ended as they must", async () => {
        await local.job("deps", "work", {
            usesTaskDependencies: true,
            onTaskFailure: "performexitoptionsjobaction",
        });
        const tolerated = {
            exitCodes: [{ code: 3, exitOptions: { jobAction: "none", dependencyAction: "satisfy" } }],
        };
        const blocking = { default: { jobAction: "none" } };
        await local.tasks("deps", [
            { id: "1", commandLine: sh("exit 3"), exitConditions: tolerated },
            { id: "02", commandLine: "true" },
            { id: "bad", commandLine: sh("exit 9"), exitConditions: blocking },
            {
                id: "after",
                commandLine: "true",
                dependsOn: { taskIds: ["1"], taskIdRanges: [{ start: 2, end: 2 }] },
            },
            { id: "never", commandLine: "true", dependsOn: { taskIds: ["bad"] } },
        ]);
        assert.equal((await local.done("deps", "after"))["exitCode"], 0);
        await local.done("deps", "bad");
        assert.equal((await local.get("/jobs/deps/tasks/never"))["state"], "active");
        assert.equal((await local.get("/jobs/deps"))["state"], "active");
        await local.task("deps", "fatal", sh("exit 1"));
        const job = await local.untilState("/jobs/deps", "completed");
        assert.equal(job["executionInfo"]?.["terminateReason"], "TaskFailed");
    });

    it("run again when reactivated, and on the node of their affinity", async () => {
        const flag = "$AZ_BATCH_NODE_SHARED_DIR/second";
        const line = sh(`if [ -e ${flag} ]; then exit 0; else touch ${flag}; exit 1; fi`);
        await local.task("work", "again", line);
        assert.equal((await local.done("work", "again"))["result"], "failure");
        const first = (await local.get("/jobs/work/tasks/again"))["nodeInfo"];
        // It may run on the other node the first time it is reactivated.
        for (let tries = 0; tries < 3; tries += 1) {
            await local.post("/jobs/work/tasks/again/reactivate");
            if (String((await local.done("work", "again"))["result"]) === "success") break;
        }
        assert.equal((await local.get("/jobs/work/tasks/again"))["executionInfo"]?.["result"], "success");
        const again = await local.send("POST", "/jobs/work/tasks/again/reactivate");
        assert.equal(again.body["code"], "TaskSucceeded");
        const affinityInfo = { affinityId: String(first?.["affinityId"]) };
        for (const id of ["near1", "near2", "near3"]) await local.task("work", id, "true", { affinityInfo });
        for (const id of ["near1", "near2", "near3"]) {
            await local.done("work", id);
            const { nodeInfo } = await local.get(`/jobs/work/tasks/${id}`);
            assert.equal(nodeInfo?.["nodeId"], first?.["nodeId"]);
        }
    });

    it("are ended and deleted with all their processes", async () => {
        await local.task("work", "tree", sh("sleep 70 & sleep 70"));
        await local.untilState("/jobs/work/tasks/tree", "running");
        await local.post("/jobs/work/tasks/tree/terminate");
        assert.equal(failure(await local.done("work", "tree")), "TaskEnded");
        await local.ask("DELETE", "/jobs/work/tasks/tree");
        await local.untilGone("/jobs/work/tasks/tree");
    });

    it("files are read in ranges while the task still writes", async () => {
        await local.task("work", "writes", sh("echo first; sleep 0.5; echo second"));
        const path = "/jobs/work/tasks/writes/files/stdout.txt";
        await local.until("the first line", async () => {
            const answer = await local.send("GET", path);
            return answer.status === 200 && answer.text === "first\n";
        });
        await local.done("work", "writes");
        assert.equal(await local.text(path), "first\nsecond\n");
        const names = (await local.list("/jobs/work/tasks/writes/files")).map((file) => String(file["name"]));
        assert.deepEqual(names.sort(), ["stderr.txt", "stdout.txt", "wd"]);
        await local.ask("DELETE", path);
        assert.equal((await local.send("GET", path)).status, 404);
    });

    it("of a collection have a result each: those that are there already do not keep others from being added", async () => {
        await local.job("many", "work");
        const some = Array.from({ length: 5 }, (_, index) => ({ id: `t${index}`, commandLine: "true" }));
        await local.tasks("many", some);
        const all = [...some, ...some.map((task) => ({ ...task, id: `${task.id}x` }))];
        const answer = await local.post("/jobs/many/addtaskcollection", { value: all });
        const results = answer.body["value"] as unknown as Body[];
        assert.equal(results.filter((one) => String(one["error"]?.["code"]) === "TaskExists").length, 5);
        await local.until("all ten are done", async () => {
            const { taskCounts } = await local.get("/jobs/many/taskcounts");
            return Number(taskCounts?.["succeeded"]) === 10;
        });
    });
});
