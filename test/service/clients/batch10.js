// The data plane as npm @azure/batch 10 sees it. Arguments: endpoint, account, key.
const assert = require("node:assert/strict");
const { BatchServiceClient, BatchSharedKeyCredentials } = require("@azure/batch");

const [endpoint, account, key] = process.argv.slice(2);
const client = new BatchServiceClient(new BatchSharedKeyCredentials(account, key), endpoint);

async function until(holds) {
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
}

async function refused(call) {
    try {
        await call();
        return undefined;
    } catch (error) {
        return error.code;
    }
}

async function main() {
    const imageReference = {
        publisher: "canonical",
        offer: "ubuntu-24_04-lts",
        sku: "server",
        version: "latest",
    };
    const virtualMachineConfiguration = { imageReference, nodeAgentSKUId: "batch.node.ubuntu 24.04" };
    await client.pool.add({
        id: "js10",
        vmSize: "Standard_D2s_v5",
        targetDedicatedNodes: 1,
        virtualMachineConfiguration,
    });
    await until(async () => (await client.pool.get("js10")).allocationState === "steady");
    assert.equal((await client.pool.exists("js10")).body, true);
    await client.job.add({ id: "job10", poolInfo: { poolId: "js10" } });
    const tasks = Array.from({ length: 20 }, (_, n) => ({
        id: `t${n}`,
        commandLine: "/bin/sh -c 'echo hello'",
    }));
    const { value } = await client.task.addCollection("job10", tasks);
    assert.ok(value.every(({ status }) => status === "success"));
    await until(async () => (await client.job.getTaskCounts("job10")).taskCounts.succeeded === 20);
    const file = await client.file.getFromTask("job10", "t3", "stdout.txt");
    const chunks = [];
    for await (const chunk of file.readableStreamBody) chunks.push(chunk);
    assert.equal(Buffer.concat(chunks).toString(), "hello\n");
    let page = await client.task.list("job10", { taskListOptions: { maxResults: 7 } });
    let count = page.length;
    while (page.odatanextLink) {
        page = await client.task.listNext(page.odatanextLink);
        count += page.length;
    }
    assert.equal(count, 20);
    assert.equal(await refused(() => client.task.get("job10", "none")), "TaskNotFound");
    assert.equal(
        await refused(() => client.job.add({ id: "job10", poolInfo: { poolId: "js10" } })),
        "JobExists",
    );
    await client.job.terminate("job10", { terminateReason: "enough" });
    await until(async () => (await client.job.get("job10")).state === "completed");
    await client.jobSchedule.add({
        id: "schedule10",
        schedule: {},
        jobSpecification: { poolInfo: { poolId: "js10" } },
    });
    assert.equal((await client.jobSchedule.exists("schedule10")).body, true);
    await client.jobSchedule.deleteMethod("schedule10");
    await client.job.deleteMethod("job10");
    await client.pool.deleteMethod("js10");
    console.log("all passed");
}

main().catch((error) => {
    console.error(error.message, error.code, JSON.stringify(error.body));
    process.exitCode = 1;
});
