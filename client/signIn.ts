import { readFile } from "node:fs/promises";
import type { TokenCredential } from "@azure/core-auth";
import { BATCH_SCOPE } from "./credentials";

/** Reads a value of the stack's configuration, such as `azure-native:clientId`. */
export type ConfigReader = (key: string) => string | undefined;

/** How this deployment is signed in, the way azure-native would be in the same run. */
export interface SignIn {
    readonly credential: TokenCredential;
    /** The same sign-in again, without the tokens that the credential keeps. */
    readonly fresh: () => TokenCredential;
    /** Scope of tokens for the Batch data plane. */
    readonly batchScope: string;
}

/** Who signs in and how, where that differs from azure-native's. Never a secret: those come from configuration or environment. */
export interface Credentials {
    /** @default that of azure-native */
    readonly tenantId?: string;
    /** Application, or managed identity. @default that of azure-native */
    readonly clientId?: string;
    /** @default the first in azure-native's order for which there is what it needs */
    readonly method?: SignInMethod;
}

/**
 * Another sign-in than azure-native's: the name of settings in the stack's configuration (`team` for `team:clientId` and so on, secrets
 * among them), or what differs from azure-native's.
 */
export type BatchSignIn = string | Credentials;

/** A way to sign in. */
export type SignInMethod =
    "clientCertificate" | "clientSecret" | "oidc" | "managedIdentity" | "environment" | "azureCli";

type Environment = Readonly<Record<string, string | undefined>>;

interface Cloud {
    readonly authorityHost?: string;
    readonly disableInstanceDiscovery?: boolean;
    readonly batchScope: string;
}

/** Authority and Batch scope of the sovereign clouds, by azure-native's names of them. */
const clouds: Record<string, Cloud> = {
    public: { batchScope: BATCH_SCOPE },
    usgovernment: {
        authorityHost: "https://login.microsoftonline.us",
        batchScope: "https://batch.core.usgovcloudapi.net//.default",
    },
    china: {
        authorityHost: "https://login.chinacloudapi.cn",
        batchScope: "https://batch.chinacloudapi.cn//.default",
    },
};

/**
 * Signs in from configuration and environment, in azure-native's order: client certificate, client secret, OIDC, managed identity;
 * then the AZURE_* variables, a managed identity endpoint, and the az CLI. No credential is ever an input of a resource.
 * @throws Error when the method asked for lacks what it needs, or the metadata host does not answer
 */
export async function signIn(
    config: ConfigReader = () => undefined,
    env: Environment = process.env,
    credentials: Credentials = {},
): Promise<SignIn> {
    const { method, ...given } = credentials;
    const setting = (key: string, variable: string): string | undefined =>
        (given as Record<string, string | undefined>)[key] ?? config(`azure-native:${key}`) ?? env[variable];
    // Loading it takes a third of a second, so it is loaded when somebody signs in.
    const library = await loadIdentity();
    const cloud = await findCloud(setting);
    const fresh = (): TokenCredential => choose(library, setting, env, cloud, method);
    return { credential: fresh(), fresh, batchScope: cloud.batchScope };
}

const loadIdentity = () => import("@azure/identity");
type Identity = Awaited<ReturnType<typeof loadIdentity>>;

type Setting = (key: string, variable: string) => string | undefined;

const isTrue = (value: string | undefined): boolean => value?.toLowerCase() === "true" || value === "1";

async function findCloud(setting: Setting): Promise<Cloud> {
    const host = setting("metadataHost", "ARM_METADATA_HOSTNAME");
    const discovery = isTrue(setting("disableInstanceDiscovery", "ARM_DISABLE_INSTANCE_DISCOVERY"));
    if (host === undefined) {
        const name = (setting("environment", "ARM_ENVIRONMENT") ?? "public").toLowerCase();
        const cloud = clouds[name.replace(/^azure|cloud$/g, "")] ??
            clouds["public"] ?? { batchScope: BATCH_SCOPE };
        return { ...cloud, disableInstanceDiscovery: discovery };
    }
    const base = /^https?:\/\//.test(host) ? host : `https://${host}`;
    const address = new URL("/metadata/endpoints?api-version=2022-09-01", base);
    const answer = await fetch(address).catch((error: unknown) => {
        const cause =
            error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
        throw new Error(
            `the metadata host ${address.origin} cannot be reached (${cause}); set NODE_EXTRA_CA_CERTS if its certificate is of a private CA`,
        );
    });
    if (!answer.ok) throw new Error(`the metadata host answered ${answer.status} at ${address.href}`);
    const metadata = (await answer.json()) as { authentication?: { loginEndpoint?: string }; batch?: string };
    return {
        authorityHost: metadata.authentication?.loginEndpoint,
        disableInstanceDiscovery: discovery,
        batchScope: metadata.batch === undefined ? BATCH_SCOPE : `${metadata.batch}/.default`,
    };
}

function choose(
    library: Identity,
    setting: Setting,
    env: Environment,
    cloud: Cloud,
    asked: SignInMethod | undefined,
): TokenCredential {
    const methods = waysToSignIn(library, setting, env, cloud);
    if (asked === undefined)
        return methods.find(({ ready }) => ready)?.make() ?? new library.AzureCliCredential();
    const method = methods.find(({ name }) => name === asked);
    if (method === undefined)
        throw new Error(
            `'${String(asked)}' is no way to sign in: use ${[...new Set(methods.map(({ name }) => name))].join(", ")}`,
        );
    if (!method.possible) throw new Error(`signing in by ${asked} needs ${method.needs}`);
    return method.make();
}

