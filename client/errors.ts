import { refusalAdvice } from "./advice";
import type { BatchError } from "./models";

/** What every answer and failure carries for support: who was asked for what. */
export interface RequestInfo {
    readonly method: string;
    /** Path with the query parameters, without host and without anything secret. */
    readonly path: string;
}

/** An error that the service answered with. */
export class BatchServiceError extends Error {
    override readonly name = "BatchServiceError";
    /** Code of the service, such as `JobNotFound`; `HTTP 502` where the answer had none. */
    readonly code: string;
    /** HTTP status. */
    readonly status: number;
    /** Details of the service by name, such as `PropertyName` and `Reason`. */
    readonly details: Readonly<Record<string, string>>;
    readonly requestId: string | undefined;
    /** Milliseconds that the service asks to wait before the next try. */
    readonly retryAfter: number | undefined;
    readonly request: RequestInfo;

    constructor(init: {
        code: string;
        status: number;
        message: string;
        details?: Readonly<Record<string, string>>;
        requestId?: string;
        retryAfter?: number;
        request: RequestInfo;
        /** What to do, on a line of its own. */
        advice?: string;
    }) {
        // What a signature was made of is nobody's business but the signer's.
        const details = Object.entries(init.details ?? {}).filter(
            ([name, value]) => name !== "AuthenticationErrorDetail" || !/MAC signature/i.test(value),
        );
        const more =
            details.length > 0 ? ` (${details.map(([name, value]) => `${name}: ${value}`).join(", ")})` : "";
        super(
            `${init.code}: ${init.message}${more} [${init.request.method} ${init.request.path}: ${init.status}]${init.advice === undefined ? "" : `\n${init.advice}`}`,
        );
        this.code = init.code;
        this.status = init.status;
        this.details = init.details ?? {};
        this.requestId = init.requestId;
        this.retryAfter = init.retryAfter;
        this.request = init.request;
    }

    /** Reads the error body of either plane; an unreadable one still gives an error with its status. */
    static from(
        answer: { status: number; headers: NodeJS.Dict<string | string[]>; body: Buffer },
        request: RequestInfo,
        who: { endpoint?: string; identity?: string } = {},
    ): BatchServiceError {
        const parsed = parseBody(answer.body);
        const code = parsed?.code ?? `HTTP ${answer.status}`;
        const advice = refusalAdvice(answer.status, code, who.identity);
        const asked = `Asked of ${who.endpoint ?? "the service"} with ${who.identity ?? "a credential of your own"}.`;
        const requestId = answer.headers["request-id"];
        return new BatchServiceError({
            code,
            status: answer.status,
            message: firstLine(parsed?.message?.value) ?? "the service gave no reason",
            details: Object.fromEntries(
                (parsed?.values ?? []).map(({ key, value }) => [key ?? "", value ?? ""]),
            ),
            requestId: typeof requestId === "string" ? requestId : undefined,
            retryAfter: retryAfter(answer.headers),
            request,
            ...(advice !== undefined && { advice: `${asked} ${advice}` }),
        });
    }
}

const UNREACHABLE = new Set([
    "ECONNREFUSED",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "ETIMEDOUT",
    "EAI_AGAIN",
    "ENOTFOUND",
    "CONNECT_TIMEOUT",
]);

const FINAL = new Set([
    "ENOTFOUND",
    "CERT_HAS_EXPIRED",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** The service could not be reached, or did not answer in time. */
export class BatchConnectionError extends Error {
    override readonly name = "BatchConnectionError";
    /** Code of the system (`ECONNREFUSED`), or `TIMEOUT`, or `CONNECT_TIMEOUT` where not even a connection came about in time. */
    readonly code: string;

    /** True where no connection came about. */
    get unreachable(): boolean {
        return UNREACHABLE.has(this.code);
    }

    /** True for what cannot get better within seconds: a name that there is not, a certificate that is not trusted. */
    get final(): boolean {
        return FINAL.has(this.code) || this.code.startsWith("ERR_TLS");
    }

    constructor(code: string, message: string, options?: ErrorOptions) {
        super(message, options);
        this.code = code;
    }
}

/** True for a service error with one of these codes. */
export function isServiceError(error: unknown, ...codes: string[]): error is BatchServiceError {
    return error instanceof BatchServiceError && (codes.length === 0 || codes.includes(error.code));
}

function parseBody(body: Buffer): BatchError | undefined {
    if (body.length === 0) return undefined;
    try {
        const value: unknown = JSON.parse(body.toString("utf8"));
        return typeof value === "object" && value !== null ? value : undefined;
    } catch {
        return undefined;
    }
}

// The service appends the request id and the time on lines of their own.
function firstLine(text: string | undefined): string | undefined {
    return text
        ?.split("\n")
        .filter((line) => !/^(RequestId|Time):/.test(line))
        .join(" ")
        .trim();
}

/** Milliseconds that the headers ask to wait, from `retry-after-ms` or `retry-after` (seconds or a date). */
export function retryAfter(headers: NodeJS.Dict<string | string[]>, now = Date.now()): number | undefined {
    const milliseconds = Number(headers["retry-after-ms"] ?? headers["x-ms-retry-after-ms"]);
    if (Number.isFinite(milliseconds)) return milliseconds;
    const value = headers["retry-after"];
    if (typeof value !== "string") return undefined;
    const seconds = Number(value);
    if (Number.isFinite(seconds)) return seconds * 1000;
    const date = Date.parse(value);
    return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
