import { idKey } from "../../model/ids";
import { limits, vmFamily, vmSizes } from "../../../catalog";
import type { VmSize } from "../../../catalog";
import { objectOf, textOf } from "../merge";
import { matches } from "../filter";
import { page } from "../paging";
import type { ArmOperation } from "../services";

const location = "/subscriptions/:subscriptionId/providers/Microsoft.Batch/locations/:locationName";

export const getQuotas: ArmOperation = {
    id: "Location_GetQuotas",
    method: "GET",
    path: `${location}/quotas`,
    handle: () => ({ status: 200, body: { accountQuota: limits.accountsPerRegionMax.value } }),
};

export const listVirtualMachineSkus: ArmOperation = {
    id: "Location_ListSupportedVirtualMachineSkus",
    method: "GET",
    path: `${location}/virtualMachineSkus`,
    handle(call) {
        const keep = matches<VmSize>(call, {
            familyName: ({ name }) => vmFamily(name),
            name: ({ name }) => name,
        });
        if ("refused" in keep) return keep;
        const sizes = [...vmSizes.values()].filter(keep.holds).map((size) => ({ ...size, key: size.name }));
        sizes.sort((a, b) => (a.key < b.key ? -1 : 1));
        return page(call, sizes, shownSize);
    },
};

function shownSize(size: VmSize) {
    const capability = (name: string, value: string | number) => ({ name, value: String(value) });
    return {
        name: size.name,
        familyName: vmFamily(size.name),
        capabilities: [
            capability("MaxResourceVolumeMB", 0),
            capability("vCPUs", size.cores),
            capability("MemoryGB", size.memory),
            capability("HyperVGenerations", size.generations.map((generation) => `V${generation}`).join(",")),
            capability("CpuArchitectureType", size.architecture === "arm64" ? "Arm64" : "x64"),
            ...(size.gpus > 0 ? [capability("GPUs", size.gpus)] : []),
            ...(size.rdma ? [capability("RdmaEnabled", "True")] : []),
        ],
    };
}

export const listCloudServiceSkus: ArmOperation = {
    id: "Location_ListSupportedCloudServiceSkus",
    method: "GET",
    path: `${location}/cloudServiceSkus`,
    until: "2024-02-01",
    // Cloud service pools were retired in February 2024: none can be had any more.
    handle: () => ({ status: 200, body: { value: [] } }),
};

export const checkAccountName: ArmOperation = {
    id: "Location_CheckNameAvailability",
    method: "POST",
    path: `${location}/checkNameAvailability`,
    body: "CheckNameAvailabilityParameters",
    handle(call, services) {
        const name = textOf(objectOf(call.body)["name"]) ?? "";
        const { accountNameMin, accountNameMax } = limits;
        if (
            !/^[a-z0-9]+$/.test(name) ||
            name.length < accountNameMin.value ||
            name.length > accountNameMax.value
        ) {
            const message = "The account name must have 3 to 24 lower-case letters and digits.";
            return { status: 200, body: { nameAvailable: false, reason: "Invalid", message } };
        }
        if (!services.store.accounts.get(idKey(name))) return { status: 200, body: { nameAvailable: true } };
        const message = `An account named '${name}' is already in use.`;
        return { status: 200, body: { nameAvailable: false, reason: "AlreadyExists", message } };
    },
};
