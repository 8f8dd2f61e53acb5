import type { Source } from "./source";

/** Where somebody else keeps rules about Azure Batch. */
export type BenchmarkCatalogue =
    | "Azure Policy"
    | "MCSB"
    | "CIS Compute"
    | "CIS Foundations"
    | "Batch security baseline"
    | "Checkov"
    | "CloudSploit"
    | "Steampipe"
    | "Steampipe (Terraform)"
    | "AzTS"
    | "Monkey365"
    | "azqr"
    | "APRL"
    | "PSRule";

/** A rule about Azure Batch that exists elsewhere. */
export interface Benchmark {
    readonly catalogue: BenchmarkCatalogue;
    readonly id: string;
    readonly title: string;
    /** What it really looks at, where the title does not say. */
    readonly looksAt?: string;
    /** Why no rule about declared resources can ask for the same. */
    readonly outOfReach?: string;
    readonly source: Source;
}

const source = (title: string, date: string, url?: string): Source =>
    url === undefined ? { title, date } : { title, url, date };

const azurePolicy = source(
    "Azure/azure-policy, built-in definitions of Batch and Monitoring",
    "2026-04-29",
    "https://github.com/Azure/azure-policy",
);
const mcsb = source(
    "Azure/azure-policy, initiative Security Center/MCSBv2.json",
    "2026-04-29",
    "https://github.com/Azure/azure-policy",
);
const cisCompute = source(
    "CIS Microsoft Azure Compute Services Benchmark v2.0.0, section 15, as public audit scripts quote it",
    "2026-11",
);
const cisFoundations = source(
    "CIS Microsoft Azure Foundations Benchmark, regulatory compliance initiatives",
    "2026-04-29",
);
const baseline = source(
    "Azure security baseline for Batch",
    "2026-11",
    "https://learn.microsoft.com/security/benchmark/azure/baselines/batch-security-baseline",
);
const checkov = source("bridgecrewio/checkov", "2026-08-20", "https://github.com/bridgecrewio/checkov");
const cloudSploit = source(
    "aquasecurity/cloudsploit",
    "2026-11",
    "https://github.com/aquasecurity/cloudsploit",
);
const steampipe = source("turbot/steampipe-mod-azure-compliance", "2026-11");
const steampipeTerraform = source(
    "turbot/steampipe-mod-terraform-azure-compliance, query/batch",
    "2026-11-27",
    "https://github.com/turbot/steampipe-mod-terraform-azure-compliance",
);
const azts = source("Azure Tenant Security Solution, controls of Batch accounts", "2026-11");
const monkey365 = source("Monkey365 1.0.5, CIS Compute v2.0.0", "2026-11");
const azqr = source("Azure/azqr", "2026-11", "https://github.com/Azure/azqr");
const aprl = source(
    "Azure Proactive Resiliency Library v2",
    "2026-11",
    "https://azure.github.io/Azure-Proactive-Resiliency-Library-v2",
);
const psRule = source(
    "Azure/PSRule.Rules.Azure, open requests",
    "2026-11",
    "https://github.com/Azure/PSRule.Rules.Azure",
);

type Row = readonly [id: string, title: string, more?: Pick<Benchmark, "looksAt" | "outOfReach">];

const rows = (
    catalogue: BenchmarkCatalogue,
    from: Source,
    list: Record<string, Row>,
): Record<string, Benchmark> =>
    Object.fromEntries(
        Object.entries(list).map(([name, [id, title, more]]) => [
            name,
            { catalogue, id, title, ...more, source: from },
        ]),
    );

const deploys = { looksAt: "the same setting, and sets it" } as const;

