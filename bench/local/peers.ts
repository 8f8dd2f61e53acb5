import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import http from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "./client";
import { pause } from "./service";

/** What a peer did with its tasks. */
export interface PeerRun {
    perSecond: number;
    /** Milliseconds of processor time a task, with all processes it took; NaN where the system does not tell. */
    processorMs: number;
}

/**
 * Nothing is deleted before the end: ext4 without a journal looks for inodes among those freed lately, and makes files ten times
 * slower for minutes.
 */
const folder = mkdtempSync(join(tmpdir(), "bench-peers-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

/** Runs a program that reads the numbers of the tasks from its input; undefined where it is missing. */
function run(program: string, args: string[], tasks: number): PeerRun | undefined {
    const cwd = mkdtempSync(join(folder, "peer-"));
    const input = Array.from({ length: tasks }, (_, index) => `${index + 1}\n`).join("");
    const before = processorMsOfEnded();
    const start = performance.now();
    const { status, error } = spawnSync(program, args, { cwd, input, stdio: ["pipe", "ignore", "ignore"] });
    const took = performance.now() - start;
    if (error || status !== 0) return undefined;
    return { perSecond: (tasks / took) * 1000, processorMs: (processorMsOfEnded() - before) / tasks };
}

/** Processor time of all children of this process that have ended. */
function processorMsOfEnded(): number {
    try {
        const fields = readFileSync("/proc/self/stat", "utf8").split(") ")[1]?.split(" ") ?? [];
        return (Number(fields[13]) + Number(fields[14])) * 10;
    } catch {
        return Number.NaN;
    }
}

const xargsTask = "mkdir -p t{}/wd; cd t{}/wd; echo {} > ../stdout.txt 2> ../stderr.txt";
export const xargs = (tasks: number) => run("xargs", ["-P8", "-I{}", "sh", "-c", xargsTask], tasks);
export const parallel = (tasks: number) =>
    run("parallel", ["--will-cite", "-j8", "--results", "results", "echo {}"], tasks);

/** A server that parses what it gets and answers as the service does; nothing else. */
export function serveParser(): void {
    const server = http.createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on("data", (chunk: Buffer) => chunks.push(chunk));
        request.on("end", () => {
            if (request.url?.includes("taskcounts")) {
                response.end(JSON.stringify({ taskCounts: { active: 1e9, running: 0, completed: 0 } }));
                return;
            }
            const { value } = JSON.parse(Buffer.concat(chunks).toString()) as { value: { id: string }[] };
            const results = value.map(({ id }) => ({
                status: "success",
                taskId: id,
                eTag: "0x8DD0000000000000",
                lastModified: "2026-01-05T08:00:00.0000000Z",
                location: `http://127.0.0.1/jobs/job/tasks/${id}`,
            }));
            response.setHeader("content-type", "application/json;odata=minimalmetadata");
            response.end(JSON.stringify({ value: results }));
        });
    });
    server.listen(0, "127.0.0.1", () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
}

/** Runs `use` with a client of that server, which is a process of its own. */
export async function withParser<T>(use: (client: Client) => Promise<T>): Promise<T> {
    const args = ["-r", require.resolve("ts-node/register"), join(__dirname, "../local.ts"), "parser"];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    try {
        const port = await new Promise<string>((resolve) =>
            child.stdout.once("data", (data: Buffer) => resolve(data.toString().trim())),
        );
        const client = new Client(`http://127.0.0.1:${port}`, "bench", "a2V5");
        try {
            return await use(client);
        } finally {
            client.close();
        }
    } finally {
        child.kill();
    }
}

/** From the start of Azurite with its three services until blobs are answered, in ms. */
export async function azuriteStartMs(): Promise<number> {
    const folder = mkdtempSync(join(tmpdir(), "bench-azurite-"));
    const [blob, queue, table] = [await freePort(), await freePort(), await freePort()];
    const began = performance.now();
    const args = [
        join(__dirname, "../../node_modules/azurite/dist/src/azurite.js"),
        ...["--silent", "--skipApiVersionCheck", "--disableTelemetry", "--location", folder],
        ...["--blobPort", `${blob}`, "--queuePort", `${queue}`, "--tablePort", `${table}`],
    ];
    const child = spawn(process.execPath, args, { stdio: "ignore" });
    try {
        for (;;) {
            try {
                await (await fetch(`http://127.0.0.1:${blob}/devstoreaccount1?comp=list`)).arrayBuffer();
                return performance.now() - began;
            } catch {
                if (child.exitCode !== null) throw new Error(`Azurite ended with ${child.exitCode}`);
                await pause(5);
            }
        }
    } finally {
        const ended = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGKILL");
        await ended;
        rmSync(folder, { recursive: true, force: true });
    }
}

async function freePort(): Promise<number> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return port;
}
