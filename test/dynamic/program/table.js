"use strict";
// Resources whose bodies the test declares, by the variable DECLARED: { jobs: { name: body }, schedules, tasks }. No account is made: it is the
// service's default one.
const timers = require("node:timers");
const pulumi = require("@pulumi/pulumi");
const batch = require("pulumi-azure-batch");

const declared = JSON.parse(process.env.DECLARED ?? "{}");
const account = {
    id: pulumi.output("/subscriptions/x"),
    name: pulumi.output("account"),
    resourceGroupName: pulumi.output("group"),
    endpoint: pulumi.output(process.env.ENDPOINT),
    storageAccess: [],
};
const poolOf = (poolId) => ({ poolId: pulumi.output(poolId), account, taskSlotsPerNode: pulumi.output(4) });
const identity = (args) => args;
const objects = {
    user: (user) => batch.UserIdentity.named(user),
    resourceFiles: (files) => files.map((file) => ({ body: file })),
    outputFiles: (files) => files.map((file) => ({ body: file })),
};
/** Names of value objects in JSON, made what they stand for. */
const revive = (args) =>
    args === null || typeof args !== "object" || Array.isArray(args)
        ? args
        : Object.fromEntries(
              Object.entries(args).map(([name, value]) => [
                  name,
                  (objects[name] ?? revive ?? identity)(value),
              ]),
          );

const jobArgs = ({ pool, autoPool, ...args }) => ({
    ...(autoPool ? { autoPool, account } : { pool: poolOf(pool ?? "one") }),
    ...revive(args),
});

for (const [name, args] of Object.entries(declared.jobs ?? {})) {
    const { tasks, later, wait, ...job } = args;
    const made = new batch.Job(name, jobArgs(job));
    const list = tasks && Object.entries(tasks).map(([id, task]) => ({ id, ...revive(task) }));
    if (list) new batch.TaskCollection(name, { job: made, tasks: list, wait, removed: declared.removed });
    // Tasks that come after something was waited for: the job is registered by then.
    const afterwards = (entries) =>
        new batch.TaskCollection(name, {
            job: made,
            tasks: entries.map(([id, task]) => ({ id, ...revive(task) })),
            wait,
        });
    if (later) timers.setImmediate(afterwards, Object.entries(later));
    exports[name] = made.jobId;
}
for (const [name, { job, ...args }] of Object.entries(declared.schedules ?? {}))
    new batch.JobSchedule(name, { ...args, job: jobArgs(job) });
if (declared.tasks) {
    const job = new batch.Job("home", {
        pool: poolOf("one"),
        usesTaskDependencies: true,
        onTaskFailure: "performexitoptionsjobaction",
        onAllTasksComplete: "noaction",
        onDestroy: "terminate",
    });
    for (const [id, args] of Object.entries(declared.tasks)) new batch.Task(id, { job, id, ...revive(args) });
}
for (const [name, { job, ...args }] of Object.entries(declared.waits ?? {}))
    new batch.TaskWait(name, {
        job: new batch.Job(job, { pool: poolOf("one"), jobId: job, adopt: true }),
        ...args,
    });
