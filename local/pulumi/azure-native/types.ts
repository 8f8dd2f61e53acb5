// The resource types that the stand-in knows, a row each: where a type lies, which api-version the SDK
// @pulumi/azure-native 3.28 speaks, and how its properties lie on the wire. No row has logic of its own.
import type { Shape } from "./shape";

export interface ResourceRow extends Shape {
    /** `{name}` is an input of the SDK, escaped; `{+name}` is a resource id, as it is. */
    path: string;
    version: string;
    /** The name when none is given. @default what the path says: random for a top-level resource, copy for a deeper one */
    naming?: "random" | "copy" | "uuid";
    /** Names that can have one value only. */
    fixed?: Readonly<Record<string, string>>;
    /** Inputs that replace the resource when they change, besides those in the path. */
    replaceOn?: readonly string[];
    /** Whether `location` comes from the settings or the resource group when none is given. @default true */
    located?: boolean;
    /** Whether a deletion may go on after its answer. @default false */
    longDelete?: boolean;
    /** Lists that others may have filled: kept as they are when the program says nothing of them. */
    keep?: readonly string[];
    /** Exists as long as its parent does: deletion puts this body. */
    singleton?: Readonly<Record<string, unknown>>;
}

export interface ActionRow {
    path: string;
    version: string;
    method: "GET" | "POST";
}

const group = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}";
const provider = (namespace: string, rest: string) => `${group}/providers/Microsoft.${namespace}/${rest}`;

const storageAccount = provider("Storage", "storageAccounts/{accountName}");
const batchAccount = provider("Batch", "batchAccounts/{accountName}");
const identity = provider("ManagedIdentity", "userAssignedIdentities/{resourceName}");
const vault = provider("KeyVault", "vaults/{vaultName}");
const workspace = provider("OperationalInsights", "workspaces/{workspaceName}");
const registry = provider("ContainerRegistry", "registries/{registryName}");

const connection: Shape = {};
const delegation: Shape = {};
const securityRule: Shape = {};
const securityGroup: Shape = { items: { securityRules: securityRule, defaultSecurityRules: securityRule } };
const routeTable: Shape = { items: { routes: {} } };
const subnet: Shape = {
    items: {
        delegations: delegation,
        networkSecurityGroup: securityGroup,
        routeTable,
        serviceEndpointPolicies: {},
    },
};
const plain: Shape = { flattened: false };

