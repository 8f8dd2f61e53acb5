import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { Life } from "../durability/service";
import { skip } from "../support/skip";

const gigabyte = 2 ** 30;
const piece = Buffer.alloc(256 * 1024, " ");

/** Files that a process may have open. */
function mostOpen(pid: number): number {
    const file = `/proc/${pid}/limits`;
    return existsSync(file) ? Number(/^Max open files\s+(\d+)/m.exec(readFileSync(file, "utf8"))?.[1]) : 0;
}

describe("cli: clients that are no good", function () {
    this.timeout(300_000);
    let data: string;
    let life: Life;
    let endpoint: URL;

    before(async () => {
        data = realpathSync(mkdtempSync(path.join(tmpdir(), "hard-clients-")));
        life = await Life.begin(data);
        await life.batch.jobs.add({ id: "job", poolInfo: { poolId: "none" } });
        endpoint = new URL(life.account.endpoint);
    });
    after(async () => {
        await life.end();
        rmSync(data, { recursive: true, force: true, maxRetries: 5 });
    });

    let tasks = 0;
    /** It answers, reads and writes. */
    async function goesOn(): Promise<void> {
        tasks += 1;
        await life.batch.tasks.add("job", { id: `after-${tasks}`, commandLine: "/bin/true" });
        assert.equal((await life.batch.tasks.get("job", `after-${tasks}`)).state, "active");
        await life.blobs.getContainerClient("after").createIfNotExists();
        assert.ok(await life.blobs.getContainerClient("after").exists());
    }

    const memoryMb = () =>
        existsSync("/proc")
            ? Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${life.pid}/status`, "utf8"))?.[1]) / 1024
            : Number.NaN;

    const target = "/jobs/job/addtaskcollection?api-version=2025-06-01";
    function signed(length: number | undefined): Record<string, string> {
        const date = new Date().toUTCString();
        const text = `POST\n\n\n${length ?? ""}\n\napplication/json\n\n\n\n\n\n\nocp-date:${date}\n/${life.account.name}/jobs/job/addtaskcollection\napi-version:2025-06-01`;
        const signature = createHmac("sha256", Buffer.from(life.account.key, "base64"))
            .update(text)
            .digest("base64");
        return {
            "content-type": "application/json",
            "ocp-date": date,
            authorization: `SharedKey ${life.account.name}:${signature}`,
            ...(length === undefined
                ? { "transfer-encoding": "chunked" }
                : { "content-length": String(length) }),
        };
    }

    /** Sends a gigabyte as long as the service takes it; its status, and how much it took. */
    function sendGigabyte(
        declared: boolean,
    ): Promise<{ status: number | undefined; code: string; sent: number }> {
        return new Promise((resolve) => {
            let sent = 0;
            let [status, text]: [number | undefined, string] = [undefined, ""];
            const { hostname, port } = endpoint;
            const headers = signed(declared ? gigabyte : undefined);
            const request = http.request(
                { hostname, port, path: target, method: "POST", headers },
                (answer) => {
                    status = answer.statusCode;
                    answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
                },
            );
            const more = () => {
                while (sent < gigabyte && !request.destroyed) {
                    sent += piece.length;
                    if (!request.write(piece)) return void request.once("drain", more);
                }
                request.end();
            };
            // Cut off while it still sends: what was answered before is what counts.
            request.on("error", () => undefined);
            request.once("close", () =>
                resolve({ status, code: /"code":"(\w+)"/.exec(text)?.[1] ?? "", sent }),
            );
            more();
        });
    }

    it("a body of a gigabyte, declared or not, is refused and not kept", async () => {
        const before = memoryMb();
        const declared = await sendGigabyte(true);
        assert.deepEqual([declared.status, declared.code], [413, "RequestBodyTooLarge"]);
        const chunked = await sendGigabyte(false);
        assert.deepEqual([chunked.status, chunked.code], [413, "RequestBodyTooLarge"]);
        assert.ok(!(memoryMb() - before > 300), `${memoryMb() - before} MB more`);
        await goesOn();
    });

    it("half a body, half a head, and a client that leaves in the middle of its answer", async () => {
        const head = (text: string) =>
            `POST ${target} HTTP/1.1\r\nHost: x\r\n${Object.entries(signed(1_000))
                .map(([name, value]) => `${name}: ${value}\r\n`)
                .join("")}\r\n${text}`;
        const texts = [
            head('{"value": [{"id": "half", "comm'),
            head(""),
            "POST /jobs HT",
            "\x16\x03\x01",
            "\0\0\0\0",
        ];
        const many = Array.from({ length: 40 }, () => texts).flat();
        await Promise.all(
            many.map(
                (text, index) =>
                    new Promise<void>((left) => {
                        const socket = net.connect(Number(endpoint.port), endpoint.hostname, () => {
                            socket.write(text, () =>
                                index % 2 === 0 ? socket.destroy() : socket.resetAndDestroy(),
                            );
                        });
                        socket.on("error", () => undefined);
                        socket.once("close", () => left());
                    }),
            ),
        );
        const batch = Array.from({ length: 100 }, (_, index) => ({
            id: `t${index}`,
            commandLine: "x".repeat(20_000),
        }));
        await life.batch.tasks.addCollection("job", batch.slice(0, 50));
        // A page of a megabyte, of which nobody reads more than the beginning.
        await Promise.all(
            Array.from(
                { length: 20 },
                () =>
                    new Promise<void>((left) => {
                        const date = new Date().toUTCString();
                        const toSign = `GET\n\n\n\n\n\n\n\n\n\n\n\nocp-date:${date}\n/${life.account.name}/jobs/job/tasks\napi-version:2025-06-01`;
                        const signature = createHmac("sha256", Buffer.from(life.account.key, "base64"))
                            .update(toSign)
                            .digest("base64");
                        const authorization = `SharedKey ${life.account.name}:${signature}`;
                        const url = new URL("/jobs/job/tasks?api-version=2025-06-01", endpoint);
                        const request = http.get(
                            url,
                            { headers: { "ocp-date": date, authorization } },
                            (answer) => {
                                assert.equal(answer.statusCode, 200);
                                answer.once("data", () => request.destroy());
                            },
                        );
                        request.on("error", () => undefined);
                        request.once("close", () => left());
                    }),
            ),
        );
        await goesOn();
        await assert.rejects(life.batch.tasks.get("job", "half"), { code: "TaskNotFound" });
    });

    it("10,000 open connections, every other with half a request on it", async function () {
        const most = Math.min(mostOpen(process.pid), mostOpen(life.pid)) - 1_000;
        if (most < 1_000) skip(this, "a process may have too few files open here (ulimit -n)");
        const count = Math.min(10_000, most);
        const sockets: net.Socket[] = [];
        try {
            // Not more at once than the system's queue of connections takes.
            while (sockets.length < count) {
                const next = Array.from({ length: Math.min(500, count - sockets.length) }, () => {
                    const socket = net.connect(Number(endpoint.port), endpoint.hostname);
                    sockets.push(socket);
                    return new Promise<void>((connected, failed) => {
                        socket.once("connect", connected).once("error", failed);
                    });
                });
                await Promise.all(next);
            }
            for (const [index, socket] of sockets.entries())
                if (index % 2 === 0) socket.write("GET /jobs HTTP/1.1\r\n");
            await goesOn();
            const open = sockets.filter((socket) => !socket.destroyed).length;
            assert.equal(open, count);
            process.stdout.write(
                `      ${open} connections open; the service has had ${memoryMb().toFixed(0)} MB at most\n`,
            );
        } finally {
            for (const socket of sockets) socket.on("error", () => undefined).destroy();
        }
        await goesOn();
    });

    it("more connections than it may have files open", async function () {
        if (!existsSync("/proc")) skip(this, "nothing tells how many files a process may have open");
        const narrow = path.join(data, "..", path.basename(data) + "-narrow");
        const few = await Life.begin(narrow, [], "ulimit -n 200; ");
        const { hostname, port } = new URL(few.account.endpoint);
        const sockets = Array.from({ length: 400 }, () =>
            net.connect(Number(port), hostname).on("error", () => undefined),
        );
        try {
            await Promise.all(
                sockets.map(
                    (socket) =>
                        new Promise<void>((settled) =>
                            socket.once("connect", settled).once("close", () => settled()),
                        ),
                ),
            );
            assert.equal(mostOpen(few.pid), 200);
        } finally {
            for (const socket of sockets) socket.destroy();
        }
        for (;;) {
            try {
                await few.batch.jobs.add({ id: "job", poolInfo: { poolId: "none" } });
                break;
            } catch (error) {
                // Those connections are not all given back yet.
                assert.match(String(error), /cannot be reached/);
            }
        }
        assert.equal((await few.batch.jobs.get("job")).state, "active");
        await few.end();
        rmSync(narrow, { recursive: true, force: true, maxRetries: 5 });
    });
});
