import type * as batch from "@pulumi/azure-native/batch";
import type * as pulumi from "@pulumi/pulumi";

/** What the constructs say of a Batch account, in our words. */
export interface BatchAccountSpec {
    readonly resourceGroupName: pulumi.Input<string>;
    readonly accountName: pulumi.Input<string>;
    readonly location: pulumi.Input<string> | undefined;
    readonly sharedKeys: boolean;
    readonly storageAccountId: pulumi.Input<string> | undefined;
    readonly storageKeys: boolean;
    readonly nodeIdentityId: pulumi.Input<string> | undefined;
    readonly tags: pulumi.Input<Record<string, pulumi.Input<string>>> | undefined;
}

/** Arguments of azure-native's BatchAccount (2024-07-01). */
export function batchAccountArgs(spec: BatchAccountSpec): batch.BatchAccountArgs {
    return {
        resourceGroupName: spec.resourceGroupName,
        accountName: spec.accountName,
        location: spec.location,
        allowedAuthenticationModes: spec.sharedKeys ? ["AAD", "SharedKey"] : ["AAD"],
        autoStorage:
            spec.storageAccountId === undefined
                ? undefined
                : {
                      storageAccountId: spec.storageAccountId,
                      authenticationMode: spec.storageKeys ? "StorageKeys" : "BatchAccountManagedIdentity",
                      nodeIdentityReference:
                          spec.nodeIdentityId === undefined ? undefined : { resourceId: spec.nodeIdentityId },
                  },
        identity: { type: "SystemAssigned" },
        poolAllocationMode: "BatchService",
        publicNetworkAccess: "Enabled",
        tags: spec.tags,
    };
}
