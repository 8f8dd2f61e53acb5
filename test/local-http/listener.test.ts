import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import https from "node:https";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { listen, ListenError, type Listener, type ListenOptions } from "../../local/http/listener";
import { openKeys, type Keys } from "../../local/identity";

describe("http: the listener", () => {
    let directory: string;
    let keys: Keys;
    let ca: string;
    const open: Listener[] = [];
    const errors: Error[] = [];
    before(async () => {
        directory = mkdtempSync(path.join(tmpdir(), "batchlocal-listener-"));
        keys = await openKeys(directory);
        ca = readFileSync(keys.caFile, "utf8");
    });
    afterEach(async () => {
        await Promise.all(open.splice(0).map((listener) => listener.close(0)));
        assert.deepEqual(errors.splice(0), []);
    });
    after(() => rmSync(directory, { recursive: true, force: true }));

    const start = async (options: Partial<ListenOptions> = {}) => {
        const listener = await listen({
            tls: keys.tls,
            handler: echo,
            onError: (error) => errors.push(error),
            ...options,
        });
        open.push(listener);
        return listener;
    };
    const ask = (port: number, options: { secure?: boolean; agent?: http.Agent; body?: string } = {}) =>
        new Promise<string>((resolve, reject) => {
            const { secure = false, body } = options;
            const request = (secure ? https : http).request(
                {
                    host: "127.0.0.1",
                    port,
                    path: "/x",
                    method: body === undefined ? "GET" : "POST",
                    agent: options.agent,
                    ...(secure ? { ca } : {}),
                },
                (response) => {
                    let text = "";
                    response.on("data", (chunk: Buffer) => (text += chunk.toString()));
                    response.on("end", () => resolve(text));
                    response.on("error", reject);
                },
            );
            request.on("error", reject);
            request.end(body);
        });
    const connect = (port: number) =>
        new Promise<net.Socket>((resolve, reject) => {
            const socket = net.connect(port, "127.0.0.1", () => resolve(socket));
            socket.on("error", reject);
        });
    const closed = (socket: net.Socket) =>
        new Promise<string>((resolve) => {
            let text = "";
            socket.on("data", (chunk) => (text += chunk.toString()));
            socket.on("error", () => undefined);
            socket.on("close", () => resolve(text));
        });

    it("answers TLS and plain HTTP on one port", async () => {
        const { port } = await start();
        assert.equal(await ask(port), "plain GET /x 0");
        assert.equal(await ask(port, { secure: true }), "tls GET /x 0");
        const big = "x".repeat(3_000_000);
        assert.equal(await ask(port, { body: big }), "plain POST /x 3000000");
        assert.equal(await ask(port, { secure: true, body: big }), "tls POST /x 3000000");
    });

    it("keeps connections alive, either kind", async () => {
        const { port } = await start();
        for (const secure of [false, true]) {
            const agent = new (secure ? https : http).Agent({ keepAlive: true, maxSockets: 1 });
            const seen = new Set<unknown>();
            agent.on("free", (socket: unknown) => seen.add(socket));
            for (let index = 0; index < 20; index++) await ask(port, { secure, agent });
            assert.equal(seen.size, 1);
            agent.destroy();
        }
    });

    it("takes a first byte that comes alone", async () => {
        const { port } = await start();
        const socket = await connect(port);
        const text = closed(socket);
        for (const part of ["G", "ET /slow HT", "TP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"]) {
            socket.write(part);
            await new Promise((resolve) => setTimeout(resolve, 10));
        }
        assert.match(await text, /plain GET \/slow 0$/);
    });

    it("says in one line that a port is in use, and what to do", async () => {
        const { port } = await start();
        await assert.rejects(start({ port }), (error) => {
            assert.ok(error instanceof ListenError);
            assert.equal(error.reason, "portInUse");
            assert.match(
                error.message,
                new RegExp(`^port ${port} of 127\\.0\\.0\\.1 is used by another program; choose`),
            );
            assert.ok(!error.message.includes("\n"));
            return true;
        });
        await assert.rejects(
            start({ host: "192.0.2.1" }),
            (error) => error instanceof ListenError && error.reason === "noSuchAddress",
        );
    });

    it("refuses what is neither HTTP nor TLS and goes on", async () => {
        const { port } = await start();
        for (const nonsense of [
            "hello\r\n\r\n",
            "\x16\x03\x01\x00\x05hello and more",
            "\x00\x00\x00\x00",
            "GET / HTTP/9.9\r\n\r\n",
        ]) {
            const socket = await connect(port);
            const text = closed(socket);
            socket.end(Buffer.from(nonsense, "latin1"));
            assert.doesNotMatch(await text, /plain|tls /);
        }
        const socket = await connect(port);
        const text = closed(socket);
        socket.write(`GET / HTTP/1.1\r\nHost: a\r\nX-Long: ${"y".repeat(100_000)}\r\n\r\n`);
        assert.match(await text, /^HTTP\/1\.1 431 /);
        assert.equal(await ask(port), "plain GET /x 0");
    });

    it("survives clients that send half a request and go away", async () => {
        const { port } = await start();
        for (const half of [
            "",
            "PO",
            "POST /x HTTP/1.1\r\nContent-Le",
            "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc",
            "\x16\x03\x01",
        ]) {
            for (const goes of ["end", "reset"] as const) {
                const socket = await connect(port);
                if (half !== "") socket.write(Buffer.from(half, "latin1"));
                await new Promise((resolve) => setTimeout(resolve, 5));
                if (goes === "end") socket.destroy();
                else socket.resetAndDestroy();
            }
        }
        assert.equal(await ask(port, { secure: true }), "tls GET /x 0");
    });

    it("closes connections that say nothing, do not finish their handshake or their headers", async () => {
        const { port } = await start({ timeouts: { firstByte: 100, headers: 100, request: 200 } });
        const answers = await Promise.all(
            ["", "\x16\x03\x01\x02", "GET / HTTP/1.1\r\nX-Half: "].map(async (half) => {
                const socket = await connect(port);
                const text = closed(socket);
                if (half !== "") socket.write(Buffer.from(half, "latin1"));
                return text;
            }),
        );
        assert.deepEqual(answers.slice(0, 2), ["", ""]);
        assert.match(answers[2] ?? "", /^HTTP\/1\.1 408 /);
    });

    it("closes connections that end before they began, long before their time is up", async () => {
        const { port } = await start();
        const sockets = await Promise.all(Array.from({ length: 20 }, () => connect(port)));
        const gone = sockets.map(closed);
        for (const socket of sockets) socket.end();
        assert.deepEqual([...new Set(await Promise.all(gone))], [""]);
    });

    it("lets a running request end when it closes, and takes no new one", async () => {
        let release: () => void = () => undefined;
        const arrived = new Promise<void>((resolve) => {
            release = resolve;
        });
        const { port, close } = await start({
            handler: (_request, response) => {
                release();
                setTimeout(() => response.end("late"), 100);
            },
        });
        const idle = await connect(port);
        const idleClosed = closed(idle);
        const answer = ask(port, { secure: true });
        await arrived;
        const done = close(60_000);
        assert.equal(await answer, "late");
        await done;
        await idleClosed;
        await assert.rejects(ask(port), /ECONNREFUSED/);
    });

    it("cuts requests that never end once the grace is over", async () => {
        const { port, close } = await start({ handler: () => undefined });
        const outcome = assert.rejects(ask(port), /socket hang up|ECONNRESET/);
        await new Promise((resolve) => setTimeout(resolve, 50));
        await Promise.all([close(10), outcome]);
    });

    it("answers while thousands of connections are open", async function () {
        this.timeout(30_000);
        const { port } = await start();
        // Both ends of each connection are files of this one process.
        const sockets: net.Socket[] = [];
        for (let round = 0; round < 16; round++) {
            sockets.push(...(await Promise.all(Array.from({ length: 250 }, () => connect(port)))));
        }
        assert.equal(await ask(port, { secure: true }), "tls GET /x 0");
        for (const socket of sockets) socket.destroy();
        assert.equal(await ask(port), "plain GET /x 0");
    });
});

function echo(request: IncomingMessage, response: ServerResponse): void {
    let length = 0;
    request.on("data", (chunk: Buffer) => (length += chunk.length));
    request.on("end", () => {
        const scheme = "encrypted" in request.socket ? "tls" : "plain";
        response.end(`${scheme} ${request.method} ${request.url} ${length}`);
    });
}
