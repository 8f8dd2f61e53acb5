import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream";
import { isRefused } from "./operation";
import type { Outcome, Refused } from "./operation";
import { rendered } from "./refusals";

/** The looks of a plane's answers. `R` is the request as the plane knows it. */
export interface Looks<R> {
    contentType: string;
    errorBody(refused: Refused, received: R): unknown;
    headers(received: R): Record<string, string>;
}

const bodyless = new Set([204, 304]);

/** Turns an outcome into HTTP. A HEAD answer keeps its headers and loses its body. */
export function send<R extends { method: string }>(
    looks: Looks<R>,
    received: R,
    outcome: Outcome,
    response: ServerResponse,
): void {
    const head = received.method === "HEAD";
    const headers: Record<string, string> = { ...looks.headers(received), ...outcome.headers };
    const status = isRefused(outcome) ? rendered(outcome).status : outcome.status;
    if (isRefused(outcome) && status === 413) headers["Connection"] = "close";
    if (!isRefused(outcome) && outcome.stream !== undefined && !head) {
        const { stream } = outcome;
        if (Buffer.isBuffer(stream)) {
            response.writeHead(status, { "Content-Length": String(stream.length), ...headers }).end(stream);
            return;
        }
        response.writeHead(status, headers);
        // Destroys both ends when either fails: the client sees a short body, never a wrong one.
        pipeline(stream, response, () => undefined);
        return;
    }
    const body = isRefused(outcome) ? looks.errorBody(outcome, received) : outcome.body;
    if (body === undefined || bodyless.has(status)) {
        if (!bodyless.has(status) && headers["Content-Length"] === undefined) headers["Content-Length"] = "0";
        response.writeHead(status, headers).end();
        return;
    }
    const bytes = Buffer.from(JSON.stringify(body));
    response.writeHead(status, {
        "Content-Type": looks.contentType,
        "Content-Length": String(bytes.length),
        ...headers,
    });
    response.end(head ? undefined : bytes);
}
