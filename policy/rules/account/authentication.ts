import { links } from "../../core/links";
import { resourceRule } from "../../core/rule";

export const authenticationRules = [
    resourceRule({
        name: "azure-batch-account-disable-local-authentication",
        on: "account",
        title: "Entra ID only",
        description:
            "A Batch account should take Entra ID only: an account key is one secret for everybody, without a name, roles or an end.",
        fix: 'set allowedAuthenticationModes to ["AAD"]',
        link: links.entra,
        severity: "high",
        profile: "essential",
        maps: [
            "policyLocalAuthentication",
            "policySetLocalAuthentication",
            "cisLocalAuthentication",
            "baselineEntra",
            "cloudSploitEntra",
            "steampipeIdentity",
            "monkeyLocalAuthentication",
        ],
        check: (account) => {
            if (!account.has("allowedAuthenticationModes"))
                return "allowedAuthenticationModes is not set, so keys work too.";
            return account.each("allowedAuthenticationModes", (mode) =>
                mode.is("", "AAD") ? undefined : `${mode.where()} is ${mode.text("") ?? "nothing"}.`,
            );
        },
        remedy: (properties) => {
            properties.allowedAuthenticationModes = ["AAD"];
        },
    }),
];
