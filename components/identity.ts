import type * as managedidentity from "@pulumi/azure-native/managedidentity";
import * as pulumi from "@pulumi/pulumi";

/** A user-assigned identity, or its resource id. */
export type IdentityReference = managedidentity.UserAssignedIdentity | pulumi.Input<string>;

/** The resource id of an identity. */
export function identityId(identity: IdentityReference): pulumi.Input<string> {
    return pulumi.Resource.isInstance(identity)
        ? (identity as managedidentity.UserAssignedIdentity).id
        : identity;
}

/** As the service refers to an identity from files, registries and mounts. */
export function identityReference(
    identity: IdentityReference | undefined,
): { resourceId: pulumi.Input<string> } | undefined {
    return identity === undefined ? undefined : { resourceId: identityId(identity) };
}
