import assert from "node:assert/strict";
import { BlobSASPermissions, ContainerSASPermissions } from "@azure/storage-blob";
import { Local, sh, type Body } from "./local";

describe("scenario: from upload to download", function () {
    this.timeout(60_000);
    let local: Local;
    before(async () => {
        local = await Local.start();
    });
    after(() => local.close());

    it("upload, pool, job, tasks, monitor, download", async () => {
        const [input, results] = [await local.container("input"), await local.container("results")];
        const texts = ["one two two", "three three three", ""];
        for (const [index, text] of texts.entries())
            await input.getBlockBlobClient(`text${index}.txt`).upload(text, text.length);
        const expiresOn = new Date(Date.now() + 3_600_000);
        const readable = async (blob: string) =>
            input
                .getBlobClient(blob)
                .generateSasUrl({ permissions: BlobSASPermissions.parse("r"), expiresOn });
        const permissions = ContainerSASPermissions.parse("racwl");
        const containerUrl = await results.generateSasUrl({ permissions, expiresOn });
        await local.pool("words", { targetDedicatedNodes: 2, taskSlotsPerNode: 2 });
        await local.job("count", "words");
        const tasks = await Promise.all(
            texts.map(async (_text, index) => ({
                id: `count${index}`,
                commandLine: sh(`wc -w < text.txt | tr -d ' ' > words.txt`),
                resourceFiles: [{ httpUrl: await readable(`text${index}.txt`), filePath: "text.txt" }],
                outputFiles: [
                    {
                        filePattern: "words.txt",
                        destination: { container: { containerUrl, path: `count${index}.txt` } },
                        uploadOptions: { uploadCondition: "tasksuccess" },
                    },
                ],
            })),
        );
        await local.tasks("count", tasks);
        await local.ask("PATCH", "/jobs/count", { onAllTasksComplete: "terminatejob" });
        const job = await local.untilState("/jobs/count", "completed");
        assert.equal(job["executionInfo"]?.["terminateReason"], "AllTasksComplete");
        const { taskCounts } = (await local.get("/jobs/count/taskcounts")) as { taskCounts?: unknown };
        assert.deepEqual(taskCounts, { active: 0, running: 0, completed: 3, succeeded: 3, failed: 0 });
        for (const [index, words] of ["3", "3", "0"].entries()) {
            const blob = await results.getBlobClient(`count${index}.txt`).downloadToBuffer();
            assert.equal(blob.toString().trim(), words);
        }
        assert.equal((await local.send("DELETE", "/jobs/count")).status, 202);
        assert.equal((await local.send("DELETE", "/pools/words")).status, 202);
        await local.untilGone("/jobs/count");
        await local.untilGone("/pools/words");
    });

    it("job preparation and release on 2 nodes, with 8 tasks that write to a file each node shares", async () => {
        await local.pool("shared", { targetDedicatedNodes: 2 });
        const file = "$AZ_BATCH_NODE_SHARED_DIR/job_data.txt";
        await local.job("prepared", "shared", {
            jobPreparationTask: { commandLine: sh(`echo "$AZ_BATCH_NODE_ID tasks:" > ${file}`) },
            jobReleaseTask: { commandLine: sh(`rm ${file}`) },
        });
        const ids = Array.from({ length: 8 }, (_, index) => `task${index + 1}`);
        await local.tasks(
            "prepared",
            ids.map((id) => ({ id, commandLine: sh(`echo "  $AZ_BATCH_TASK_ID" >> ${file}`) })),
        );
        const runOn = new Map<string, string[]>();
        for (const id of ids) {
            await local.done("prepared", id);
            const { nodeInfo } = await local.get(`/jobs/prepared/tasks/${id}`);
            const node = String(nodeInfo?.["nodeId"]);
            runOn.set(node, [...(runOn.get(node) ?? []), id]);
        }
        assert.equal(runOn.size, 2);
        for (const [node, tasks] of runOn) {
            const text = await local.text(`/pools/shared/nodes/${node}/files/shared/job_data.txt`);
            const [title, ...lines] = text.trim().split("\n");
            assert.equal(title, `${node} tasks:`);
            assert.deepEqual(lines.map((line) => line.trim()).sort(), tasks.sort());
        }
        await local.post("/jobs/prepared/terminate");
        await local.untilState("/jobs/prepared", "completed");
        const status = await local.list("/jobs/prepared/jobpreparationandreleasetaskstatus");
        assert.deepEqual(
            status.map((one) => [
                one["jobPreparationTaskExecutionInfo"]?.["exitCode"],
                one["jobReleaseTaskExecutionInfo"]?.["exitCode"],
            ]),
            [
                [0, 0],
                [0, 0],
            ],
        );
        for (const node of runOn.keys()) {
            const gone = await local.send("GET", `/pools/shared/nodes/${node}/files/shared/job_data.txt`);
            assert.equal(gone.status, 404);
        }
    });

    it("map tasks, and a merge task that depends on their range of ids", async () => {
        await local.pool("mapreduce", { taskSlotsPerNode: 4 });
        await local.job("squares", "mapreduce", { usesTaskDependencies: true });
        const share = "$AZ_BATCH_NODE_SHARED_DIR";
        const maps = Array.from({ length: 10 }, (_, index) => ({
            id: String(index + 1),
            commandLine: sh(`echo $((${index + 1} * ${index + 1})) > ${share}/square${index + 1}`),
        }));
        const merge = {
            id: "merge",
            commandLine: sh(`cat ${share}/square* | awk '{ sum += $1 } END { print sum }'`),
            dependsOn: { taskIdRanges: [{ start: 1, end: 10 }] },
        };
        await local.tasks("squares", [merge, ...maps]);
        await local.done("squares", "merge");
        assert.equal(await local.output("squares", "merge"), "385\n");
        const merged = await local.get("/jobs/squares/tasks/merge");
        for (const { id } of maps) {
            const { executionInfo } = await local.get(`/jobs/squares/tasks/${id}`);
            assert.ok(String(executionInfo?.["endTime"]) <= String(merged["executionInfo"]?.["startTime"]));
        }
    });
});

