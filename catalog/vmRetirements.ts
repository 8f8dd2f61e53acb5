import { retirements } from "./retirements";
import type { Retirement } from "./retirements";
import type { Source } from "./source";

const endOfLife: Source = {
    title: "Azure/EOL: service_list.json",
    url: "https://github.com/Azure/EOL/blob/main/service_list.json",
    date: "2025-12-18",
};
const newer = "a newer family (D or E v5 and later)";
const newerGpu = "a newer GPU family (NC A100 v4, NCads H100 v5, NVads A10 v5)";

const family = (
    what: string,
    date: string,
    vmSizes: RegExp,
    instead: string,
    source = endOfLife,
): Retirement => ({
    what: `VM sizes of the ${what} family`,
    date,
    instead,
    vmSizes,
    source,
});

/** VM families that ended before the ones in {@link retirements}; families without an announced day are left out. */
export const endedVmFamilies: readonly Retirement[] = [
    family("NV", "2023-09-06", /^standard_nv(6|12|24)(_promo)?$/i, newerGpu, {
        title: "NV series retirement",
        url: "https://learn.microsoft.com/azure/virtual-machines/sizes/migration-guides/nv-series-retirement",
        date: "2023-02-27",
    }),
    family("Av1 and Basic A", "2024-08-31", /^(basic|standard)_a\d+$/i, newer),
    family("HB", "2024-08-31", /^standard_hb60(rs|-\d+rs)$/i, "HBv3 or HBv4"),
    family("NCv3", "2025-09-30", /^standard_nc\d+r?s_v3$/i, newerGpu),
    family("DCsv2", "2026-06-30", /^standard_dc\d+s_v2$/i, "DCsv3 or DCasv5"),
    family("NVv3", "2026-09-30", /^standard_nv\d+s_v3$/i, newerGpu),
    family("NVv4", "2026-09-30", /^standard_nv\d+as_v4$/i, newerGpu),
];

/** Images that are no image of a gallery: pools of managed images and of VHD blobs. */
export const managedImageRetirement: Retirement = {
    what: "pools of managed images and VHD blobs",
    date: "2026-03-31",
    instead: "an image of an Azure Compute Gallery",
    properties: ["deploymentConfiguration.virtualMachineConfiguration.imageReference.id"],
    source: endOfLife,
};

const all: readonly Retirement[] = [...endedVmFamilies, ...Object.values(retirements)];

/** When a VM size ends or has ended; undefined when nothing has been announced. */
export function vmSizeRetirement(vmSize: string): Retirement | undefined {
    return all.find(({ vmSizes }) => vmSizes?.test(vmSize) === true);
}
