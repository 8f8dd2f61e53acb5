"use strict";
// Runs within `batchlocal exec`: makes a pool with a managed identity and a task that signs in as it. Prints what the task saw.
const { env } = process;
const arm = `https://${env.ARM_METADATA_HOSTNAME}`;
const group = `/subscriptions/${env.ARM_SUBSCRIPTION_ID}/resourceGroups/batchlocal/providers`;
const batch = "https://batch.core.windows.net/";

async function token(resource) {
    const url = `${env.IDENTITY_ENDPOINT}?api-version=2019-08-01&resource=${encodeURIComponent(resource)}`;
    const response = await fetch(url, { headers: { "X-IDENTITY-HEADER": env.IDENTITY_HEADER } });
    return (await response.json()).access_token;
}

async function send(method, url, resource, body) {
    const response = await fetch(url, {
        method,
        headers: { authorization: `Bearer ${await token(resource)}`, "content-type": "application/json" },
        body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text}`);
    return text;
}

const put = async (path, version, body) =>
    JSON.parse(
        await send(
            "PUT",
            `${arm}${group}/${path}?api-version=${version}`,
            "https://management.azure.com/",
            body,
        ),
    );
const call = (method, path, body) =>
    send(method, `${env.AZURE_BATCH_ENDPOINT}${path}?api-version=2024-02-01.19.0`, batch, body);

async function taskOn(pool, identity) {
    await put(`Microsoft.Batch/batchAccounts/batchlocal/pools/${pool}`, "2024-07-01", {
        ...(identity && { identity: { type: "UserAssigned", userAssignedIdentities: { [identity]: {} } } }),
        properties: {
            vmSize: "Standard_D2s_v5",
            deploymentConfiguration: {
                virtualMachineConfiguration: {
                    imageReference: {
                        publisher: "canonical",
                        offer: "ubuntu-24_04-lts",
                        sku: "server",
                        version: "latest",
                    },
                    nodeAgentSkuId: "batch.node.ubuntu 24.04",
                },
            },
            scaleSettings: { fixedScale: { targetDedicatedNodes: 1 } },
        },
    });
    await call("POST", "/jobs", { id: pool, poolInfo: { poolId: pool } });
    const ask = `fetch(process.env.IDENTITY_ENDPOINT + '?api-version=2019-08-01&resource=${batch}', { headers: { 'X-IDENTITY-HEADER': process.env.IDENTITY_HEADER } }).then(async (r) => console.log(r.status, JSON.parse(Buffer.from((await r.json()).access_token.split('.')[1], 'base64url')).oid), () => console.log('none'))`;
    await call("POST", `/jobs/${pool}/tasks`, { id: "t", commandLine: `"${process.execPath}" -e "${ask}"` });
    for (;;) {
        const { state, executionInfo } = JSON.parse(await call("GET", `/jobs/${pool}/tasks/t`));
        if (state === "completed") {
            if (executionInfo.exitCode !== 0)
                throw new Error(await call("GET", `/jobs/${pool}/tasks/t/files/stderr.txt`));
            return (await call("GET", `/jobs/${pool}/tasks/t/files/stdout.txt`)).trim();
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}

async function main() {
    const identity = await put("Microsoft.ManagedIdentity/userAssignedIdentities/one", "2023-01-31", {
        location: "westeurope",
    });
    const seen = { with: await taskOn("with", identity.id), without: await taskOn("without") };
    process.stdout.write(JSON.stringify({ seen, principalId: identity.properties.principalId }));
}

main().catch((error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
});