interface Way {
    readonly name: SignInMethod;
    /** Whether there is what it needs. */
    readonly possible: boolean;
    /** Whether it is taken when nobody asks for a certain way. */
    readonly ready: boolean;
    readonly needs: string;
    make(): TokenCredential;
}

/** In azure-native's order. */
function waysToSignIn(library: Identity, setting: Setting, env: Environment, cloud: Cloud): Way[] {
    const { authorityHost, disableInstanceDiscovery } = cloud;
    const options = { authorityHost, disableInstanceDiscovery };
    const tenant = setting("tenantId", "ARM_TENANT_ID") ?? "";
    const client = setting("clientId", "ARM_CLIENT_ID") ?? "";
    const application = tenant !== "" && client !== "";
    const secret = setting("clientSecret", "ARM_CLIENT_SECRET");
    const certificatePath = setting("clientCertificatePath", "ARM_CLIENT_CERTIFICATE_PATH");
    const password = setting("clientCertificatePassword", "ARM_CLIENT_CERTIFICATE_PASSWORD");
    const way = (
        name: SignInMethod,
        possible: boolean,
        needs: string,
        make: () => TokenCredential,
        ready = possible,
    ): Way => ({ name, possible, needs, make, ready: ready && possible });
    const identity = (clientId: string | undefined): TokenCredential =>
        clientId === undefined || clientId === ""
            ? new library.ManagedIdentityCredential()
            : new library.ManagedIdentityCredential(clientId);
    const [federation, inSecret, inCertificate] = [
        env["AZURE_FEDERATED_TOKEN_FILE"],
        env["AZURE_CLIENT_SECRET"],
        env["AZURE_CLIENT_CERTIFICATE_PATH"],
    ];
    const inEnvironment = env["AZURE_TENANT_ID"] !== undefined && env["AZURE_CLIENT_ID"] !== undefined;
    return [
        way(
            "clientCertificate",
            application && certificatePath !== undefined,
            "tenantId, clientId and clientCertificatePath (ARM_CLIENT_CERTIFICATE_PATH)",
            () =>
                new library.ClientCertificateCredential(
                    tenant,
                    client,
                    { certificatePath: certificatePath ?? "", certificatePassword: password },
                    options,
                ),
        ),
        way(
            "clientSecret",
            application && secret !== undefined,
            "tenantId, clientId and clientSecret (ARM_CLIENT_SECRET, or a secret of the stack's configuration)",
            () => new library.ClientSecretCredential(tenant, client, secret ?? "", options),
        ),
        way(
            "oidc",
            application,
            "tenantId and clientId",
            () =>
                new library.ClientAssertionCredential(tenant, client, () => oidcToken(setting, env), options),
            isTrue(setting("useOidc", "ARM_USE_OIDC")),
        ),
        way("managedIdentity", true, "", () => identity(client), isTrue(setting("useMsi", "ARM_USE_MSI"))),
        way(
            "environment",
            inEnvironment && [federation, inSecret, inCertificate].some((value) => value !== undefined),
            "AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, AZURE_CLIENT_CERTIFICATE_PATH or AZURE_FEDERATED_TOKEN_FILE",
            () =>
                federation === undefined
                    ? new library.EnvironmentCredential({
                          ...options,
                          authorityHost: authorityHost ?? env["AZURE_AUTHORITY_HOST"],
                      })
                    : new library.WorkloadIdentityCredential(options),
        ),
        way(
            "managedIdentity",
            env["IDENTITY_ENDPOINT"] !== undefined && env["IDENTITY_HEADER"] !== undefined,
            "",
            () => identity(env["AZURE_CLIENT_ID"]),
        ),
        way(
            "azureCli",
            true,
            "",
            () => new library.AzureCliCredential(tenant === "" ? {} : { tenantId: tenant }),
        ),
    ];
}

/** The token of the pipeline that runs this: given, in a file, or asked for as GitHub Actions wants it. */
async function oidcToken(setting: Setting, env: Environment): Promise<string> {
    const token = setting("oidcToken", "ARM_OIDC_TOKEN");
    if (token !== undefined) return token;
    const file = setting("oidcTokenFilePath", "ARM_OIDC_TOKEN_FILE_PATH");
    if (file !== undefined) return (await readFile(file, "utf8")).trim();
    const url = setting("oidcRequestUrl", "ARM_OIDC_REQUEST_URL") ?? env["ACTIONS_ID_TOKEN_REQUEST_URL"];
    const bearer =
        setting("oidcRequestToken", "ARM_OIDC_REQUEST_TOKEN") ?? env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"];
    if (url === undefined || bearer === undefined) {
        throw new Error(
            "OIDC is asked for and no token is there: set ARM_OIDC_TOKEN, ARM_OIDC_TOKEN_FILE_PATH, or run where the pipeline gives one",
        );
    }
    const address = new URL(url);
    if (!address.searchParams.has("audience"))
        address.searchParams.set("audience", "api://AzureADTokenExchange");
    const answer = await fetch(address, { headers: { authorization: `Bearer ${bearer}` } });
    const { value } = (await answer.json()) as { value?: string };
    if (!answer.ok || value === undefined)
        throw new Error(`the pipeline gave no OIDC token: ${address.origin} answered ${answer.status}`);
    return value;
}
