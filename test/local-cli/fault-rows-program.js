"use strict";
// Runs within `batchlocal exec --faults`: makes the same row of requests to each plane, and pools, and prints what came of each.
const { BlobServiceClient } = require("@azure/storage-blob");
const { completed, finish, makePool, must, toArm, toBatch, until } = require("./wire");

const row = async (length, request) => {
    const outcomes = [];
    for (let index = 0; index < length; index++) outcomes.push(await request(index));
    return outcomes;
};
const storage = BlobServiceClient.fromConnectionString(process.env.AZURE_STORAGE_CONNECTION_STRING, {
    retryOptions: { maxTries: 1 },
});
const outcome = (work) =>
    work.then(
        () => "done",
        (error) => error.code ?? error.name,
    );

finish(async () => {
    const batch = await row(24, () =>
        outcome(
            toBatch("GET", "/jobs").then(({ status }) => {
                if (status !== 200) throw Object.assign(new Error(), { code: status });
            }),
        ),
    );
    const resourceManager = await row(
        24,
        async () => (await toArm("GET", "/subscriptions", "2022-12-01")).status,
    );
    const container = storage.getContainerClient("rows");
    await container.createIfNotExists();
    const blobs = await row(24, (index) =>
        outcome(container.getBlockBlobClient(`row${index}`).upload("x", 1)),
    );

    const startTask = { commandLine: "/bin/true", waitForSuccess: true, maxTaskRetryCount: 0 };
    const startTasks = await row(6, async (index) => {
        await makePool(`start${index}`, { startTask });
        return until(async () => {
            const [node] = JSON.parse(await must(toBatch("GET", `/pools/start${index}/nodes`))).value;
            return node?.startTaskInfo?.state === "completed" ? node.startTaskInfo.exitCode : undefined;
        });
    });

    // A transfer of a node's own: it meets the faults, and gets through where it may try again.
    await container.getBlockBlobClient("input.txt").upload("input", 5);
    await makePool("nodes");
    await must(toBatch("POST", "/jobs", { id: "j", poolInfo: { poolId: "nodes" } }));
    const { BlobSASPermissions } = require("@azure/storage-blob");
    const url = (blob) =>
        container.getBlobClient(blob).generateSasUrl({
            permissions: BlobSASPermissions.parse("r"),
            expiresOn: new Date(Date.now() + 3_600_000),
        });
    const task = (id, blob) =>
        must(
            url(blob).then((httpUrl) =>
                toBatch("POST", "/jobs/j/tasks", {
                    id,
                    commandLine: "/bin/cat file",
                    resourceFiles: [{ httpUrl, filePath: "file" }],
                }),
            ),
        );
    await container.getBlockBlobClient("broken.txt").upload("never read", 10);
    await task("again", "input.txt");
    await task("never", "broken.txt");
    const again = (await completed("j", "again")).executionInfo;
    const never = (await completed("j", "never")).executionInfo;
    const nodes = [again.exitCode, again.result, never.failureInfo?.code, never.result];
    process.stdout.write(JSON.stringify({ batch, resourceManager, blobs, startTasks, nodes }));
});
