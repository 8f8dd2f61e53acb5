"use strict";
const pulumi = require("@pulumi/pulumi");
const batch = require("pulumi-azure-batch");
const account = {
    id: pulumi.output("/subscriptions/x"),
    name: pulumi.output("acc"),
    resourceGroupName: pulumi.output("g"),
    endpoint: pulumi.output(process.env.OLD_ENDPOINT),
    storageAccess: [],
};
const pool = { poolId: "old-pool", account, taskSlotsPerNode: pulumi.output(1) };
const job = new batch.Job("old", {
    pool,
    jobId: "old-job",
    usesTaskDependencies: true,
    metadata: { made: "0.1.0" },
    environment: { SECRET: pulumi.secret("hidden") },
});
const alone = new batch.Task("old-alone", { job, id: "alone", commandLine: "true" });
const tasks = new batch.TaskCollection(
    "old",
    {
        job,
        tasks: batch.tasks.withMerge(
            batch.tasks.sweep(
                { n: { from: 1, to: 12 } },
                { id: "{n}", commandLine: batch.shell("echo {n}") },
            ),
            { id: "merge", commandLine: "true" },
        ),
        wait: { timeout: "10m" },
    },
    { dependsOn: [alone] },
);
new batch.JobSchedule("old", {
    scheduleId: "old-schedule",
    schedule: { doNotRunUntil: "2100-01-01T00:00:00Z", recurrenceInterval: "1h" },
    job: { pool, jobManager: { id: "plan", commandLine: "true" } },
});
exports.counts = tasks.counts;
