"use strict";
// Many tasks in a file, one of which is bad.
const fs = require("node:fs");
const path = require("node:path");
const { ResourceGroup } = require("@pulumi/azure-native/resources");
const batch = require("pulumi-azure-batch");

const file = path.join(__dirname, "tasks.jsonl");
const tasks = Array.from({ length: 5000 }, (_, at) => ({
    id: `task-${at}`,
    commandLine: at === 4321 ? "render --password=hunter2hunter2" : "render",
    constraints: { maxWallClockTime: "PT1H", maxRetries: at === 4321 ? -1 : 2 },
}));
fs.writeFileSync(file, tasks.map((task) => `${JSON.stringify(task)}\n`).join(""));

const resourceGroupName = new ResourceGroup("group").name;
const account = new batch.BatchAccount("account", { resourceGroupName, storage: "none" });
const pool = new batch.Pool("pool", {
    account,
    image: batch.VmImage.ubuntu2404(),
    vmSize: "Standard_D4s_v5",
});
new batch.TaskCollection("frames", {
    job: new batch.Job("job", { pool }),
    tasks: batch.tasks.fromJsonLines(file),
});
