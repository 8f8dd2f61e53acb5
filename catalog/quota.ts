import { findVmSize, vmFamily } from "./vmSizes";

/** What a pool asks of its account at most. */
export interface PoolDemand {
    readonly name: string;
    readonly vmSize: string;
    /** Nodes. */
    readonly dedicated: number;
    readonly spot: number;
}

/** What an account may have, as far as it is known. With nodes in its own subscription an account has no quota of cores. */
export interface AccountQuota {
    readonly pools?: number | undefined;
    readonly dedicatedCores?: number | undefined;
    readonly spotCores?: number | undefined;
    /**
     * Dedicated cores of each VM family, when `dedicatedCoreQuotaPerVMFamilyEnforced` is true: they count besides `dedicatedCores` then.
     * Of a family that is not listed nothing is known.
     * Batch management API, BatchAccount properties, 2026-11-27.
     */
    readonly families?: readonly FamilyQuota[] | undefined;
}

/** Of `dedicatedCoreQuotaPerVMFamily`. */
export interface FamilyQuota {
    readonly name: string;
    readonly coreQuota: number;
}

/** A quota that is too small. */
export interface QuotaShortfall {
    readonly of: "pools" | "dedicated" | "spot" | "family";
    /** What there are too many of: `dedicated cores`. */
    readonly what: string;
    readonly wanted: number;
    readonly allowed: number;
    /** Cores by pool, where it is about cores. */
    readonly pools: readonly { readonly name: string; readonly cores: number }[];
}

/** A VM size without known cores, among pools that want nodes of it. */
export const unknownSizes = (demands: readonly PoolDemand[]): string[] =>
    demands
        .filter(({ vmSize, dedicated, spot }) => dedicated + spot > 0 && findVmSize(vmSize) === undefined)
        .map(({ vmSize }) => vmSize);

/** The quotas of an account that its pools together can go beyond. Nodes of sizes without known cores are not counted. */
export function quotaShortfalls(demands: readonly PoolDemand[], quota: AccountQuota): QuotaShortfall[] {
    const found: QuotaShortfall[] = [];
    const compare = (
        of: QuotaShortfall["of"],
        what: string,
        allowed: number | undefined,
        coresOf: (demand: PoolDemand) => number,
    ): void => {
        const pools = demands
            .map((demand) => ({ name: demand.name, cores: coresOf(demand) }))
            .filter(({ cores }) => cores > 0);
        const wanted = pools.reduce((sum, { cores }) => sum + cores, 0);
        if (allowed !== undefined && wanted > allowed) found.push({ of, what, wanted, allowed, pools });
    };
    compare("dedicated", "dedicated cores", quota.dedicatedCores, ({ vmSize, dedicated }) =>
        cores(vmSize, dedicated),
    );
    for (const { name, coreQuota } of quota.families ?? []) {
        const inFamily = ({ vmSize }: PoolDemand): boolean =>
            vmFamily(vmSize).toLowerCase() === name.toLowerCase();
        compare("family", `dedicated cores of ${name}`, coreQuota, (demand) =>
            inFamily(demand) ? cores(demand.vmSize, demand.dedicated) : 0,
        );
    }
    compare("spot", "spot cores", quota.spotCores, ({ vmSize, spot }) => cores(vmSize, spot));
    if (quota.pools !== undefined && demands.length > quota.pools)
        found.push({
            of: "pools",
            what: "pools",
            wanted: demands.length,
            allowed: quota.pools,
            pools: [],
        });
    return found;
}

const cores = (vmSize: string, nodes: number): number => nodes * (findVmSize(vmSize)?.cores ?? 0);
