/** What a fresh data directory has: a resource group and a Batch account with linked storage, made by the service's own operations. */
import { batchVersion, defaultAccountName, storageVersion, type ServiceClient } from "./client";

const groupVersion = "2024-03-01";

export async function makeDefaultAccount(client: ServiceClient, region: string): Promise<void> {
    const group = `/subscriptions/${client.secrets.subscriptionId}/resourceGroups/${defaultAccountName}`;
    await client.put(group, groupVersion, { location: region });
    const storage = `${group}/providers/Microsoft.Storage/storageAccounts/${defaultAccountName}`;
    await client.put(storage, storageVersion, {
        location: region,
        kind: "StorageV2",
        sku: { name: "Standard_LRS" },
        properties: {},
    });
    await client.put(`${group}/providers/Microsoft.Batch/batchAccounts/${defaultAccountName}`, batchVersion, {
        location: region,
        properties: {
            autoStorage: { storageAccountId: storage },
            allowedAuthenticationModes: ["SharedKey", "AAD"],
        },
    });
}
