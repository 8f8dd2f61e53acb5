/** What the cloud adds to a resource of this type: names, addresses and principals that other resources are made from. */
export function outputsOf(
    type: string,
    name: string,
    inputs: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
    const text = (property: string): string =>
        typeof inputs[property] === "string" ? inputs[property] : name;
    switch (type) {
        case "random:index/randomString:RandomString":
            return { result: "abcd1234" };
        case "random:index/randomPassword:RandomPassword":
            return { result: "Drawn-Password-1" };
        case "azure-native:resources:ResourceGroup":
            return { name: text("resourceGroupName") };
        case "azure-native:storage:StorageAccount":
            return {
                name: text("accountName"),
                primaryEndpoints: { blob: `https://${text("accountName")}.blob.core.windows.net/` },
            };
        case "azure-native:storage:BlobContainer":
            return { name: text("containerName") };
        case "azure-native:batch:BatchAccount":
            return {
                name: text("accountName"),
                accountEndpoint: `${text("accountName")}.westeurope.batch.azure.com`,
                identity: { type: "SystemAssigned", principalId: `${name}-principal` },
                dedicatedCoreQuota: 100,
                lowPriorityCoreQuota: 50,
                poolQuota: 20,
            };
        case "azure-native:batch:Pool":
            return { name: text("poolName") };
        case "azure-native:batch:Application":
            return { name: text("applicationName") };
        case "azure-native:managedidentity:UserAssignedIdentity":
            return { name, principalId: `${name}-principal`, clientId: `${name}-client` };
        case "azure-native:keyvault:Vault":
            return { name: text("vaultName"), properties: { vaultUri: `https://${name}.vault.azure.net/` } };
        case "azure-native:containerregistry:Registry":
            return { name: text("registryName"), loginServer: `${name.toLowerCase()}.azurecr.io` };
        case "azuread:index/application:Application":
            return { clientId: `${name}-client`, objectId: `${name}-object` };
        case "azuread:index/servicePrincipal:ServicePrincipal":
            return { objectId: `${name}-principal` };
        case "pulumi-nodejs:dynamic/pulumi-azure-batch:Job":
            return { jobId: text("jobId") };
        default:
            return {};
    }
}

/** Resource id of a resource of azure-native. */
export function idOf(type: string, name: string, inputs: Readonly<Record<string, unknown>>): string {
    const [provider, module = "", kind = ""] = type.split(":");
    if (provider !== "azure-native") return `${name}-id`;
    const subscription = "/subscriptions/00000000-0000-0000-0000-000000000001";
    const group = `${subscription}/resourceGroups/${String(inputs["resourceGroupName"] ?? name)}`;
    switch (`${module}:${kind}`) {
        case "resources:ResourceGroup":
            return `${subscription}/resourceGroups/${name}`;
        case "batch:BatchAccount":
            return `${group}/providers/Microsoft.Batch/batchAccounts/${String(inputs["accountName"] ?? name)}`;
        default:
            return `${group}/providers/${module}/${kind}/${name}`;
    }
}
