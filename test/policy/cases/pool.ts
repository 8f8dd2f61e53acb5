import type { ResourceCase } from "../support/case";
import { goodPool, POOL } from "../support/estate";
import { UNKNOWN } from "../support/judge";

const pool = { type: POOL, base: goodPool };
const VM = "deploymentConfiguration.virtualMachineConfiguration";
const IMAGE = `${VM}.imageReference`;
const AGENT = `${VM}.nodeAgentSkuId`;

const ubuntu = (offer: string, sku: string, agent: string): Record<string, unknown> => ({
    [IMAGE]: { publisher: "Canonical", offer, sku },
    [AGENT]: agent,
});
const jammy = ubuntu("0001-com-ubuntu-server-jammy", "22_04-lts", "batch.node.ubuntu 22.04");
const focal = ubuntu("0001-com-ubuntu-server-focal", "20_04-lts", "batch.node.ubuntu 20.04");
const own = { [IMAGE]: { id: "/providers/Microsoft.Compute/galleries/g/images/i/versions/1" } };

export const poolCases: readonly ResourceCase[] = [
    {
        ...pool,
        rule: "azure-batch-pool-disallow-ended-image",
        fires: [
            {
                changes: focal,
                finds: /Support for the image 0001-com-ubuntu-server-focal 20_04-lts ended on 2025-04-23\./,
            },
            {
                changes: { ...own, [AGENT]: "Batch.Node.CentOS 7" },
                finds: /Support for the node agent batch\.node\.centos 7 ended on 2024-12-31\./,
            },
            {
                changes: { ...jammy, [AGENT]: "batch.node.debian 9" },
                finds: /the node agent batch\.node\.debian 9 ended on 2024/,
            },
        ],
        quiet: [
            { changes: jammy },
            { changes: { ...own, [AGENT]: "batch.node.made up 1" } },
            { changes: { deploymentConfiguration: undefined } },
        ],
        unknown: [
            { changes: { [AGENT]: UNKNOWN }, path: AGENT },
            { changes: { [`${IMAGE}.sku`]: UNKNOWN }, path: `${IMAGE}.sku` },
            { changes: { deploymentConfiguration: UNKNOWN }, path: "deploymentConfiguration" },
        ],
    },
    {
        ...pool,
        rule: "azure-batch-pool-disallow-ending-image",
        fires: [
            {
                changes: jammy,
                config: { days: 221 },
                finds: /Support for the image 0001-com-ubuntu-server-jammy 22_04-lts ends on 2027-06-30\./,
            },
            {
                changes: { ...own, [AGENT]: "batch.node.ubuntu 22.04" },
                config: { days: 400 },
                finds: /the node agent batch\.node\.ubuntu 22\.04 ends on 2027-06-30/,
            },
            {
                changes: {
                    [IMAGE]: {
                        publisher: "microsoftwindowsserver",
                        offer: "WindowsServer",
                        sku: "2016-datacenter",
                    },
                    [AGENT]: "batch.node.windows amd64",
                },
                finds: /windowsserver 2016-datacenter ends on 2027-01-12/,
            },
        ],
        quiet: [
            { changes: jammy },
            { changes: jammy, config: { days: 220 } },
            { changes: focal, config: { days: 400 } },
        ],
        unknown: [{ changes: { [AGENT]: UNKNOWN }, path: AGENT }],
    },
    {
        ...pool,
        rule: "azure-batch-pool-disallow-managed-image",
        fires: [
            {
                changes: {
                    [IMAGE]: {
                        id: "/subscriptions/s/resourceGroups/g/providers/microsoft.compute/images/mine",
                    },
                },
                finds: /imageReference\.id is the managed image mine\./,
            },
        ],
        quiet: [{ changes: own }],
        unknown: [{ changes: { [IMAGE]: { id: UNKNOWN } }, path: `${IMAGE}.id` }],
    },
    {
        ...pool,
        rule: "azure-batch-pool-configure-node-agent",
        fires: [
            {
                changes: { [AGENT]: "batch.node.ubuntu 22.04" },
                finds: /nodeAgentSkuId is batch\.node\.ubuntu 22\.04, and ubuntu-24_04-lts server needs batch\.node\.ubuntu 24\.04\./,
            },
        ],
        quiet: [
            { changes: { [AGENT]: "BATCH.NODE.UBUNTU 24.04" } },
            { changes: { ...own, [AGENT]: "batch.node.ubuntu 22.04" } },
            { changes: { [AGENT]: undefined } },
        ],
        unknown: [{ changes: { [AGENT]: UNKNOWN }, path: AGENT }],
        remedied: { [AGENT]: "batch.node.ubuntu 24.04" },
    },
    {
        ...pool,
        rule: "azure-batch-pool-configure-image-for-size",
        fires: [
            {
                changes: { vmSize: "Standard_D4ps_v5" },
                finds: /Standard_D4ps_v5 has arm64 processors, and ubuntu-24_04-lts server is for x64\./,
            },
            {
                changes: { vmSize: "standard_d4_v3" },
                finds: /Standard_D4_v3 boots generation 1, and ubuntu-24_04-lts server is of generation 2\./,
            },
            {
                changes: { vmSize: "Standard_HB176rs_v4", [`${IMAGE}.sku`]: "server-gen1" },
                finds: /boots generation 2, and .* is of generation 1/,
            },
        ],
        quiet: [
            { changes: { vmSize: "Standard_M128s" } },
            { changes: { ...own, vmSize: "Standard_D4ps_v5" } },
        ],
        unknown: [{ changes: { vmSize: UNKNOWN }, path: "vmSize" }],
    },
    {
        ...pool,
        rule: "azure-batch-pool-disallow-retired-vm-size",
        fires: [
            {
                changes: { vmSize: "STANDARD_A3" },
                finds: /vmSize is STANDARD_A3: VM sizes of the Av1 and Basic A family ended on 2024-08-31; take a newer/,
            },
            { changes: { vmSize: "Standard_NC6s_v3" }, finds: /NCv3 family ended on 2025-09-30/ },
            { changes: { vmSize: "Standard_NV12s_v3" }, finds: /NVv3 family ended on 2026-09-30/ },
        ],
        quiet: [
            { changes: { vmSize: "Standard_D2_v2" } },
            { changes: { vmSize: "Standard_A2_v2" } },
            { changes: { vmSize: undefined } },
        ],
        unknown: [{ changes: { vmSize: UNKNOWN }, path: "vmSize" }],
    },
    {
        ...pool,
        rule: "azure-batch-pool-disallow-retiring-vm-size",
        fires: [
            {
                changes: { vmSize: "Standard_DS3_v2" },
                finds: /vmSize is Standard_DS3_v2: .* end on 2028-05-01; take a newer family/,
            },
            { changes: { vmSize: "Standard_F8s_v2" }, config: { days: 725 }, finds: /end on 2028-11-15/ },
        ],
        quiet: [
            { changes: { vmSize: "Standard_F8s_v2" }, config: { days: 724 } },
            { changes: { vmSize: "Standard_A3" } },
        ],
        unknown: [{ changes: { vmSize: UNKNOWN }, path: "vmSize" }],
    },
    {
        ...pool,
        rule: "azure-batch-pool-configure-task-slots",
        fires: [
            {
                changes: { taskSlotsPerNode: 17 },
                finds: /taskSlotsPerNode is 17: it can be 1 to 16, as Standard_D4s_v5 has 4 cores\./,
            },
            {
                changes: { vmSize: "Standard_Unheard_of", taskSlotsPerNode: 257 },
                finds: /is 257: it can be 1 to 256\./,
            },
            { changes: { taskSlotsPerNode: 0 }, finds: /is 0: it can be 1/ },
        ],
        quiet: [
            { changes: { taskSlotsPerNode: 16 } },
            { changes: { taskSlotsPerNode: 1 } },
            { changes: { taskSlotsPerNode: undefined } },
            { changes: { vmSize: "Standard_Unheard_of", taskSlotsPerNode: 256 } },
        ],
        unknown: [
            { changes: { taskSlotsPerNode: UNKNOWN }, path: "taskSlotsPerNode" },
            { changes: { vmSize: UNKNOWN }, path: "vmSize" },
        ],
    },
    {
        ...pool,
        rule: "azure-batch-pool-configure-package-count",
        fires: [
            {
                changes: { applicationPackages: Array.from({ length: 11 }, (_, id) => ({ id: `/a/${id}` })) },
                finds: /has 11 entries, above 10/,
            },
        ],
        quiet: [
            { changes: { applicationPackages: Array.from({ length: 10 }, (_, id) => ({ id: `/a/${id}` })) } },
        ],
        unknown: [{ changes: { applicationPackages: UNKNOWN }, path: "applicationPackages" }],
    },
];
