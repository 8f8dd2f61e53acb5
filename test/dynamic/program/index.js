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

if (declared.more) {
    new batch.JobSchedule("later", {
        schedule: { doNotRunUntil: "2100-01-01T00:00:00Z", recurrenceInterval: declared.more.every },
        job: { pool, jobManager: { id: "plan", commandLine: "true" } },
    });
    const sweep = new batch.Job("sweep", { pool, usesTaskDependencies: true });
    const alone = new batch.Task("alone", {
        job: sweep,
        id: "alone",
        commandLine: "true",
        constraints: { maxWallClockTime: declared.more.limit },
    });
    const numbers = batch.tasks.sweep(
        { n: { from: 0, to: 29 } },
        {
            id: "{n}",
            commandLine: batch.shell(
                "mkdir -p $AZ_BATCH_NODE_SHARED_DIR/n && touch $AZ_BATCH_NODE_SHARED_DIR/n/{n}",
            ),
        },
    );
    const merge = {
        id: "merge",
        commandLine: batch.shell("[ $(ls $AZ_BATCH_NODE_SHARED_DIR/n | wc -l) = 30 ]"),
    };
    const swept = new batch.TaskCollection(
        "swept",
        { job: sweep, tasks: batch.tasks.withMerge(numbers, merge), wait: { timeout: "5m" } },
        { dependsOn: [alone] },
    );
    exports.swept = swept.counts;
}

exports.poolId = pool.poolId;
exports.jobId = job.jobId;
exports.counts = tasks.counts;
exports.results = tasks.results.apply((list) =>
    list.map(({ taskId, exitCode }) => `${taskId}:${exitCode}`).sort(),
);
