import net from "node:net";
import { cancel } from "./cancel";

/** Milliseconds that whatever waits has for its end once the engine is gone. */
const FAREWELL = 1500;

/**
 * Ends the process when the engine is gone, by kill -9 for example: nobody hears then what it makes, and it would wait for ever. A
 * connection that nobody speaks on tells that within a moment; the engine itself closes such ones now and then.
 * @param address the engine's, `127.0.0.1:12345`, as it gives it to the processes of providers
 */
export function endWithEngine(
    address: string | undefined,
    end: () => void = () => process.exit(1),
): (() => void) | undefined {
    const [, host, port] = /^(127\.0\.0\.1|localhost|\[::1\]):(\d+)$/.exec(address ?? "") ?? [];
    if (host === undefined) return undefined;
    let socket: net.Socket | undefined;
    let stopped = false;
    const connect = (): void => {
        if (stopped) return;
        let reached = false;
        socket = net.connect({ host: host.replace(/[[\]]/g, ""), port: Number(port) });
        socket.unref();
        socket.once("connect", () => (reached = true));
        socket.on("error", () => undefined);
        // What the engine says at the start of HTTP/2 is of no interest, but an end is heard only by a socket that is read.
        socket.resume();
        socket.once("close", () => {
            if (stopped) return;
            if (reached) setTimeout(connect, 100).unref();
            else {
                cancel();
                setTimeout(end, FAREWELL);
            }
        });
    };
    connect();
    return () => {
        stopped = true;
        socket?.destroy();
    };
}
