"use strict";
// A small stack whose parts the tests change one by one, by the variable DECLARED.
const resources = require("@pulumi/azure-native/resources");
const pulumi = require("@pulumi/pulumi");
const batch = require("pulumi-azure-batch");

const declared = JSON.parse(process.env.DECLARED ?? "{}");
const group = new resources.ResourceGroup("group", { location: "westeurope" });
const account = new batch.BatchAccount("account", { resourceGroupName: group.name });
const pool = new batch.Pool("pool", {
    account,
    image: batch.VmImage.ubuntu2404(),
    vmSize: declared.vmSize ?? "Standard_D2s_v5",
    scale: declared.formula ? batch.Scale.auto(declared.formula) : batch.Scale.dedicated(declared.nodes ?? 1),
    startTask: declared.startTask && batch.StartTask.script(declared.startTask),
    tags: declared.tags,
    metadata: declared.metadata,
});
const job = new batch.Job("job", {
    pool,
    priority: declared.priority,
    triggers: declared.triggers,
    onAllTasksComplete: "noaction",
    environment: { SECRET: pulumi.secret(process.env.SECRET_VALUE) },
});
const tasks = new batch.TaskCollection("tasks", {
    job,
    tasks: Object.entries(declared.tasks ?? { one: "true" }).map(([id, script]) => ({
        id,
        commandLine: batch.shell(script),
    })),
    wait: { timeout: "10m" },
});

exports.poolId = pool.poolId;
exports.jobId = job.jobId;
exports.counts = tasks.counts;
exports.results = tasks.results.apply((list) =>
    list.map(({ taskId, exitCode }) => `${taskId}:${exitCode}`).sort(),
);
