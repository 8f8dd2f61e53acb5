"use strict";
// Plain requests to both planes, for the programs that the tests run within `batchlocal exec`.
const { env } = process;
const arm = `https://${env.ARM_METADATA_HOSTNAME}`;
const batch = "https://batch.core.windows.net/";
const management = "https://management.azure.com/";
const group = `/subscriptions/${env.ARM_SUBSCRIPTION_ID}/resourceGroups/batchlocal/providers`;

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
    return { status: response.status, text: await response.text() };
}

async function must(promise) {
    const { status, text } = await promise;
    if (status >= 300) throw new Error(`${status} ${text}`);
    return text;
}

const toArm = (method, path, version, body) =>
    send(method, `${arm}${path}?api-version=${version}`, management, body);
const toBatch = (method, path, body) =>
    send(method, `${env.AZURE_BATCH_ENDPOINT}${path}?api-version=2024-02-01.19.0`, batch, body);

/** Makes a pool of one node. */
const makePool = (name, more = {}, identity = undefined) =>
    must(
        toArm("PUT", `${group}/Microsoft.Batch/batchAccounts/batchlocal/pools/${name}`, "2024-07-01", {
            ...(identity && {
                identity: { type: "UserAssigned", userAssignedIdentities: { [identity]: {} } },
            }),
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
                ...more,
            },
        }),
    );

async function until(look) {
    for (;;) {
        const found = await look();
        if (found !== undefined) return found;
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}

/** A task once it is completed. */
const completed = (job, task) =>
    until(async () => {
        const shown = JSON.parse(await must(toBatch("GET", `/jobs/${job}/tasks/${task}`)));
        return shown.state === "completed" ? shown : undefined;
    });

function finish(main) {
    main().catch((error) => {
        process.stderr.write(`${error.stack}\n`);
        process.exitCode = 1;
    });
}

module.exports = { batch, completed, finish, group, makePool, must, toArm, toBatch, token, until };
