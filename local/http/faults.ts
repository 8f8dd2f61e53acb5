/** Requests that fail on purpose, so that programs can be tested against it. */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { chances, fits, type Chance } from "../model/chance";

export type FaultyPlane = "batch" | "resourceManager" | "storage";

export interface RequestFault extends Chance {
    /** @default Batch and the resource manager; storage must be named */
    plane?: FaultyPlane;
    /** @default any */
    method?: string;
    /** Path without its query; `*` stands for one part of it, `**` for any number. @default any */
    path?: string;
    /** Whether the request takes effect first. @default "before" */
    when?: "before" | "after";
    fail: Failure;
}

/** 401 and 403: a token that is over, a role that is missing. */
export const faultStatuses = [401, 403, 429, 500, 503] as const;
export type FaultStatus = (typeof faultStatuses)[number];

export type Failure =
    /** `retryAfter` in seconds, for 429 and 503. */
    | { status: FaultStatus; retryAfter?: number }
    /** No answer ever comes. */
    | "timeout"
    /** The connection breaks. */
    | "reset";

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

interface Log {
    info(fields: object, message: string): void;
}

const codes = {
    batch: {
        401: "AuthenticationFailed",
        403: "InsufficientAccountPermissions",
        429: "TooManyRequests",
        500: "InternalError",
        503: "ServerBusy",
    },
    resourceManager: {
        401: "AuthenticationFailed",
        403: "AuthorizationFailed",
        429: "TooManyRequests",
        500: "InternalServerError",
        503: "ServerBusy",
    },
    storage: {
        401: "InvalidAuthenticationInfo",
        403: "AuthorizationPermissionMismatch",
        429: "TooManyRequests",
        500: "InternalError",
        503: "ServerBusy",
    },
} as const;

/** Puts the faults in front of a plane's handler. All planes share one order of faults. */
export function faultyRequests(
    faults: readonly RequestFault[],
    seed: number,
    log: Log,
): (plane: FaultyPlane, handler: Handler) => Handler {
    const rules = faults.map((fault, index) => ({ fault, index, hits: chances(fault, seed + index) }));
    const choose = (plane: FaultyPlane, request: IncomingMessage) => {
        const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
        for (const rule of rules) {
            const { fault } = rule;
            const matches =
                (fault.plane === plane || (fault.plane === undefined && plane !== "storage")) &&
                (fault.method ?? request.method)?.toUpperCase() === request.method &&
                fits(fault.path ?? "**", path);
            if (matches && rule.hits()) return { ...rule, path };
        }
        return undefined;
    };
    return (plane, handler) => (request, response) => {
        const chosen = choose(plane, request);
        if (!chosen) {
            handler(request, response);
            return;
        }
        const { fault, index, path } = chosen;
        const when = fault.when ?? "before";
        log.info(
            { rule: index, plane, method: request.method, path, when, fail: fault.fail },
            "injected a fault",
        );
        const answer = () => failWith(fault.fail, plane, request, response);
        if (when === "before") answer();
        else insteadOfAnswer(response, answer, () => handler(request, response));
    };
}

const bodies: Readonly<Record<FaultyPlane, (code: string, message: string) => string>> = {
    batch: (code, message) => JSON.stringify({ code, message: { lang: "en-US", value: message } }),
    resourceManager: (code, message) => JSON.stringify({ error: { code, message } }),
    storage: (code, message) =>
        `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
};

function failWith(
    fail: Failure,
    plane: FaultyPlane,
    request: IncomingMessage,
    response: ServerResponse,
): void {
    if (fail === "timeout") return;
    if (fail === "reset") {
        const socket = request.socket as Socket & { encrypted?: boolean };
        if (socket.encrypted) socket.destroy();
        else socket.resetAndDestroy();
        return;
    }
    const { status, retryAfter } = fail;
    const code = codes[plane][status];
    const message = "A fault that was asked for with --faults.";
    const body = bodies[plane](code, message);
    response.writeHead(status, {
        "Content-Type": plane === "storage" ? "application/xml" : "application/json",
        "Content-Length": Buffer.byteLength(body),
        [plane === "storage" ? "x-ms-request-id" : "request-id"]: randomUUID(),
        ...(plane === "storage" && { "x-ms-error-code": code }),
        ...(retryAfter === undefined ? {} : { "Retry-After": String(retryAfter) }),
        // A body that was not read must not be taken for the next request.
        ...(request.complete ? {} : { Connection: "close" }),
    });
    response.end(body);
}

/** Lets the handler do its work and keeps its answer back; when it would have answered, ours goes out. */
function insteadOfAnswer(response: ServerResponse, answer: () => void, work: () => void): void {
    const { writeHead, write, end, setHeader } = response;
    const restore = () => Object.assign(response, { writeHead, write, end, setHeader });
    const accept = (...args: unknown[]) => {
        const done = args.at(-1);
        if (typeof done === "function") process.nextTick(done as () => void);
        return true;
    };
    Object.assign(response, {
        writeHead: () => response,
        setHeader: () => response,
        write: accept,
        end: () => {
            restore();
            answer();
            return response;
        },
    });
    work();
}
