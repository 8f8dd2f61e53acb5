import type { ResourceCase } from "../support/case";
import { goodPool, PINNED, POOL } from "../support/estate";
import { UNKNOWN } from "../support/judge";

const pool = { type: POOL, base: goodPool };
const VM = "deploymentConfiguration.virtualMachineConfiguration";
const PROFILE = `${VM}.securityProfile`;
const NAT = "networkConfiguration.endpointConfiguration";

const nat = (backendPort: unknown, rules?: unknown): Record<string, unknown> => ({
    [NAT]: {
        inboundNatPools: [{ name: "in", protocol: "TCP", backendPort, networkSecurityGroupRules: rules }].map(
            (one) => JSON.parse(JSON.stringify(one)),
        ),
    },
});
const rule = (priority: number, access: string, sourceAddressPrefix: unknown) => ({
    priority,
    access,
    sourceAddressPrefix,
});

export const poolPartCases: readonly ResourceCase[] = [
    {
        ...pool,
        rule: "azure-batch-pool-disallow-certificates",
        fires: [{ changes: { certificates: [{ id: "/c" }] }, finds: /certificates is set\./ }],
        quiet: [{ changes: { certificates: [] } }],
        unknown: [{ changes: { certificates: UNKNOWN }, path: "certificates" }],
        remedied: { certificates: undefined },
    },
    {
        ...pool,
        rule: "azure-batch-pool-disallow-application-licenses",
        fires: [{ changes: { applicationLicenses: ["maya"] }, finds: /applicationLicenses is set\./ }],
        unknown: [{ changes: { applicationLicenses: UNKNOWN }, path: "applicationLicenses" }],
        remedied: { applicationLicenses: undefined },
    },
    {
        ...pool,
        rule: "azure-batch-pool-disallow-cloud-service-configuration",
        fires: [
            {
                changes: { deploymentConfiguration: { cloudServiceConfiguration: { osFamily: "6" } } },
                finds: /deploymentConfiguration\.cloudServiceConfiguration is set\./,
            },
        ],
        unknown: [{ changes: { deploymentConfiguration: UNKNOWN }, path: "deploymentConfiguration" }],
    },
    {
        ...pool,
        rule: "azure-batch-pool-configure-simplified-communication",
        fires: [
            {
                changes: { targetNodeCommunicationMode: "Classic" },
                finds: /targetNodeCommunicationMode is Classic\./,
            },
        ],
        quiet: [
            { changes: { targetNodeCommunicationMode: "Simplified" } },
            { changes: { targetNodeCommunicationMode: "Default" } },
        ],
        unknown: [{ changes: { targetNodeCommunicationMode: UNKNOWN }, path: "targetNodeCommunicationMode" }],
        remedied: { targetNodeCommunicationMode: "Simplified" },
    },
    {
        ...pool,
        rule: "azure-batch-pool-disallow-open-inbound-nat",
        fires: [
            { changes: nat(22), finds: /inboundNatPools\[0\]\.backendPort is 22, open to everybody\./ },
            { changes: nat(3389, []), finds: /backendPort is 3389, open to everybody/ },
            { changes: nat(22, [rule(200, "Allow", "0.0.0.0/0")]), finds: /is 22/ },
            { changes: nat(22, [rule(300, "Deny", "*"), rule(200, "allow", "Internet")]), finds: /is 22/ },
            {
                changes: nat(22, [rule(200, "Allow", "10.0.0.0/8"), rule(300, "Allow", "::/0")]),
                finds: /is 22/,
            },
            { changes: nat(5901), config: { ports: [5901] }, finds: /is 5901/ },
        ],
        quiet: [
            { changes: nat(8080) },
            { changes: nat(22), config: { ports: [] } },
            { changes: nat(22, [rule(200, "Allow", "10.0.0.0/8")]) },
            { changes: nat(22, [rule(300, "Allow", "*"), rule(200, "Deny", "*")]) },
            { changes: nat(22, [rule(200, "Allow", "10.0.0.0/8"), rule(300, "Deny", "*")]) },
            { changes: nat(22, [rule(200, "Allow", "10.0.0.0/0.0.0.0/0")]) },
            { changes: nat(undefined) },
        ],
        unknown: [
            { changes: nat(UNKNOWN), path: `${NAT}.inboundNatPools[0].backendPort` },
            {
                changes: nat(22, [rule(200, "Allow", UNKNOWN)]),
                path: `${NAT}.inboundNatPools[0].networkSecurityGroupRules[0].sourceAddressPrefix`,
            },
            { changes: { networkConfiguration: UNKNOWN }, path: "networkConfiguration" },
        ],
    },
    {
        ...pool,
        rule: "azure-batch-pool-disallow-public-ip",
        fires: [
            { changes: { networkConfiguration: undefined }, finds: /provision is BatchManaged, the default/ },
            {
                changes: { "networkConfiguration.publicIPAddressConfiguration.provision": "UserManaged" },
                finds: /provision is UserManaged\./,
            },
        ],
        unknown: [
            {
                changes: { "networkConfiguration.publicIPAddressConfiguration": UNKNOWN },
                path: "networkConfiguration.publicIPAddressConfiguration",
            },
        ],
    },
    {
        ...pool,
        rule: "azure-batch-pool-configure-subnet",
        fires: [
            {
                changes: { "networkConfiguration.subnetId": undefined },
                finds: /networkConfiguration\.subnetId is not set/,
            },
        ],
        unknown: [{ changes: { networkConfiguration: UNKNOWN }, path: "networkConfiguration" }],
    },
    {
        ...pool,
        rule: "azure-batch-pool-enable-zones",
        fires: [
            {
                changes: { [`${VM}.nodePlacementConfiguration`]: undefined },
                finds: /policy is Regional, the default/,
            },
            {
                changes: { [`${VM}.nodePlacementConfiguration.policy`]: "Regional" },
                finds: /policy is Regional\./,
            },
        ],
        unknown: [
            {
                changes: { [`${VM}.nodePlacementConfiguration.policy`]: UNKNOWN },
                path: `${VM}.nodePlacementConfiguration.policy`,
            },
        ],
    },
    {
        ...pool,
        rule: "azure-batch-pool-enable-disk-encryption",
        fires: [
            {
                changes: { [`${PROFILE}.encryptionAtHost`]: false },
                finds: /diskEncryptionConfiguration\.targets is empty/,
            },
            {
                changes: {
                    [PROFILE]: undefined,
                    [`${VM}.diskEncryptionConfiguration`]: { targets: ["OsDisk", "Other"] },
                },
                finds: /targets is OsDisk, Other\./,
            },
        ],
        quiet: [
            {
                changes: {
                    [PROFILE]: undefined,
                    [`${VM}.diskEncryptionConfiguration`]: { targets: ["OsDisk", "temporarydisk"] },
                },
            },
        ],
        unknown: [
            {
                changes: { [`${VM}.diskEncryptionConfiguration`]: { targets: UNKNOWN } },
                path: `${VM}.diskEncryptionConfiguration.targets`,
            },
            { changes: { [`${PROFILE}.encryptionAtHost`]: UNKNOWN }, path: `${PROFILE}.encryptionAtHost` },
        ],
    },
    {
        ...pool,
        rule: "azure-batch-pool-enable-encryption-at-host",
        fires: [
            {
                changes: { [`${PROFILE}.encryptionAtHost`]: false },
                finds: /securityProfile\.encryptionAtHost is not true/,
            },
            { changes: { [PROFILE]: undefined }, finds: /encryptionAtHost is not true/ },
        ],
        unknown: [
            { changes: { [`${PROFILE}.encryptionAtHost`]: UNKNOWN }, path: `${PROFILE}.encryptionAtHost` },
        ],
    },
    {
        ...pool,
        rule: "azure-batch-pool-enable-trusted-launch",
        fires: [
            { changes: { [PROFILE]: undefined }, finds: /securityProfile\.securityType is not set/ },
            { changes: { [`${PROFILE}.securityType`]: "standard" }, finds: /securityType is standard/ },
            {
                changes: { [`${PROFILE}.uefiSettings`]: undefined },
                finds: /uefiSettings\.secureBootEnabled and vTpmEnabled is not true/,
            },
            {
                changes: { [`${PROFILE}.uefiSettings.vTpmEnabled`]: false },
                finds: /uefiSettings\.vTpmEnabled is not true/,
            },
        ],
        quiet: [{ changes: { [`${PROFILE}.securityType`]: "ConfidentialVM" } }],
        unknown: [
            { changes: { [`${PROFILE}.securityType`]: UNKNOWN }, path: `${PROFILE}.securityType` },
            {
                changes: { [`${PROFILE}.uefiSettings.vTpmEnabled`]: UNKNOWN },
                path: `${PROFILE}.uefiSettings.vTpmEnabled`,
            },
        ],
    },
    {
        ...pool,
        rule: "azure-batch-pool-disallow-keys-in-mounts",
        fires: [
            {
                changes: { mountConfiguration: [{ azureBlobFileSystemConfiguration: { accountKey: "k" } }] },
                finds: /mountConfiguration\[0\]\.azureBlobFileSystemConfiguration\.accountKey is set\./,
            },
            {
                changes: {
                    mountConfiguration: [
                        { nfsMountConfiguration: {} },
                        { azureBlobFileSystemConfiguration: { sasKey: "k" } },
                    ],
                },
                finds: /mountConfiguration\[1\]\.azureBlobFileSystemConfiguration\.sasKey is set\./,
            },
        ],
        unknown: [
            {
                changes: { mountConfiguration: [{ azureBlobFileSystemConfiguration: UNKNOWN }] },
                path: "mountConfiguration[0].azureBlobFileSystemConfiguration",
            },
        ],
    },
    {
        ...pool,
        rule: "azure-batch-pool-disallow-passwords-of-registries",
        fires: [
            {
                changes: {
                    [`${VM}.containerConfiguration.containerRegistries`]: [{ userName: "u", password: "p" }],
                },
                finds: /containerRegistries\[0\]\.password is set\./,
            },
            {
                changes: {
                    "startTask.containerSettings": {
                        imageName: PINNED,
                        registry: { userName: "u", password: "p" },
                    },
                },
                finds: /startTask\.containerSettings\.registry\.password is set\./,
            },
        ],
        quiet: [
            {
                changes: {
                    "startTask.containerSettings": {
                        imageName: PINNED,
                        registry: { identityReference: { resourceId: "/i" } },
                    },
                },
            },
        ],
        unknown: [
            {
                changes: { [`${VM}.containerConfiguration.containerRegistries`]: [{ password: UNKNOWN }] },
                path: "containerRegistries[0].password",
            },
        ],
    },
];
