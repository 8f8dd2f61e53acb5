import { links } from "../../core/links";
import { flag } from "../../core/settings";
import { resourceRule } from "../../core/rule";

export const networkRules = [
    resourceRule({
        name: "azure-batch-account-disallow-public-network-access",
        on: "account",
        title: "No public network access",
        description:
            "A Batch account should not be reachable from the internet: with private endpoints only, a stolen token is of no use outside of the network.",
        fix: 'set publicNetworkAccess to "Disabled" and reach the account by a private endpoint',
        link: links.privateEndpoints,
        severity: "medium",
        profile: "regulated",
        maps: [
            "policyPublicAccess",
            "policySetPublicAccess",
            "mcsbNetwork",
            "cisPublicAccess",
            "cloudSploitPublicAccess",
            "monkeyPublicAccess",
        ],
        check: (account) =>
            account.is("publicNetworkAccess", "Disabled") ||
            account.is("publicNetworkAccess", "SecuredByPerimeter")
                ? undefined
                : `publicNetworkAccess is ${account.text("publicNetworkAccess") ?? "Enabled, the default"}.`,
    }),
    resourceRule({
        name: "azure-batch-account-configure-network-default-action",
        on: "account",
        title: "Network default action is Deny",
        description:
            "An account that is open to the internet should let in known addresses alone: the default action Allow lets in everybody who has a token or key.",
        fix: 'set networkProfile.accountAccess.defaultAction to "Deny" and list the addresses in ipRules, or disable public network access',
        link: links.publicAccess,
        severity: "medium",
        profile: "regulated",
        maps: ["checkovNetwork", "baselineFirewall", "mcsbNetwork"],
        settings: { nodeManagement: flag(false, "whether the access of nodes must be Deny by default too") },
        check: (account, { nodeManagement }) => {
            if (account.is("publicNetworkAccess", "Disabled")) return undefined;
            const accesses = nodeManagement ? ["accountAccess", "nodeManagementAccess"] : ["accountAccess"];
            return accesses.map((access) => {
                const path = `networkProfile.${access}.defaultAction`;
                return account.is(path, "Deny")
                    ? undefined
                    : `${path} is ${account.text(path) ?? "Allow, the default"}.`;
            });
        },
    }),
];
