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
    readonly identityId: pulumi.Input<string> | undefined;
    readonly allowFrom: readonly pulumi.Input<string>[] | undefined;
    readonly allowNodesFrom: readonly pulumi.Input<string>[] | undefined;
    readonly isPrivate: boolean;
    readonly encryptionKey: pulumi.Input<string> | undefined;
    readonly vault:
        { readonly vaultId: pulumi.Input<string>; readonly vaultUri: pulumi.Input<string> } | undefined;
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
        identity:
            spec.identityId === undefined
                ? { type: "SystemAssigned" }
                : { type: "UserAssigned", userAssignedIdentities: [spec.identityId] },
        encryption:
            spec.encryptionKey === undefined
                ? undefined
                : {
                      keySource: "Microsoft.KeyVault",
                      keyVaultProperties: { keyIdentifier: spec.encryptionKey },
                  },
        poolAllocationMode: spec.vault === undefined ? "BatchService" : "UserSubscription",
        keyVaultReference:
            spec.vault === undefined ? undefined : { id: spec.vault.vaultId, url: spec.vault.vaultUri },
        publicNetworkAccess: spec.isPrivate ? "Disabled" : "Enabled",
        networkProfile:
            spec.allowFrom === undefined && spec.allowNodesFrom === undefined
                ? undefined
                : {
                      accountAccess: spec.allowFrom === undefined ? undefined : only(spec.allowFrom),
                      nodeManagementAccess:
                          spec.allowNodesFrom === undefined ? undefined : only(spec.allowNodesFrom),
                  },
        tags: spec.tags,
    };
}

const only = (
    addresses: readonly pulumi.Input<string>[],
): { defaultAction: "Deny"; ipRules: { action: "Allow"; value: pulumi.Input<string> }[] } => ({
    defaultAction: "Deny",
    ipRules: addresses.map((value) => ({ action: "Allow", value })),
});
