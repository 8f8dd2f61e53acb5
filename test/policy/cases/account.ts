import type { ResourceCase } from "../support/case";
import { ACCOUNT, goodAccount, LOGS } from "../support/estate";
import { UNKNOWN } from "../support/judge";

const account = { type: ACCOUNT, base: goodAccount };

export const accountCases: readonly ResourceCase[] = [
    {
        ...account,
        rule: "azure-batch-account-disable-local-authentication",
        fires: [
            {
                changes: { allowedAuthenticationModes: ["AAD", "SharedKey"] },
                finds: /allowedAuthenticationModes\[1\] is SharedKey\./,
            },
            { changes: { allowedAuthenticationModes: undefined }, finds: /is not set, so keys work too/ },
            { changes: { allowedAuthenticationModes: [] }, finds: /is not set/ },
            {
                changes: { allowedAuthenticationModes: ["SharedKey", "TaskAuthenticationToken"] },
                finds: [/\[0\] is SharedKey/, /\[1\] is TaskAuthenticationToken/],
            },
            { changes: { allowedAuthenticationModes: [UNKNOWN, "SharedKey"] }, finds: /\[1\] is SharedKey/ },
            { changes: { allowedAuthenticationModes: [null] }, finds: /\[0\] is nothing/ },
        ],
        quiet: [{ changes: { allowedAuthenticationModes: ["aad"] } }],
        unknown: [
            { changes: { allowedAuthenticationModes: UNKNOWN }, path: "allowedAuthenticationModes" },
            {
                changes: { allowedAuthenticationModes: ["AAD", UNKNOWN] },
                path: "allowedAuthenticationModes[1]",
            },
        ],
        remedied: { allowedAuthenticationModes: ["AAD"] },
    },
    {
        ...account,
        rule: "azure-batch-account-enable-managed-identity",
        fires: [
            { changes: { identity: undefined }, finds: /identity\.type is not set\./ },
            { changes: { identity: { type: "None" } }, finds: /identity\.type is None\./ },
        ],
        quiet: [{ changes: { identity: { type: "UserAssigned", userAssignedIdentities: ["/i"] } } }],
        unknown: [
            { changes: { identity: { type: UNKNOWN } }, path: "identity.type" },
            { changes: { identity: UNKNOWN }, path: "identity" },
        ],
        remedied: { identity: { type: "SystemAssigned" } },
    },
    {
        ...account,
        rule: "azure-batch-account-configure-auto-storage-identity",
        fires: [
            {
                changes: { "autoStorage.authenticationMode": undefined },
                finds: /authenticationMode is StorageKeys, the default/,
            },
            {
                changes: { "autoStorage.authenticationMode": "StorageKeys" },
                finds: /authenticationMode is StorageKeys\./,
            },
        ],
        quiet: [{ changes: { autoStorage: undefined } }],
        unknown: [
            {
                changes: { "autoStorage.authenticationMode": UNKNOWN },
                path: "autoStorage.authenticationMode",
            },
        ],
    },
    {
        ...account,
        rule: "azure-batch-account-configure-customer-managed-key",
        fires: [
            {
                changes: { encryption: undefined },
                finds: /encryption\.keySource is Microsoft\.Batch, the default/,
            },
            {
                changes: { "encryption.keySource": "Microsoft.Batch" },
                finds: /keySource is Microsoft\.Batch\./,
            },
        ],
        unknown: [{ changes: { "encryption.keySource": UNKNOWN }, path: "encryption.keySource" }],
    },
    {
        ...account,
        rule: "azure-batch-account-configure-user-subscription",
        fires: [
            {
                changes: { poolAllocationMode: "UserSubscription" },
                finds: /UserSubscription without keyVaultReference\.id and keyVaultReference\.url\./,
            },
            {
                changes: { poolAllocationMode: "UserSubscription", keyVaultReference: { id: "/vault" } },
                finds: /without keyVaultReference\.url\./,
            },
        ],
        quiet: [
            {
                changes: {
                    poolAllocationMode: "UserSubscription",
                    keyVaultReference: { id: "/vault", url: "https://v.vault.azure.net/" },
                },
            },
        ],
        unknown: [
            { changes: { poolAllocationMode: UNKNOWN }, path: "poolAllocationMode" },
            {
                changes: { poolAllocationMode: "UserSubscription", keyVaultReference: UNKNOWN },
                path: "keyVaultReference",
            },
        ],
    },
    {
        ...account,
        rule: "azure-batch-account-disallow-public-network-access",
        fires: [
            {
                changes: { publicNetworkAccess: undefined },
                finds: /publicNetworkAccess is Enabled, the default/,
            },
            { changes: { publicNetworkAccess: "Enabled" }, finds: /publicNetworkAccess is Enabled\./ },
        ],
        quiet: [{ changes: { publicNetworkAccess: "SecuredByPerimeter" } }],
        unknown: [{ changes: { publicNetworkAccess: UNKNOWN }, path: "publicNetworkAccess" }],
    },
    {
        ...account,
        rule: "azure-batch-account-configure-network-default-action",
        fires: [
            {
                changes: { publicNetworkAccess: "Enabled" },
                finds: /networkProfile\.accountAccess\.defaultAction is Allow, the default/,
            },
            {
                changes: {
                    publicNetworkAccess: undefined,
                    networkProfile: { accountAccess: { defaultAction: "Allow" } },
                },
                finds: /accountAccess\.defaultAction is Allow\./,
            },
            {
                changes: {
                    publicNetworkAccess: "Enabled",
                    networkProfile: { accountAccess: { defaultAction: "Deny" } },
                },
                config: { nodeManagement: true },
                finds: /nodeManagementAccess\.defaultAction is Allow, the default/,
            },
        ],
        quiet: [
            {
                changes: {
                    publicNetworkAccess: "Enabled",
                    networkProfile: { accountAccess: { defaultAction: "Deny" } },
                },
            },
            {
                changes: {
                    publicNetworkAccess: "Enabled",
                    networkProfile: {
                        accountAccess: { defaultAction: "Deny" },
                        nodeManagementAccess: { defaultAction: "deny" },
                    },
                },
                config: { nodeManagement: true },
            },
        ],
        unknown: [
            {
                changes: {
                    publicNetworkAccess: "Enabled",
                    networkProfile: { accountAccess: { defaultAction: UNKNOWN } },
                },
                path: "networkProfile.accountAccess.defaultAction",
            },
        ],
    },
    {
        ...account,
        rule: "azure-batch-account-configure-tags",
        fires: [
            { changes: { tags: undefined }, finds: /tags is empty/ },
            { changes: { tags: {} }, finds: /tags is empty/ },
            {
                changes: {},
                config: { required: ["Owner", "cost", "team"] },
                finds: /tags has no cost, team\./,
            },
        ],
        quiet: [{ changes: { tags: { OWNER: "a", Cost: "b" } }, config: { required: ["owner", "COST"] } }],
        unknown: [{ changes: { tags: UNKNOWN }, path: "tags" }],
    },
    {
        type: LOGS,
        base: {
            resourceUri: "/subscriptions/s/resourceGroups/g/providers/Microsoft.Batch/batchAccounts/a",
            logs: [{ category: "ServiceLog", enabled: true, retentionPolicy: { enabled: true, days: 365 } }],
        },
        rule: "azure-batch-account-configure-log-retention",
        fires: [
            {
                changes: { logs: [{ enabled: true, retentionPolicy: { enabled: true, days: 364 } }] },
                finds: /logs\[0\]\.retentionPolicy\.days is 364, below 365/,
            },
            { changes: {}, config: { days: 366 }, finds: /is 365, below 366/ },
        ],
        quiet: [
            { changes: { logs: [{ enabled: true, retentionPolicy: { enabled: true, days: 0 } }] } },
            { changes: { logs: [{ enabled: true, retentionPolicy: { enabled: true } }] } },
            { changes: { logs: [{ enabled: true, retentionPolicy: { enabled: false, days: 7 } }] } },
            { changes: { logs: [{ enabled: true }] } },
            { changes: { logs: [{ enabled: false, retentionPolicy: { enabled: true, days: 7 } }] } },
            {
                changes: {
                    resourceUri: "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v",
                    logs: [{ enabled: true, retentionPolicy: { enabled: true, days: 7 } }],
                },
            },
            {
                changes: {
                    resourceUri: undefined,
                    logs: [{ enabled: true, retentionPolicy: { enabled: true, days: 7 } }],
                },
            },
        ],
        unknown: [
            { changes: { resourceUri: UNKNOWN }, path: "resourceUri" },
            {
                changes: { logs: [{ enabled: true, retentionPolicy: { enabled: true, days: UNKNOWN } }] },
                path: "logs[0].retentionPolicy.days",
            },
        ],
    },
];
