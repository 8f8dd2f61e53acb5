import type { TokenCredential } from "@azure/core-auth";
import { BatchClient, entraCredential, signIn } from "../../client";
import type { ConfigReader, SignIn } from "../../client";

let readConfig: ConfigReader = () => undefined;
let session: Promise<SignIn> | undefined;
const clients = new Map<string, BatchClient>();

/** Takes the stack's configuration, as the engine gives it to each provider before anything else. */
export function configure(request: { config: { get(key: string): string | undefined } }): void {
    readConfig = (key) => request.config.get(key);
    session = undefined;
}

function signedIn(): Promise<SignIn> {
    session ??= signIn(readConfig).catch((error: unknown) => {
        // A later resource may try again, after an `az login` for example.
        session = undefined;
        throw error;
    });
    return session;
}

/** The client of a Batch account's data plane, one for each endpoint. */
export async function batchClient(endpoint: string): Promise<BatchClient> {
    const existing = clients.get(endpoint);
    if (existing !== undefined) return existing;
    const { credential, batchScope } = await signedIn();
    const client = new BatchClient(endpoint, entraCredential(credential, batchScope));
    clients.set(endpoint, client);
    return client;
}

/** The credential for blobs. */
export async function blobCredential(): Promise<TokenCredential> {
    return (await signedIn()).credential;
}

/** A setting of azure-native: from the stack's configuration, else the environment. */
export const settingOf = (key: string, variable: string): string | undefined =>
    readConfig(`azure-native:${key}`) ?? process.env[variable];
