"use strict";
// Runs within `batchlocal exec --faults`: meets each fault and prints what came of it.
const { completed, finish, makePool, must, toArm, toBatch, until } = require("./wire");

finish(async () => {
    const subscriptions = [];
    for (let round = 0; round < 2; round++) {
        subscriptions.push((await toArm("GET", "/subscriptions", "2022-12-01")).status);
    }
    await makePool("fleeting");
    const jobs = [];
    for (let round = 0; round < 2; round++) {
        jobs.push((await toBatch("POST", "/jobs", { id: "j", poolInfo: { poolId: "fleeting" } })).status);
    }
    // Begins before the node vanishes and would run beyond it; the second time it ends soon and says which run it was.
    const runs = "$AZ_BATCH_NODE_SHARED_DIR/runs";
    const commandLine = `/bin/sh -c "echo run >> ${runs}; cat ${runs}; [ $(wc -l < ${runs}) -gt 1 ] || sleep 60"`;
    await must(toBatch("POST", "/jobs/j/tasks", { id: "t", commandLine }));
    const { executionInfo } = await completed("j", "t");
    const stdout = await must(toBatch("GET", "/jobs/j/tasks/t/files/stdout.txt"));

    await makePool("shaky", {
        startTask: { commandLine: "/bin/true", waitForSuccess: true, maxTaskRetryCount: 0 },
    });
    const startTask = await until(async () => {
        const [node] = JSON.parse(await must(toBatch("GET", "/pools/shaky/nodes"))).value;
        return node?.startTaskInfo?.state === "completed"
            ? [node.startTaskInfo.exitCode, node.state]
            : undefined;
    });
    const task = { exitCode: executionInfo.exitCode, runs: stdout.trim().split("\n").length };
    process.stdout.write(JSON.stringify({ subscriptions, jobs, startTask, task }));
});
