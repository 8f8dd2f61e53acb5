"use strict";
// The constructs of this repository, with default arguments wherever there are some.
const fs = require("node:fs");
const path = require("node:path");
const { Vault } = require("@pulumi/azure-native/keyvault");
const { UserAssignedIdentity } = require("@pulumi/azure-native/managedidentity");
const resources = require("@pulumi/azure-native/resources");
const batch = require("pulumi-azure-batch");

const group = new resources.ResourceGroup("group");
const resourceGroupName = group.name;
const account = new batch.BatchAccount("account", { resourceGroupName });
const tool = path.join(__dirname, "tool");
fs.mkdirSync(tool, { recursive: true });
fs.writeFileSync(path.join(tool, "tool.sh"), "echo hello\n");
const application = new batch.Application("tool", { account, versions: { 1: tool } });
const identity = new UserAssignedIdentity("identity", { resourceGroupName });
const vault = new Vault("vault", {
    resourceGroupName,
    properties: { tenantId: "00000000-0000-0000-0000-000000000002", sku: { family: "A", name: "standard" } },
});
const machine = { image: batch.VmImage.ubuntu2404(), vmSize: "Standard_D4s_v5" };
const common = { account, ...machine };
const pool = new batch.Pool("pool", common);
new batch.Pool("auto", {
    ...common,
    scale: batch.Scale.auto(batch.autoscale.pendingTasks({ maxNodes: 20 })),
    startTask: batch.StartTask.script("apt-get install -y fonts-dejavu"),
    packages: [application.version("1")],
    certificates: [batch.Certificate.fromKeyVault({ vault, name: "tls", identity })],
});
const job = new batch.Job("job", { pool });
new batch.TaskCollection("tasks", {
    job,
    tasks: [{ id: "one", commandLine: batch.shell("echo one") }],
});
new batch.Job("empty", { pool });
new batch.Task("single", {
    job: new batch.Job("own", { account, autoPool: batch.AutoPool.of(machine) }),
    id: "one",
    commandLine: batch.shell("echo one"),
});
new batch.JobSchedule("nightly", {
    schedule: { recurrenceInterval: "1d" },
    job: { pool, jobManager: { id: "plan", commandLine: batch.shell("plan") } },
});
