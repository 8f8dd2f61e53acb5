/** What `start` and `exec` may be told about the service. */
import { isIP } from "node:net";
import type { Elevation } from "../node";
import type { AccountQuotas } from "../model/account";
import type { Delays } from "./delays";
import type { Faults } from "./faultsFile";
import { wrongUsage } from "./problems";

export interface ServiceOptions {
    /** Where the service is found; with `inMemory` its files lie elsewhere. */
    dataDirectory: string;
    inMemory: boolean;
    /** @default the one of last time, else chosen by the system */
    port?: number;
    /** @default "127.0.0.1" */
    host: string;
    speed: number;
    faults?: Faults;
    /** What is done at once otherwise. */
    delays?: Delays;
    /** Of all accounts, those that are there and those that come. */
    quotas?: Partial<AccountQuotas>;
    skipApiVersionCheck: boolean;
    elevation: Elevation;
    region: string;
}

const elevations: readonly Elevation[] = ["sandbox", "as-me", "refuse"];

export function parsePort(text: string): number {
    const port = Number(text);
    if (!/^\d+$/.test(text) || port < 1 || port > 65_535)
        throw wrongUsage(`--port '${text}' is no port; allowed: 1 to 65535`);
    return port;
}

export function parseSpeed(text: string): number {
    const speed = Number(text);
    if (text.trim() === "" || !Number.isFinite(speed) || speed < 1 || speed > 100_000) {
        throw wrongUsage(`--speed '${text}' is no speed; allowed: a number from 1 (real time) to 100000`);
    }
    return speed;
}

export function parseElevation(text: string): Elevation {
    const found = elevations.find((each) => each === text);
    if (!found) throw wrongUsage(`--elevation '${text}' is not known; allowed: ${elevations.join(", ")}`);
    return found;
}

export function parseHost(text: string): string {
    if (isIP(text) === 0 && text !== "localhost") {
        throw wrongUsage(
            `--host '${text}' is no IP address; allowed: an address of this machine, such as 192.168.1.10`,
        );
    }
    if (text === "0.0.0.0" || text === "::") {
        throw wrongUsage(
            `--host '${text}' is no address that clients can be told; give the address of the network they come from`,
        );
    }
    return text === "localhost" ? "127.0.0.1" : text;
}

export function isLoopback(host: string): boolean {
    return host === "::1" || /^127\./.test(host);
}
