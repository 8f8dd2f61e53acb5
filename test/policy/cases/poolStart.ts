import type { ResourceCase } from "../support/case";
import { goodPool, PINNED, POOL } from "../support/estate";
import { UNKNOWN } from "../support/judge";

const pool = { type: POOL, base: goodPool };
const VM = "deploymentConfiguration.virtualMachineConfiguration";
const SAS = "https://a.blob.core.windows.net/c/f?sv=2024&se=2026-12-01&sig=c2lnbmF0dXJlLXNpZ25hdHVyZQ%3D%3D";

export const poolStartCases: readonly ResourceCase[] = [
    {
        ...pool,
        rule: "azure-batch-pool-disallow-sas-in-resource-files",
        fires: [
            {
                changes: { "startTask.resourceFiles": [{ httpUrl: SAS }] },
                finds: /startTask\.resourceFiles\[0\]\.httpUrl has a SAS\./,
            },
            {
                changes: { "startTask.resourceFiles": [{}, { storageContainerUrl: SAS }] },
                finds: /resourceFiles\[1\]\.storageContainerUrl has a SAS\./,
            },
        ],
        quiet: [{ changes: { startTask: undefined } }],
        unknown: [
            {
                changes: { "startTask.resourceFiles": [{ httpUrl: UNKNOWN }] },
                path: "startTask.resourceFiles[0].httpUrl",
            },
        ],
    },
    {
        ...pool,
        rule: "azure-batch-pool-disallow-start-task-elevation",
        fires: [
            {
                changes: { "startTask.userIdentity": { autoUser: { elevationLevel: "Admin" } } },
                finds: /startTask\.userIdentity\.autoUser\.elevationLevel is Admin\./,
            },
        ],
        quiet: [{ changes: { "startTask.userIdentity": undefined } }],
        unknown: [{ changes: { "startTask.userIdentity": UNKNOWN }, path: "startTask.userIdentity" }],
    },
    {
        ...pool,
        rule: "azure-batch-pool-enable-wait-for-start-task",
        fires: [
            { changes: { "startTask.waitForSuccess": false }, finds: /startTask\.waitForSuccess is false\./ },
        ],
        quiet: [
            { changes: { "startTask.waitForSuccess": undefined } },
            { changes: { startTask: undefined } },
        ],
        unknown: [{ changes: { "startTask.waitForSuccess": UNKNOWN }, path: "startTask.waitForSuccess" }],
        remedied: { "startTask.waitForSuccess": true },
    },
    {
        ...pool,
        rule: "azure-batch-pool-configure-start-task-retries",
        fires: [
            {
                changes: { "startTask.maxTaskRetryCount": -1 },
                finds: /startTask\.maxTaskRetryCount is -1, without a limit\./,
            },
            { changes: { "startTask.maxTaskRetryCount": 11 }, finds: /maxTaskRetryCount is 11, above 10\./ },
            { changes: {}, config: { maximum: 1 }, finds: /is 2, above 1/ },
        ],
        quiet: [
            { changes: { "startTask.maxTaskRetryCount": 10 } },
            { changes: { "startTask.maxTaskRetryCount": 0 } },
            { changes: { startTask: undefined } },
        ],
        unknown: [
            { changes: { "startTask.maxTaskRetryCount": UNKNOWN }, path: "startTask.maxTaskRetryCount" },
        ],
    },
    {
        ...pool,
        rule: "azure-batch-pool-disallow-secrets",
        fires: [
            {
                changes: { "startTask.commandLine": `curl '${SAS}'` },
                finds: /startTask\.commandLine seems to hold a shared access signature\./,
            },
            {
                changes: {
                    "startTask.environmentSettings": [
                        { name: "MODE", value: "x" },
                        { name: "DB_PASSWORD", value: "hunter2" },
                    ],
                },
                finds: /startTask\.environmentSettings\[1\]\.value \(DB_PASSWORD\) seems to be a value under the name of a secret\./,
            },
            {
                changes: {
                    "startTask.commandLine": UNKNOWN,
                    "startTask.environmentSettings": [
                        { name: "K", value: "AccountKey=abcdefghijklmnopqrstuvwxyz" },
                    ],
                },
                finds: /seems to be a storage account key/,
            },
            {
                changes: {
                    "startTask.environmentSettings": [
                        { name: UNKNOWN, value: "x" },
                        { name: "API_TOKEN", value: "abcd1234" },
                    ],
                },
                finds: /\[1\]\.value \(API_TOKEN\)/,
            },
        ],
        quiet: [
            {
                changes: {
                    "startTask.environmentSettings": [
                        { name: "DB_PASSWORD", value: "$FROM_VAULT" },
                        { name: "TOKEN" },
                    ],
                },
            },
            { changes: { startTask: undefined } },
        ],
        unknown: [
            { changes: { "startTask.commandLine": UNKNOWN }, path: "startTask.commandLine" },
            { changes: { "startTask.environmentSettings": UNKNOWN }, path: "startTask.environmentSettings" },
            { changes: { startTask: UNKNOWN }, path: "startTask" },
        ],
    },
    {
        ...pool,
        rule: "azure-batch-pool-configure-mount-count",
        fires: [
            {
                changes: {
                    mountConfiguration: Array.from({ length: 11 }, () => ({
                        nfsMountConfiguration: { source: "s" },
                    })),
                },
                finds: /mountConfiguration has 11 entries, above 10/,
            },
        ],
        quiet: [
            {
                changes: {
                    mountConfiguration: Array.from({ length: 10 }, () => ({
                        nfsMountConfiguration: { source: "s" },
                    })),
                },
            },
        ],
        unknown: [{ changes: { mountConfiguration: UNKNOWN }, path: "mountConfiguration" }],
    },
    {
        ...pool,
        rule: "azure-batch-pool-configure-container-digests",
        fires: [
            {
                changes: { [`${VM}.containerConfiguration.containerImageNames`]: [PINNED, "python:3"] },
                finds: /containerImageNames\[1\] is python:3, without a digest\./,
            },
            {
                changes: { "startTask.containerSettings": { imageName: "busybox" } },
                finds: /startTask\.containerSettings\.imageName is busybox, without a digest\./,
            },
            {
                changes: {
                    [`${VM}.containerConfiguration.containerImageNames`]: UNKNOWN,
                    "startTask.containerSettings": { imageName: "busybox@sha256:12" },
                },
                finds: /is busybox@sha256:12, without/,
            },
        ],
        quiet: [{ changes: { "startTask.containerSettings": { imageName: PINNED } } }],
        unknown: [
            {
                changes: { [`${VM}.containerConfiguration.containerImageNames`]: [UNKNOWN] },
                path: "containerImageNames[0]",
            },
            { changes: { "startTask.containerSettings": UNKNOWN }, path: "startTask.containerSettings" },
        ],
    },
];
