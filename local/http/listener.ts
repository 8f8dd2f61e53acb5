/**
 * One port for TLS and plain HTTP: the first byte tells. A TLS client begins with a handshake record (22), an HTTP one with a
 * letter of its verb.
 */
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import tls from "node:tls";

const handshakeRecord = 22;

export interface ListenOptions {
    /** @default "127.0.0.1" */
    host?: string;
    /** 0 or none: the system chooses. */
    port?: number;
    /** PEM. */
    tls: { key: string; cert: string };
    handler(request: IncomingMessage, response: ServerResponse): void;
    /** Told of what is no client's doing; a client that goes away or sends nonsense is not. */
    onError?(error: Error): void;
    /** Milliseconds; for tests. */
    timeouts?: Partial<Timeouts>;
}

export interface Timeouts {
    /** From the connection to its first byte and to the end of the TLS handshake. @default 60 s */
    firstByte: number;
    /** From a request's first byte to the end of its headers. @default 60 s */
    headers: number;
    /** From a request's first byte to its last. Uploads do not come here. @default 300 s */
    request: number;
    /** Between two requests: longer than clients keep connections in their pools. @default 120 s */
    keepAlive: number;
}

export interface Listener {
    readonly port: number;
    /** Takes no more connections, lets running requests end for `grace` milliseconds (default 2 s), then cuts what is left. */
    close(grace?: number): Promise<void>;
}

/** Why a port could not be had; the message is one line for the user. */
export class ListenError extends Error {
    constructor(
        readonly reason: "portInUse" | "portNotAllowed" | "noSuchAddress" | "failed",
        message: string,
        options?: ErrorOptions,
    ) {
        super(message, options);
        this.name = "ListenError";
    }
}

/** @throws ListenError when the port cannot be had. */
export async function listen(options: ListenOptions): Promise<Listener> {
    const { host = "127.0.0.1", port = 0, onError = () => undefined } = options;
    const timeouts: Timeouts = {
        firstByte: 60_000,
        headers: 60_000,
        request: 300_000,
        keepAlive: 120_000,
        ...options.timeouts,
    };
    const server = http.createServer(
        {
            headersTimeout: Math.min(timeouts.headers, timeouts.request),
            requestTimeout: timeouts.request,
            keepAliveTimeout: timeouts.keepAlive,
            connectionsCheckingInterval: Math.min(5_000, timeouts.headers),
            noDelay: true,
        },
        options.handler,
    );
    const sockets = new Set<Socket>();
    /** Those that no request is running on yet, nor can be. */
    const undecided = new Set<Socket>();
    const secure = tls.createServer({
        ...options.tls,
        ALPNProtocols: ["http/1.1"],
        handshakeTimeout: timeouts.firstByte,
    });
    // The server's own way to take over a connection; it does for a decrypted one just as well.
    const [serve] = server.listeners("connection");
    if (!serve) throw new ListenError("failed", "This Node's HTTP server takes no connections.");
    server.removeAllListeners("connection");
    secure.on("secureConnection", (socket) => serve.call(server, socket));
    secure.on("tlsClientError", (_error, socket) => socket.destroy());
    server.on("clientError", refuseNonsense);
    server.on("connection", (socket: Socket) => {
        sockets.add(socket);
        undecided.add(socket);
        socket.once("close", () => {
            sockets.delete(socket);
            undecided.delete(socket);
        });
        // A client may reset its connection at any time.
        socket.on("error", () => socket.destroy());
        sniff(socket, timeouts.firstByte, (isTls) => {
            undecided.delete(socket);
            if (isTls) secure.emit("connection", socket);
            else serve.call(server, socket);
        });
    });
    await bind(server, host, port);
    server.on("error", onError);
    secure.on("error", onError);
    let closing: Promise<void> | undefined;
    return {
        port: (server.address() as AddressInfo).port,
        close: (grace = 2_000) => {
            for (const socket of undecided) socket.destroy();
            return (closing ??= close(server, sockets, grace));
        },
    };
}

/** Waits for the first byte and puts it back. */
function sniff(socket: Socket, timeout: number, decided: (isTls: boolean) => void): void {
    const giveUp = () => socket.destroy();
    socket.setTimeout(timeout, giveUp);
    // An HTTP server's sockets stay half open; one that ends before it began has nothing to be answered.
    socket.once("end", giveUp);
    socket.once("data", (first: Buffer) => {
        socket.setTimeout(0);
        socket.off("timeout", giveUp).off("end", giveUp);
        socket.pause();
        socket.unshift(first);
        decided(first[0] === handshakeRecord);
        process.nextTick(() => socket.resume());
    });
}

async function bind(server: http.Server, host: string, port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
        server.once("error", (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)));
        server.listen({ host, port, backlog: 4096 }, resolve);
    });
    server.removeAllListeners("error");
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): ListenError {
    const where = `port ${port} of ${host}`;
    switch (error.code) {
        case "EADDRINUSE":
            return new ListenError(
                "portInUse",
                `${where} is used by another program; choose another port, or none to let the system choose`,
                { cause: error },
            );
        case "EACCES":
            return new ListenError(
                "portNotAllowed",
                `${where} needs more rights than this user has; choose a port above 1023`,
                { cause: error },
            );
        case "EADDRNOTAVAIL":
        case "ENOTFOUND":
            return new ListenError(
                "noSuchAddress",
                `${host} is no address of this machine; leave the host out for 127.0.0.1`,
                { cause: error },
            );
        default:
            return new ListenError("failed", `cannot listen on ${where}: ${error.message}`, { cause: error });
    }
}

/** What is no HTTP gets the answer that HTTP has for it, as far as the client is still there. */
function refuseNonsense(error: NodeJS.ErrnoException, socket: Socket): void {
    const status =
        error.code === "HPE_HEADER_OVERFLOW"
            ? "431 Request Header Fields Too Large"
            : error.code === "ERR_HTTP_REQUEST_TIMEOUT"
              ? "408 Request Timeout"
              : "400 Bad Request";
    if (error.code === "ECONNRESET" || !socket.writable || socket.bytesWritten > 0) socket.destroy();
    else
        socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () =>
            socket.destroy(),
        );
}

async function close(server: http.Server, sockets: Set<Socket>, grace: number): Promise<void> {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    const cut = () => {
        server.closeAllConnections();
        for (const socket of sockets) socket.destroy();
    };
    const timer = setTimeout(cut, grace);
    // Connections become idle as their requests end; Node closes only those that are idle now.
    const sweeper = setInterval(() => server.closeIdleConnections(), 20);
    await closed;
    clearTimeout(timer);
    clearInterval(sweeper);
}
