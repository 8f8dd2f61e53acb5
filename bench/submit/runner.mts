// One submission in a process of its own; prints seconds and the most memory that it took.
import { readFileSync } from "node:fs";
import http from "node:http";
import { BatchServiceClient, BatchSharedKeyCredentials } from "@azure/batch";
import { BatchClient, sharedKeyCredential, submitTasks } from "pulumi-azure-batch/client";
import type { TaskSource } from "pulumi-azure-batch/client";

const KEY = Buffer.from("bench").toString("base64");

interface Task {
    id: string;
    commandLine: string;
}

const tasksOf = (count: number): Task[] =>
    Array.from({ length: count }, (_, index) => ({
        id: `task-${String(index).padStart(7, "0")}`,
        commandLine: `/bin/sh -c 'echo ${index}'`,
    }));

function* slices(tasks: readonly Task[]): Generator<Task[]> {
    for (let at = 0; at < tasks.length; at += 100) yield tasks.slice(at, at + 100);
}

/** Works on a queue with so many at once. */
async function together<T>(
    queue: Iterator<T>,
    width: number,
    work: (one: T) => Promise<void>,
): Promise<void> {
    const one = async (): Promise<void> => {
        for (let next = queue.next(); next.done !== true; next = queue.next()) await work(next.value);
    };
    await Promise.all(Array.from({ length: width }, one));
}

async function ours(endpoint: string, source: TaskSource): Promise<void> {
    const client = new BatchClient(endpoint, sharedKeyCredential("bench", KEY));
    await submitTasks(client, "bench", source);
    client.close();
}

async function azureBatch(endpoint: string, tasks: readonly Task[]): Promise<void> {
    const client = new BatchServiceClient(new BatchSharedKeyCredentials("bench", KEY), endpoint);
    await together(slices(tasks), 8, async (slice) => {
        const { value } = await client.task.addCollection("bench", slice);
        if (value?.length !== slice.length) throw new Error("not all tasks were taken");
    });
}

/** What HTTP alone allows: bodies made before, answers not looked at. */
async function bare(endpoint: string, bodies: readonly string[]): Promise<void> {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
    const url = `${endpoint}/jobs/bench/addtaskcollection`;
    await together(bodies.values(), 16, (body) => {
        return new Promise((resolve, reject) => {
            const request = http.request(url, { method: "POST", agent }, (answer) => {
                answer.resume().once("end", resolve);
            });
            request.once("error", reject).end(body);
        });
    });
    agent.destroy();
}

async function main([who, endpoint = "", size = "", warm = "0"]: string[]): Promise<void> {
    const run = async (count: number): Promise<number> => {
        const tasks = who === "file" ? [] : tasksOf(count);
        const bodies = who === "bare" ? [...slices(tasks)].map((value) => JSON.stringify({ value })) : [];
        const start = performance.now();
        if (who === "file") await ours(endpoint, { jsonLines: size });
        else if (who === "ours") await ours(endpoint, tasks);
        else if (who === "azureBatch") await azureBatch(endpoint, tasks);
        else await bare(endpoint, bodies);
        return (performance.now() - start) / 1000;
    };
    if (Number(warm) > 0) await run(Number(warm));
    const start = performance.now();
    let problem: string | undefined;
    // A client that gives up is measured by what it got in until then.
    const seconds = await run(Number(size)).catch((error: unknown) => {
        const { name, code, message } = error as { name?: string; code?: string; message?: unknown };
        problem = `${code ?? name}: ${String(message).slice(0, 100)}`;
        return (performance.now() - start) / 1000;
    });
    // Only Linux tells the most that a process ever had; elsewhere what it has at the end must do.
    let megabytes = process.memoryUsage().rss / 1e6;
    try {
        const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"));
        megabytes = (Number(peak?.[1]) * 1024) / 1e6;
    } catch {
        // Not Linux.
    }
    process.stdout.write(`${JSON.stringify({ seconds, megabytes, problem: problem ?? null })}\n`);
}

void main(process.argv.slice(2));