const azurePolicyRows = {
    policyResourceLogs: [
        "428256e6-1fac-4f48-a757-df34c2b3336d",
        "Resource logs in Batch accounts should be enabled",
        {
            looksAt:
                "a diagnostic setting with an enabled log; retention of 365 days and more where a retention policy is used",
        },
    ],
    policyMetricAlerts: [
        "26ee67a2-f81a-4ba8-b9ce-8550bd5ee1a7",
        "Metric alert rules should be configured on Batch accounts (deprecated)",
    ],
    policyCustomerKey: [
        "99e9ccd8-3db9-4592-b0d1-14b1715a4d8a",
        "Azure Batch account should use customer-managed keys to encrypt data",
        { looksAt: "encryption.keySource is Microsoft.KeyVault" },
    ],
    policyLocalAuthentication: [
        "6f68b69f-05fe-49cd-b361-777ee9ca7e35",
        "Batch accounts should have local authentication methods disabled",
        { looksAt: "allowedAuthenticationModes is there and every entry is AAD" },
    ],
    policySetLocalAuthentication: [
        "4dbc2f5c-51cf-4e38-9179-c7028eed2274",
        "Configure Batch accounts to disable local authentication",
        deploys,
    ],
    policyPublicAccess: [
        "74c5a0ae-5e48-4738-b093-65e23a060488",
        "Public network access should be disabled for Batch accounts",
        { looksAt: "publicNetworkAccess is Disabled" },
    ],
    policySetPublicAccess: [
        "c520cefc-285f-40f3-86e2-2efc38ef1f64",
        "Configure Batch accounts to disable public network access",
        deploys,
    ],
    policyDiskEncryption: [
        "1760f9d4-7206-436e-a28f-d9f3a5c8a227",
        "Azure Batch pools should have disk encryption enabled",
        { looksAt: "diskEncryptionConfiguration.targets has TemporaryDisk" },
    ],
    policyPrivateEndpoint: [
        "009a0c92-f5b4-4776-9b66-4ed2b4775563",
        "Private endpoint connections on Batch accounts should be enabled",
    ],
    policySetPrivateEndpoint: [
        "0ef5aac7-c064-427a-b87b-d47b3ddcaf73",
        "Configure Batch accounts with private endpoints",
        { looksAt: "accounts whose public network access is disabled" },
    ],
    policySetPrivateDns: [
        "4ec38ebc-381f-45ee-81a4-acbc4be878f8",
        "Configure private DNS zones for private endpoints that connect to Batch accounts",
        { looksAt: "private endpoints of the group batchAccount" },
    ],
    policyLogsToEventHub: [
        "db51110f-0865-4a6e-b274-e2e07a5b2cd7",
        "Deploy Diagnostic Settings for Batch Account to Event Hub",
        deploys,
    ],
    policyLogsToWorkspace: [
        "c84e5349-db6d-4769-805e-e14037dab9b5",
        "Deploy Diagnostic Settings for Batch Account to Log Analytics workspace",
        deploys,
    ],
    policyCategoryGroupToEventHub: [
        "90425e88-1eab-420c-964e-fc1dc79833a6",
        "Enable logging by category group for Batch accounts to Event Hub",
        deploys,
    ],
    policyCategoryGroupToWorkspace: [
        "9fcae8ed-246a-407b-8f75-f3500ff2c9db",
        "Enable logging by category group for Batch accounts to Log Analytics",
        deploys,
    ],
    policyCategoryGroupToStorage: [
        "40f0d036-d73d-45a9-8c3d-f3f84d227193",
        "Enable logging by category group for Batch accounts to Storage",
        deploys,
    ],
} as const satisfies Record<string, Row>;

const mcsbRows = {
    mcsbNetwork: ["NS-2", "Secure cloud services with network controls"],
    mcsbEncryption: ["DP-3", "Encrypt sensitive data in transit"],
    mcsbCustomerKey: ["DP-5", "Use customer-managed key option in data at rest encryption when required"],
    mcsbLogging: ["LT-3", "Enable logging for security investigation (also in v1)"],
    mcsbAuditLogging: ["ASB v1: 2.3", "Enable audit logging for Azure resources"],
} as const satisfies Record<string, Row>;

const cisComputeRows = {
    cisCustomerKey: ["15.1", "Batch account uses customer-managed keys"],
    cisDiskEncryption: ["15.2", "Batch pools have disk encryption enabled"],
    cisLocalAuthentication: ["15.3", "Local authentication is disabled"],
    cisPrivateEndpoint: ["15.4", "Private endpoints are considered"],
    cisPublicAccess: ["15.5", "Public network access is disabled"],
    cisPrivateDns: ["15.6", "Private DNS zones are configured"],
    cisLogs: ["15.7", "Diagnostic settings have logs enabled"],
} as const satisfies Record<string, Row>;

const cisFoundationsRows = {
    cisFoundationsLogs14: ["1.4: 5.3", "Diagnostic logs are enabled for all services that support it"],
    cisFoundationsLogs20: [
        "2.0: 5.4",
        "Azure Monitor resource logging is enabled for all services that support it",
    ],
} as const satisfies Record<string, Row>;

const baselineRows = {
    baselineVirtualNetwork: ["NS-1", "Virtual network integration of pools"],
    baselinePrivateLink: ["NS-2: Private Link", "Private endpoints of the account"],
    baselineFirewall: ["NS-2: IP filter", "The account's own network rules"],
    baselineNoPublicIp: ["NS-2: no public IP", "Pools without public IP addresses"],
    baselineEntra: ["IM-1", "Entra ID for data plane access"],
    baselineIdentity: ["IM-3", "Managed identities for pools and account"],
    baselineCustomerKey: ["DP-5", "Customer-managed keys"],
    baselineLogs: ["LT-4", "Resource logs"],
    practiceTrustedLaunch: ["best practices: trusted launch", "Secure boot and vTPM on nodes"],
    practiceHostEncryption: ["best practices: encryption at host", "Encryption at host on nodes"],
    practiceSimplified: ["best practices: node communication", "Simplified node communication"],
} as const satisfies Record<string, Row>;

