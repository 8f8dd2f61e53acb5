import { setTimeout as sleep } from "node:timers/promises";

/** Waits, and throws the signal's reason when the deployment is cancelled meanwhile. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    try {
        await sleep(milliseconds, undefined, { signal });
    } catch (error) {
        throw signal.aborted ? signal.reason : error;
    }
}

/** A number of seconds, or another one where the state of an older version has none. */
export function secondsOr(value: unknown, otherwise: number): number {
    return typeof value === "number" && value > 0 ? value : otherwise;
}
