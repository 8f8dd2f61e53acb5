"use strict";
// Runs within `batchlocal exec`: makes a pool with a managed identity and a task that signs in as it. Prints what the task saw.
const { batch, completed, finish, group, makePool, must, toArm, toBatch } = require("./wire");

async function taskOn(pool, identity) {
    await makePool(pool, {}, identity);
    await must(toBatch("POST", "/jobs", { id: pool, poolInfo: { poolId: pool } }));
    const ask =
        `fetch(process.env.IDENTITY_ENDPOINT + '?api-version=2019-08-01&resource=${batch}', ` +
        "{ headers: { 'X-IDENTITY-HEADER': process.env.IDENTITY_HEADER } }).then(async (answer) => console.log(answer.status, " +
        "JSON.parse(Buffer.from((await answer.json()).access_token.split('.')[1], 'base64url')).oid), () => console.log('none'))";
    await must(
        toBatch("POST", `/jobs/${pool}/tasks`, { id: "t", commandLine: `"${process.execPath}" -e "${ask}"` }),
    );
    const { executionInfo } = await completed(pool, "t");
    const read = (name) => must(toBatch("GET", `/jobs/${pool}/tasks/t/files/${name}`));
    if (executionInfo.exitCode !== 0) throw new Error(await read("stderr.txt"));
    return (await read("stdout.txt")).trim();
}

finish(async () => {
    const path = `${group}/Microsoft.ManagedIdentity/userAssignedIdentities/one`;
    const identity = JSON.parse(await must(toArm("PUT", path, "2023-01-31", { location: "westeurope" })));
    const seen = { with: await taskOn("with", identity.id), without: await taskOn("without") };
    process.stdout.write(JSON.stringify({ seen, principalId: identity.properties.principalId }));
});