export const resourceRows: Readonly<Record<string, ResourceRow>> = {
    "resources:ResourceGroup": {
        path: "/subscriptions/{subscriptionId}/resourcegroups/{resourceGroupName}",
        version: "2024-03-01",
        flattened: false,
        replaceOn: ["location"],
        longDelete: true,
    },

    "storage:StorageAccount": {
        path: storageAccount,
        version: "2024-01-01",
        replaceOn: ["location", "isHnsEnabled"],
        wire: {
            enableHttpsTrafficOnly: "supportsHttpsTrafficOnly",
            enableNfsV3: "isNfsV3Enabled",
            networkRuleSet: "networkAcls",
        },
        items: {
            customDomain: { ...plain, wire: { useSubDomainName: "useSubDomain" } },
            networkRuleSet: {
                ...plain,
                items: {
                    ipRules: { ...plain, wire: { iPAddressOrRange: "value" } },
                    virtualNetworkRules: { ...plain, wire: { virtualNetworkResourceId: "id" } },
                },
            },
            privateEndpointConnections: connection,
        },
    },
    "storage:BlobContainer": {
        path: `${storageAccount}/blobServices/default/containers/{containerName}`,
        version: "2024-01-01",
        located: false,
    },
    "storage:BlobServiceProperties": {
        path: `${storageAccount}/blobServices/{blobServicesName}`,
        version: "2024-01-01",
        fixed: { blobServicesName: "default" },
        located: false,
        singleton: {},
    },
    "storage:ManagementPolicy": {
        path: `${storageAccount}/managementPolicies/{managementPolicyName}`,
        version: "2024-01-01",
        fixed: { managementPolicyName: "default" },
        located: false,
    },

    "batch:BatchAccount": {
        path: batchAccount,
        version: "2024-07-01",
        longDelete: true,
        items: { privateEndpointConnections: connection },
    },
    "batch:Pool": {
        path: `${batchAccount}/pools/{poolName}`,
        version: "2024-07-01",
        located: false,
        longDelete: true,
    },
    "batch:Application": {
        path: `${batchAccount}/applications/{applicationName}`,
        version: "2024-07-01",
        located: false,
    },
    "batch:ApplicationPackage": {
        path: `${batchAccount}/applications/{applicationName}/versions/{versionName}`,
        version: "2024-07-01",
        located: false,
    },

    "managedidentity:UserAssignedIdentity": { path: identity, version: "2023-01-31" },
    "managedidentity:FederatedIdentityCredential": {
        path: `${identity}/federatedIdentityCredentials/{federatedIdentityCredentialResourceName}`,
        version: "2023-01-31",
        located: false,
    },
    "authorization:RoleAssignment": {
        path: "/{+scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
        version: "2022-04-01",
        naming: "uuid",
        located: false,
        replaceOn: ["principalId"],
    },

    "keyvault:Vault": {
        path: vault,
        version: "2024-11-01",
        flattened: false,
        items: { properties: { ...plain, items: { privateEndpointConnections: connection } } },
    },
    "keyvault:Secret": {
        path: `${vault}/secrets/{secretName}`,
        version: "2024-11-01",
        flattened: false,
        located: false,
    },

    "network:VirtualNetwork": {
        path: provider("Network", "virtualNetworks/{virtualNetworkName}"),
        version: "2024-05-01",
        replaceOn: ["location"],
        longDelete: true,
        keep: ["subnets"],
        items: { subnets: subnet, virtualNetworkPeerings: {} },
    },
    "network:Subnet": {
        path: provider("Network", "virtualNetworks/{virtualNetworkName}/subnets/{subnetName}"),
        version: "2024-05-01",
        located: false,
        longDelete: true,
        ...subnet,
    },
    "network:NetworkSecurityGroup": {
        path: provider("Network", "networkSecurityGroups/{networkSecurityGroupName}"),
        version: "2024-05-01",
        longDelete: true,
        ...securityGroup,
    },
    "network:PublicIPAddress": {
        path: provider("Network", "publicIPAddresses/{publicIpAddressName}"),
        version: "2024-05-01",
        longDelete: true,
    },
    "network:PrivateEndpoint": {
        path: provider("Network", "privateEndpoints/{privateEndpointName}"),
        version: "2024-05-01",
        longDelete: true,
        replaceOn: ["subnet"],
        items: {
            subnet,
            ipConfigurations: {},
            privateLinkServiceConnections: connection,
            manualPrivateLinkServiceConnections: connection,
        },
    },
    "network:PrivateDnsZoneGroup": {
        path: provider(
            "Network",
            "privateEndpoints/{privateEndpointName}/privateDnsZoneGroups/{privateDnsZoneGroupName}",
        ),
        version: "2024-05-01",
        located: false,
        longDelete: true,
        items: { privateDnsZoneConfigs: {} },
    },
    "privatedns:PrivateZone": {
        path: provider("Network", "privateDnsZones/{privateZoneName}"),
        version: "2024-06-01",
        longDelete: true,
    },
    "privatedns:VirtualNetworkLink": {
        path: provider(
            "Network",
            "privateDnsZones/{privateZoneName}/virtualNetworkLinks/{virtualNetworkLinkName}",
        ),
        version: "2024-06-01",
        longDelete: true,
    },

    "applicationinsights:Component": {
        path: provider("Insights", "components/{resourceName}"),
        version: "2020-02-02",
        wire: {
            appId: "AppId",
            applicationId: "ApplicationId",
            applicationType: "Application_Type",
            connectionString: "ConnectionString",
            creationDate: "CreationDate",
            disableIpMasking: "DisableIpMasking",
            disableLocalAuth: "DisableLocalAuth",
            flowType: "Flow_Type",
            forceCustomerStorageForProfiler: "ForceCustomerStorageForProfiler",
            hockeyAppId: "HockeyAppId",
            hockeyAppToken: "HockeyAppToken",
            immediatePurgeDataOn30Days: "ImmediatePurgeDataOn30Days",
            ingestionMode: "IngestionMode",
            instrumentationKey: "InstrumentationKey",
            laMigrationDate: "LaMigrationDate",
            privateLinkScopedResources: "PrivateLinkScopedResources",
            requestSource: "Request_Source",
            retentionInDays: "RetentionInDays",
            samplingPercentage: "SamplingPercentage",
            tenantId: "TenantId",
            workspaceResourceId: "WorkspaceResourceId",
        },
    },
    "monitor:DiagnosticSetting": {
        path: "/{+resourceUri}/providers/Microsoft.Insights/diagnosticSettings/{name}",
        version: "2021-05-01-preview",
        located: false,
    },
    "monitor:MetricAlert": {
        path: provider("Insights", "metricAlerts/{ruleName}"),
        version: "2018-03-01",
        items: { criteria: { ...plain, wire: { odataType: "odata.type" } } },
    },
    "monitor:ScheduledQueryRule": {
        path: provider("Insights", "scheduledQueryRules/{ruleName}"),
        version: "2025-01-01-preview",
    },
    "monitor:ActionGroup": {
        path: provider("Insights", "actionGroups/{actionGroupName}"),
        version: "2024-10-01-preview",
    },
    "operationalinsights:Workspace": {
        path: workspace,
        version: "2023-09-01",
        within: ["sku"],
        longDelete: true,
    },
    "portal:Dashboard": {
        path: provider("Portal", "dashboards/{dashboardName}"),
        version: "2022-12-01-preview",
        flattened: false,
    },
    "containerregistry:Registry": {
        path: registry,
        version: "2023-01-01-preview",
        longDelete: true,
        items: { privateEndpointConnections: connection },
    },
};

/** Functions that are no plain reading of a resource; `getXxx` of every row above is there without an entry. */
export const actionRows: Readonly<Record<string, ActionRow>> = {
    "storage:listStorageAccountKeys": {
        path: `${storageAccount}/listKeys`,
        version: "2024-01-01",
        method: "POST",
    },
    "storage:listStorageAccountSAS": {
        path: `${storageAccount}/ListAccountSas`,
        version: "2024-01-01",
        method: "POST",
    },
    "storage:listStorageAccountServiceSAS": {
        path: `${storageAccount}/ListServiceSas`,
        version: "2024-01-01",
        method: "POST",
    },
    "batch:listBatchAccountKeys": { path: `${batchAccount}/listKeys`, version: "2024-07-01", method: "POST" },
    "operationalinsights:getSharedKeys": {
        path: `${workspace}/sharedKeys`,
        version: "2023-09-01",
        method: "POST",
    },
    "containerregistry:listRegistryCredentials": {
        path: `${registry}/listCredentials`,
        version: "2024-11-01-preview",
        method: "POST",
    },
};
