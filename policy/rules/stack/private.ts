import { links } from "../../core/links";
import { stackRule } from "../../core/rule";
import type { Stack, StackResource } from "../../core/stack";

/** Private endpoints of a stack that lead to an account. */
function endpointsOf(stack: Stack, account: StackResource): StackResource[] {
    const properties = ["privateLinkServiceConnections", "manualPrivateLinkServiceConnections"];
    return stack.of("privateEndpoint").filter((endpoint) =>
        properties.some((property) =>
            endpoint.facts.items(property).some((connection) => {
                const groups = connection.texts("groupIds").map((group) => group.toLowerCase());
                if (!groups.includes("batchaccount")) return false;
                if (endpoint.derives(property, account)) return true;
                const id = account.facts.text("id");
                return id !== undefined && connection.is("privateLinkServiceId", id);
            }),
        ),
    );
}

export const privateRules = [
    stackRule({
        name: "azure-batch-account-configure-private-endpoint",
        on: "stack",
        title: "Private endpoint",
        description:
            "A Batch account should be reached by a private endpoint: traffic then stays in your network, and public access can be closed.",
        fix: 'add a PrivateEndpoint with a connection to the account and the group "batchAccount"',
        link: links.privateEndpoints,
        severity: "medium",
        profile: "regulated",
        maps: [
            "policyPrivateEndpoint",
            "policySetPrivateEndpoint",
            "mcsbNetwork",
            "cisPrivateEndpoint",
            "baselinePrivateLink",
            "monkeyPrivateEndpoint",
        ],
        check: (stack) =>
            stack.judge("account", (account) =>
                endpointsOf(stack, account).length > 0
                    ? undefined
                    : "No private endpoint of the stack leads to this account.",
            ),
    }),
    stackRule({
        name: "azure-batch-account-configure-private-dns",
        on: "stack",
        title: "Private DNS of the private endpoint",
        description:
            "The private endpoint of a Batch account should have its private DNS zone: without one the account's name still leads to the public address.",
        fix: "add a PrivateDnsZoneGroup to the private endpoint, with the zone privatelink.batch.azure.com",
        link: links.privateEndpoints,
        severity: "medium",
        profile: "regulated",
        maps: ["policySetPrivateDns", "cisPrivateDns"],
        check: (stack) =>
            stack.of("account").flatMap((account) =>
                endpointsOf(stack, account).flatMap((at) => {
                    const groups = stack.referring(at, "privateDnsZoneGroup", "privateEndpointName");
                    return groups.some(({ facts }) => facts.has("privateDnsZoneConfigs"))
                        ? []
                        : [
                              {
                                  at,
                                  message: `${at.name} leads to the account ${account.name} and has no private DNS zone.`,
                              },
                          ];
                }),
            ),
    }),
];
