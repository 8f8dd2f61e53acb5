import assert from "node:assert/strict";
import { Local, sh, type Body } from "./local";

describe("scenario: exit conditions and limits of tasks", function () {
    this.timeout(60_000);
    let local: Local;
    before(async () => {
        local = await Local.start();
        await local.pool("p", { taskSlotsPerNode: 4 });
    });
    after(() => local.close());

    const conditions = {
        exitCodes: [{ code: 3, exitOptions: { jobAction: "none", dependencyAction: "satisfy" } }],
        exitCodeRanges: [{ start: 10, end: 19, exitOptions: { jobAction: "disable" } }],
        preProcessingError: { jobAction: "none" },
        fileUploadError: { jobAction: "none" },
        default: { jobAction: "terminate" },
    };
    const job = (id: string, change: object = {}) =>
        local.job(id, "p", {
            onTaskFailure: "performexitoptionsjobaction",
            usesTaskDependencies: true,
            ...change,
        });
    const gone = { httpUrl: "http://127.0.0.1:1/x", filePath: "x" };
    const upload = () => ({
        outputFiles: [
            {
                filePattern: "../stdout.txt",
                destination: { container: { containerUrl: "http://127.0.0.1:1/c", path: "x" } },
                uploadOptions: { uploadCondition: "taskcompletion" },
            },
        ],
    });

    it("decide what becomes of the job: by exit code, range, kind of failure, else the default", async () => {
        const cases: [string, string, object, (found: Body) => void][] = [
            ["code", sh("exit 3"), {}, (found) => assert.equal(found["state"], "active")],
            ["range", sh("exit 15"), {}, (found) => assert.equal(found["state"], "disabled")],
            ["input", "true", { resourceFiles: [gone] }, (found) => assert.equal(found["state"], "active")],
            ["output", "true", upload(), (found) => assert.equal(found["state"], "active")],
            [
                "default",
                sh("exit 99"),
                {},
                (found) => {
                    assert.equal(found["state"], "completed");
                    assert.equal(found["executionInfo"]?.["terminateReason"], "TaskFailed");
                },
            ],
        ];
        await Promise.all(
            cases.map(async ([id, commandLine, change, check]) => {
                await job(id);
                await local.task(id, "t", commandLine, { exitConditions: conditions, ...change });
                await local.done(id, "t");
                const settled = await local.until("the job has settled", async () => {
                    const found = await local.get(`/jobs/${id}`);
                    return !/ing$/.test(String(found["state"])) && found;
                });
                check(settled);
            }),
        );
    });

    it("decide what becomes of dependants, by id and by range", async () => {
        await job("deps", { onTaskFailure: "noaction" });
        const after = (id: string, dependsOn: object) => ({ id, commandLine: "true", dependsOn });
        const tolerated = {
            exitCodeRanges: [{ start: 1, end: 5, exitOptions: { dependencyAction: "satisfy" } }],
            default: { dependencyAction: "block" },
        };
        await local.tasks("deps", [
            { id: "1", commandLine: sh("exit 2"), exitConditions: tolerated },
            { id: "2", commandLine: "true" },
            { id: "3", commandLine: sh("exit 6"), exitConditions: tolerated },
            after("runs", { taskIdRanges: [{ start: 1, end: 2 }] }),
            after("blocked", { taskIds: ["3"] }),
            after("behind", { taskIds: ["runs", "blocked"] }),
        ]);
        assert.equal((await local.done("deps", "runs"))["exitCode"], 0);
        await local.done("deps", "3");
        for (const id of ["blocked", "behind"])
            assert.equal((await local.get(`/jobs/deps/tasks/${id}`))["state"], "active");
        // What blocks may be tried again; its success lets the others run.
        const refused = await local.send("POST", "/jobs/deps/tasks/blocked/reactivate");
        assert.equal(`${refused.status} ${String(refused.body["code"])}`, "409 TaskNotCompleted");
    });

    it("retries apply to exit codes alone, the job's number where the task says nothing", async () => {
        await local.job("retries", "p", { constraints: { maxTaskRetryCount: 1 } });
        await local.task("retries", "code", sh("exit 5"));
        await local.task("retries", "input", "true", { resourceFiles: [gone] });
        await local.task("retries", "own", sh("exit 5"), { constraints: { maxTaskRetryCount: 0 } });
        assert.equal((await local.done("retries", "code"))["retryCount"], 1);
        assert.equal((await local.done("retries", "input"))["retryCount"], 0);
        assert.equal((await local.done("retries", "own"))["retryCount"], 0);
    });

    it("a reactivated task has its retries again and keeps nothing of its former end", async () => {
        await local.job("again", "p");
        const flag = `${local.directory}/again`;
        await local.task("again", "t", sh(`test -e ${flag}`), { constraints: { maxTaskRetryCount: 1 } });
        assert.equal((await local.done("again", "t"))["retryCount"], 1);
        await local.post("/jobs/again/disable", { disableTasks: "wait" });
        await local.untilState("/jobs/again", "disabled");
        await local.post("/jobs/again/tasks/t/reactivate");
        const waiting = await local.get("/jobs/again/tasks/t");
        assert.equal(waiting["state"], "active");
        assert.equal(waiting["executionInfo"]?.["retryCount"], 0);
        for (const name of ["exitCode", "failureInfo", "endTime", "result"])
            assert.equal(waiting["executionInfo"][name], undefined);
        const { writeFileSync } = await import("node:fs");
        writeFileSync(flag, "");
        await local.post("/jobs/again/enable");
        assert.equal((await local.done("again", "t"))["exitCode"], 0);
    });

    it("a call takes 100 tasks and 1 MB", async () => {
        await local.job("many", "p");
        const some = (count: number, size = 1) =>
            Array.from({ length: count }, (_, index) => ({
                id: `t${count}-${index}`,
                commandLine: `true ${"x".repeat(size)}`,
            }));
        const add = (value: object[]) => local.send("POST", "/jobs/many/addtaskcollection", { value });
        const refused = async (value: object[]) => {
            const { status, body } = await add(value);
            return `${status} ${String(body["code"])}`;
        };
        assert.equal(await refused(some(101)), "400 InvalidPropertyValue");
        assert.equal(await refused(some(50, 22_000)), "413 RequestBodyTooLarge");
        assert.equal((await add(some(100))).status, 200);
        await local.until("all are done", async () => {
            const { taskCounts } = await local.get("/jobs/many/taskcounts");
            return Number(taskCounts?.["succeeded"]) === 100;
        });
    });
});