const scannerRows = {
    Checkov: {
        checkovKeyVault: [
            "CKV_AZURE_76",
            "Batch account uses key vault to encrypt data",
            {
                looksAt:
                    "keyVaultReference, which only accounts of the user-subscription mode have: it fails every other account",
            },
        ],
        checkovNetwork: [
            "CKV_AZURE_248",
            "Batch account's default network access is not Allow",
            {
                looksAt:
                    "networkProfile.accountAccess.defaultAction, unless public network access is disabled",
            },
        ],
    },
    CloudSploit: {
        cloudSploitCustomerKey: ["CMK Encrypted", "Batch accounts are encrypted with customer-managed keys"],
        cloudSploitLogs: ["Diagnostic Logs", "Diagnostic logs are enabled"],
        cloudSploitEntra: [
            "Entra ID Auth Enabled",
            "Entra ID authentication is enabled",
            { looksAt: "AAD is one of the modes: keys may work besides" },
        ],
        cloudSploitTags: ["Has Tags", "Batch accounts have tags"],
        cloudSploitIdentity: ["Managed Identity", "Batch accounts have a managed identity"],
        cloudSploitPublicAccess: ["Public Access", "Batch accounts are not publicly accessible"],
    },
    Steampipe: {
        steampipeLogs: ["batch_account_logging_enabled", "Batch accounts have logging enabled"],
        steampipeCustomerKey: ["batch_account_encrypted_with_cmk", "Batch accounts are encrypted with CMK"],
        steampipeIdentity: [
            "batch_account_identity_provider_enabled",
            "Batch accounts have an identity provider",
        ],
    },
    "Steampipe (Terraform)": {
        steampipeTerraformLogs: [
            "batch_account_logging_enabled",
            "Batch accounts have logging enabled",
            { looksAt: "a diagnostic setting to storage with an enabled log that has a retention policy" },
        ],
        steampipeTerraformCustomerKey: [
            "batch_account_encrypted_with_cmk",
            "Batch accounts are encrypted with CMK",
            { looksAt: "key_vault_reference, which only accounts of the user-subscription mode have" },
        ],
    },
    AzTS: {
        aztsLogs: ["Azure_BatchAccounts_Audit_Enable_Resource_Logs_MCSB", "Resource logs are enabled"],
    },
    Monkey365: {
        monkeyPublicAccess: ["15.5", "Public network access is disabled"],
        monkeyLocalAuthentication: ["15.3", "Local authentication is disabled"],
        monkeyPrivateEndpoint: ["15.4", "Private endpoints are used"],
        monkeyDiskEncryption: ["15.2", "Pools have disk encryption enabled"],
    },
    azqr: {
        azqrSla: [
            "ba-003",
            "Batch accounts have an SLA",
            { outOfReach: "it states a fact about the service: there is nothing to declare" },
        ],
    },
    APRL: {
        aprlQuota: ["3464854d-6f75-4922-95e4-a2a308b53ce6", "Monitor Batch account quota"],
        aprlZones: ["71cfab8f-d588-4742-b175-b6e07ae48dbd", "Create Batch pools across availability zones"],
    },
    PSRule: {
        psRuleLogs: ["#1864", "Diagnostic logs of Batch accounts (requested)"],
        psRuleZones: ["#3054", "Zone redundancy of Batch pools (requested)"],
    },
} as const satisfies Record<string, Record<string, Row>>;

type Scanners = typeof scannerRows;
type ScannerRow = { [C in keyof Scanners]: keyof Scanners[C] }[keyof Scanners];

/** Name of a rule in {@link benchmarks}. */
export type BenchmarkName =
    | keyof typeof azurePolicyRows
    | keyof typeof mcsbRows
    | keyof typeof cisComputeRows
    | keyof typeof cisFoundationsRows
    | keyof typeof baselineRows
    | ScannerRow;

/** Every rule about Azure Batch that was found anywhere else. */
export const benchmarks = {
    ...rows("Azure Policy", azurePolicy, azurePolicyRows),
    ...rows("MCSB", mcsb, mcsbRows),
    ...rows("CIS Compute", cisCompute, cisComputeRows),
    ...rows("CIS Foundations", cisFoundations, cisFoundationsRows),
    ...rows("Batch security baseline", baseline, baselineRows),
    ...rows("Checkov", checkov, scannerRows.Checkov),
    ...rows("CloudSploit", cloudSploit, scannerRows.CloudSploit),
    ...rows("Steampipe", steampipe, scannerRows.Steampipe),
    ...rows("Steampipe (Terraform)", steampipeTerraform, scannerRows["Steampipe (Terraform)"]),
    ...rows("AzTS", azts, scannerRows.AzTS),
    ...rows("Monkey365", monkey365, scannerRows.Monkey365),
    ...rows("azqr", azqr, scannerRows.azqr),
    ...rows("APRL", aprl, scannerRows.APRL),
    ...rows("PSRule", psRule, scannerRows.PSRule),
} as Readonly<Record<BenchmarkName, Benchmark>>;
