import * as authorization from "@pulumi/azure-native/authorization";
import * as pulumi from "@pulumi/pulumi";

/** Built-in roles that the constructs assign. Source: "Azure built-in roles", read 2026-11. */
export const roles = {
    "Storage Blob Data Reader": "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
    "Key Vault Secrets User": "4633458b-17de-408a-b874-0445c86b69e6",
    "Azure Batch Job Submitter": "48e5e92e-a480-4e71-aa9c-2778f4c13781",
    "Azure Batch Account Reader": "11076f67-66f6-4be0-8f6b-f0609fd05cc9",
    "Azure Batch Account Contributor": "29fe4964-1e60-436b-bd3a-77fd4c178b3c",
    AcrPull: "7f951dda-4ed3-4680-a7ca-43fe172d538d",
    "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
} as const;

/** Name of a role in {@link roles}. */
export type RoleName = keyof typeof roles;

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
            roleDefinitionId: pulumi.interpolate`${subscription}/providers/Microsoft.Authorization/roleDefinitions/${roles[role]}`,
            scope,
        },
        opts,
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
