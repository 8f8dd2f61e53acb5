import type * as pulumi from "@pulumi/pulumi";
import { isEventual } from "./diagnostics";

/** What there is to know of a user-assigned identity; the resource itself is one. */
export interface KnownIdentity {
    /** Resource id. */
    readonly id: pulumi.Input<string>;
    readonly principalId: pulumi.Input<string>;
}

/** A user-assigned identity, or its resource id. */
export type IdentityReference = KnownIdentity | pulumi.Input<string>;

/** True when more than the resource id is known. */
export const isKnownIdentity = (identity: IdentityReference): identity is KnownIdentity =>
    typeof identity === "object" && !isEventual(identity);

/** The resource id of an identity. */
export const identityId = (identity: IdentityReference): pulumi.Input<string> =>
    isKnownIdentity(identity) ? identity.id : identity;

/** As the service refers to an identity from files, registries and mounts. */
export function identityReference(
    identity: IdentityReference | undefined,
): { resourceId: pulumi.Input<string> } | undefined {
    return identity === undefined ? undefined : { resourceId: identityId(identity) };
}
