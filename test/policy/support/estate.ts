import type { Declared, Properties } from "./judge";

export const ACCOUNT = "azure-native:batch:BatchAccount";
export const POOL = "azure-native:batch:Pool";
export const JOB = "pulumi-nodejs:dynamic/pulumi-azure-batch:Job";
export const SCHEDULE = "pulumi-nodejs:dynamic/pulumi-azure-batch:JobSchedule";
export const TASK = "pulumi-nodejs:dynamic/pulumi-azure-batch:Task";
export const TASKS = "pulumi-nodejs:dynamic/pulumi-azure-batch:TaskCollection";
export const APPLICATION = "azure-native:batch:Application";
export const PACKAGE = "azure-native:batch:ApplicationPackage";
export const LOGS = "azure-native:monitor:DiagnosticSetting";
export const ALERT = "azure-native:monitor:MetricAlert";
export const ENDPOINT = "azure-native:network:PrivateEndpoint";
export const ZONES = "azure-native:network:PrivateDnsZoneGroup";

const ACCOUNT_ID = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Batch/batchAccounts/render";

const DIGEST = `@sha256:${"0123456789abcdef".repeat(4)}`;
export const PINNED = `registry.example.com/render${DIGEST}`;

/** An account that no rule of any profile finds fault with. */
export const goodAccount: Properties = {
    accountName: "render",
    resourceGroupName: "g",
    id: ACCOUNT_ID,
    allowedAuthenticationModes: ["AAD"],
    publicNetworkAccess: "Disabled",
    identity: { type: "SystemAssigned" },
    encryption: {
        keySource: "Microsoft.KeyVault",
        keyVaultProperties: { keyIdentifier: "https://v.vault.azure.net/keys/k/1" },
    },
    autoStorage: { storageAccountId: "/storage", authenticationMode: "BatchAccountManagedIdentity" },
    poolAllocationMode: "BatchService",
    tags: { owner: "render team" },
    poolQuota: 100,
    dedicatedCoreQuota: 100,
    lowPriorityCoreQuota: 100,
    dedicatedCoreQuotaPerVMFamilyEnforced: true,
    dedicatedCoreQuotaPerVMFamily: [{ name: "standardDSv5Family", coreQuota: 100 }],
};

/** A pool that no rule of any profile finds fault with. */
export const goodPool: Properties = {
    accountName: "render",
    resourceGroupName: "g",
    poolName: "cpu",
    vmSize: "Standard_D4s_v5",
    taskSlotsPerNode: 4,
    deploymentConfiguration: {
        virtualMachineConfiguration: {
            imageReference: {
                publisher: "canonical",
                offer: "ubuntu-24_04-lts",
                sku: "server",
                version: "latest",
            },
            nodeAgentSkuId: "batch.node.ubuntu 24.04",
            nodePlacementConfiguration: { policy: "Zonal" },
            securityProfile: {
                encryptionAtHost: true,
                securityType: "trustedLaunch",
                uefiSettings: { secureBootEnabled: true, vTpmEnabled: true },
            },
            containerConfiguration: {
                type: "DockerCompatible",
                containerImageNames: [PINNED],
                containerRegistries: [
                    {
                        registryServer: "registry.example.com",
                        identityReference: { resourceId: "/identity" },
                    },
                ],
            },
        },
    },
    scaleSettings: {
        fixedScale: {
            targetDedicatedNodes: 2,
            targetLowPriorityNodes: 2,
            resizeTimeout: "PT15M",
            nodeDeallocationOption: "TaskCompletion",
        },
    },
    networkConfiguration: {
        subnetId: "/subnet",
        publicIPAddressConfiguration: { provision: "NoPublicIPAddresses" },
    },
    mountConfiguration: [
        {
            azureBlobFileSystemConfiguration: {
                accountName: "a",
                containerName: "c",
                identityReference: { resourceId: "/identity" },
            },
        },
        { azureFileShareConfiguration: { accountName: "a", accountKey: "key" } },
    ],
    startTask: {
        commandLine: "/bin/sh -c 'apt-get install -y fonts-dejavu'",
        environmentSettings: [{ name: "MODE", value: "fast" }],
        userIdentity: { autoUser: { scope: "Pool", elevationLevel: "NonAdmin" } },
        maxTaskRetryCount: 2,
        waitForSuccess: true,
        resourceFiles: [
            {
                httpUrl: "https://a.blob.core.windows.net/c/f",
                identityReference: { resourceId: "/identity" },
            },
        ],
    },
};

/** The same pool with a formula in place of a fixed size. */
export const withFormula = (formula: string, more: Properties = {}): Properties => ({
    ...goodPool,
    taskSlotsPerNode: 1,
    scaleSettings: { autoScale: { formula, evaluationInterval: "PT5M" } },
    ...more,
});

export const GOOD_FORMULA =
    "$TargetDedicatedNodes = min(10, $PendingTasks.GetSample(1));\n$NodeDeallocationOption = taskcompletion;";

/** A job that no rule of any profile finds fault with. */
export const goodJob: Properties = {
    endpoint: "https://render.westeurope.batch.azure.com",
    jobId: "frames",
    owner: "o/p/s/frames",
    job: {
        priority: 0,
        constraints: { maxWallClockTime: "P1D", maxTaskRetryCount: 2 },
        commonEnvironmentSettings: [{ name: "MODE", value: "fast" }],
        jobPreparationTask: {
            commandLine: "prepare",
            resourceFiles: [{ httpUrl: "https://a.blob.core.windows.net/c/f" }],
            constraints: { maxTaskRetryCount: 1 },
        },
        jobReleaseTask: { commandLine: "release" },
        poolInfo: { poolId: "cpu" },
    },
    onDestroy: "terminate",
    deleteTimeout: 600,
};

