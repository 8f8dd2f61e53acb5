import * as authorization from "@pulumi/azure-native/authorization";
import * as keyvault from "@pulumi/azure-native/keyvault";
import * as managedidentity from "@pulumi/azure-native/managedidentity";
import * as network from "@pulumi/azure-native/network";
import * as operationalinsights from "@pulumi/azure-native/operationalinsights";
import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import * as batch from "pulumi-azure-batch";

const config = new pulumi.Config("secure");
const location = new pulumi.Config("azure-native").get("location") ?? "westeurope";
const group = new resources.ResourceGroup("secure", { location });
const resourceGroupName = group.name;

// One network: endpoints of the account in one subnet, nodes without public addresses in the other.
const vnet = new network.VirtualNetwork("secure", {
    resourceGroupName,
    addressSpace: { addressPrefixes: ["10.0.0.0/16"] },
});
const subnet = (name: string, addressPrefix: string): pulumi.Output<string> =>
    new network.Subnet(name, { resourceGroupName, virtualNetworkName: vnet.name, addressPrefix }).id;
const endpoints = subnet("endpoints", "10.0.0.0/24");
const nodes = subnet("nodes", "10.0.16.0/20");

const workspace = new operationalinsights.Workspace("secure", { resourceGroupName });
const account = batch.BatchAccount.private("secure", {
    resourceGroupName,
    privateNetwork: { subnetId: endpoints, virtualNetworkId: vnet.id },
    diagnostics: { workspaceId: workspace.id },
});

// The nodes' one identity. It reads the certificate, and writes results.
const identity = new managedidentity.UserAssignedIdentity("nodes", { resourceGroupName });
const vault = new keyvault.Vault("secure", {
    resourceGroupName,
    properties: {
        tenantId: authorization.getClientConfigOutput().tenantId,
        sku: { family: "A", name: "standard" },
        enableRbacAuthorization: true,
    },
});
const tls = new keyvault.Secret("tls", {
    resourceGroupName,
    vaultName: vault.name,
    secretName: "tls",
    properties: { contentType: "application/x-pem-file", value: config.requireSecret("certificate") },
});

const report = new batch.Application("report", { account, files: "package" });
const pool = new batch.Pool(
    "secure",
    {
        account,
        image: batch.VmImage.ubuntu2404(),
        vmSize: "Standard_D2s_v5",
        scale: batch.Scale.dedicated(1),
        subnetId: nodes,
        network: { publicIps: "none" },
        security: { type: "trustedLaunch", secureBoot: true, vTpm: true },
        packages: [report.version()],
        certificates: [batch.Certificate.fromKeyVault({ vault, name: "tls", identity })],
        price: { perNodeHour: config.getNumber("perNodeHour") ?? 0.1 },
    },
    { dependsOn: tls },
);

// Who may what: operators look, the pipeline submits. It signs in with its own token; there is no secret.
const operators = config.get("operators");
if (operators !== undefined)
    account.grantRead("operators", { principalId: operators, principalType: "Group" });
const pipeline = new batch.BatchServicePrincipal("pipeline", {
    displayName: "secure-pipeline",
    federations: {
        main: batch.FederatedIdentity.githubActions({
            repository: config.get("repository") ?? "example/render",
            branch: "main",
        }),
    },
});
account.grantSubmit("pipeline", pipeline);

const job = new batch.Job("report", { pool, triggers: [report.defaultVersion] });
const results = batch.Container.forJob("results", {
    storage: account.storage ?? new batch.LinkedStorage("results", { resourceGroupName }),
    job,
});
const tasks = new batch.TaskCollection(
    "report",
    {
        job,
        tasks: [
            {
                id: "report",
                commandLine: batch.shell(`"${report.directory()}/report.sh" | tee report.txt`),
                outputFiles: batch.OutputFile.conventions(results, "report", {
                    identity,
                    files: "report.txt",
                }),
            },
        ],
        wait: { timeout: "30m" },
    },
    { dependsOn: pool.grantWrite(results) },
);
const downloaded = results.downloadTo(
    "report",
    config.get("results") ?? "results",
    { prefix: "report/$TaskOutput/", triggers: [tasks.counts] },
    { dependsOn: tasks },
);

new batch.AccountAlerts("secure", {
    account,
    notify: { emails: [config.get("email") ?? "operators@example.com"] },
    workspaceId: workspace.id,
});
new batch.AccountDashboard("secure", { account });

export const accountEndpoint = account.endpoint;
export const pipelineClientId = pipeline.clientId;
export const counts = tasks.counts;
export const reports = downloaded.count;
export const costPerMonth = pool.cost.apply((cost) => cost?.perMonth);
