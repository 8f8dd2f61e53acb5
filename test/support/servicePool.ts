/** The pool of the tests in the data plane's own words. */
export const virtualMachineConfiguration = {
    imageReference: { publisher: "canonical", offer: "ubuntu-24_04-lts", sku: "server", version: "latest" },
    nodeAgentSKUId: "batch.node.ubuntu 24.04",
};

/** A body that adds a pool of one dedicated node. */
export function servicePool(id: string) {
    return { id, vmSize: "Standard_D2s_v5", virtualMachineConfiguration, targetDedicatedNodes: 1 };
}
