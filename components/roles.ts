import * as authorization from "@pulumi/azure-native/authorization";
import * as pulumi from "@pulumi/pulumi";
import { roles } from "../catalog";
import type { RoleName } from "../catalog";
import { unknownIsUnchanged } from "./unknowns";

/** Who gets a role. */
export interface Principal {
    /** Object id in Entra ID. */
    readonly principalId: pulumi.Input<string>;
    /** @default "ServicePrincipal", which managed identities are too */
    readonly principalType?: pulumi.Input<"ServicePrincipal" | "User" | "Group"> | undefined;
}

/**
 * Assigns a built-in role on a scope.
 * @param name name of the resource
 * @param scope resource id that the role holds for
 */
export function assignRole(
    name: string,
    role: RoleName,
    scope: pulumi.Input<string>,
    principal: Principal,
    opts: pulumi.CustomResourceOptions,
): authorization.RoleAssignment {
    // The definition of a built-in role has one id in every subscription.
    const subscription = pulumi.output(scope).apply((id) => /^\/subscriptions\/[^/]+/i.exec(id)?.[0] ?? "");
    return new authorization.RoleAssignment(
        name,
        {
            principalId: principal.principalId,
            principalType: principal.principalType ?? "ServicePrincipal",
            roleDefinitionId: pulumi.interpolate`${subscription}/providers/Microsoft.Authorization/roleDefinitions/${roles[role].id}`,
            scope,
        },
        {
            ...opts,
            // Who it is comes from a resource that may be about to change; that is no other assignment.
            transformations: [
                ...(opts.transformations ?? []),
                unknownIsUnchanged(["principalId", "scope", "roleDefinitionId"]),
            ],
        },
    );
}

/**
 * Whoever runs this deployment, as azure-native is signed in. A person unless an application or managed identity is configured.
 */
export function deployer(opts: pulumi.InvokeOptions): Principal {
    const config = new pulumi.Config("azure-native");
    const application =
        config.get("clientId") ?? process.env["ARM_CLIENT_ID"] ?? process.env["IDENTITY_ENDPOINT"];
    return {
        principalId: authorization.getClientConfigOutput(opts).objectId,
        principalType: application === undefined ? "User" : "ServicePrincipal",
    };
}