describe("scenario: a nightly job schedule, where a day takes a second", function () {
    this.timeout(60_000);
    let local: Local;
    before(async () => {
        local = await Local.start({ speed: 86_400 });
    });
    after(() => local.close());

    const jobsOf = (schedule: string) => local.list(`/jobschedules/${schedule}/jobs`);

    it("makes one job a night, each after the one before, and completes past its end", async () => {
        await local.pool("night");
        await local.post("/jobschedules", {
            id: "nightly",
            schedule: { recurrenceInterval: "P1D", startWindow: "PT1H" },
            jobSpecification: {
                poolInfo: { poolId: "night" },
                jobManagerTask: { id: "report", commandLine: sh("echo $AZ_BATCH_JOB_ID") },
            },
        });
        const jobs = await local.until("three nights", async () => {
            const found = (await jobsOf("nightly")).filter((job) => String(job["state"]) === "completed");
            return found.length >= 3 && found;
        });
        for (const job of jobs.slice(0, 3)) {
            const id = String(job["id"]);
            assert.match(id, /^nightly:job-\d+$/);
            assert.equal(job["executionInfo"]?.["terminateReason"], "JMComplete");
            assert.equal(await local.output(id, "report"), `${id}\n`);
        }
        const days = jobs.map((job) => Date.parse(String(job["creationTime"])) / 86_400_000);
        // A late timer may begin a job a quarter of a second, here a quarter of a day, after its time.
        for (const [index, day] of days.slice(1).entries()) assert.ok(day - (days[index] ?? 0) > 0.7);
        const { executionInfo } = await local.get("/jobschedules/nightly");
        assert.ok(Date.parse(String(executionInfo?.["nextRunTime"])) > 0);
        assert.match(String(executionInfo?.["recentJob"]?.["id"]), /^nightly:job-\d+$/);
        await local.post("/jobschedules/nightly/disable");
        const before = (await jobsOf("nightly")).length;
        await local.post("/jobschedules/nightly/enable");
        await local.until("another night", async () => (await jobsOf("nightly")).length > before);
        await local.post("/jobschedules/nightly/terminate");
        const ended = await local.untilState("/jobschedules/nightly", "completed");
        assert.ok(ended["executionInfo"]?.["endTime"] !== undefined);
        for (const job of await jobsOf("nightly")) assert.equal(job["state"], "completed");
        await local.ask("DELETE", "/jobschedules/nightly");
        await local.untilGone("/jobschedules/nightly");
        await local.untilGone("/jobs/nightly:job-1");
    });

    it("makes one job where there is no recurrence, and none while another is active", async () => {
        await local.post("/jobschedules", {
            id: "once",
            schedule: {},
            jobSpecification: {
                poolInfo: { poolId: "night" },
                jobManagerTask: { id: "jm", commandLine: "true" },
            },
        });
        await local.untilState("/jobschedules/once", "completed");
        assert.equal((await jobsOf("once")).length, 1);
        await local.post("/jobschedules", {
            id: "busy",
            schedule: { recurrenceInterval: "P1D", startWindow: "PT1H" },
            jobSpecification: { poolInfo: { poolId: "night" } },
        });
        const created = await local.get("/jobschedules/busy");
        const due = (body: Body) => Date.parse(String(body["executionInfo"]?.["nextRunTime"]));
        await local.until("two windows are over", async () => {
            const next = due(await local.get("/jobschedules/busy"));
            return next > Date.parse(String(created["creationTime"])) + 2 * 86_400_000;
        });
        assert.deepEqual(
            (await jobsOf("busy")).map((job) => String(job["id"])),
            ["busy:job-1"],
        );
        await local.post("/jobs/busy:job-1/terminate");
        await local.until("the next job", async () => (await jobsOf("busy")).length > 1);
        await local.ask("DELETE", "/jobschedules/busy");
        await local.untilGone("/jobschedules/busy");
    });
});
