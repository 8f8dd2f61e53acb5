import type { Source } from "./source";

/** What the catalogue knows of one VM size. */
export interface VmSize {
    readonly name: string;
    readonly cores: number;
    /** Memory in GiB. */
    readonly memory: number;
    readonly architecture: "x64" | "arm64";
    /** Generations of images that the size boots. */
    readonly generations: readonly (1 | 2)[];
    readonly gpus: number;
    readonly rdma: boolean;
    readonly source: Source;
}

interface Series {
    /** `#` stands for the number in the name. */
    readonly name: string;
    /** Number in the name, which is the count of cores unless `cores` says otherwise. */
    readonly sizes: readonly number[];
    readonly cores?: readonly number[];
    /** GiB for each core, or one figure for each size. */
    readonly memory: number | readonly number[];
    readonly architecture?: "arm64";
    readonly generations?: readonly (1 | 2)[];
    readonly gpus?: readonly number[];
    readonly rdma?: true;
    readonly page: string;
}

const page = (path: string): Source => ({
    title: "Sizes for virtual machines in Azure",
    url: `https://learn.microsoft.com/azure/virtual-machines/sizes/${path}`,
    date: "2026-11-21",
});

const to96 = [2, 4, 8, 16, 32, 48, 64, 96] as const;
const to64 = [2, 4, 8, 16, 32, 48, 64] as const;
const e5Memory = [16, 32, 64, 128, 256, 384, 512, 672] as const;

// One row a series, from the published tables; sizes with constrained cores and isolated ones are left out.
const series: readonly Series[] = [
    { name: "Standard_D#_v5", sizes: to96, memory: 4, page: "general-purpose/dv5-series" },
    { name: "Standard_D#s_v5", sizes: to96, memory: 4, page: "general-purpose/dsv5-series" },
    { name: "Standard_D#d_v5", sizes: to96, memory: 4, page: "general-purpose/ddv5-series" },
    { name: "Standard_D#ds_v5", sizes: to96, memory: 4, page: "general-purpose/ddsv5-series" },
    { name: "Standard_D#as_v5", sizes: to96, memory: 4, page: "general-purpose/dasv5-series" },
    { name: "Standard_D#ads_v5", sizes: to96, memory: 4, page: "general-purpose/dadsv5-series" },
    {
        name: "Standard_D#ps_v5",
        sizes: to64,
        memory: [8, 16, 32, 64, 128, 192, 208],
        architecture: "arm64",
        generations: [2],
        page: "general-purpose/dpsv5-series",
    },
    { name: "Standard_D#_v4", sizes: to64, memory: 4, page: "general-purpose/dv4-series" },
    { name: "Standard_D#s_v4", sizes: to64, memory: 4, page: "general-purpose/dsv4-series" },
    { name: "Standard_D#ds_v4", sizes: to64, memory: 4, page: "general-purpose/ddsv4-series" },
    { name: "Standard_D#_v3", sizes: to64, memory: 4, generations: [1], page: "general-purpose/dv3-series" },
    { name: "Standard_D#s_v3", sizes: to64, memory: 4, page: "general-purpose/dsv3-series" },
    {
        name: "Standard_D#_v2",
        sizes: [1, 2, 3, 4, 5],
        cores: [1, 2, 4, 8, 16],
        memory: [3.5, 7, 14, 28, 56],
        generations: [1],
        page: "general-purpose/dv2-series",
    },
    {
        name: "Standard_DS#_v2",
        sizes: [1, 2, 3, 4, 5],
        cores: [1, 2, 4, 8, 16],
        memory: [3.5, 7, 14, 28, 56],
        page: "general-purpose/dsv2-series",
    },
    { name: "Standard_E#s_v5", sizes: to96, memory: e5Memory, page: "memory-optimized/esv5-series" },
    { name: "Standard_E#ds_v5", sizes: to96, memory: e5Memory, page: "memory-optimized/edsv5-series" },
    { name: "Standard_E#as_v5", sizes: to96, memory: e5Memory, page: "memory-optimized/easv5-series" },
    {
        name: "Standard_F#s_v2",
        sizes: [2, 4, 8, 16, 32, 48, 64, 72],
        memory: 2,
        page: "compute-optimized/fsv2-series",
    },
    {
        name: "Standard_NC#s_v3",
        sizes: [6, 12, 24],
        memory: [112, 224, 448],
        gpus: [1, 2, 4],
        page: "gpu-accelerated/ncv3-series",
    },
    {
        name: "Standard_NC#as_T4_v3",
        sizes: [4, 8, 16, 64],
        memory: [28, 56, 110, 440],
        gpus: [1, 1, 1, 4],
        page: "gpu-accelerated/ncast4v3-series",
    },
    {
        name: "Standard_HB#rs_v3",
        sizes: [120],
        memory: [448],
        rdma: true,
        page: "high-performance-compute/hbv3-series",
    },
    {
        name: "Standard_HB#rs_v4",
        sizes: [176],
        memory: [768],
        generations: [2],
        rdma: true,
        page: "high-performance-compute/hbv4-series",
    },
];

/** All sizes of the published tables, by name in lower case: Azure compares names without case. */
export const vmSizes: ReadonlyMap<string, VmSize> = new Map(
    series.flatMap(expand).map((size) => [size.name.toLowerCase(), size]),
);

function expand(row: Series): VmSize[] {
    const source = page(row.page);
    return row.sizes.map((number, index) => {
        const cores = row.cores?.[index] ?? number;
        return {
            name: row.name.replace("#", String(number)),
            cores,
            memory: typeof row.memory === "number" ? row.memory * cores : (row.memory[index] ?? 0),
            architecture: row.architecture ?? "x64",
            generations: row.generations ?? [1, 2],
            gpus: row.gpus?.[index] ?? 0,
            rdma: row.rdma ?? false,
            source,
        };
    });
}

/** What is known of a VM size; undefined for a size that the catalogue does not have, which is no error. */
export function findVmSize(name: string): VmSize | undefined {
    return vmSizes.get(name.toLowerCase());
}

/**
 * Family whose quota a VM size counts against: `standardDSv5Family` for `Standard_D4s_v5`.
 * guess: the rule holds for the sizes that were compared, not for all.
 */
export function vmFamily(name: string): string {
    const [, letters = "", features = "", version = ""] =
        /^standard_([a-z]+)\d+[-\d]*([a-z]*)(?:_[^_]+)??(?:_(v\d+))?$/i.exec(name) ?? [];
    return `standard${letters.toUpperCase()}${features.toUpperCase()}${version.toLowerCase()}Family`;
}
