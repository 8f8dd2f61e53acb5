"use strict";
// npm @azure/arm-batch 9 with azure-identity's DefaultAzureCredential.
const { BatchManagementClient } = require("@azure/arm-batch");
const { DefaultAzureCredential } = require("@azure/identity");
const { all, refused, step } = require("./steps");

const { ARM_METADATA_HOSTNAME: host, AZURE_SUBSCRIPTION_ID: subscription } = process.env;
const imageReference = {
    publisher: "canonical",
    offer: "ubuntu-24_04-lts",
    sku: "server",
    version: "latest",
};
const virtualMachineConfiguration = { imageReference, nodeAgentSkuId: "batch.node.ubuntu 24.04" };

async function main() {
    const credential = new DefaultAzureCredential();
    await step(
        "@azure/identity: DefaultAzureCredential",
        () => credential.getToken("https://management.azure.com/.default"),
        ({ token }) => token.split(".").length === 3,
    );
    const client = new BatchManagementClient(credential, subscription, {
        endpoint: `https://${host}`,
        credentialScopes: ["https://management.azure.com/.default"],
    });
    const [group, name] = ["batchlocal", "thirdone"];
    const accounts = client.batchAccountOperations;
    const { applicationOperations: applications, poolOperations: pools, location } = client;
    const quick = { updateIntervalInMs: 200 };
    await step("location.getQuotas", () => location.getQuotas("westeurope"));
    await step(
        "location.checkNameAvailability",
        () => location.checkNameAvailability("westeurope", { name, type: "Microsoft.Batch/batchAccounts" }),
        ({ nameAvailable }) => nameAvailable,
    );
    await step(
        "batchAccount.beginCreateAndWait",
        () => accounts.beginCreateAndWait(group, name, { location: "westeurope" }, quick),
        (made) => made.name === name,
    );
    await step(
        "batchAccount.get",
        () => accounts.get(group, name),
        ({ provisioningState }) => provisioningState === "Succeeded",
    );
    await step(
        "batchAccount.list",
        () => all(accounts.list()),
        (list) => list.some((each) => each.name === name),
    );
    await step(
        "batchAccount.listByResourceGroup",
        () => all(accounts.listByResourceGroup(group)),
        (list) => list.length > 1,
    );
    await step(
        "batchAccount.update",
        () => accounts.update(group, name, { tags: { a: "b" } }),
        ({ tags }) => tags.a === "b",
    );
    const keys = await step(
        "batchAccount.getKeys",
        () => accounts.getKeys(group, name),
        ({ primary }) => primary.length > 0,
    );
    await step(
        "batchAccount.regenerateKey",
        () => accounts.regenerateKey(group, name, { keyName: "Primary" }),
        ({ primary }) => primary !== keys.primary,
    );
    const pool = {
        vmSize: "STANDARD_D2S_V5",
        deploymentConfiguration: { virtualMachineConfiguration },
        scaleSettings: { fixedScale: { targetDedicatedNodes: 1 } },
    };
    await step(
        "pool.create",
        () => pools.create(group, name, "pool", pool),
        (made) => made.name === "pool",
    );
    await step("pool.get", () => pools.get(group, name, "pool"));
    await step(
        "pool.listByBatchAccount",
        () => all(pools.listByBatchAccount(group, name)),
        ({ length }) => length === 1,
    );
    await step("pool.update", () =>
        pools.update(group, name, "pool", {
            scaleSettings: { autoScale: { formula: "$TargetDedicatedNodes = 0;" } },
        }),
    );
    await step("pool.disableAutoScale", () => pools.disableAutoScale(group, name, "pool"));
    await step("pool.stopResize", () => pools.stopResize(group, name, "pool"));
    await step("application.create", () => applications.create(group, "batchlocal", "jstool"));
    await step(
        "application.list",
        () => all(applications.list(group, "batchlocal")),
        (list) => list.some((each) => each.name === "jstool"),
    );
    await step("application.delete", () => applications.delete(group, "batchlocal", "jstool"));
    await refused(
        "batchAccount.get of one that is not there",
        () => accounts.get(group, "nobody"),
        "ResourceNotFound",
    );
    await step("pool.beginDeleteAndWait", () => pools.beginDeleteAndWait(group, name, "pool", quick));
    await step("batchAccount.beginDeleteAndWait", () => accounts.beginDeleteAndWait(group, name, quick));
}

void main();
