import type { StackCase } from "../support/case";
import { ACCOUNT, ALERT, goodAccount, goodStack, LOGS, stackWith } from "../support/estate";
import type { Declared } from "../support/judge";
import { changed, UNKNOWN } from "../support/judge";

const other: Declared = {
    type: ACCOUNT,
    name: "other",
    properties: changed(goodAccount, { accountName: "other", id: "/subscriptions/s/other" }),
};
const endpointWith = (changes: Record<string, unknown>): Partial<Declared> => ({
    properties: {
        privateEndpointName: "endpoint",
        privateLinkServiceConnections: [
            { privateLinkServiceId: goodAccount.id, groupIds: ["batchAccount"], ...changes },
        ],
    },
});
export const stackCases: readonly StackCase[] = [
    {
        rule: "azure-batch-account-configure-private-endpoint",
        fires: [
            {
                stack: stackWith({ endpoint: undefined }),
                at: "account",
                finds: /No private endpoint of the stack leads to this account/,
            },
            {
                stack: stackWith({ endpoint: endpointWith({ groupIds: ["nodeManagement"] }) }),
                at: "account",
                finds: /No private/,
            },
            {
                stack: stackWith({ endpoint: endpointWith({ privateLinkServiceId: "/elsewhere" }) }),
                at: "account",
                finds: /No private/,
            },
            { stack: [...goodStack, other], at: "other", finds: /No private/ },
        ],
        quiet: [
            { stack: stackWith({ account: undefined }) },
            {
                stack: stackWith({
                    endpoint: {
                        properties: {
                            manualPrivateLinkServiceConnections: [
                                { privateLinkServiceId: UNKNOWN, groupIds: ["BATCHACCOUNT"] },
                            ],
                        },
                        from: { manualPrivateLinkServiceConnections: ["account"] },
                    },
                    zones: undefined,
                }),
            },
        ],
        unknown: [
            {
                stack: stackWith({ endpoint: { properties: { privateLinkServiceConnections: UNKNOWN } } }),
                path: "account: privateLinkServiceConnections",
            },
            {
                stack: stackWith({ endpoint: endpointWith({ privateLinkServiceId: UNKNOWN }) }),
                path: "privateLinkServiceConnections[0].privateLinkServiceId",
            },
        ],
    },
    {
        rule: "azure-batch-account-configure-private-dns",
        fires: [
            {
                stack: stackWith({ zones: undefined }),
                at: "endpoint",
                finds: /endpoint leads to the account account and has no private DNS zone/,
            },
            {
                stack: stackWith({
                    zones: {
                        properties: {
                            privateEndpointName: "another",
                            privateDnsZoneConfigs: [{ name: "a" }],
                        },
                    },
                }),
                at: "endpoint",
                finds: /no private DNS zone/,
            },
            {
                stack: stackWith({
                    zones: { properties: { privateEndpointName: "endpoint", privateDnsZoneConfigs: [] } },
                }),
                at: "endpoint",
                finds: /no private DNS zone/,
            },
        ],
        quiet: [
            { stack: stackWith({ endpoint: undefined, zones: undefined }) },
            {
                stack: stackWith({
                    zones: {
                        properties: { privateEndpointName: UNKNOWN, privateDnsZoneConfigs: [{ name: "a" }] },
                        from: { privateEndpointName: ["endpoint"] },
                    },
                }),
            },
        ],
        unknown: [
            {
                stack: stackWith({
                    zones: {
                        properties: { privateEndpointName: UNKNOWN, privateDnsZoneConfigs: [{ name: "a" }] },
                    },
                }),
                path: "privateEndpointName",
            },
        ],
    },
    {
        rule: "azure-batch-account-enable-diagnostic-settings",
        fires: [
            {
                stack: stackWith({ logs: undefined }),
                at: "account",
                finds: /No diagnostic setting of the stack is for this account/,
            },
            {
                stack: stackWith({
                    logs: { properties: { resourceUri: "/elsewhere", logs: [{ enabled: true }] } },
                }),
                at: "account",
                finds: /No diagnostic/,
            },
            {
                stack: stackWith({
                    logs: { properties: { resourceUri: goodAccount.id, logs: [{ enabled: false }] } },
                }),
                at: "account",
                finds: /logs has no enabled log/,
            },
            {
                stack: stackWith({ logs: { properties: { resourceUri: goodAccount.id } } }),
                at: "account",
                finds: /no enabled log/,
            },
        ],
        quiet: [
            {
                stack: stackWith({
                    logs: { type: "azure-native:insights/v20210501preview:DiagnosticSetting" },
                }),
            },
            {
                stack: stackWith({
                    logs: {
                        type: LOGS,
                        properties: { resourceUri: UNKNOWN, logs: [{ category: "ServiceLog" }] },
                        from: { resourceUri: ["account"] },
                    },
                }),
            },
        ],
        unknown: [
            {
                stack: stackWith({ logs: { properties: { resourceUri: UNKNOWN, logs: [] } } }),
                path: "account: resourceUri",
            },
            {
                stack: stackWith({ logs: { properties: { resourceUri: goodAccount.id, logs: UNKNOWN } } }),
                path: "logs",
            },
        ],
    },
    {
        rule: "azure-batch-account-enable-alerts",
        fires: [
            {
                stack: stackWith({ alert: undefined }),
                at: "account",
                finds: /No metric alert of the stack is about this account/,
            },
            {
                stack: stackWith({ alert: { properties: { scopes: ["/elsewhere"] } } }),
                at: "account",
                finds: /No metric alert/,
            },
        ],
        quiet: [
            {
                stack: stackWith({
                    alert: { type: ALERT, properties: { scopes: [UNKNOWN] }, from: { scopes: ["account"] } },
                }),
            },
            {
                stack: stackWith({
                    alert: { properties: { scopes: ["/elsewhere", String(goodAccount.id).toUpperCase()] } },
                }),
            },
        ],
        unknown: [
            { stack: stackWith({ alert: { properties: { scopes: UNKNOWN } } }), path: "account: scopes" },
        ],
    },
];
