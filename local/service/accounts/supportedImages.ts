import { vmImages } from "../../../catalog";
import type { VmImageRow } from "../../../catalog";
import type { FilterFields } from "../../http/filter";
import { listed } from "../answers";
import type { BatchOperation } from "../services";

const fields: FilterFields = { osType: "enum", verificationType: "enum", nodeAgentSKUId: "text" };

const capabilityNames = {
    container: "DockerCompatible",
    gpu: "NvidiaGridDriverInstalled",
    rdma: "SupportsRDMAOnly",
} as const;

function capabilitiesOf(image: VmImageRow): string[] {
    const named = image.capabilities.map((name) => capabilityNames[name]);
    return image.generation === 2 ? [...named, "Generation2VMImage"] : named;
}

const rows: readonly [string, VmImageRow][] = Object.entries(vmImages).sort(([a], [b]) => (a < b ? -1 : 1));

export const listSupportedImages: BatchOperation = {
    id: "Pools_ListSupportedImages",
    method: "GET",
    path: "/supportedimages",
    handle: (call) =>
        listed(
            call,
            { set: "supportedimages", fields },
            rows,
            ([name]) => name,
            ([, image]) => ({
                nodeAgentSKUId: image.nodeAgentSkuId,
                imageReference: {
                    publisher: image.publisher,
                    offer: image.offer,
                    sku: image.sku,
                    version: "latest",
                },
                osType: image.os,
                ...(capabilitiesOf(image).length > 0 ? { capabilities: capabilitiesOf(image) } : {}),
                ...(image.endOfSupport === undefined
                    ? {}
                    : { batchSupportEndOfLife: `${image.endOfSupport}T00:00:00Z` }),
                verificationType: image.verified ? "verified" : "unverified",
            }),
        ),
};
