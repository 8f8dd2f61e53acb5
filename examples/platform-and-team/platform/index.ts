import * as managedidentity from "@pulumi/azure-native/managedidentity";
import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import * as batch from "pulumi-azure-batch";

const location = new pulumi.Config("azure-native").get("location") ?? "westeurope";
const group = new resources.ResourceGroup("platform", { location });
const account = new batch.BatchAccount("platform", { resourceGroupName: group.name });

// What nodes do with storage they do as this identity; teams let it into their containers.
const nodes = new managedidentity.UserAssignedIdentity("nodes", { resourceGroupName: group.name });
const cpu = new batch.Pool("cpu", {
    account,
    image: batch.VmImage.ubuntu2404(),
    vmSize: "Standard_D4s_v5",
    scale: batch.Scale.dedicated(new pulumi.Config("platform").getNumber("nodes") ?? 1),
    taskSlotsPerNode: 4,
    identities: [nodes],
});

// The team's own identity: it submits jobs, and can neither change pools nor read keys.
const team = new batch.BatchServicePrincipal("team", {
    displayName: "render-team",
    clientSecret: { expires: "90d" },
});
account.grantSubmit("team", team);

new batch.AccountAlerts("platform", { account, notify: { emails: ["platform@example.com"] } });

export const pool = cpu.reference;
export const nodeIdentity = { id: nodes.id, principalId: nodes.principalId };
export const teamClientId = team.clientId;
export const teamPrincipalId = team.principalId;
export const teamSecret = team.clientSecret;
