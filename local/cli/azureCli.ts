/** az CLI in a configuration directory of its own: our cloud registered and its client logged in. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import type { Secrets } from "../identity";
import { makePrivateDirectory, readIfThere, writePrivateFile } from "../identity/files";
import type { ServiceInfo } from "./discovery";

export interface AzureCliOptions {
    service: ServiceInfo;
    secrets: Secrets;
    /** The environment az is to run in, with trust of the local CA. */
    base: NodeJS.ProcessEnv;
    log(line: string): void;
}

const cloudName = "batchlocal";
const stepMs = 120_000;

/** Undefined where there is no az, or it does not run; then clients do without. */
export async function setUpAzureCli({
    service,
    secrets,
    base,
    log,
}: AzureCliOptions): Promise<string | undefined> {
    const az = findOnPath("az", base);
    if (az === undefined) return undefined;
    const directory = path.join(service.files, "az");
    makePrivateDirectory(directory);
    const cloud = JSON.stringify(cloudConfiguration(service.endpoints.resourceManager));
    const marker = path.join(directory, "batchlocal.ready");
    const state = createHash("sha256")
        .update(`${cloud}\n${JSON.stringify(secrets.client)}`)
        .digest("hex");
    if (readIfThere(marker) === state) return directory;
    const cloudFile = path.join(directory, "cloud.json");
    writePrivateFile(cloudFile, cloud);
    const env = {
        ...base,
        AZURE_CONFIG_DIR: directory,
        AZURE_CORE_COLLECT_TELEMETRY: "false",
        AZURE_CORE_INSTANCE_DISCOVERY: "false",
        AZURE_CORE_SURVEY_MESSAGE: "false",
        NO_PROXY: "127.0.0.1,localhost",
    };
    const { clientId, clientSecret } = secrets.client;
    const secretFile = path.join(directory, "secret");
    const known = existsSync(path.join(directory, "clouds.config"));
    const steps: [string, ...string[]][] = [
        ["cloud", known ? "update" : "register", "-n", cloudName, "--cloud-config", `@${cloudFile}`],
        ["cloud", "set", "-n", cloudName],
        // Everybody may see a process's arguments, so the secret goes by a file. It may begin with a dash: az then takes it for an
        // option, unless it is one argument with its name.
        [
            "login",
            "--service-principal",
            "-u",
            clientId,
            `--password=@${secretFile}`,
            "--tenant",
            secrets.tenantId,
            "--output",
            "none",
        ],
    ];
    writePrivateFile(secretFile, clientSecret);
    try {
        for (const [command, ...args] of steps) {
            const problem = await run(az, [command, ...args], env);
            if (problem === undefined) continue;
            log(
                `az ${command} failed, so az is not set up: ${problem.replaceAll(clientSecret, "[redacted]")}`,
            );
            return undefined;
        }
    } finally {
        rmSync(secretFile, { force: true });
    }
    writePrivateFile(marker, state);
    return directory;
}

/** Only the JSON form of a cloud can name the audience of Batch. */
function cloudConfiguration(base: string): unknown {
    return {
        endpoints: {
            management: base,
            resourceManager: base,
            activeDirectory: base,
            activeDirectoryResourceId: "https://management.core.windows.net/",
            activeDirectoryGraphResourceId: base,
            microsoftGraphResourceId: base,
            batchResourceId: "https://batch.core.windows.net/",
        },
        // Hosts are never composed: az needs these to be there.
        suffixes: { storageEndpoint: "core.local", keyvaultDns: ".vault.local" },
    };
}

export function findOnPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
    for (const folder of (env.PATH ?? "").split(path.delimiter)) {
        if (folder === "") continue;
        const file = path.join(folder, name);
        try {
            const { mode } = statSync(file);
            if (statSync(file).isFile() && (mode & 0o111) !== 0) return file;
        } catch {
            // not here
        }
    }
    return undefined;
}

/** What it said of its failure: the line that says so, since help may follow it, else the last one. */
function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string | undefined> {
    return new Promise((resolve) => {
        const child = spawn(program, args, { env, stdio: ["ignore", "ignore", "pipe"], timeout: stepMs });
        let words = "";
        child.stderr.on("data", (chunk: Buffer) => (words = (words + chunk.toString()).slice(-4_000)));
        child.on("error", (error) => resolve(error.message));
        child.on("close", (code, signal) => {
            const lines = words.trim().split("\n");
            const problem = lines.find((line) => /error/i.test(line)) ?? lines.at(-1);
            resolve(code === 0 ? undefined : problem || `it ended with ${signal ?? code}`);
        });
    });
}
