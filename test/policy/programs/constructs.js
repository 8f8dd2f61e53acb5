"use strict";
// The constructs of this repository, with default arguments wherever there are some.
const resources = require("@pulumi/azure-native/resources");
const batch = require("pulumi-azure-batch");

const group = new resources.ResourceGroup("group");
const account = new batch.BatchAccount("account", { resourceGroupName: group.name });
const common = { account, image: batch.VmImage.ubuntu2404(), vmSize: "Standard_D4s_v5" };
const pool = new batch.Pool("pool", common);
new batch.Pool("auto", {
    ...common,
    scale: batch.Scale.auto(batch.autoscale.pendingTasks({ maxNodes: 20 })),
    startTask: batch.StartTask.script("apt-get install -y fonts-dejavu"),
});
const job = new batch.Job("job", { pool });
new batch.TaskCollection("tasks", {
    job,
    tasks: [{ id: "one", commandLine: batch.shell("echo one") }],
    wait: {},
});
new batch.Job("empty", { pool });
