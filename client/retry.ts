import { setTimeout as sleep } from "node:timers/promises";
import { BatchConnectionError, BatchServiceError } from "./errors";
import { abortReason } from "./transport";

/** How often and how patiently a request is tried again. */
export interface RetryPolicy {
    /** Tries in all, the first one included. @default 8 */
    readonly attempts: number;
    /** Tries in all where no connection comes about, as long as the endpoint has never answered: its address may be wrong. @default 4 */
    readonly unreachableAttempts: number;
    /** Milliseconds before the second try at most; doubles with each. @default 200 */
    readonly baseDelay: number;
    /** Milliseconds between two tries at most, unless the service asks for more. @default 10000 */
    readonly maxDelay: number;
}

export const defaultRetryPolicy: RetryPolicy = {
    attempts: 8,
    unreachableAttempts: 4,
    baseDelay: 200,
    maxDelay: 10_000,
};

const transient = new Set([408, 429, 500, 502, 503, 504]);

/** True when the same request may succeed a moment later. */
export function isTransient(error: unknown): boolean {
    if (error instanceof BatchServiceError) return transient.has(error.status);
    return error instanceof BatchConnectionError && !error.final;
}

/** Tries in all for a request that failed so. @param reached whether the endpoint has answered before */
export function attemptsFor(policy: RetryPolicy, error: unknown, reached: boolean): number {
    const unreachable = error instanceof BatchConnectionError && error.unreachable && !reached;
    return unreachable ? Math.min(policy.attempts, policy.unreachableAttempts) : policy.attempts;
}

/** True when the service says that it gets too much. */
export function isThrottled(error: unknown): error is BatchServiceError {
    return error instanceof BatchServiceError && (error.status === 429 || error.status === 503);
}

/**
 * Milliseconds to wait before try number `attempt + 1`: what the service asks for, else a random part of an exponential delay
 * (full jitter, so that many clients do not come back at once).
 */
export function retryDelay(
    policy: RetryPolicy,
    attempt: number,
    error: unknown,
    random: () => number = Math.random,
): number {
    const asked = error instanceof BatchServiceError ? error.retryAfter : undefined;
    if (asked !== undefined) return asked + random() * policy.baseDelay;
    return random() * Math.min(policy.maxDelay, policy.baseDelay * 2 ** (attempt - 1));
}

/** Waits, and throws the signal's reason when it is aborted meanwhile. */
export async function wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
    try {
        await sleep(milliseconds, undefined, { signal });
    } catch (error) {
        throw signal?.aborted === true ? abortReason(signal) : error;
    }
}
