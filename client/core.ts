import type http from "node:http";
import type { BatchCredential } from "./credentials";
import { BatchServiceError } from "./errors";
import { attemptsFor, defaultRetryPolicy, isTransient, retryDelay, wait } from "./retry";
import type { RetryPolicy } from "./retry";
import { nodeTransport, readAll } from "./transport";
import type { Transport, WireAnswer, WireRequest } from "./transport";

/** Version of the data plane that this client speaks. */
export const API_VERSION = "2025-06-01";

/** Options of a client. */
export interface BatchClientOptions {
    /** How requests are tried again. */
    readonly retry?: Partial<RetryPolicy>;
    /** Milliseconds for one try of a request. @default 60000 */
    readonly timeout?: number;
    /** Sends requests. @default `node:http` with kept connections */
    readonly transport?: Transport;
    /** Put in front of the `User-Agent`. */
    readonly userAgent?: string;
}

/** Options of every call. */
export interface CallOptions {
    /** Ends the call; its reason is what the call throws. */
    readonly signal?: AbortSignal;
    /** Milliseconds for one try. @default that of the client */
    readonly timeout?: number;
}

/** Options of reads: parts of the answer, and statistics. */
export interface ReadOptions extends CallOptions {
    /** Properties to answer with, comma between two. @default all */
    readonly select?: string;
    /** Linked things to answer with; `stats` is the one there is. */
    readonly expand?: string;
}

/** Options of lists. */
export interface ListOptions extends ReadOptions {
    /** OData filter, as "Using OData filters in Batch" says. */
    readonly filter?: string;
    /** Items a page, 1 to 1000. @default 1000 */
    readonly pageSize?: number;
}

/** Condition on the version of what is written. */
export interface ConditionOptions extends CallOptions {
    /** Write only if the ETag is still this one. */
    readonly ifMatch?: string;
}

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** What one call is made of. */
export interface Call {
    readonly method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
    readonly path: string;
    readonly query?: Query;
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string | undefined>>;
    readonly options?: CallOptions;
}

