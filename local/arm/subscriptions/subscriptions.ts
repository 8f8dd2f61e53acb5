import type { JsonObject } from "../../model/json";
import { deny } from "../refusals";
import type { ArmOperation, ArmServices } from "../services";
import { namespaceOf, namespaces } from "../versions";

function shownSubscription({ identity }: ArmServices): JsonObject {
    const { subscriptionId, tenantId } = identity;
    return {
        id: `/subscriptions/${subscriptionId}`,
        subscriptionId,
        tenantId,
        displayName: "Batch Local",
        state: "Enabled",
        subscriptionPolicies: {
            locationPlacementId: "Public_2014-09-01",
            quotaId: "PayAsYouGo_2014-09-01",
            spendingLimit: "Off",
        },
        authorizationSource: "RoleBased",
        managedByTenants: [],
    };
}

export const listSubscriptions: ArmOperation = {
    id: "Subscriptions_List",
    method: "GET",
    path: "/subscriptions",
    handle: (_, services) => ({
        status: 200,
        body: { value: [shownSubscription(services)], count: { type: "Total", value: 1 } },
    }),
};

export const getSubscription: ArmOperation = {
    id: "Subscriptions_Get",
    method: "GET",
    path: "/subscriptions/:subscriptionId",
    handle: (_, services) => ({ status: 200, body: shownSubscription(services) }),
};

export const listTenants: ArmOperation = {
    id: "Tenants_List",
    method: "GET",
    path: "/tenants",
    handle: (_, { identity: { tenantId } }) => ({
        status: 200,
        body: {
            value: [
                { id: `/tenants/${tenantId}`, tenantId, displayName: "Batch Local", tenantCategory: "Home" },
            ],
        },
    }),
};

/** Any place is taken; these are shown to clients that want to choose. */
const places: Readonly<Record<string, string>> = {
    eastus: "East US",
    northeurope: "North Europe",
    westeurope: "West Europe",
    westus2: "West US 2",
};

export const listLocations: ArmOperation = {
    id: "Subscriptions_ListLocations",
    method: "GET",
    path: "/subscriptions/:subscriptionId/locations",
    handle(_, { region, identity }) {
        const rows = Object.entries({ [region]: region, ...places });
        const value = rows.map(([name, displayName]) => ({
            id: `/subscriptions/${identity.subscriptionId}/locations/${name}`,
            name,
            type: "Region",
            displayName,
            regionalDisplayName: displayName,
            metadata: { regionType: "Physical" },
        }));
        return { status: 200, body: { value } };
    },
};

function shownProvider(namespace: string, { identity, region }: ArmServices): JsonObject {
    return {
        id: `/subscriptions/${identity.subscriptionId}/providers/${namespace}`,
        namespace,
        registrationState: "Registered",
        registrationPolicy: "RegistrationRequired",
        resourceTypes:
            typesOf[namespace]?.map((resourceType) => ({
                resourceType,
                locations: [region, ...Object.values(places)],
                apiVersions: [],
            })) ?? [],
    };
}

const typesOf: Readonly<Record<string, readonly string[]>> = {
    "Microsoft.Batch": [
        "batchAccounts",
        "batchAccounts/pools",
        "operations",
        "locations",
        "locations/quotas",
    ],
    "Microsoft.Storage": ["storageAccounts", "storageAccounts/blobServices"],
};

export const listProviders: ArmOperation = {
    id: "Providers_List",
    method: "GET",
    path: "/subscriptions/:subscriptionId/providers",
    handle: (_, services) => ({
        status: 200,
        body: { value: namespaces.map((name) => shownProvider(name, services)) },
    }),
};

const provider = (id: string, method: "GET" | "POST", end: string): ArmOperation => ({
    id,
    method,
    path: `/subscriptions/:subscriptionId/providers/:namespace${end}`,
    handle(call, services) {
        const given = call.params["namespace"] ?? "";
        const namespace = namespaceOf(given);
        if (namespace === undefined) {
            return deny("InvalidResourceNamespace", `The resource namespace '${given}' is invalid.`);
        }
        return { status: 200, body: shownProvider(namespace, services) };
    },
});

export const getProvider = provider("Providers_Get", "GET", "");
export const registerProvider = provider("Providers_Register", "POST", "/register");
