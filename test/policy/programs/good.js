"use strict";
// A plain azure-native program that no rule of any profile finds fault with.
const { Application, ApplicationPackage, BatchAccount, Pool } = require("@pulumi/azure-native/batch");
const { DiagnosticSetting, MetricAlert } = require("@pulumi/azure-native/monitor");
const { PrivateDnsZoneGroup, PrivateEndpoint } = require("@pulumi/azure-native/network");
const { ResourceGroup } = require("@pulumi/azure-native/resources");
const { Job, TaskCollection } = require("./resources");

const group = new ResourceGroup("group");
const resourceGroupName = group.name;
const account = new BatchAccount("account", {
    resourceGroupName,
    allowedAuthenticationModes: ["AAD"],
    publicNetworkAccess: "Disabled",
    identity: { type: "SystemAssigned" },
    encryption: {
        keySource: "Microsoft.KeyVault",
        keyVaultProperties: { keyIdentifier: "https://vault.vault.azure.net/keys/batch/1" },
    },
    tags: { owner: "render team" },
});
const accountName = account.name;
const endpoint = new PrivateEndpoint("endpoint", {
    resourceGroupName,
    subnet: { id: "/subnet" },
    privateLinkServiceConnections: [
        { name: "batch", privateLinkServiceId: account.id, groupIds: ["batchAccount"] },
    ],
});
new PrivateDnsZoneGroup("zones", {
    resourceGroupName,
    privateEndpointName: endpoint.name,
    privateDnsZoneConfigs: [{ name: "batch", privateDnsZoneId: "/privatelink.batch.azure.com" }],
});
new DiagnosticSetting("logs", {
    resourceUri: account.id,
    workspaceId: "/workspace",
    logs: [{ categoryGroup: "allLogs", enabled: true }],
});
new MetricAlert("alert", {
    resourceGroupName,
    scopes: [account.id],
    enabled: true,
    severity: 2,
    evaluationFrequency: "PT5M",
    windowSize: "PT15M",
    criteria: {
        odataType: "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
        allOf: [
            {
                criterionType: "StaticThresholdCriterion",
                name: "unusable",
                metricName: "UnusableNodeCount",
                operator: "GreaterThan",
                threshold: 0,
                timeAggregation: "Total",
            },
        ],
    },
});
const application = new Application("ffmpeg", { resourceGroupName, accountName });
new ApplicationPackage("ffmpeg-7", {
    resourceGroupName,
    accountName,
    applicationName: application.name,
    versionName: "7",
});

const machine = {
    imageReference: { publisher: "canonical", offer: "ubuntu-24_04-lts", sku: "server", version: "latest" },
    nodeAgentSkuId: "batch.node.ubuntu 24.04",
    nodePlacementConfiguration: { policy: "Zonal" },
    securityProfile: {
        encryptionAtHost: true,
        securityType: "trustedLaunch",
        uefiSettings: { secureBootEnabled: true, vTpmEnabled: true },
    },
};
const common = {
    resourceGroupName,
    accountName,
    vmSize: "Standard_D4s_v5",
    deploymentConfiguration: { virtualMachineConfiguration: machine },
    networkConfiguration: {
        subnetId: "/subnet",
        publicIPAddressConfiguration: { provision: "NoPublicIPAddresses" },
    },
};
const pool = new Pool("fixed", {
    ...common,
    taskSlotsPerNode: 4,
    scaleSettings: { fixedScale: { targetDedicatedNodes: 2, nodeDeallocationOption: "TaskCompletion" } },
    startTask: { commandLine: "/bin/sh -c 'apt-get install -y fonts-dejavu'", waitForSuccess: true },
});
new Pool("auto", {
    ...common,
    scaleSettings: {
        autoScale: {
            formula:
                "$TargetDedicatedNodes = min(10, avg($PendingTasks.GetSample(1)));\n$NodeDeallocationOption = taskcompletion;",
        },
    },
});
const job = new Job("job", {
    endpoint: account.accountEndpoint,
    jobId: "frames",
    job: { constraints: { maxWallClockTime: "P1D", maxTaskRetryCount: 2 }, poolInfo: { poolId: pool.name } },
});
new TaskCollection("tasks", {
    endpoint: account.accountEndpoint,
    jobId: job.id,
    closesJob: true,
    profile: {
        tasks: 2,
        withoutWallClock: 0,
        maxRetries: 1,
        maxSlots: 2,
        imagesWithoutDigest: [],
        secrets: [],
    },
});
