import type { Source } from "./source";

/** What a Marketplace image can do, as far as pools care. */
export type ImageCapability = "container" | "gpu" | "rdma";

/** One Marketplace image that the service takes, with the node agent that fits it. */
export interface VmImageRow {
    readonly publisher: string;
    readonly offer: string;
    readonly sku: string;
    readonly nodeAgentSkuId: string;
    readonly os: "linux" | "windows";
    /** Family and version of the operating system, as people say it: `ubuntu 24.04`. */
    readonly release: string;
    readonly generation: 1 | 2;
    readonly architecture: "x64" | "arm64";
    readonly capabilities: readonly ImageCapability[];
    /** Whether the service tests the image with its agent (`verificationType`). */
    readonly verified: boolean;
    /** Last day on which the service makes nodes of it, `YYYY-MM-DD`; undefined when none has been announced. */
    readonly endOfSupport?: string;
    readonly source: Source;
}

const issue178: Source = {
    title: "Azure/Batch#178: recorded answers of list supported images",
    url: "https://github.com/Azure/Batch/issues/178",
    date: "2024-09-25",
};
const samples328: Source = {
    title: "azure-batch-samples#328: images checked with list_supported_images",
    url: "https://github.com/Azure-Samples/azure-batch-samples/pull/328",
    date: "2026-07-13",
};
const spotPage: Source = {
    title: "Run Batch workloads on cost-effective Spot VMs",
    url: "https://learn.microsoft.com/azure/batch/batch-spot-vms",
    date: "2026-11-21",
};
const almaIssue: Source = {
    title: "Azure/Batch#181",
    url: "https://github.com/Azure/Batch/issues/181",
    date: "2024-10-11",
};
const jammyIssue: Source = {
    title: "Azure/Batch#200",
    url: "https://github.com/Azure/Batch/issues/200",
    date: "2026-05-15",
};
const focalIssue: Source = {
    title: "Azure/Batch#174",
    url: "https://github.com/Azure/Batch/issues/174",
    date: "2024-06-26",
};
const server2016Issue: Source = {
    title: "Azure/Batch#197",
    url: "https://github.com/Azure/Batch/issues/197",
    date: "2026-11",
};
const supportedImagePage: Source = {
    title: "Get-AzBatchSupportedImage",
    url: "https://learn.microsoft.com/powershell/module/az.batch/get-azbatchsupportedimage",
    date: "2026-11-21",
};
const publicPools = (what: string): Source => ({
    title: `public pool definitions that use ${what}`,
    date: "2026-11-21",
});

const JAMMY_END = "2027-06-30";
const FOCAL_END = "2025-04-23";

/** Every image of the catalogue, by a name of our own. Only what a source states is here. */
export const vmImages = {
    ubuntu2404: {
        publisher: "canonical",
        offer: "ubuntu-24_04-lts",
        sku: "server",
        nodeAgentSkuId: "batch.node.ubuntu 24.04",
        os: "linux",
        release: "ubuntu 24.04",
        generation: 2,
        architecture: "x64",
        capabilities: [],
        verified: true,
        source: spotPage,
    },
    ubuntu2404Gen1: {
        publisher: "canonical",
        offer: "ubuntu-24_04-lts",
        sku: "server-gen1",
        nodeAgentSkuId: "batch.node.ubuntu 24.04",
        os: "linux",
        release: "ubuntu 24.04",
        generation: 1,
        architecture: "x64",
        capabilities: [],
        verified: true,
        source: samples328,
    },
    ubuntu2404Arm64: {
        publisher: "canonical",
        offer: "ubuntu-24_04-lts",
        sku: "server-arm64",
        nodeAgentSkuId: "batch.node.ubuntu 24.04-arm64",
        os: "linux",
        release: "ubuntu 24.04",
        generation: 2,
        architecture: "arm64",
        capabilities: [],
        verified: false,
        source: publicPools("server-arm64"),
    },
    ubuntu2404Hpc: {
        publisher: "microsoft-dsvm",
        offer: "ubuntu-hpc",
        sku: "2404",
        nodeAgentSkuId: "batch.node.ubuntu 24.04",
        os: "linux",
        release: "ubuntu 24.04",
        generation: 2,
        architecture: "x64",
        capabilities: ["container", "rdma"],
        verified: true,
        source: publicPools("ubuntu-hpc 2404"),
    },
    ubuntu2204: {
        publisher: "canonical",
        offer: "0001-com-ubuntu-server-jammy",
        sku: "22_04-lts",
        nodeAgentSkuId: "batch.node.ubuntu 22.04",
        os: "linux",
        release: "ubuntu 22.04",
        generation: 1,
        architecture: "x64",
        capabilities: [],
        verified: true,
        endOfSupport: JAMMY_END,
        source: jammyIssue,
    },
    ubuntu2204Hpc: {
        publisher: "microsoft-dsvm",
        offer: "ubuntu-hpc",
        sku: "2204",
        nodeAgentSkuId: "batch.node.ubuntu 22.04",
        os: "linux",
        release: "ubuntu 22.04",
        generation: 2,
        architecture: "x64",
        capabilities: ["container", "rdma"],
        verified: false,
        endOfSupport: JAMMY_END,
        source: issue178,
    },
    ubuntu2004: {
        publisher: "canonical",
        offer: "0001-com-ubuntu-server-focal",
        sku: "20_04-lts",
        nodeAgentSkuId: "batch.node.ubuntu 20.04",
        os: "linux",
        release: "ubuntu 20.04",
        generation: 1,
        architecture: "x64",
        capabilities: [],
        verified: false,
        endOfSupport: FOCAL_END,
        source: focalIssue,
    },
    ubuntu2004Container: {
        publisher: "microsoft-azure-batch",
        offer: "ubuntu-server-container",
        sku: "20-04-lts",
        nodeAgentSkuId: "batch.node.ubuntu 20.04",
        os: "linux",
        release: "ubuntu 20.04",
        generation: 1,
        architecture: "x64",
        capabilities: ["container"],
        verified: false,
        endOfSupport: FOCAL_END,
        source: focalIssue,
    },
    almaLinux9: {
        publisher: "almalinux",
        offer: "almalinux-x86_64",
        sku: "9-gen2",
        nodeAgentSkuId: "batch.node.el 9",
        os: "linux",
        release: "almalinux 9",
        generation: 2,
        architecture: "x64",
        capabilities: [],
        verified: true,
        source: publicPools("almalinux-x86_64 9-gen2"),
    },
    almaLinux8: {
        publisher: "almalinux",
        offer: "almalinux-x86_64",
        sku: "8-gen2",
        nodeAgentSkuId: "batch.node.el 8",
        os: "linux",
        release: "almalinux 8",
        generation: 2,
        architecture: "x64",
        capabilities: [],
        verified: true,
        source: almaIssue,
    },
    almaLinux8Gen1: {
        publisher: "almalinux",
        offer: "almalinux-x86_64",
        sku: "8-gen1",
        nodeAgentSkuId: "batch.node.el 8",
        os: "linux",
        release: "almalinux 8",
        generation: 1,
        architecture: "x64",
        capabilities: [],
        verified: true,
        source: almaIssue,
    },
    almaLinux8Hpc: {
        publisher: "almalinux",
        offer: "almalinux-hpc",
        sku: "8-hpc-gen2",
        nodeAgentSkuId: "batch.node.el 8",
        os: "linux",
        release: "almalinux 8",
        generation: 2,
        architecture: "x64",
        capabilities: ["rdma"],
        verified: false,
        source: publicPools("almalinux-hpc 8-hpc-gen2"),
    },
    windowsServer2022: {
        publisher: "microsoftwindowsserver",
        offer: "windowsserver",
        sku: "2022-datacenter-core",
        nodeAgentSkuId: "batch.node.windows amd64",
        os: "windows",
        release: "windows server 2022",
        generation: 1,
        architecture: "x64",
        capabilities: [],
        verified: true,
        source: publicPools("windowsserver 2022-datacenter-core"),
    },
    windowsServer2016: {
        publisher: "microsoftwindowsserver",
        offer: "windowsserver",
        sku: "2016-datacenter",
        nodeAgentSkuId: "batch.node.windows amd64",
        os: "windows",
        release: "windows server 2016",
        generation: 1,
        architecture: "x64",
        capabilities: [],
        verified: true,
        endOfSupport: "2027-01-12",
        source: supportedImagePage,
    },
} as const satisfies Record<string, VmImageRow>;

