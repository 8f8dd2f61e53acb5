import type { Source } from "./source";

/** Something of the service that has ended or will end. */
export interface Retirement {
    readonly what: string;
    /** Day on which it ends or has ended, `YYYY-MM-DD`. */
    readonly date: string;
    /** What to do instead. */
    readonly instead: string;
    /** Properties of pools (management plane names) that are concerned. */
    readonly properties?: readonly string[];
    /** VM sizes that are concerned. */
    readonly vmSizes?: RegExp;
    readonly source: Source;
}

const batch140: Source = {
    title: "Azure/Batch#140",
    url: "https://github.com/Azure/Batch/issues/140",
    date: "2026-05-15",
};

/** Retirements of the service, the oldest first. */
export const retirements = {
    cloudServiceConfiguration: {
        what: "pools of cloud services (cloudServiceConfiguration)",
        date: "2024-02-29",
        instead: "a pool of virtual machines (image and VM size)",
        properties: ["deploymentConfiguration.cloudServiceConfiguration"],
        source: {
            title: "azure-batch-samples#318",
            url: "https://github.com/Azure-Samples/azure-batch-samples/issues/318",
            date: "2024-02-29",
        },
    },
    applicationLicenses: {
        what: "rendering images and application licenses paid by use",
        date: "2024-02-29",
        instead: "your own licenses on an image of your own",
        properties: ["applicationLicenses"],
        source: {
            title: "azure-sdk-for-net#44857",
            url: "https://github.com/Azure/azure-sdk-for-net/issues/44857",
            date: "2024-07",
        },
    },
    certificates: {
        what: "certificates of the Batch account",
        date: "2024-02-29",
        instead: "the Key Vault VM extension with a managed identity of the pool (Certificate.fromKeyVault)",
        properties: ["certificates"],
        source: {
            title: "azure-sdk-for-go#24713",
            url: "https://github.com/Azure/azure-sdk-for-go/issues/24713",
            date: "2025",
        },
    },
    taskAuthenticationToken: {
        what: "the authentication token of tasks (AZ_BATCH_AUTHENTICATION_TOKEN)",
        date: "2024-09-30",
        instead: "a managed identity of the pool",
        source: {
            title: "Azure Batch runtime environment variables",
            url: "https://learn.microsoft.com/azure/batch/batch-compute-node-environment-variables",
            date: "2024-06",
        },
    },
    classicNodeCommunication: {
        what: "the classic mode of node communication",
        date: "2026-03-31",
        instead: "the simplified mode, which is the default",
        properties: ["targetNodeCommunicationMode"],
        source: {
            title: "Azure Batch best practices",
            url: "https://learn.microsoft.com/azure/batch/best-practices",
            date: "2026-11",
        },
    },
    fSeries: {
        what: "VM sizes of the F, Fs, Fsv2, Lsv2, G, Gs, Av2, Amv2 and B families",
        date: "2028-11-15",
        instead: "a newer family (D or E v5 and later)",
        vmSizes: /^standard_(f\d+(s|s_v2)?|l\d+s_v2|gs?\d+|a\d+m?_v2|b\d+[a-z]*)$/i,
        source: {
            title: "orcahello#341",
            url: "https://github.com/orcasound/orcahello/issues/341",
            date: "2026",
        },
    },
    oldFamilies: {
        what: "VM sizes of the D, Ds, Dv2, Dsv2 and Ls families",
        // guess: the notice lists the families; the day is the one that the size pages name for Dv2 and Dsv2.
        date: "2028-05-01",
        instead: "a newer family (Dsv5 and later)",
        vmSizes: /^standard_(d\d+|ds\d+|d\d+_v2|ds\d+_v2|l\d+s)$/i,
        source: batch140,
    },
} as const satisfies Record<string, Retirement>;

/** Name of a retirement in {@link retirements}. */
export type RetirementName = keyof typeof retirements;
