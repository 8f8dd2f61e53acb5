import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import type { ErrorCodeName, ManagementErrorCodeName } from "../../catalog";
import type { AccountRecord } from "../model/account";
import type { Instant } from "../model/instant";
import type { Principal } from "../model/principal";

/** A code of either plane. */
export type RefusalCode = ErrorCodeName | ManagementErrorCodeName;

/**
 * One operation of a plane: one file, named for what it does. `S` is what its handler may use, `C` the call it gets
 * (`Call` with its Batch account on the data plane, `ArmCall` on the other).
 */
export interface Operation<S, C extends ArmCall = Call> {
    /** As in the published specification, such as `Jobs_DisableJob` or `Pool_Create`. */
    id: string;
    method: Method;
    /** `/jobs/:jobId/disable`; matched without regard to case. A trailing `*` is the parameter `*`. */
    path: string;
    /** First and last api-version that has it. */
    since?: string;
    until?: string;
    /** Name of the request body's shape; absent: no body is read. */
    body?: string;
    /** The body may be left out: `call.body` is undefined then. */
    bodyOptional?: boolean;
    handle(call: C, services: S): Outcome | Promise<Outcome>;
}

export type Method = "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";

/** A request that passed version, route, authentication and shape checks. */
export interface Call {
    operation: string;
    apiVersion: string;
    /** Path parameters, decoded, with the case they came in. */
    params: Readonly<Record<string, string>>;
    /** Names lower-cased. */
    query: ReadonlyMap<string, string>;
    headers: IncomingHttpHeaders;
    body: unknown;
    principal: Principal;
    /** The Batch account of a data plane call. */
    account: AccountRecord;
    /** Scheme, host and port as the client addressed them, no trailing slash. */
    origin: string;
    /** Path and query as they came, for next links. */
    url: string;
    requestId: string;
    now: Instant;
}

/** ARM calls have no Batch account at hand. */
export type ArmCall = Omit<Call, "account">;

export interface Reply {
    status: number;
    headers?: Record<string, string>;
    /** Sent as JSON. */
    body?: unknown;
    /** Sent as it is, instead of `body`. */
    stream?: Readable | Buffer;
}

/** A refusal is a value; only the pipeline turns it into HTTP. */
export interface Refused {
    refused: RefusalCode;
    /** Replaces the code's own status: a read whose condition fails is 304, not 412. */
    status?: number;
    /** Replaces the code's own text. */
    message?: string;
    values?: { key: string; value: string }[];
    /** For headers such as WWW-Authenticate and Retry-After. */
    headers?: Record<string, string>;
}

export type Outcome = Reply | Refused;

export function refuse(code: RefusalCode, details: Omit<Refused, "refused"> = {}): Refused {
    return { refused: code, ...details };
}

export function isRefused(outcome: object): outcome is Refused {
    return "refused" in outcome;
}