/** A job schedule that no rule of any profile finds fault with. */
export const goodSchedule: Properties = {
    endpoint: "https://render.westeurope.batch.azure.com",
    scheduleId: "nightly",
    owner: "o/p/s/nightly",
    jobSchedule: {
        schedule: { recurrenceInterval: "P1D" },
        jobSpecification: {
            constraints: { maxWallClockTime: "PT12H", maxTaskRetryCount: 2 },
            jobManagerTask: { id: "plan", commandLine: "plan", containerSettings: { imageName: PINNED } },
            poolInfo: { poolId: "cpu" },
        },
    },
};

/** A single task that no rule of any profile finds fault with. */
export const goodTask: Properties = {
    endpoint: "https://render.westeurope.batch.azure.com",
    jobId: "frames",
    task: { id: "merge", commandLine: "merge" },
    profile: {
        tasks: 1,
        withoutWallClock: 0,
        maxRetries: 0,
        maxSlots: 1,
        imagesWithoutDigest: [],
        secrets: [],
    },
};

/** A pool in the names of the data plane, as a job has one of its own, that no rule of any profile finds fault with. */
export const goodOwnPool: Properties = {
    vmSize: "Standard_D4s_v5",
    taskSlotsPerNode: 4,
    virtualMachineConfiguration: {
        imageReference: {
            publisher: "canonical",
            offer: "ubuntu-24_04-lts",
            sku: "server",
            version: "latest",
        },
        nodeAgentSKUId: "batch.node.ubuntu 24.04",
        nodePlacementConfiguration: { policy: "zonal" },
        securityProfile: {
            encryptionAtHost: true,
            securityType: "trustedLaunch",
            uefiSettings: { secureBootEnabled: true, vTpmEnabled: true },
        },
    },
    targetDedicatedNodes: 2,
    networkConfiguration: {
        subnetId: "/subnet",
        publicIPAddressConfiguration: { provision: "nopublicipaddresses" },
    },
    startTask: { commandLine: "prepare", waitForSuccess: true },
};

/** The good job on a pool of its own. */
export const jobWithOwnPool = (pool: unknown): Properties => ({
    ...goodJob,
    job: {
        ...(goodJob["job"] as Properties),
        poolInfo: { autoPoolSpecification: { poolLifetimeOption: "job", pool } },
    },
});

/** A task collection that no rule of any profile finds fault with. */
export const goodTasks: Properties = {
    endpoint: "https://render.westeurope.batch.azure.com",
    jobId: "frames",
    digest: "0".repeat(32),
    count: 3,
    closesJob: true,
    profile: {
        tasks: 3,
        withoutWallClock: 0,
        maxRetries: 2,
        maxSlots: 1,
        longestRetention: 86_400,
        imagesWithoutDigest: [],
        secrets: [],
        sas: { first: "2026-11-22T00:00:00.000Z", last: "2026-11-25T00:00:00.000Z" },
    },
};

/** A whole stack that no rule of any profile finds fault with. */
export const goodStack: readonly Declared[] = [
    { type: ACCOUNT, name: "account", properties: goodAccount },
    { type: POOL, name: "pool", properties: goodPool, from: { accountName: ["account"] } },
    {
        type: POOL,
        name: "auto",
        properties: { ...withFormula(GOOD_FORMULA), poolName: "auto" },
        from: { accountName: ["account"] },
    },
    { type: JOB, name: "job", properties: goodJob, from: { job: ["pool"], endpoint: ["account"] } },
    { type: TASKS, name: "tasks", properties: goodTasks, from: { jobId: ["job"] } },
    {
        type: SCHEDULE,
        name: "schedule",
        properties: goodSchedule,
        from: { jobSchedule: ["pool"], endpoint: ["account"] },
    },
    { type: JOB, name: "own-pool-job", properties: { ...jobWithOwnPool(goodOwnPool), jobId: "own" } },
    { type: TASK, name: "task", properties: goodTask, from: { jobId: ["job"] } },
    {
        type: APPLICATION,
        name: "application",
        properties: { accountName: "render", applicationName: "ffmpeg" },
    },
    {
        type: PACKAGE,
        name: "package",
        properties: { accountName: "render", applicationName: "ffmpeg", versionName: "1" },
    },
    {
        type: LOGS,
        name: "logs",
        properties: { resourceUri: ACCOUNT_ID, logs: [{ categoryGroup: "allLogs", enabled: true }] },
    },
    { type: ALERT, name: "alert", properties: { scopes: [ACCOUNT_ID] } },
    {
        type: ENDPOINT,
        name: "endpoint",
        properties: {
            privateEndpointName: "endpoint",
            privateLinkServiceConnections: [{ privateLinkServiceId: ACCOUNT_ID, groupIds: ["batchAccount"] }],
        },
    },
    {
        type: ZONES,
        name: "zones",
        properties: {
            privateEndpointName: "endpoint",
            privateDnsZoneConfigs: [{ name: "batch", privateDnsZoneId: "/privatelink.batch.azure.com" }],
        },
    },
];

/** The good stack with changes of some resources, by name; undefined leaves one out. */
export function stackWith(changes: Record<string, Partial<Declared> | undefined>): Declared[] {
    const kept = goodStack.flatMap((resource) => {
        const name = resource.name ?? "";
        if (!(name in changes)) return [resource];
        const change = changes[name];
        return change === undefined ? [] : [{ ...resource, ...change }];
    });
    const added = Object.entries(changes).filter(
        ([name]) => !goodStack.some((resource) => resource.name === name),
    );
    return [...kept, ...added.map(([name, change]) => ({ name, ...change }) as Declared)];
}
