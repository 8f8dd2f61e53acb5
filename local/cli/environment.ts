/** The environment in which the usual clients find Batch Local. Pure: everything it needs is given. */
import path from "node:path";
import type { Secrets } from "../identity";
import type { ServiceInfo } from "./discovery";

export interface ClientFacts {
    service: ServiceInfo;
    secrets: Secrets;
    caFile: string;
    caBundleFile: string;
    /** The account that clients are pointed at, and its key unless it takes none. */
    account?: { name: string; endpoint: string; key?: string };
    /** Of the account's linked storage. */
    storageConnectionString?: string;
    /** az's own configuration directory, when az was set up in it. */
    azureConfigDirectory?: string;
    /** Folders that come first on PATH. */
    path: readonly string[];
    pulumi: { home: string; backend: string; passphraseFile: string };
    dataDirectory: string;
}

/** Variables to set, and variables of the user's that would lead a client elsewhere. */
export interface Changes {
    set: Record<string, string>;
    unset: string[];
}

/**
 * Each of these would make a client sign in elsewhere or with somebody else's rights: azure-identity takes the first of its
 * variables that is there, and so do azurerm and azure-native.
 */
const misleading = [
    "AZURE_TENANT_ID",
    "AZURE_CLIENT_ID",
    "AZURE_CLIENT_SECRET",
    "AZURE_CLIENT_CERTIFICATE_PATH",
    "AZURE_CLIENT_CERTIFICATE_PASSWORD",
    "AZURE_USERNAME",
    "AZURE_PASSWORD",
    "AZURE_AUTHORITY_HOST",
    "AZURE_FEDERATED_TOKEN_FILE",
    "AZURE_TOKEN_CREDENTIALS",
    "AZURE_STORAGE_ACCOUNT",
    "AZURE_STORAGE_KEY",
    "AZURE_STORAGE_SAS_TOKEN",
    "AZURE_STORAGE_AUTH_MODE",
    "AZURE_STORAGE_SERVICE_ENDPOINT",
    "AZURE_BATCH_ACCOUNT",
    "AZURE_BATCH_ENDPOINT",
    "AZURE_BATCH_ACCESS_KEY",
    "ARM_ACCESS_KEY",
    "ARM_SAS_TOKEN",
    "ARM_ENVIRONMENT",
    "ARM_ENDPOINT",
    "ARM_CLIENT_CERTIFICATE",
    "ARM_CLIENT_CERTIFICATE_PATH",
    "ARM_CLIENT_CERTIFICATE_PASSWORD",
    "ARM_CLIENT_ID_FILE_PATH",
    "ARM_CLIENT_SECRET_FILE_PATH",
    "ARM_OIDC_TOKEN",
    "ARM_OIDC_TOKEN_FILE_PATH",
    "ARM_OIDC_REQUEST_TOKEN",
    "ARM_OIDC_REQUEST_URL",
    "ARM_USE_OIDC",
    "ARM_USE_MSI",
    "ARM_USE_CLI",
    "ARM_USE_AKS_WORKLOAD_IDENTITY",
    "ARM_MSI_ENDPOINT",
    "IMDS_ENDPOINT",
    "MSI_ENDPOINT",
    "MSI_SECRET",
];

const loopback = ["127.0.0.1", "localhost", "::1"];

/** @param base the environment that the command would have had */
export function clientEnvironment(facts: ClientFacts, base: NodeJS.ProcessEnv): Changes {
    const { service, secrets } = facts;
    const { host } = new URL(service.endpoints.resourceManager);
    const noProxy = withLoopback(
        base.NO_PROXY ?? base.no_proxy,
        new URL(service.endpoints.resourceManager).hostname,
    );
    const set: Record<string, string | undefined> = {
        BATCHLOCAL_DATA: facts.dataDirectory,
        PATH: prepended(base.PATH, facts.path),

        // azure-native, azuread, Terraform's azurerm
        ARM_METADATA_HOSTNAME: host,
        ARM_METADATA_HOST: host,
        ARM_DISABLE_INSTANCE_DISCOVERY: "true",
        ARM_SUBSCRIPTION_ID: secrets.subscriptionId,
        ARM_TENANT_ID: secrets.tenantId,
        ARM_CLIENT_ID: secrets.client.clientId,
        ARM_CLIENT_SECRET: secrets.client.clientSecret,
        ARM_SKIP_PROVIDER_REGISTRATION: "true",

        // azure-identity: as a managed identity, the one way that needs no code
        IDENTITY_ENDPOINT: service.endpoints.managedIdentity,
        IDENTITY_HEADER: secrets.identityHeader,
        AZURE_SUBSCRIPTION_ID: secrets.subscriptionId,

        // az CLI
        AZURE_CONFIG_DIR: facts.azureConfigDirectory,
        AZURE_CORE_COLLECT_TELEMETRY: "false",
        AZURE_CORE_INSTANCE_DISCOVERY: "false",
        AZURE_BATCH_ACCOUNT: facts.account?.name,
        AZURE_BATCH_ENDPOINT: facts.account?.endpoint,
        AZURE_BATCH_ACCESS_KEY: facts.account?.key,
        AZURE_STORAGE_CONNECTION_STRING: facts.storageConnectionString,

        // trust: Python's requests, curl, Go and OpenSSL replace the roots, Node adds to them
        SSL_CERT_FILE: facts.caBundleFile,
        REQUESTS_CA_BUNDLE: facts.caBundleFile,
        CURL_CA_BUNDLE: facts.caBundleFile,
        NODE_EXTRA_CA_CERTS: base.NODE_EXTRA_CA_CERTS ? facts.caBundleFile : facts.caFile,
        NO_PROXY: noProxy,
        no_proxy: noProxy,

        PULUMI_HOME: base.PULUMI_HOME || facts.pulumi.home,
        PULUMI_BACKEND_URL: base.PULUMI_BACKEND_URL || facts.pulumi.backend,
        PULUMI_CONFIG_PASSPHRASE_FILE: hasPassphrase(base) ? undefined : facts.pulumi.passphraseFile,
        PULUMI_SKIP_UPDATE_CHECK: "true",
    };
    const changes = Object.fromEntries(
        Object.entries(set).filter(
            (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== base[entry[0]],
        ),
    );
    const unset = misleading.filter((name) => base[name] !== undefined && set[name] === undefined);
    return { set: changes, unset };
}

export function applied(base: NodeJS.ProcessEnv, { set, unset }: Changes): NodeJS.ProcessEnv {
    const env = { ...base, ...set };
    return Object.fromEntries(Object.entries(env).filter(([name]) => !unset.includes(name)));
}

/** An empty passphrase is one that the user has set. */
function hasPassphrase(base: NodeJS.ProcessEnv): boolean {
    return base.PULUMI_CONFIG_PASSPHRASE !== undefined || base.PULUMI_CONFIG_PASSPHRASE_FILE !== undefined;
}

function prepended(before: string | undefined, folders: readonly string[]): string | undefined {
    if (folders.length === 0) return before;
    const rest = (before ?? "")
        .split(path.delimiter)
        .filter((folder) => folder !== "" && !folders.includes(folder));
    return [...folders, ...rest].join(path.delimiter);
}

function withLoopback(before: string | undefined, host: string): string {
    const names = (before ?? "").split(",").map((name) => name.trim());
    return [...new Set([...names, ...loopback, host])].filter((name) => name !== "").join(",");
}
