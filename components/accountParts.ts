import type { BatchSignIn } from "../client";
import type * as batch from "@pulumi/azure-native/batch";
import * as monitor from "@pulumi/azure-native/monitor";
import * as network from "@pulumi/azure-native/network";
import * as privatedns from "@pulumi/azure-native/privatedns";
import * as pulumi from "@pulumi/pulumi";
import type { FamilyQuota } from "../catalog";
import type { LinkedStorage } from "./linkedStorage";

/** A Batch account, of this stack or of elsewhere. What is not known of one is not there. */
export interface AccountReference {
    /** Resource id. */
    readonly id: pulumi.Output<string>;
    readonly name: pulumi.Output<string>;
    readonly resourceGroupName: pulumi.Output<string>;
    /** Address of the data plane, with its scheme. */
    readonly endpoint: pulumi.Output<string>;
    /** The resource itself, when it is of this stack. */
    readonly batchAccount?: batch.BatchAccount;
    readonly storage?: LinkedStorage | undefined;
    /** What must be there before the account can enter its linked storage. */
    readonly storageAccess: pulumi.Resource[];
    /** Cores of dedicated nodes that the account may have; not known of an account of another stack. */
    readonly dedicatedCoreQuota?: pulumi.Output<number>;
    /** Cores of spot nodes that the account may have. */
    readonly spotCoreQuota?: pulumi.Output<number>;
    readonly poolQuota?: pulumi.Output<number>;
    /** Cores of dedicated nodes by VM family, where the account holds to them besides `dedicatedCoreQuota`. */
    readonly familyCoreQuotas?: pulumi.Output<readonly FamilyQuota[] | undefined>;
    /**
     * Who submits, uploads and downloads: a name in the stack's configuration, where `NAME:tenantId`, `NAME:clientId` and so on are as
     * azure-native has them; or what alone differs from azure-native's: `{ tenantId, clientId, method }`, never a secret. Providers that are given in `opts` are azure-native's and sign in nobody else.
     * @default azure-native's own settings
     */
    readonly batchCredentials?: BatchSignIn;
}

/** What a stack says of its account to others. */
export interface AccountOutputs {
    readonly id: string;
    readonly endpoint: string;
}

/** How an account is reached from a network only. */
export interface PrivateNetwork {
    /** Subnet of the endpoints. */
    readonly subnetId: pulumi.Input<string>;
    /** Network that resolves the account's names; undefined with a zone that is linked already. */
    readonly virtualNetworkId?: pulumi.Input<string>;
    /** Resource id of the zone `privatelink.batch.azure.com`. @default one of its own */
    readonly zoneId?: pulumi.Input<string>;
    /** Whether nodes too reach the service through an endpoint, as pools without public addresses need. @default true */
    readonly nodeManagement?: boolean;
}

/** Where logs and metrics of the account go; at least one. */
export interface Diagnostics {
    /** Resource id of a Log Analytics workspace. */
    readonly workspaceId?: pulumi.Input<string>;
    /** Resource id of a storage account. */
    readonly storageAccountId?: pulumi.Input<string>;
}

/** An account by what another stack says of it. */
export function accountOf(
    said: pulumi.Output<AccountOutputs>,
    batchCredentials: BatchSignIn | undefined,
): AccountReference {
    const id = said.apply((account) => account.id);
    const parts = id.apply(accountOfId);
    return {
        id,
        endpoint: said.apply((account) => account.endpoint),
        name: parts.name,
        resourceGroupName: parts.resourceGroupName,
        storageAccess: [],
        ...(batchCredentials === undefined ? {} : { batchCredentials }),
    };
}

const ZONE = "privatelink.batch.azure.com";

/** Endpoints of an account in a network, with the names that lead to them. */
export function privateEndpoints(
    name: string,
    account: {
        id: pulumi.Input<string>;
        resourceGroupName: pulumi.Input<string>;
        location: pulumi.Input<string> | undefined;
    },
    args: PrivateNetwork,
    parent: pulumi.Resource,
): network.PrivateEndpoint[] {
    const { resourceGroupName, location } = account;
    const zone =
        args.zoneId ??
        new privatedns.PrivateZone(
            `${name}-zone`,
            { resourceGroupName, privateZoneName: ZONE, location: "global" },
            { parent },
        ).id;
    if (args.virtualNetworkId !== undefined && args.zoneId === undefined) {
        new privatedns.VirtualNetworkLink(
            `${name}-link`,
            {
                resourceGroupName,
                // The name of the zone, taken from its id, so that it comes after the zone.
                privateZoneName: pulumi.output(zone).apply((id) => id.slice(id.lastIndexOf("/") + 1)),
                location: "global",
                registrationEnabled: false,
                virtualNetwork: { id: args.virtualNetworkId },
            },
            { parent },
        );
    }
    const groups = args.nodeManagement === false ? ["batchAccount"] : ["batchAccount", "nodeManagement"];
    return groups.map((group) => {
        const own = group === "batchAccount" ? name : `${name}-nodes`;
        const endpoint = new network.PrivateEndpoint(
            own,
            {
                resourceGroupName,
                location,
                subnet: { id: args.subnetId },
                privateLinkServiceConnections: [
                    { name: own, privateLinkServiceId: account.id, groupIds: [group] },
                ],
            },
            // Named after the account, the connection keeps its name when that is renamed.
            { parent, ignoreChanges: ["privateLinkServiceConnections[0].name"] },
        );
        new network.PrivateDnsZoneGroup(
            own,
            {
                resourceGroupName,
                privateEndpointName: endpoint.name,
                privateDnsZoneGroupName: "default",
                privateDnsZoneConfigs: [{ name: "batch", privateDnsZoneId: zone }],
            },
            { parent },
        );
        return endpoint;
    });
}

/** Sends all logs and metrics of an account. */
export function diagnosticSetting(
    name: string,
    accountId: pulumi.Input<string>,
    args: Diagnostics,
    parent: pulumi.Resource,
): monitor.DiagnosticSetting {
    return new monitor.DiagnosticSetting(
        name,
        {
            name: "batch",
            resourceUri: accountId,
            workspaceId: args.workspaceId,
            storageAccountId: args.storageAccountId,
            logs: [{ categoryGroup: "allLogs", enabled: true }],
            metrics: [{ category: "AllMetrics", enabled: true }],
        },
        { parent },
    );
}

const ACCOUNT_ID = /\/resourceGroups\/([^/]+)\/providers\/Microsoft\.Batch\/batchAccounts\/([^/]+)$/i;

/** Parts of an account's resource id. @throws when it is not one */
export function accountOfId(id: string): { resourceGroupName: string; name: string } {
    const match = ACCOUNT_ID.exec(id);
    if (match === null) {
        throw new Error(
            `'${id}' is not the resource id of a Batch account: it looks like /subscriptions/.../resourceGroups/.../providers/Microsoft.Batch/batchAccounts/...`,
        );
    }
    return { resourceGroupName: match[1] ?? "", name: match[2] ?? "" };
}

/** An endpoint with its scheme: the management plane shows it without. */
export const withScheme = (endpoint: string): string =>
    /^https?:\/\//i.test(endpoint) ? endpoint : `https://${endpoint}`;
