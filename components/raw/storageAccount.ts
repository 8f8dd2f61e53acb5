import type * as storage from "@pulumi/azure-native/storage";
import type * as pulumi from "@pulumi/pulumi";

/** What the constructs say of a storage account, in our words. */
export interface StorageAccountSpec {
    readonly resourceGroupName: pulumi.Input<string>;
    readonly accountName: pulumi.Input<string>;
    readonly location: pulumi.Input<string> | undefined;
    readonly allowSharedKeys: boolean;
    readonly tags: pulumi.Input<Record<string, pulumi.Input<string>>> | undefined;
}

/** Arguments of azure-native's StorageAccount (2024-01-01). */
export function storageAccountArgs(spec: StorageAccountSpec): storage.StorageAccountArgs {
    return {
        resourceGroupName: spec.resourceGroupName,
        accountName: spec.accountName,
        location: spec.location,
        kind: "StorageV2",
        sku: { name: "Standard_LRS" },
        allowBlobPublicAccess: false,
        allowSharedKeyAccess: spec.allowSharedKeys,
        enableHttpsTrafficOnly: true,
        minimumTlsVersion: "TLS1_2",
        tags: spec.tags,
    };
}
