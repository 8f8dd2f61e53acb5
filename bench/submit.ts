// Tasks a second that the client submits: to a server that answers at once, one with 50 ms of latency, and one that refuses above a rate.
import { spawn } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { BatchClient, sharedKeyCredential, submitTasks } from "../client";
import type { BatchTaskCreateOptions } from "../client";

const KEY = Buffer.from("bench").toString("base64");

interface Options {
    /** Milliseconds for each answer. */
    latency: number;
    /** Calls a second that are taken. */
    limit: number;
}

/** A server that takes every task and keeps none. */
function serve({ latency, limit }: Options): void {
    let second = 0;
    let taken = 0;
    const counts = { active: 1e9, running: 0, completed: 0, succeeded: 0, failed: 0 };
    const server = http.createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on("data", (chunk: Buffer) => chunks.push(chunk));
        request.on("end", () => {
            response.setHeader("content-type", "application/json");
            if (request.url?.includes("taskcounts")) {
                response.end(JSON.stringify({ taskCounts: counts }));
                return;
            }
            const now = Math.floor(Date.now() / 1000);
            if (now !== second) [second, taken] = [now, 0];
            if (++taken > limit) {
                response.writeHead(429).end('{"code":"ServerBusy"}');
                return;
            }
            const { value } = JSON.parse(Buffer.concat(chunks).toString()) as { value: { id: string }[] };
            const results = value.map(({ id }) => ({
                status: "success",
                taskId: id,
                eTag: "0x8D",
                location: `https://x/${id}`,
            }));
            const reply = (): unknown => response.end(JSON.stringify({ value: results }));
            if (latency > 0) setTimeout(reply, latency);
            else reply();
        });
    });
    server.listen(0, "127.0.0.1", () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
}

async function withServer<T>(options: Partial<Options>, use: (endpoint: string) => Promise<T>): Promise<T> {
    const { latency = 0, limit = 1e9 } = options;
    const args = [
        "-r",
        require.resolve("ts-node/register"),
        __filename,
        "serve",
        String(latency),
        String(limit),
    ];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    try {
        const port = await new Promise<string>((resolve) =>
            child.stdout.once("data", (data: Buffer) => resolve(data.toString().trim())),
        );
        return await use(`http://127.0.0.1:${port}`);
    } finally {
        child.kill();
    }
}

const tasks = (count: number): BatchTaskCreateOptions[] =>
    Array.from({ length: count }, (_, index) => ({
        id: `task-${index}`,
        commandLine: `/bin/sh -c 'echo ${index}'`,
    }));

async function ours(
    endpoint: string,
    source: Parameters<typeof submitTasks>[2],
    count: number,
): Promise<string> {
    const client = new BatchClient(endpoint, sharedKeyCredential("bench", KEY));
    let peak = 0;
    const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 50);
    const start = process.hrtime.bigint();
    const result = await submitTasks(client, "bench", source);
    const seconds = Number(process.hrtime.bigint() - start) / 1e9;
    clearInterval(watch);
    client.close();
    const refused = ((100 * result.throttled) / result.requests).toFixed(1);
    return `${Math.round(count / seconds)} tasks/s, ${refused} % of calls refused, ${Math.round(peak / 1e6)} MB at most`;
}

/** A bare loop that posts bodies made before: what HTTP alone allows. */
async function bare(endpoint: string, count: number): Promise<string> {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
    const bodies = Array.from({ length: count / 100 }, (_, pack) =>
        JSON.stringify({ value: tasks(100).map((task) => ({ ...task, id: `${task.id}-${pack}` })) }),
    );
    const post = (body: string): Promise<void> =>
        new Promise((resolve, reject) => {
            const request = http.request(
                `${endpoint}/jobs/j/addtaskcollection`,
                { method: "POST", agent },
                (answer) => {
                    answer.resume().once("end", resolve);
                },
            );
            request.once("error", reject).end(body);
        });
    const start = process.hrtime.bigint();
    const queue = bodies.values();
    await Promise.all(
        Array.from({ length: 16 }, async () => {
            for (const body of queue) await post(body);
        }),
    );
    agent.destroy();
    return `${Math.round(count / (Number(process.hrtime.bigint() - start) / 1e9))} tasks/s`;
}

async function main(): Promise<void> {
    const say = (name: string, text: string): void =>
        void process.stdout.write(`${name.padEnd(44)} ${text}\n`);
    const list = tasks(100_000);
    await withServer({}, async (endpoint) => {
        say("bare http loop, prebuilt bodies", await bare(endpoint, 100_000));
        await ours(endpoint, tasks(20_000), 20_000);
        say("100,000 tasks, a server that answers at once", await ours(endpoint, list, 100_000));
    });
    await withServer({ latency: 50 }, async (endpoint) =>
        say("100,000 tasks, 50 ms a call", await ours(endpoint, list, 100_000)),
    );
    await withServer({ limit: 200 }, async (endpoint) =>
        say("100,000 tasks, 200 calls a second at most", await ours(endpoint, list, 100_000)),
    );
    const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "submit-")), "tasks.jsonl");
    try {
        for (let from = 0; from < 1_000_000; from += 10_000) {
            const lines = Array.from({ length: 10_000 }, (_, index) =>
                JSON.stringify({ id: `task-${from + index}`, commandLine: "true" }),
            );
            fs.appendFileSync(file, `${lines.join("\n")}\n`);
        }
        list.length = 0;
        await withServer({}, async (endpoint) =>
            say("1,000,000 tasks of JSON Lines", await ours(endpoint, { jsonLines: file }, 1_000_000)),
        );
    } finally {
        fs.rmSync(path.dirname(file), { recursive: true });
    }
}

const [mode, latency, limit] = process.argv.slice(2);
if (mode === "serve") serve({ latency: Number(latency), limit: Number(limit) });
else void main();
