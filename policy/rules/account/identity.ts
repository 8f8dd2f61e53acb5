import { links } from "../../core/links";
import { resourceRule } from "../../core/rule";

export const identityRules = [
    resourceRule({
        name: "azure-batch-account-enable-managed-identity",
        on: "account",
        title: "Account has a managed identity",
        description:
            "A Batch account should have a managed identity: without one it can enter storage and Key Vault by stored keys alone.",
        fix: 'set identity.type to "SystemAssigned" or "UserAssigned"',
        link: links.accounts,
        severity: "medium",
        profile: "recommended",
        maps: ["cloudSploitIdentity", "baselineIdentity"],
        check: (account) =>
            account.has("identity.type") && !account.is("identity.type", "None")
                ? undefined
                : `identity.type is ${account.text("identity.type") ?? "not set"}.`,
        remedy: (properties) => {
            properties.identity = { type: "SystemAssigned" };
        },
    }),
    resourceRule({
        name: "azure-batch-account-configure-auto-storage-identity",
        on: "account",
        title: "Linked storage by identity",
        description:
            "A Batch account should enter its linked storage by managed identity: with storage keys it keeps a secret that opens the whole storage account and breaks when it is renewed.",
        fix: 'set autoStorage.authenticationMode to "BatchAccountManagedIdentity" and give the account\'s identity Storage Blob Data Contributor',
        link: links.accounts,
        severity: "medium",
        profile: "recommended",
        maps: ["baselineIdentity"],
        check: (account) => {
            const path = "autoStorage.authenticationMode";
            if (!account.has("autoStorage") || account.is(path, "BatchAccountManagedIdentity"))
                return undefined;
            return `${path} is ${account.text(path) ?? "StorageKeys, the default"}.`;
        },
    }),
    resourceRule({
        name: "azure-batch-account-configure-customer-managed-key",
        on: "account",
        title: "Customer-managed key",
        description:
            "Where keys must be your own, a Batch account should be encrypted with a key of your Key Vault: you renew it, and without it nobody reads the data.",
        fix: 'set encryption.keySource to "Microsoft.KeyVault" and encryption.keyVaultProperties.keyIdentifier to the key',
        link: links.customerKey,
        severity: "medium",
        profile: "regulated",
        maps: [
            "policyCustomerKey",
            "mcsbCustomerKey",
            "cisCustomerKey",
            "baselineCustomerKey",
            "cloudSploitCustomerKey",
            "steampipeCustomerKey",
        ],
        check: (account) => {
            const path = "encryption.keySource";
            return account.is(path, "Microsoft.KeyVault")
                ? undefined
                : `${path} is ${account.text(path) ?? "Microsoft.Batch, the default"}.`;
        },
    }),
    resourceRule({
        name: "azure-batch-account-configure-user-subscription",
        on: "account",
        title: "User subscription has its Key Vault",
        description:
            "An account that allocates nodes in the user's subscription needs a Key Vault: the service refuses to make it without one.",
        fix: "set keyVaultReference.id and keyVaultReference.url, and let the Batch service read and write secrets of that vault",
        link: links.accountSetup,
        severity: "high",
        profile: "essential",
        maps: ["checkovKeyVault", "steampipeTerraformCustomerKey"],
        check: (account) => {
            if (!account.is("poolAllocationMode", "UserSubscription")) return undefined;
            const missing = ["id", "url"].filter((name) => !account.has(`keyVaultReference.${name}`));
            return missing.length === 0
                ? undefined
                : `poolAllocationMode is UserSubscription without ${missing.map((name) => `keyVaultReference.${name}`).join(" and ")}.`;
        },
    }),
];
