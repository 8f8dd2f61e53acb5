"use strict";
// A plain azure-native program with every fault once.
const { Application, ApplicationPackage, BatchAccount, Pool } = require("@pulumi/azure-native/batch");
const { DiagnosticSetting, MetricAlert } = require("@pulumi/azure-native/monitor");
const { PrivateEndpoint } = require("@pulumi/azure-native/network");
const { ResourceGroup } = require("@pulumi/azure-native/resources");
const { Job, TaskCollection } = require("./resources");

const SAS = "https://files.blob.core.windows.net/c/f?se=2099-01-01&sig=c2lnbmF0dXJlLXNpZ25hdHVyZQ%3D%3D";
const group = new ResourceGroup("group");
const resourceGroupName = group.name;

const account = new BatchAccount("bad-account", {
    resourceGroupName,
    accountName: "bad",
    allowedAuthenticationModes: ["SharedKey"],
    autoStorage: { storageAccountId: "/storage", authenticationMode: "StorageKeys" },
    poolAllocationMode: "UserSubscription",
});
const accountName = account.name;

// An account that is right but for its endpoint's name resolution and the time that its logs are kept.
const watched = new BatchAccount("watched", {
    resourceGroupName,
    accountName: "watched",
    allowedAuthenticationModes: ["AAD"],
    publicNetworkAccess: "Disabled",
    identity: { type: "SystemAssigned" },
    encryption: { keySource: "Microsoft.KeyVault" },
    tags: { owner: "render team" },
});
new PrivateEndpoint("endpoint", {
    resourceGroupName,
    privateLinkServiceConnections: [
        { name: "batch", privateLinkServiceId: watched.id, groupIds: ["batchAccount"] },
    ],
});
new DiagnosticSetting("logs", {
    resourceUri: watched.id,
    logs: [{ category: "ServiceLog", enabled: true }],
});
new DiagnosticSetting("short-logs", {
    resourceUri: "/subscriptions/s/resourceGroups/g/providers/Microsoft.Batch/batchAccounts/elsewhere",
    logs: [{ category: "ServiceLog", enabled: true, retentionPolicy: { enabled: true, days: 7 } }],
});
new MetricAlert("alert", {
    resourceGroupName,
    scopes: [watched.id],
    enabled: true,
    severity: 2,
    evaluationFrequency: "PT5M",
    windowSize: "PT15M",
    criteria: { odataType: "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria" },
});

const applications = Array.from(
    { length: 21 },
    (_, at) => new Application(`application-${at}`, { resourceGroupName, accountName }),
);
const applicationName = applications[0].name;
for (let version = 0; version < 41; version++) {
    new ApplicationPackage(`package-${version}`, {
        resourceGroupName,
        accountName,
        applicationName,
        versionName: String(version),
    });
}

const right = {
    imageReference: { publisher: "canonical", offer: "ubuntu-24_04-lts", sku: "server" },
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
    networkConfiguration: {
        subnetId: "/subnet",
        publicIPAddressConfiguration: { provision: "NoPublicIPAddresses" },
    },
};

new Pool("bad-pool", {
    resourceGroupName,
    accountName,
    vmSize: "Standard_D2ps_v5",
    taskSlotsPerNode: 99,
    targetNodeCommunicationMode: "Classic",
    certificates: [{ id: "/certificate" }],
    applicationLicenses: ["maya"],
    applicationPackages: applications.slice(0, 11).map(({ id }) => ({ id })),
    deploymentConfiguration: {
        cloudServiceConfiguration: { osFamily: "6" },
        virtualMachineConfiguration: {
            imageReference: {
                publisher: "canonical",
                offer: "0001-com-ubuntu-server-focal",
                sku: "20_04-lts",
            },
            nodeAgentSkuId: "batch.node.ubuntu 24.04",
            containerConfiguration: {
                type: "DockerCompatible",
                containerImageNames: ["python:3"],
                containerRegistries: [{ registryServer: "r.example.com", userName: "u", password: "p" }],
            },
        },
    },
    networkConfiguration: {
        endpointConfiguration: {
            inboundNatPools: [
                {
                    name: "ssh",
                    protocol: "TCP",
                    backendPort: 22,
                    frontendPortRangeStart: 15000,
                    frontendPortRangeEnd: 15100,
                },
            ],
        },
    },
    mountConfiguration: [
        {
            azureBlobFileSystemConfiguration: {
                accountName: "a",
                containerName: "c",
                relativeMountPath: "m",
                accountKey: "k",
            },
        },
        ...Array.from({ length: 10 }, (_, at) => ({
            nfsMountConfiguration: { source: "s", relativeMountPath: `n${at}` },
        })),
    ],
    startTask: {
        commandLine: "start",
        environmentSettings: [{ name: "DB_PASSWORD", value: "hunter2" }],
        resourceFiles: [{ httpUrl: SAS, filePath: "f" }],
        userIdentity: { autoUser: { elevationLevel: "Admin" } },
        maxTaskRetryCount: -1,
        waitForSuccess: false,
    },
    scaleSettings: {
        fixedScale: {
            targetLowPriorityNodes: 200,
            resizeTimeout: "P1D",
            nodeDeallocationOption: "Terminate",
        },
    },
});
const aging = new Pool("aging-pool", {
    ...common,
    vmSize: "Standard_F8s_v2",
    taskSlotsPerNode: 4,
    deploymentConfiguration: {
        virtualMachineConfiguration: {
            ...right,
            imageReference: {
                id: "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/images/mine",
            },
            nodeAgentSkuId: "batch.node.ubuntu 22.04",
        },
    },
    scaleSettings: { fixedScale: { targetDedicatedNodes: 2 } },
});
new Pool("retired-pool", {
    ...common,
    vmSize: "Standard_A3",
    deploymentConfiguration: { virtualMachineConfiguration: right },
    scaleSettings: { autoScale: { formula: "$TargetDedicatedNodes = ;" } },
});
new Pool("endless-pool", {
    ...common,
    deploymentConfiguration: { virtualMachineConfiguration: right },
    scaleSettings: {
        autoScale: {
            evaluationInterval: "PT1M",
            formula:
                "$TargetDedicatedNodes = avg($PendingTasks.GetSample(1));\n$NodeDeallocationOption = taskcompletion;",
        },
    },
});

const job = new Job("bad-job", {
    endpoint: account.accountEndpoint,
    jobId: "frames",
    job: {
        priority: 1000,
        constraints: { maxTaskRetryCount: -1 },
        commonEnvironmentSettings: [{ name: "API_KEY", value: "abcdef123" }],
        jobPreparationTask: {
            commandLine: "prepare",
            resourceFiles: [{ httpUrl: SAS, filePath: "f" }],
            constraints: { retentionTime: "P90D" },
            containerSettings: { imageName: "python:3" },
        },
        poolInfo: { poolId: aging.name },
    },
});
new TaskCollection("bad-tasks", {
    endpoint: account.accountEndpoint,
    jobId: job.id,
    closesJob: false,
    profile: {
        tasks: 3,
        withoutWallClock: 2,
        maxRetries: -1,
        maxSlots: 9,
        longestRetention: 90 * 86_400,
        imagesWithoutDigest: ["python:3"],
        secrets: ["task a, command line: a token (JWT)"],
        sas: { first: "2026-11-22T00:00:00Z", last: "2099-01-01T00:00:00Z" },
    },
});
