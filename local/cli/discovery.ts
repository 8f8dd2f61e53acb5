/** How other commands find a running service: `service.json` in its data directory, readable by its owner alone. */
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { writePrivateFile } from "../identity/files";
import { processInfo } from "../node/processes";

export interface ServiceInfo {
    version: string;
    pid: number;
    /** Tells the process from a later one with the same id. */
    processStart: string;
    /** ISO 8601. */
    startedAt: string;
    /** Where identity, logs and state lie: the data directory itself, a folder of it that goes with the service with `--in-memory`. */
    files: string;
    inMemory: boolean;
    endpoints: {
        resourceManager: string;
        health: string;
        managedIdentity: string;
        blob: string;
        queue: string;
        table: string;
    };
    subscriptionId: string;
    tenantId: string;
    accounts: AccountInfo[];
    /** Ids of the processes that end with the service. */
    pids: { storage?: number; spawner?: number };
}

export interface AccountInfo {
    name: string;
    resourceGroup: string;
    endpoint: string;
}

function fileOf(dataDirectory: string): string {
    return path.join(dataDirectory, "service.json");
}

export function announce(dataDirectory: string, info: ServiceInfo): void {
    writePrivateFile(fileOf(dataDirectory), `${JSON.stringify(info, undefined, 4)}\n`);
}

export function withdraw(dataDirectory: string): void {
    rmSync(fileOf(dataDirectory), { force: true });
}

/** The service that serves this directory now; one that was killed left its file behind and is none. */
export function findService(dataDirectory: string): ServiceInfo | undefined {
    let info: ServiceInfo;
    try {
        info = JSON.parse(readFileSync(fileOf(dataDirectory), "utf8")) as ServiceInfo;
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === "ENOENT" || code === "ENOTDIR" || error instanceof SyntaxError) return undefined;
        throw error;
    }
    return lives(info) ? info : undefined;
}

/** Whether its process runs: longer than it is to be found, since it still writes what it has when it ends. */
export function lives({ pid, processStart }: ServiceInfo): boolean {
    return processInfo(pid)?.startTime === processStart;
}

export function startOfThisProcess(): string {
    return processInfo(process.pid)?.startTime ?? "";
}
