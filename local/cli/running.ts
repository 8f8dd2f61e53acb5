/** Finding the service of a data directory, and ending it. */
import { setTimeout as delay } from "node:timers/promises";
import { kill } from "../node/processes";
import { ServiceClient } from "./client";
import { findService, lives, withdraw, type ServiceInfo } from "./discovery";
import { Failure } from "./problems";

const pollMs = 50;
/** Tasks get their end, storage writes what it has. */
const cleanEndMs = 30_000;
const startMs = 60_000;

export async function isHealthy(service: ServiceInfo): Promise<boolean> {
    const client = new ServiceClient(service);
    try {
        return await client.healthy();
    } finally {
        client.close();
    }
}

/** The service that another process is just starting, once it answers. */
export async function waitForOther(dataDirectory: string): Promise<ServiceInfo> {
    for (let waited = 0; waited < startMs; waited += pollMs) {
        const service = findService(dataDirectory);
        if (service && (await isHealthy(service))) return service;
        await delay(pollMs);
    }
    throw new Failure(
        `${dataDirectory} is held by another process, which has not become healthy within ${startMs / 1000} s`,
    );
}

export function needService(dataDirectory: string): ServiceInfo {
    const service = findService(dataDirectory);
    if (service) return service;
    throw new Failure(
        `no service is serving ${dataDirectory}; start one with \`batchlocal start\`, or name its directory with --data`,
    );
}

/** Ends the service and waits until its process is gone. False when there was none. */
export async function stopService(dataDirectory: string): Promise<boolean> {
    const service = findService(dataDirectory);
    if (!service) return false;
    kill(service.pid, "SIGTERM");
    for (let waited = 0; lives(service) && waited < cleanEndMs; waited += pollMs) await delay(pollMs);
    if (lives(service)) {
        kill(service.pid, "SIGKILL");
        for (let waited = 0; lives(service) && waited < 5_000; waited += pollMs) await delay(pollMs);
        withdraw(dataDirectory);
    }
    if (lives(service)) throw new Failure(`process ${service.pid} does not end`);
    return true;
}
