// What follows an accepted PUT, PATCH or DELETE: the polling rules of Azure's Go client.
import { setTimeout as sleep } from "node:timers/promises";
import { AzureError, errorOf, expect, retryAfter, type Reply } from "../azure/http";

export interface Poller {
    /** GETs a URL of the resource manager; a relative one is made absolute and gets the api-version. */
    get(url: string): Promise<Reply>;
    /** The resource itself. */
    resource: string;
    signal: AbortSignal;
}

const DONE = new Set(["succeeded"]);
const BROKEN = new Set(["failed", "canceled", "cancelled"]);
/** Milliseconds between polls where the answer names none. */
const INTERVAL = { write: 10_000, delete: 30_000 };

/**
 * Waits until the operation that this answer started has ended.
 * @returns the resource as the operation leaves it, or undefined when it has no body
 * @throws AzureError when the operation failed
 */
export async function settle(first: Reply, kind: "write" | "delete", poller: Poller): Promise<unknown> {
    const operation = first.headers["azure-asyncoperation"];
    const location = first.headers.location;
    if (operation !== undefined) return settleOperation(first, kind, operation, poller);
    if (first.status === 202 && location !== undefined) return settleLocation(first, kind, location, poller);
    if (kind === "delete") return undefined;
    return settleResource(first, poller);
}

async function pause(
    reply: Reply,
    isFirst: boolean,
    kind: "write" | "delete",
    signal: AbortSignal,
): Promise<void> {
    const wait = retryAfter(reply) ?? (isFirst ? 0 : INTERVAL[kind]);
    await sleep(wait, undefined, { signal });
}

async function settleOperation(
    first: Reply,
    kind: "write" | "delete",
    operation: string,
    poller: Poller,
): Promise<unknown> {
    let last = first;
    let isFirst = true;
    let ended = kind === "write" && first.status !== 202 && isDone(first.body);
    if (ended) await pause(first, true, kind, poller.signal);
    while (!ended) {
        await pause(last, isFirst, kind, poller.signal);
        isFirst = false;
        last = expect(await poller.get(operation), at(operation), [200, 201, 202, 204]);
        const status = (last.body as { status?: unknown } | undefined)?.status;
        ended = last.status === 204 || stateOf(status, last) === "done";
    }
    if (kind === "delete") return undefined;
    return expect(await poller.get(poller.resource), at(poller.resource), [200]).body;
}

async function settleLocation(
    first: Reply,
    kind: "write" | "delete",
    location: string,
    poller: Poller,
): Promise<unknown> {
    let last = first;
    let place = location;
    for (let isFirst = true; last.status === 202; isFirst = false) {
        await pause(last, isFirst, kind, poller.signal);
        last = expect(await poller.get(place), at(place), [200, 201, 202, 204]);
        place = last.headers.location ?? place;
    }
    return last.body;
}

async function settleResource(first: Reply, poller: Poller): Promise<unknown> {
    let last = first;
    for (let isFirst = true; ; isFirst = false) {
        const state = provisioningState(last.body);
        const settled = last.status === 202 ? state !== undefined : true;
        if (settled && (state === undefined || stateOf(state, last) === "done")) return last.body;
        await pause(last, isFirst, "write", poller.signal);
        last = expect(await poller.get(poller.resource), at(poller.resource), [200, 201]);
        if (provisioningState(last.body) === undefined) return last.body;
    }
}

function provisioningState(body: unknown): unknown {
    return (body as { properties?: { provisioningState?: unknown } } | undefined)?.properties
        ?.provisioningState;
}

function isDone(body: unknown): boolean {
    return DONE.has(String(provisioningState(body)).toLowerCase());
}

function stateOf(status: unknown, reply: Reply): "done" | "going" {
    const name = String(status).toLowerCase();
    if (DONE.has(name)) return "done";
    if (!BROKEN.has(name)) return "going";
    const { code, message } = errorOf(reply);
    const shown = code === String(reply.status) ? String(status) : code;
    throw new AzureError(
        reply.status,
        shown,
        `the operation ended ${String(status)}: Code="${shown}" Message="${message}"`,
    );
}

function at(url: string): { method: string; url: URL } {
    return { method: "GET", url: new URL(url, "https://resource.manager") };
}
