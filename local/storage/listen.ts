/** One port for TLS and plain HTTP: a TLS connection starts with the byte 22 (a handshake record), an HTTP request with a letter. */
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { createServer, type AddressInfo, type Socket } from "node:net";
import type { Certificate } from "./messages";

const tlsHandshake = 22;
/** A connection that says nothing is closed after this. */
const firstByteMs = 60_000;
const keepAliveMs = 60_000;

export interface Listener {
    readonly port: number;
    /** Takes no new connection, lets running requests end for `graceMs`, then cuts what is left. */
    close(graceMs: number): Promise<void>;
}

/** @throws when the port is taken (`EADDRINUSE`) or the host is not ours. */
export async function listen(
    host: string,
    port: number,
    tls: Certificate,
    handle: RequestListener,
): Promise<Listener> {
    const options = {
        // Uploads may take as long as they take; headers may not.
        requestTimeout: 0,
        headersTimeout: firstByteMs,
        keepAliveTimeout: keepAliveMs,
    };
    const plain = createHttpServer(options, handle);
    const secure = createHttpsServer({ ...options, key: tls.key, cert: tls.cert }, handle);
    const sockets = new Set<Socket>();
    let busy = 0;
    for (const server of [plain, secure]) {
        server.on("request", (_request, response) => {
            busy += 1;
            response.once("close", () => (busy -= 1));
        });
        server.on("clientError", (_error, socket) => socket.destroy());
    }
    secure.on("tlsClientError", (_error, socket) => socket.destroy());

    const front = createServer({ noDelay: true }, (socket) => {
        sockets.add(socket);
        socket.once("close", () => sockets.delete(socket));
        // A client may reset the connection at any time; that is its business.
        socket.on("error", () => socket.destroy());
        socket.setTimeout(firstByteMs, () => socket.destroy());
        socket.once("data", (first: Buffer) => {
            socket.pause();
            socket.setTimeout(0);
            socket.removeAllListeners("timeout");
            socket.unshift(first);
            (first[0] === tlsHandshake ? secure : plain).emit("connection", socket);
            process.nextTick(() => socket.resume());
        });
    });
    await new Promise<void>((resolve, reject) => {
        front.once("error", reject);
        front.listen(port, host, () => {
            front.off("error", reject);
            resolve();
        });
    });
    return {
        port: (front.address() as AddressInfo).port,
        async close(graceMs) {
            const closed = new Promise<void>((resolve) => front.close(() => resolve()));
            const end = Date.now() + graceMs;
            while (busy > 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
            for (const socket of sockets) socket.destroy();
            await closed;
        },
    };
}
