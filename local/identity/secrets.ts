/** The ids and secrets of a data directory, as a client of the running service reads them too: without what makes keys and tokens. */
import { randomBytes, randomUUID } from "node:crypto";
import path from "node:path";
import { readIfThere } from "./files";

export interface Secrets {
    readonly tenantId: string;
    readonly subscriptionId: string;
    readonly client: { readonly clientId: string; readonly clientSecret: string; readonly objectId: string };
    readonly identityHeader: string;
}

export function identityDirectory(dataDirectory: string): string {
    return path.join(dataDirectory, "identity");
}

/** The secrets of a directory that has been opened before, for a client of the running service. */
export function readSecrets(dataDirectory: string): Secrets | undefined {
    const directory = identityDirectory(dataDirectory);
    const text = readIfThere(path.join(directory, "identity.json"));
    return text === undefined ? undefined : parseSecrets(text, directory);
}

export function parseSecrets(text: string, directory: string): Secrets {
    try {
        return JSON.parse(text) as Secrets;
    } catch {
        const file = path.join(directory, "identity.json");
        throw new Error(
            `${file} is damaged: it is no JSON. Restore it, or begin anew with \`batchlocal reset\`.`,
        );
    }
}

export function makeSecrets(): string {
    const secrets: Secrets = {
        tenantId: randomUUID(),
        subscriptionId: randomUUID(),
        client: {
            clientId: randomUUID(),
            clientSecret: randomBytes(30).toString("base64url"),
            objectId: randomUUID(),
        },
        identityHeader: randomBytes(30).toString("base64url"),
    };
    return `${JSON.stringify(secrets, undefined, 4)}\n`;
}
