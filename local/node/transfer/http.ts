import * as http from "node:http";
import * as https from "node:https";
import { setTimeout as sleep } from "node:timers/promises";

/** An answer, or the lack of one, that ends a transfer. */
export class TransferError extends Error {
    constructor(
        message: string,
        /** HTTP status; absent when there was no answer. */
        readonly status?: number,
        readonly timedOut = false,
    ) {
        super(message);
    }

    get transient(): boolean {
        const { status } = this;
        return status === undefined || status === 408 || status === 429 || status >= 500;
    }
}

export interface RequestOptions {
    headers?: Record<string, string>;
    signal?: AbortSignal;
}

const attempts = 4;
const firstPause = 200;
const idleTimeout = 60_000;
const maxRedirects = 5;

/** Reads URLs over http and https, trusting the given roots beside the system's. Kept connections are shared. */
export class HttpReader {
    private readonly plain = new http.Agent({ keepAlive: true, maxSockets: 32 });
    private readonly secure: https.Agent;

    constructor(ca?: string[]) {
        this.secure = new https.Agent({ keepAlive: true, maxSockets: 32, ...(ca && { ca }) });
    }

    agentFor(url: string): http.Agent {
        return url.startsWith("https:") ? this.secure : this.plain;
    }

    close(): void {
        this.plain.destroy();
        this.secure.destroy();
    }

    /** Opens the URL and hands its body to `consume`; a transient failure of either starts over. */
    async read<Result>(
        url: string,
        { headers = {}, signal }: RequestOptions,
        consume: (body: http.IncomingMessage) => Promise<Result>,
    ): Promise<Result> {
        for (let attempt = 1; ; attempt += 1) {
            try {
                return await consume(await this.open(new URL(url), headers, signal, maxRedirects));
            } catch (error) {
                const failed = asTransferError(error);
                if (!failed?.transient || attempt === attempts || signal?.aborted) throw failed ?? error;
                await sleep(firstPause * 2 ** (attempt - 1), undefined, { signal });
            }
        }
    }

    private async open(
        url: URL,
        headers: Record<string, string>,
        signal: AbortSignal | undefined,
        redirects: number,
    ): Promise<http.IncomingMessage> {
        if (url.protocol !== "http:" && url.protocol !== "https:") {
            throw new TransferError(`${url.protocol} is not http: or https:`, 400);
        }
        const response = await this.get(url, headers, signal);
        const { statusCode: status = 0, headers: answer } = response;
        if (status === 200) return response;
        response.resume();
        if (status >= 300 && status < 400 && answer.location && redirects > 0) {
            const next = new URL(answer.location, url);
            // A token is for the host it was asked for, not for wherever that host points.
            return this.open(next, next.origin === url.origin ? headers : {}, signal, redirects - 1);
        }
        throw new TransferError(
            `The server answered ${status} ${response.statusMessage ?? ""}`.trimEnd(),
            status,
        );
    }

    private get(
        url: URL,
        headers: Record<string, string>,
        signal?: AbortSignal,
    ): Promise<http.IncomingMessage> {
        return new Promise((resolve, reject) => {
            const secure = url.protocol === "https:";
            const request = (secure ? https : http).get(
                url,
                { agent: secure ? this.secure : this.plain, headers, signal, timeout: idleTimeout },
                resolve,
            );
            request.once("timeout", () =>
                request.destroy(
                    new TransferError(`No answer within ${idleTimeout / 1000} s`, undefined, true),
                ),
            );
            request.once("error", reject);
        });
    }
}

/** Network errors of Node as ours; anything else (a full disk, say) is not a matter of the transfer. */
function asTransferError(error: unknown): TransferError | undefined {
    if (error instanceof TransferError) return error;
    const { code, name, message } = error as NodeJS.ErrnoException;
    if (name === "AbortError") return undefined;
    const network =
        /^(ECONN|ETIMEDOUT|EPIPE|EAI_|ENOTFOUND|EHOST|ENET|ERR_STREAM_PREMATURE|ERR_TLS|CERT_|DEPTH_|SELF_SIGNED|UNABLE_|HPE_)/;
    return code && network.test(code)
        ? new TransferError(message, undefined, code === "ETIMEDOUT")
        : undefined;
}