/** Adds the scheme that `accountEndpoint` of the management plane leaves out. */
export function endpointUrl(endpoint: string): URL {
    if (typeof (endpoint as unknown) !== "string" || endpoint === "")
        throw new TypeError(
            "the endpoint of the Batch account is missing: give its accountEndpoint, such as https://ACCOUNT.REGION.batch.azure.com",
        );
    const url = new URL(/^https?:\/\//i.test(endpoint) ? endpoint : `https://${endpoint}`);
    if (url.pathname !== "/" || url.search !== "") {
        throw new Error(`the endpoint of a Batch account has no path: got ${endpoint}, use ${url.origin}`);
    }
    return url;
}

const JSON_TYPE = "application/json; odata=minimalmetadata";

/** Sends calls to one account: version, identity, retries. The operations are built on it. */
export class Core {
    readonly endpoint: URL;
    readonly #credential: BatchCredential;
    readonly #transport: Transport;
    readonly #retry: RetryPolicy;
    readonly #timeout: number;
    readonly #userAgent: string;
    #reached = false;

    constructor(endpoint: string, credential: BatchCredential, options: BatchClientOptions = {}) {
        this.endpoint = endpointUrl(endpoint);
        this.#credential = credential;
        this.#transport = options.transport ?? nodeTransport();
        this.#retry = { ...defaultRetryPolicy, ...options.retry };
        this.#timeout = options.timeout ?? 60_000;
        this.#userAgent = `${options.userAgent === undefined ? "" : `${options.userAgent} `}pulumi-azure-batch Node/${process.versions.node}`;
    }

    /** Whether the endpoint has answered anything yet. */
    get reached(): boolean {
        return this.#reached;
    }

    /** Lets go of the kept connections. */
    close(): void {
        this.#transport.close();
    }

    /** The address of a path of the account, with the api-version. */
    url(path: string, query: Query = {}): URL {
        const url = new URL(path, this.endpoint);
        url.searchParams.set("api-version", API_VERSION);
        for (const [name, value] of Object.entries(query)) {
            if (value !== undefined) url.searchParams.set(name, String(value));
        }
        // Spaces as %20: not every server reads + as one.
        url.search = url.search.replace(/\+/g, "%20");
        return url;
    }

    /** Sends a call and gives the parsed body. */
    async json<T>(call: Call): Promise<T> {
        const answer = await this.send(call);
        return JSON.parse(answer.body.toString("utf8")) as T;
    }

    /** Sends a call, tries it again while that makes sense, and throws the service's error otherwise. */
    async send(call: Call): Promise<WireAnswer> {
        const body = call.body === undefined ? undefined : JSON.stringify(call.body);
        return this.#retrying(call.options?.signal, () =>
            this.once(call, this.url(call.path, call.query), body),
        );
    }

    /** Sends a call whose body is text already, once: the submission engine does its own retries. */
    async once(call: Omit<Call, "body" | "query">, url: URL, body?: string): Promise<WireAnswer> {
        const sign = (): Promise<WireRequest> => this.#sign(call, url, body);
        return this.#authorized(sign, async (request) =>
            this.#check(await this.#transport.send(request), request),
        );
    }

    /** Sends a call and gives the body as a stream. */
    async stream(
        call: Call,
    ): Promise<{ headers: NodeJS.Dict<string | string[]>; body: http.IncomingMessage }> {
        const sign = (): Promise<WireRequest> => this.#sign(call, this.url(call.path, call.query));
        const send: Transport["stream"] = async (request) => {
            const answer = await this.#transport.stream(request);
            if (answer.status >= 300)
                this.#check({ ...answer, body: await readAll(answer.body, request) }, request);
            return answer;
        };
        return this.#retrying(call.options?.signal, () => this.#authorized(sign, send));
    }

    /** Pages of a list, each asked for when it is needed. */
    async *pages<T>(path: string, options: ListOptions = {}): AsyncGenerator<T[]> {
        const query = {
            $filter: options.filter,
            $select: options.select,
            $expand: options.expand,
            maxresults: options.pageSize,
        };
        let url: URL | undefined = this.url(path, query);
        while (url !== undefined) {
            const at: URL = url;
            const answer = await this.#retrying(options.signal, () =>
                this.once({ method: "GET", path, options }, at),
            );
            const page = JSON.parse(answer.body.toString("utf8")) as {
                value?: T[];
                "odata.nextLink"?: string;
            };
            yield page.value ?? [];
            url = this.#next(page["odata.nextLink"]);
        }
    }

    /** Items of a list. */
    async *list<T>(path: string, options: ListOptions = {}): AsyncGenerator<T> {
        for await (const page of this.pages<T>(path, options)) yield* page;
    }

    // A token must not follow a link to another host.
    #next(link: string | undefined): URL | undefined {
        if (link === undefined) return undefined;
        const url = new URL(link, this.endpoint);
        if (url.origin !== this.endpoint.origin) {
            throw new Error(
                `the service's next page is at ${url.origin}, not at ${this.endpoint.origin}: not followed`,
            );
        }
        if (!url.searchParams.has("api-version")) url.search += `&api-version=${API_VERSION}`;
        return url;
    }

    async #sign(call: Omit<Call, "body" | "query">, url: URL, body?: string): Promise<WireRequest> {
        const headers: Record<string, string> = { accept: "application/json", "user-agent": this.#userAgent };
        for (const [name, value] of Object.entries(call.headers ?? {}))
            if (value !== undefined) headers[name] = value;
        if (body !== undefined) {
            headers["content-type"] = JSON_TYPE;
            headers["content-length"] = String(Buffer.byteLength(body));
        } else if (call.method !== "GET" && call.method !== "HEAD") {
            headers["content-length"] = "0";
        }
        const signal = call.options?.signal;
        const signed = this.#credential.authorize({ method: call.method, url, headers }, signal);
        if (signed !== undefined) await signed;
        return {
            method: call.method,
            url,
            headers,
            body,
            timeout: call.options?.timeout ?? this.#timeout,
            signal,
        };
    }

    #check<A extends WireAnswer>(answer: A, request: WireRequest): A {
        this.#reached = true;
        if (answer.status < 300) return answer;
        const { origin, pathname, search } = request.url;
        const who = { endpoint: origin, identity: this.#credential.describe?.() };
        throw BatchServiceError.from(answer, { method: request.method, path: pathname + search }, who);
    }

    /** Sends a request, and once more when its token was refused: it may have been revoked before its time. */
    async #authorized<T>(
        sign: () => Promise<WireRequest>,
        send: (request: WireRequest) => Promise<T>,
    ): Promise<T> {
        const request = await sign();
        try {
            return await send(request);
        } catch (error) {
            const refused = error instanceof BatchServiceError && error.status === 401;
            if (!refused || this.#credential.refresh?.(request) !== true) throw error;
        }
        return send(await sign());
    }

    async #retrying<T>(signal: AbortSignal | undefined, attemptOnce: () => Promise<T>): Promise<T> {
        for (let attempt = 1; ; attempt++) {
            try {
                return await attemptOnce();
            } catch (error) {
                if (!isTransient(error) || attempt >= attemptsFor(this.#retry, error, this.#reached))
                    throw error;
                await wait(retryDelay(this.#retry, attempt, error), signal);
            }
        }
    }
}

/** A part of a path, encoded. */
export const segment = encodeURIComponent;
