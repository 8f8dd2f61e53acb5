/** Gathers all that clients of a service need: accounts, az, Pulumi. Touches nothing outside the service's own directories. */
import path from "node:path";
import { setUpAzureCli } from "./azureCli";
import { connectionString, ServiceClient } from "./client";
import type { ServiceInfo } from "./discovery";
import { clientEnvironment, type Changes } from "./environment";
import { setUpPulumi } from "./pulumi";

export interface SessionOptions {
    service: ServiceInfo;
    dataDirectory: string;
    base: NodeJS.ProcessEnv;
    /** The command that is to run in it, if it is known. */
    command?: readonly string[];
    log(line: string): void;
}

export async function prepareSession(options: SessionOptions): Promise<Changes> {
    const { service, base, log } = options;
    const client = new ServiceClient(service);
    try {
        const account = await client.defaultAccount();
        const trust = { REQUESTS_CA_BUNDLE: client.caBundleFile, SSL_CERT_FILE: client.caBundleFile };
        const [azureConfigDirectory, pulumi] = await Promise.all([
            setUpAzureCli({ service, secrets: client.secrets, base: { ...base, ...trust }, log }),
            setUpPulumi({
                directory: path.join(service.files, "pulumi"),
                base,
                needEngine: path.basename(options.command?.[0] ?? "") === "pulumi",
                programs: programFolders(options.command ?? []),
                log,
            }),
        ]);
        return clientEnvironment(
            {
                service,
                secrets: client.secrets,
                caFile: client.caFile,
                caBundleFile: client.caBundleFile,
                account,
                storageConnectionString: account?.storage && connectionString(account.storage),
                azureConfigDirectory,
                path: pulumi.path,
                pulumi,
                dataDirectory: options.dataDirectory,
            },
            base,
        );
    } finally {
        client.close();
    }
}

/** Where a Pulumi program may lie: here, and where `-C` or `--cwd` says. */
function programFolders(command: readonly string[]): string[] {
    const named = command.flatMap((word, index) => {
        if (word === "-C" || word === "--cwd") return command[index + 1] ?? [];
        return /^(?:--cwd=|-C=?)(.+)$/.exec(word)?.[1] ?? [];
    });
    return [...new Set([process.cwd(), ...named.map((folder) => path.resolve(folder))])];
}
