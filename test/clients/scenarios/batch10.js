"use strict";
// The main scenarios with npm @azure/batch 10 and the account's key.
const assert = require("node:assert/strict");
const { BatchServiceClient, BatchSharedKeyCredentials } = require("@azure/batch");
const { BlobServiceClient, ContainerSASPermissions } = require("@azure/storage-blob");
const { step } = require("../programs/steps");

const { AZURE_BATCH_ENDPOINT, AZURE_BATCH_ACCOUNT, AZURE_BATCH_ACCESS_KEY } = process.env;
const credentials = new BatchSharedKeyCredentials(AZURE_BATCH_ACCOUNT, AZURE_BATCH_ACCESS_KEY);
const client = new BatchServiceClient(credentials, AZURE_BATCH_ENDPOINT);
const storage = BlobServiceClient.fromConnectionString(process.env.AZURE_STORAGE_CONNECTION_STRING);
const name = "js10";
const image = { publisher: "canonical", offer: "ubuntu-24_04-lts", sku: "server", version: "latest" };
const machine = { imageReference: image, nodeAgentSKUId: "batch.node.ubuntu 24.04" };
const sh = (line) => `/bin/sh -c '${line}'`;

async function wait(what, holds, seconds = 60) {
    for (const deadline = Date.now() + seconds * 1000; !(await holds());) {
        if (Date.now() > deadline) throw new Error(`${what}: not within ${seconds} s`);
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}

async function addPool(kind, change = {}) {
    const pool = { id: `${name}-${kind}`, vmSize: "Standard_D2s_v5", virtualMachineConfiguration: machine };
    await client.pool.add({ ...pool, targetDedicatedNodes: 1, ...change });
    return pool.id;
}

async function addJob(kind, poolId, change = {}) {
    await client.job.add({ id: `${name}-${kind}`, poolInfo: { poolId }, ...change });
    return `${name}-${kind}`;
}

async function addTasks(job, tasks) {
    const { value } = await client.task.addCollection(job, tasks);
    assert.ok(value.every(({ status }) => status === "success"));
}

async function done(job, ...tasks) {
    for (const task of tasks)
        await wait(`${job} ${task}`, async () => (await client.task.get(job, task)).state === "completed");
}

async function textOf({ readableStreamBody }) {
    const chunks = [];
    for await (const chunk of readableStreamBody) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
}

const output = async (job, task) => textOf(await client.file.getFromTask(job, task, "stdout.txt"));
const nodesOf = (pool) => client.computeNode.list(pool);
const jobEnds = (job) => wait(`${job} ends`, async () => (await client.job.get(job)).state === "completed");

async function clear(job, pool) {
    await client.job.deleteMethod(job);
    await client.pool.deleteMethod(pool);
}

async function container(kind, permissions) {
    const made = storage.getContainerClient(`${name}-${kind}`);
    await made.create();
    const expiresOn = new Date(Date.now() + 3_600_000);
    const signed = { permissions: ContainerSASPermissions.parse(permissions), expiresOn };
    return [made, await made.generateSasUrl(signed)];
}

const ordinary = {
    async upload_to_download() {
        const [inputs, readable] = await container("input", "rl");
        const [results, writable] = await container("results", "racwl");
        for (const [n, text] of ["one two two", "three three three", ""].entries())
            await inputs.uploadBlockBlob(`text${n}.txt`, text, text.length);
        const pool = await addPool("words", { targetDedicatedNodes: 2, taskSlotsPerNode: 2 });
        const job = await addJob("count", pool);
        await addTasks(
            job,
            [0, 1, 2].map((n) => ({
                id: `count${n}`,
                commandLine: sh(`wc -w < in/text${n}.txt | tr -d " " > words.txt`),
                resourceFiles: [{ storageContainerUrl: readable, blobPrefix: `text${n}`, filePath: "in" }],
                outputFiles: [
                    {
                        filePattern: "words.txt",
                        destination: { container: { containerUrl: writable, path: `count${n}.txt` } },
                        uploadOptions: { uploadCondition: "tasksuccess" },
                    },
                ],
            })),
        );
        await client.job.patch(job, { onAllTasksComplete: "terminatejob" });
        await jobEnds(job);
        assert.equal((await client.job.get(job)).executionInfo.terminateReason, "AllTasksComplete");
        const { completed, succeeded, failed } = (await client.job.getTaskCounts(job)).taskCounts;
        assert.deepEqual([completed, succeeded, failed], [3, 3, 0]);
        for (const [n, words] of ["3", "3", "0"].entries()) {
            const blob = await results.getBlobClient(`count${n}.txt`).downloadToBuffer();
            assert.equal(blob.toString().trim(), words);
        }
        await clear(job, pool);
    },

    async preparation_and_release() {
        const pool = await addPool("shared", { targetDedicatedNodes: 2 });
        const file = "$AZ_BATCH_NODE_SHARED_DIR/job_data.txt";
        const job = await addJob("prepared", pool, {
            jobPreparationTask: { commandLine: sh(`echo "$AZ_BATCH_NODE_ID tasks:" > ${file}`) },
            jobReleaseTask: { commandLine: sh(`rm ${file}`) },
        });
        const ids = Array.from({ length: 8 }, (_, n) => `task${n + 1}`);
        const line = sh(`sleep 0.3; echo "  $AZ_BATCH_TASK_ID" >> ${file}`);
        await addTasks(
            job,
            ids.map((id) => ({ id, commandLine: line })),
        );
        await done(job, ...ids);
        const ran = new Map();
        for (const id of ids) {
            const { nodeId } = (await client.task.get(job, id)).nodeInfo;
            ran.set(nodeId, [...(ran.get(nodeId) ?? []), id]);
        }
        assert.equal(ran.size, 2);
        for (const [node, tasks] of ran) {
            const text = await textOf(
                await client.file.getFromComputeNode(pool, node, "shared/job_data.txt"),
            );
            process.stderr.write(`${text}\n`);
            const [title, ...lines] = text.trim().split("\n");
            assert.equal(title, `${node} tasks:`);
            assert.deepEqual(lines.map((one) => one.trim()).sort(), tasks.sort());
        }
        await client.job.terminate(job);
        await jobEnds(job);
        const status = await client.job.listPreparationAndReleaseTaskStatus(job);
        assert.deepEqual(
            status.map((one) => [
                one.jobPreparationTaskExecutionInfo.exitCode,
                one.jobReleaseTaskExecutionInfo.exitCode,
            ]),
            [
                [0, 0],
                [0, 0],
            ],
        );
        await clear(job, pool);
    },

    async map_and_merge() {
        const pool = await addPool("mapped", { taskSlotsPerNode: 4 });
        const job = await addJob("squares", pool, { usesTaskDependencies: true });
        const share = "$AZ_BATCH_NODE_SHARED_DIR";
        const maps = Array.from({ length: 10 }, (_, n) => ({
            id: String(n + 1),
            commandLine: sh(`echo $((${n + 1} * ${n + 1})) > ${share}/square${n + 1}`),
        }));
        const merge = {
            id: "merge",
            commandLine: sh(
                `sum=0; for one in $(cat ${share}/square*); do sum=$((sum + one)); done; echo $sum`,
            ),
            dependsOn: { taskIdRanges: [{ start: 1, end: 10 }] },
        };
        await addTasks(job, [merge, ...maps]);
        await done(job, "merge");
        assert.equal(await output(job, "merge"), "385\n");
        const { startTime } = (await client.task.get(job, "merge")).executionInfo;
        for (const { id } of maps) {
            const { endTime } = (await client.task.get(job, id)).executionInfo;
            assert.ok(new Date(endTime) <= new Date(startTime));
        }
        await clear(job, pool);
    },

    async multi_instance() {
        const pool = await addPool("multi", { targetDedicatedNodes: 3, enableInterNodeCommunication: true });
        const job = await addJob("multi", pool);
        const coordinationCommandLine = sh("echo master: $AZ_BATCH_IS_CURRENT_NODE_MASTER");
        const multiInstanceSettings = { numberOfInstances: 3, coordinationCommandLine };
        await addTasks(job, [
            { id: "gang", commandLine: sh("echo $AZ_BATCH_HOST_LIST"), multiInstanceSettings },
        ]);
        await done(job, "gang");
        assert.equal(new Set((await output(job, "gang")).trim().split(",")).size, 3);
        const { value } = await client.task.listSubtasks(job, "gang");
        assert.deepEqual(
            value.map(({ state, exitCode }) => [state, exitCode]),
            [
                ["completed", 0],
                ["completed", 0],
            ],
        );
        await clear(job, pool);
    },

    async dependencies_and_exit_conditions() {
        const pool = await addPool("exits", { taskSlotsPerNode: 4 });
        const onTaskFailure = "performexitoptionsjobaction";
        const job = await addJob("exits", pool, { usesTaskDependencies: true, onTaskFailure });
        const exitConditions = {
            exitCodes: [{ code: 3, exitOptions: { dependencyAction: "satisfy", jobAction: "none" } }],
            default: { jobAction: "none" },
        };
        await addTasks(job, [
            { id: "a", commandLine: "true" },
            { id: "three", commandLine: sh("exit 3"), exitConditions },
            { id: "four", commandLine: sh("exit 4"), exitConditions },
            { id: "both", commandLine: "true", dependsOn: { taskIds: ["a", "three"] } },
            { id: "blocked", commandLine: "true", dependsOn: { taskIds: ["four"] } },
        ]);
        await done(job, "a", "three", "four", "both");
        assert.equal((await client.task.get(job, "blocked")).state, "active");
        const { exitCode, result, failureInfo } = (await client.task.get(job, "four")).executionInfo;
        assert.deepEqual([exitCode, result, failureInfo.code], [4, "failure", "FailureExitCode"]);
        const exitCodeRanges = [{ start: 8, end: 10, exitOptions: { jobAction: "terminate" } }];
        await addTasks(job, [
            { id: "ending", commandLine: sh("exit 9"), exitConditions: { exitCodeRanges } },
        ]);
        await jobEnds(job);
        await clear(job, pool);
    },
};

const fast = {
    async nightly() {
        const pool = await addPool("night");
        const schedule = `${name}-nightly`;
        await client.jobSchedule.add({
            id: schedule,
            schedule: { recurrenceInterval: "P1D", startWindow: "PT1H" },
            jobSpecification: {
                poolInfo: { poolId: pool },
                jobManagerTask: { id: "report", commandLine: sh("echo $AZ_BATCH_JOB_ID") },
            },
        });
        const over = async () =>
            (await client.job.listFromJobSchedule(schedule)).filter(({ state }) => state === "completed");
        await wait("two nights", async () => (await over()).length >= 2);
        for (const { id, executionInfo } of (await over()).slice(0, 2)) {
            assert.equal(executionInfo.terminateReason, "JMComplete");
            assert.equal(await output(id, "report"), `${id}\n`);
        }
        assert.ok((await client.jobSchedule.get(schedule)).executionInfo.nextRunTime);
        await client.jobSchedule.deleteMethod(schedule);
        await client.pool.deleteMethod(pool);
    },

    async autoscale() {
        const formula = "$TargetDedicatedNodes = max(1, min(2, $PendingTasks.GetSample(1)));";
        const pool = await addPool("auto", {
            targetDedicatedNodes: undefined,
            enableAutoScale: true,
            autoScaleFormula: "$TargetDedicatedNodes = 1;",
            autoScaleEvaluationInterval: "PT5M",
        });
        const job = await addJob("auto", pool);
        await wait("a first node", async () => (await nodesOf(pool)).length === 1);
        await addTasks(
            job,
            [0, 1, 2, 3].map((n) => ({ id: `t${n}`, commandLine: "sleep 600" })),
        );
        await wait("samples", async () =>
            (await client.pool.evaluateAutoScale(pool, formula)).results.includes("$TargetDedicatedNodes=2"),
        );
        await wait("steady", async () => (await client.pool.get(pool)).allocationState === "steady");
        await client.pool.enableAutoScale(pool, {
            autoScaleFormula: formula,
            autoScaleEvaluationInterval: "PT5M",
        });
        await wait("a second node", async () => (await nodesOf(pool)).length === 2);
        await clear(job, pool);
    },
};

async function main() {
    const scenarios = process.argv.includes("fast") ? fast : ordinary;
    for (const [what, scenario] of Object.entries(scenarios)) await step(what, scenario);
}

void main();
