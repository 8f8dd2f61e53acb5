// A server that takes every task and keeps none: at once, after some time, or so many calls a second and no more.
import http from "node:http";
import type { AddressInfo } from "node:net";
import type { ServerOptions } from "./contest.js";

const COUNTS = { active: 1e9, running: 0, completed: 0, succeeded: 0, failed: 0 };

function serve({ latency = 0, limit = Infinity }: ServerOptions): void {
    let [second, inSecond] = [0, 0];
    let seen = { taken: 0, refused: 0 };
    const server = http.createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on("data", (chunk: Buffer) => chunks.push(chunk));
        request.on("end", () => {
            response.setHeader("content-type", "application/json;odata=minimalmetadata");
            const url = request.url ?? "";
            if (url === "/seen") {
                response.end(JSON.stringify(seen));
                seen = { taken: 0, refused: 0 };
                return;
            }
            if (url.includes("taskcounts")) {
                response.end(JSON.stringify({ taskCounts: COUNTS, taskSlotCounts: COUNTS }));
                return;
            }
            const now = Math.floor(Date.now() / 1000);
            if (now !== second) [second, inSecond] = [now, 0];
            if (++inSecond > limit) {
                seen.refused += 1;
                response.writeHead(429).end('{"code":"TooManyRequests","message":{"value":"Too many."}}');
                return;
            }
            seen.taken += 1;
            const { value } = JSON.parse(Buffer.concat(chunks).toString()) as { value: { id: string }[] };
            const results = value.map(({ id }) => ({
                status: "success",
                taskId: id,
                eTag: "0x8DD0000000000000",
                lastModified: "2026-01-05T08:00:00.0000000Z",
                location: `http://127.0.0.1/jobs/bench/tasks/${id}`,
            }));
            const reply = (): unknown => response.end(JSON.stringify({ value: results }));
            if (latency > 0) setTimeout(reply, latency);
            else reply();
        });
    });
    server.listen(0, "127.0.0.1", () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
}

serve(JSON.parse(process.argv[2] ?? "{}") as ServerOptions);
