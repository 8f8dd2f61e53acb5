"use strict";
// npm @azure/batch 10 with the account's key.
const { BatchServiceClient, BatchSharedKeyCredentials } = require("@azure/batch");
const { refused, step, until } = require("./steps");

const {
    AZURE_BATCH_ENDPOINT: endpoint,
    AZURE_BATCH_ACCOUNT: account,
    AZURE_BATCH_ACCESS_KEY: key,
} = process.env;
const clientWith = (secret) =>
    new BatchServiceClient(new BatchSharedKeyCredentials(account, secret), endpoint);
const imageReference = {
    publisher: "canonical",
    offer: "ubuntu-24_04-lts",
    sku: "server",
    version: "latest",
};
const virtualMachineConfiguration = { imageReference, nodeAgentSKUId: "batch.node.ubuntu 24.04" };

async function main() {
    const client = clientWith(key);
    const { account: accounts, application, computeNode, file, job, jobSchedule, pool, task } = client;
    const id = "js10";
    await step(
        "account.listSupportedImages",
        () => accounts.listSupportedImages(),
        ({ length }) => length > 0,
    );
    await step("pool.add", () =>
        pool.add({ id, vmSize: "Standard_D2s_v5", targetDedicatedNodes: 1, virtualMachineConfiguration }),
    );
    await until("pool.get", async () => (await pool.get(id)).allocationState === "steady");
    await step(
        "pool.exists",
        () => pool.exists(id),
        ({ body }) => body === true,
    );
    await step(
        "pool.list",
        () => pool.list(),
        (list) => list.some((each) => each.id === id),
    );
    await step("pool.patch", () => pool.patch(id, { metadata: [{ name: "a", value: "b" }] }));
    await step("application.list", () => application.list());
    const poolInfo = { poolId: id };
    await step("job.add", () => job.add({ id, poolInfo }));
    await step(
        "job.list",
        () => job.list(),
        (list) => list.some((each) => each.id === id),
    );
    await step("task.add", () =>
        task.add(id, { id: "one", commandLine: "/bin/sh -c 'echo $AZ_BATCH_TASK_ID; exit 3'" }),
    );
    const tasks = Array.from({ length: 40 }, (_, n) => ({ id: `t${n}`, commandLine: "true" }));
    await step(
        "task.addCollection",
        () => task.addCollection(id, tasks),
        ({ value }) => value.every(({ status }) => status === "success"),
    );
    await until("job.getTaskCounts", async () => (await job.getTaskCounts(id)).taskCounts.completed === 41);
    await step(
        "task.get",
        () => task.get(id, "one"),
        ({ executionInfo }) => executionInfo.exitCode === 3,
    );
    const first = await step(
        "task.list",
        () => task.list(id, { taskListOptions: { maxResults: 25 } }),
        ({ length }) => length === 25,
    );
    await step(
        "task.listNext",
        () => task.listNext(first.odatanextLink),
        ({ length }) => length === 16,
    );
    await step(
        "file.getFromTask",
        async () => {
            const chunks = [];
            for await (const chunk of (await file.getFromTask(id, "one", "stdout.txt")).readableStreamBody)
                chunks.push(chunk);
            return Buffer.concat(chunks).toString();
        },
        (text) => text === "one\n",
    );
    await step(
        "file.listFromTask",
        () => file.listFromTask(id, "one"),
        (list) => list.some(({ name }) => name === "stdout.txt"),
    );
    await step("task.reactivate", () => task.reactivate(id, "one"));
    await step("task.deleteMethod", () => task.deleteMethod(id, "t1"));
    await refused("task.get of one that is gone", () => task.get(id, "t1"), "TaskNotFound");
    await step("job.patch", () => job.patch(id, { priority: 9 }));
    await step("job.disable", () => job.disable(id, "requeue"));
    await until("job.get, disabled", async () => (await job.get(id)).state === "disabled");
    await step("job.enable", () => job.enable(id));
    await step("job.terminate", () => job.terminate(id, { terminateReason: "done" }));
    await refused("job.add twice", () => job.add({ id: "JS10", poolInfo }), "JobExists");
    await step("jobSchedule.add", () =>
        jobSchedule.add({ id: "js10s", schedule: {}, jobSpecification: { poolInfo } }),
    );
    await step(
        "jobSchedule.exists",
        () => jobSchedule.exists("js10s"),
        ({ body }) => body === true,
    );
    await step("jobSchedule.deleteMethod", () => jobSchedule.deleteMethod("js10s"));
    const nodes = await step(
        "computeNode.list",
        () => computeNode.list(id),
        ({ length }) => length === 1,
    );
    await step("computeNode.get", () => computeNode.get(id, nodes[0].id));
    await step(
        "file.listFromComputeNode",
        () => file.listFromComputeNode(id, nodes[0].id),
        ({ length }) => length > 0,
    );
    await step("pool.resize", () => pool.resize(id, { targetDedicatedNodes: 0 }));
    await refused(
        "job.list with a wrong key",
        () => clientWith("d3Jvbmc=").job.list(),
        "AuthenticationFailed",
    );
    await step("job.deleteMethod", () => job.deleteMethod(id));
    await step("pool.deleteMethod", () => pool.deleteMethod(id));
}

void main();
