import type * as authorization from "@pulumi/azure-native/authorization";
import type * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as managedidentity from "@pulumi/azure-native/managedidentity";
import * as pulumi from "@pulumi/pulumi";
import type { RoleName } from "../catalog";
import { Problems } from "./diagnostics";
import { isKnownIdentity } from "./identity";
import type { IdentityReference } from "./identity";
import { assignRole } from "./roles";

/** A container registry, or its resource id. */
export type RegistryReference = containerregistry.Registry | pulumi.Input<string>;

/** The resource id of a registry. */
export const registryId = (registry: RegistryReference): pulumi.Input<string> =>
    pulumi.Resource.isInstance(registry) ? (registry as containerregistry.Registry).id : registry;

/**
 * Gives a role to every identity of a pool. The assignment does not wait for the pool: it is there before the nodes are.
 * @throws pulumi.InputPropertiesError when the pool has no identity
 */
export function grantToNodes(
    pool: { readonly name: string; readonly identities: readonly IdentityReference[] },
    { name, former }: { readonly name: string; readonly former: readonly string[] },
    role: RoleName,
    scope: pulumi.Input<string>,
    parent: pulumi.Resource,
): authorization.RoleAssignment[] {
    if (pool.identities.length === 0) {
        const problems = new Problems(`Pool '${pool.name}'`);
        problems.add(
            "BATCH1018",
            "identities",
            `no identity could be given the role '${role}': give the pool \`identities\``,
        );
        problems.throwIfAny();
    }
    return pool.identities.map((identity, index) => {
        const nameOf = (what: string): string => `${pool.name}-${what}${index === 0 ? "" : `-${index + 1}`}`;
        const own = nameOf(name);
        const principalId = principalOf(own, identity, parent);
        const aliases = former.map((one) => ({ name: nameOf(one) }));
        return assignRole(own, role, scope, { principalId }, { parent, aliases });
    });
}

// Of an identity that is known by its resource id alone, azure-native is asked who it is.
function principalOf(
    name: string,
    identity: IdentityReference,
    parent: pulumi.Resource,
): pulumi.Input<string> {
    if (isKnownIdentity(identity)) return identity.principalId;
    return managedidentity.UserAssignedIdentity.get(name, identity, { parent }).principalId;
}
