import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";
import type { Instant } from "../model/instant";
import type { Store } from "../store/store";
import { readBody } from "./body";
import { send } from "./encode";
import { isRefused, refuse } from "./operation";
import type { ArmCall, Call, Operation, Outcome, RefusalCode, Refused } from "./operation";
import { router } from "./routes";
import type { Router } from "./routes";

/** What the pipeline itself needs of a plane's services. */
export interface Platform {
    store: Pick<Store, "committed">;
    scheduler: { now(): Instant };
    /** A pino logger does. */
    log?: { error(fields: object, message: string): void };
}

/** A request before anybody knows who makes it. */
export type Received = Omit<ArmCall, "principal" | "body"> & {
    method: string;
    path: string;
    localPort: number;
    /** Names and values in turn, with the case they came in: some clients sign by it. */
    rawHeaders: readonly string[];
};

/** What tells one plane from another: its operations, versions, credentials and the looks of its answers. */
export interface Plane<S extends Platform, C extends ArmCall = Call> {
    operations: readonly Operation<S, C>[];
    /** Refuses a version that the plane (or the provider that the path names) does not have. */
    checkVersion(version: string | undefined, path: string): Refused | undefined;
    /** Who is this, as the call that the handler gets (body still undefined), or why not. */
    authenticate(received: Received, services: S): Promise<C | Refused>;
    /** Checks a body against the shape that the operation names. */
    checkBody(shape: string, body: unknown, call: C): Refused | undefined;
    /** The plane's codes for what the pipeline itself refuses. */
    codes: Record<"path" | "method" | "version" | "json" | "tooLarge" | "noLength", RefusalCode>;
    /** Bytes. */
    bodyLimit: number;
    contentType: string;
    errorBody(refused: Refused, received: Received): unknown;
    /** Headers of every answer, errors included. */
    headers(received: Received): Record<string, string>;
}

/** A request on its way through the steps. */
interface Passage<S extends Platform, C extends ArmCall> {
    plane: Plane<S, C>;
    services: S;
    routes: Router<S, C>;
    request: IncomingMessage;
    received: Received;
    operation?: Operation<S, C>;
    call?: C;
    outcome?: Outcome;
}

/** A step may refuse, end silently because the client is gone, or let the request pass on. */
type Verdict = Refused | "gone" | undefined;
type Step = <S extends Platform, C extends ArmCall>(passage: Passage<S, C>) => Verdict | Promise<Verdict>;

const checkVersion: Step = ({ plane, received }) =>
    plane.checkVersion(received.query.get("api-version"), received.path);

const route: Step = (passage) => {
    const { plane, received } = passage;
    const found = passage.routes(received.method, received.path, received.apiVersion);
    if ("missing" in found) return refuse(plane.codes[found.missing]);
    passage.operation = found.operation;
    received.operation = found.operation.id;
    received.params = found.params;
    return undefined;
};

const authenticate: Step = async (passage) => {
    const call = await passage.plane.authenticate(passage.received, passage.services);
    if (isRefused(call)) return call;
    passage.call = call;
    return undefined;
};

const takesBody = new Set(["POST", "PUT", "PATCH"]);

/** What is deeper would exhaust the stack of whoever walks it. */
const deepest = 100;

function isShallow(value: unknown, levels: number): boolean {
    if (typeof value !== "object" || value === null) return true;
    return levels > 0 && Object.values(value).every((inner) => isShallow(inner, levels - 1));
}

const readJson: Step = async ({ plane, request, received, operation, call }) => {
    if (!takesBody.has(received.method)) return undefined;
    const read = await readBody(request, plane.bodyLimit);
    if ("problem" in read) return read.problem === "gone" ? "gone" : refuse(plane.codes[read.problem]);
    if (!operation?.body || !call) return undefined;
    if (read.text.trim() === "") {
        if (operation.bodyOptional) return undefined;
        return refuse(plane.codes.json, {
            values: [{ key: "Reason", value: "The request has no body; this operation needs one." }],
        });
    }
    try {
        const body: unknown = JSON.parse(read.text);
        if (!isShallow(body, deepest)) throw new SyntaxError(`It is nested more than ${deepest} deep.`);
        call.body = body;
        return undefined;
    } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        return refuse(plane.codes.json, { values: [{ key: "Reason", value: reason }] });
    }
};

const checkShape: Step = ({ plane, operation, call }) =>
    operation?.body && call && call.body !== undefined
        ? plane.checkBody(operation.body, call.body, call)
        : undefined;

const handle: Step = async (passage) => {
    const { operation, call, services } = passage;
    if (!operation || !call) return undefined;
    passage.outcome = await operation.handle(call, services);
    return isRefused(passage.outcome) ? passage.outcome : undefined;
};

/** Nothing is acknowledged before it is durable. Readers wait too: what they saw must not be undone by a kill. */
const commit: Step = async ({ services }) => {
    await services.store.committed();
    return undefined;
};

/** The order is observable: it decides which of two faults a client is told of. */
const steps: readonly Step[] = [checkVersion, route, authenticate, readJson, checkShape, handle, commit];

/** The one way in of both planes: an HTTP listener for a plane's operations. */
export function createHandler<S extends Platform, C extends ArmCall>(
    plane: Plane<S, C>,
    services: S,
): (request: IncomingMessage, response: ServerResponse) => void {
    const routes = router(plane.operations);
    const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
        const received = receive(request, services.scheduler.now());
        const passage: Passage<S, C> = { plane, services, routes, request, received };
        let verdict: Verdict;
        try {
            for (const step of steps) {
                verdict = await step(passage);
                if (verdict !== undefined) break;
            }
        } catch (error) {
            services.log?.error(
                { requestId: received.requestId, operation: received.operation, err: error },
                "a request failed within the service",
            );
            verdict = refuse("InternalError", reasonFor(error));
        }
        if (verdict === "gone" || response.destroyed) return;
        send(plane, received, verdict ?? passage.outcome ?? refuse("InternalError"), response);
    };
    return (request, response) => {
        // A client that leaves is no fault of ours.
        response.on("error", () => undefined);
        answer(request, response).catch((error: unknown) => {
            services.log?.error({ err: error }, "an answer could not be sent");
            response.destroy();
        });
    };
}

/** A client can do something about a store that keeps no more (a full disk); of what else went wrong the log tells. */
function reasonFor(error: unknown): Pick<Refused, "values"> {
    if (!(error instanceof Error) || error.name !== "StoreBroken") return {};
    return { values: [{ key: "Reason", value: error.message }] };
}

function receive(request: IncomingMessage, now: Instant): Received {
    const socket = request.socket as Partial<TLSSocket> & { localPort?: number };
    const scheme = socket.encrypted ? "https" : "http";
    const origin = `${scheme}://${request.headers.host ?? "localhost"}`;
    // A proxy-style request line carries the whole address.
    const url = (request.url ?? "/").replace(/^https?:\/\/[^/?]*/i, "") || "/";
    const mark = url.indexOf("?");
    const query = new Map<string, string>();
    if (mark >= 0) {
        for (const [name, value] of new URLSearchParams(url.slice(mark + 1))) {
            if (!query.has(name.toLowerCase())) query.set(name.toLowerCase(), value);
        }
    }
    return {
        method: request.method ?? "GET",
        path: mark < 0 ? url : url.slice(0, mark),
        operation: "",
        apiVersion: query.get("api-version") ?? "",
        params: {},
        query,
        headers: request.headers,
        origin,
        url,
        requestId: randomUUID(),
        localPort: socket.localPort ?? 0,
        rawHeaders: request.rawHeaders,
        now,
    };
}
