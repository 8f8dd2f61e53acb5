import { randomUUID } from "node:crypto";
import { isoText } from "../../model/instant";
import type { JsonObject } from "../../model/json";
import { textOf } from "../merge";
import type { ArmServices } from "../services";

/** What a write of a resource is about. */
export interface Written {
    id: string;
    name: string;
    body: JsonObject;
    /** `properties` as they were before, empty for a new resource. */
    old: JsonObject;
    now: number;
    origin: string;
    services: ArmServices;
    /** Who writes it. */
    objectId: string;
}

/** What the provider of a type does beside keeping what it was given. */
export interface TypeRow {
    /** With the provider's own letter case. */
    type: string;
    /** Status of an answer that made it. @default 201 */
    created?: 200 | 201;
    /** It has no location of its own. */
    untracked?: true;
    /** Properties that the provider fills in; what was declared wins over `defaults` and loses against `settled`. */
    defaults?: (written: Written) => JsonObject;
    settled?: (written: Written) => JsonObject;
    /** Names of properties that are taken and never shown. */
    secrets?: readonly string[];
    /** Lists in `properties` that are resources of their own: name of the list and of the nested type. */
    children?: Readonly<Record<string, string>>;
    /** Where it is not there, GET shows this. */
    always?: (written: Written) => JsonObject;
    /** POST actions below the resource. */
    actions?: Readonly<Record<string, (properties: JsonObject) => JsonObject>>;
}

const kept = (old: JsonObject, name: string) => textOf(old[name]) ?? randomUUID();

const rows: readonly TypeRow[] = [
    {
        type: "Microsoft.ManagedIdentity/userAssignedIdentities",
        settled: ({ old, services }) => ({
            tenantId: services.identity.tenantId,
            principalId: kept(old, "principalId"),
            clientId: kept(old, "clientId"),
        }),
    },
    {
        type: "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
        untracked: true,
    },
    {
        type: "Microsoft.KeyVault/vaults",
        created: 200,
        defaults: ({ services }) => ({
            tenantId: services.identity.tenantId,
            accessPolicies: [],
            enabledForDeployment: false,
            enableSoftDelete: true,
            softDeleteRetentionInDays: 90,
            publicNetworkAccess: "Enabled",
        }),
        settled: ({ name, old, services }) => ({ vaultUri: services.vaults.uri(name) ?? old["vaultUri"] }),
    },
    {
        type: "Microsoft.Network/virtualNetworks",
        children: { subnets: "Microsoft.Network/virtualNetworks/subnets" },
        defaults: () => ({ enableDdosProtection: false, virtualNetworkPeerings: [] }),
        settled: ({ old }) => ({ resourceGuid: kept(old, "resourceGuid") }),
    },
    {
        type: "Microsoft.Network/virtualNetworks/subnets",
        untracked: true,
        defaults: () => ({
            delegations: [],
            privateEndpointNetworkPolicies: "Disabled",
            privateLinkServiceNetworkPolicies: "Enabled",
        }),
    },
    {
        type: "Microsoft.Network/networkSecurityGroups",
        children: { securityRules: "Microsoft.Network/networkSecurityGroups/securityRules" },
        settled: ({ old }) => ({ resourceGuid: kept(old, "resourceGuid") }),
    },
    { type: "Microsoft.Network/networkSecurityGroups/securityRules", untracked: true },
    {
        type: "Microsoft.Network/publicIPAddresses",
        defaults: () => ({
            publicIPAllocationMethod: "Dynamic",
            publicIPAddressVersion: "IPv4",
            idleTimeoutInMinutes: 4,
            ipTags: [],
        }),
        // From the block that is set aside for documentation: no packet goes there.
        settled: ({ old }) => ({
            ipAddress: textOf(old["ipAddress"]) ?? `203.0.113.${1 + Math.floor(Math.random() * 254)}`,
            resourceGuid: kept(old, "resourceGuid"),
        }),
    },
    {
        type: "Microsoft.Network/privateEndpoints",
        defaults: () => ({
            manualPrivateLinkServiceConnections: [],
            customDnsConfigs: [],
            networkInterfaces: [],
        }),
    },
    { type: "Microsoft.Network/privateEndpoints/privateDnsZoneGroups", untracked: true },
    {
        type: "Microsoft.Network/networkSecurityPerimeters",
        settled: ({ old }) => ({ perimeterGuid: kept(old, "perimeterGuid") }),
    },
    {
        type: "Microsoft.Network/privateDnsZones",
        settled: () => ({
            numberOfRecordSets: 1,
            maxNumberOfRecordSets: 25_000,
            numberOfVirtualNetworkLinks: 0,
            maxNumberOfVirtualNetworkLinks: 1000,
        }),
    },
    {
        type: "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
        defaults: () => ({ registrationEnabled: false }),
        settled: () => ({ virtualNetworkLinkState: "Completed" }),
    },
    { type: "Microsoft.Insights/diagnosticSettings", untracked: true, created: 200 },
    { type: "Microsoft.Insights/metricAlerts", created: 200 },
    { type: "Microsoft.Insights/activityLogAlerts" },
    { type: "Microsoft.Insights/scheduledQueryRules" },
    { type: "Microsoft.Insights/actionGroups", defaults: () => ({ enabled: true }) },
    {
        type: "Microsoft.Insights/components",
        created: 200,
        defaults: () => ({ Application_Type: "web", publicNetworkAccessForIngestion: "Enabled" }),
        settled: ({ name, old, now, services }) => {
            const key = kept(old, "InstrumentationKey");
            const application = kept(old, "AppId");
            return {
                ApplicationId: name,
                AppId: application,
                InstrumentationKey: key,
                ConnectionString: `InstrumentationKey=${key};ApplicationId=${application}`,
                TenantId: services.identity.subscriptionId,
                CreationDate: textOf(old["CreationDate"]) ?? isoText(now),
            };
        },
    },
    {
        type: "Microsoft.OperationalInsights/workspaces",
        defaults: () => ({ retentionInDays: 30, sku: { name: "PerGB2018" }, features: {} }),
        settled: ({ old, now }) => ({
            customerId: kept(old, "customerId"),
            createdDate: textOf(old["createdDate"]) ?? isoText(now),
        }),
        actions: {
            sharedkeys: ({ customerId }) => ({
                primarySharedKey: sharedKey(customerId),
                secondarySharedKey: sharedKey(customerId),
            }),
        },
    },
    { type: "Microsoft.Portal/dashboards", created: 200 },
    {
        type: "Microsoft.ContainerRegistry/registries",
        defaults: () => ({ adminUserEnabled: false, publicNetworkAccess: "Enabled" }),
        settled: ({ name, old, now }) => ({
            loginServer: `${name.toLowerCase()}.azurecr.io`,
            creationDate: textOf(old["creationDate"]) ?? isoText(now),
        }),
    },
    {
        type: "Microsoft.Storage/storageAccounts/blobServices",
        untracked: true,
        created: 200,
        always: () => ({
            cors: { corsRules: [] },
            deleteRetentionPolicy: { enabled: false, allowPermanentDelete: false },
        }),
    },
    { type: "Microsoft.Storage/storageAccounts/managementPolicies", untracked: true, created: 200 },
];

/** A key that nothing checks: logs are not taken in here. */
function sharedKey(seed: unknown): string {
    return Buffer.from(String(seed)).toString("base64");
}

const byType = new Map(rows.map((row) => [row.type.toLowerCase(), row]));

/** The row of a type in any letter case; a type without one is kept as it is, under the name given. */
export function rowOf(type: string): TypeRow {
    return byType.get(type.toLowerCase()) ?? { type };
}
