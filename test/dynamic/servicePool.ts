/** A pool in the service's words, for tests that make it without Pulumi. */
export const pool = (id: string): Record<string, unknown> => ({
    id,
    vmSize: "Standard_D2s_v5",
    targetDedicatedNodes: 1,
    virtualMachineConfiguration: {
        imageReference: {
            publisher: "canonical",
            offer: "ubuntu-24_04-lts",
            sku: "server",
            version: "latest",
        },
        nodeAgentSKUId: "batch.node.ubuntu 24.04",
    },
});
