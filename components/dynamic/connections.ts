import type { TokenCredential } from "@azure/core-auth";
import { BatchClient, entraCredential, signIn } from "../../client";
import type { BatchSignIn, ConfigReader, SignIn } from "../../client";

let readConfig: ConfigReader = () => undefined;
const sessions = new Map<string, Promise<SignIn>>();
const clients = new Map<string, BatchClient>();

/** Takes the stack's configuration, as the engine gives it to each provider before anything else. */
export function configure(request: { config: { get(key: string): string | undefined } }): void {
    readConfig = (key) => request.config.get(key);
    sessions.clear();
    clients.clear();
}

/** Variables that say who signs in: they are azure-native's own, so nobody else takes half of them. */
const IDENTITY = /^(ARM|AZURE)_(CLIENT|TENANT|USE|SUBSCRIPTION|FEDERATED)/;

/**
 * Settings of a sign-in. By a name, `team`, they are `team:clientId` and so on, as `azure-native:clientId` has them; only the cloud, and the token of the
 * pipeline that runs this, are those of azure-native where nothing else is said.
 * @param credentials name of the settings; undefined for azure-native's own
 */
function settings(credentials: BatchSignIn | undefined): {
    config: ConfigReader;
    env: Readonly<Record<string, string | undefined>>;
} {
    if (typeof credentials === "object") {
        const given = credentials as Readonly<Record<string, string | undefined>>;
        const config: ConfigReader = (key) => given[key.replace(/^azure-native:/, "")] ?? readConfig(key);
        return { config, env: process.env };
    }
    if (credentials === undefined) return { config: readConfig, env: process.env };
    const own = (key: string): string | undefined =>
        readConfig(key.replace(/^azure-native:/, `${credentials}:`));
    if (["clientId", "useMsi", "tenantId"].every((key) => own(`azure-native:${key}`) === undefined)) {
        throw new Error(
            `batchCredentials '${credentials}': the stack's configuration has no such settings; set ${credentials}:tenantId, ${credentials}:clientId and (--secret) ${credentials}:clientSecret, or ${credentials}:useOidc or ${credentials}:useMsi, as azure-native has them`,
        );
    }
    const shared = /^azure-native:(metadataHost|environment|disableInstanceDiscovery|oidc\w+)$/;
    return {
        config: (key) => own(key) ?? (shared.test(key) ? readConfig(key) : undefined),
        env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !IDENTITY.test(name))),
    };
}

async function newSession(credentials: BatchSignIn | undefined): Promise<SignIn> {
    const { config, env } = settings(credentials);
    return signIn(config, env, typeof credentials === "object" ? credentials : {});
}

function signedIn(credentials: BatchSignIn | undefined): Promise<SignIn> {
    const key = JSON.stringify(credentials ?? "");
    const session =
        sessions.get(key) ??
        newSession(credentials).catch((error: unknown) => {
            // A later resource may try again, after an `az login` for example.
            sessions.delete(key);
            throw error;
        });
    sessions.set(key, session);
    return session;
}

/** Where a data plane is, and who signs in. */
export interface Place {
    readonly endpoint: string;
    readonly batchCredentials?: BatchSignIn;
}

/** The client of a Batch account's data plane, one for each endpoint and sign-in. */
export async function batchClient({ endpoint, batchCredentials }: Place): Promise<BatchClient> {
    const key = JSON.stringify([endpoint, batchCredentials]);
    const existing = clients.get(key);
    if (existing !== undefined) return existing;
    const { credential, batchScope, fresh } = await signedIn(batchCredentials);
    const client = new BatchClient(endpoint, entraCredential(credential, batchScope, fresh));
    clients.set(key, client);
    return client;
}

/** The credential for blobs and the resource manager. @param credentials name of the settings of a sign-in */
export async function blobCredential(credentials?: BatchSignIn): Promise<TokenCredential> {
    return (await signedIn(credentials)).credential;
}

/** A setting of azure-native, or of another sign-in: from the stack's configuration, else the environment. */
export function settingOf(key: string, variable: string, credentials?: BatchSignIn): string | undefined {
    const { config, env } = settings(credentials);
    return config(`azure-native:${key}`) ?? env[variable];
}