/** Name of an image in {@link vmImages}. */
export type VmImageName = keyof typeof vmImages;

/** One node agent with the day on which the service drops it. */
export interface NodeAgentRow {
    readonly id: string;
    readonly os: "linux" | "windows";
    /** Last day of support, `YYYY-MM-DD`; undefined when none has been announced. */
    readonly endOfSupport?: string;
    readonly source: Source;
}

const endOfLifeIssue: Source = {
    title: "Azure/Batch#180",
    url: "https://github.com/Azure/Batch/issues/180",
    date: "2024-10-09",
};
const dropped = (id: string): NodeAgentRow => ({
    id,
    os: "linux",
    endOfSupport: "2024-12-31",
    source: endOfLifeIssue,
});

const marinerIssue: Source = {
    title: "Azure/Batch#188; the agent's id by public pool definitions",
    url: "https://github.com/Azure/Batch/issues/188",
    date: "2025-02-17",
};

// Of Debian there have been agents for 8, 9 and 10; "Azure Batch node agent change log" (up to 1.12.15 of 2025-03-26, read 2026-11) has none since.
/** The node agents known, those gone included: a pool that still names one is told why it gets no nodes. */
export const nodeAgents: readonly NodeAgentRow[] = [
    { id: "batch.node.ubuntu 24.04", os: "linux", source: issue178 },
    { id: "batch.node.ubuntu 24.04-arm64", os: "linux", source: publicPools("server-arm64") },
    { id: "batch.node.ubuntu 22.04", os: "linux", endOfSupport: JAMMY_END, source: jammyIssue },
    { id: "batch.node.ubuntu 20.04", os: "linux", endOfSupport: FOCAL_END, source: focalIssue },
    { id: "batch.node.el 8", os: "linux", source: almaIssue },
    { id: "batch.node.el 9", os: "linux", source: publicPools("almalinux-x86_64 9-gen2") },
    { id: "batch.node.windows amd64", os: "windows", source: server2016Issue },
    { id: "batch.node.mariner 2.0", os: "linux", endOfSupport: "2025-07-30", source: marinerIssue },
    dropped("batch.node.centos 7"),
    dropped("batch.node.centos 8"),
    dropped("batch.node.debian 8"),
    dropped("batch.node.debian 9"),
    dropped("batch.node.debian 10"),
    dropped("batch.node.ubuntu 14.04"),
    dropped("batch.node.ubuntu 16.04"),
    dropped("batch.node.ubuntu 18.04"),
];

/** The catalogue's row of a Marketplace image; publisher, offer and sku are compared without case, as Azure does. */
export function findVmImage(image: {
    publisher?: string;
    offer?: string;
    sku?: string;
}): VmImageRow | undefined {
    const same = (left: string | undefined, right: string): boolean =>
        left?.toLowerCase() === right.toLowerCase();
    const rows: readonly VmImageRow[] = Object.values(vmImages);
    return rows.find(
        (row) =>
            same(image.publisher, row.publisher) && same(image.offer, row.offer) && same(image.sku, row.sku),
    );
}
