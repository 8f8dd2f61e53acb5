import { createHmac } from "node:crypto";
import http from "node:http";
import { BatchClient, sharedKeyCredential, submitTasks } from "../../client";

const version = "2025-06-01";

/** A lean client of the data plane: plain HTTP, Shared Key, connections kept. Speaks to the peer that only parses, too. */
export class Client {
    private readonly agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
    private readonly key: Buffer;
    private readonly submitter: BatchClient;

    constructor(
        readonly endpoint: string,
        readonly account: string,
        key: string,
    ) {
        this.submitter = new BatchClient(endpoint, sharedKeyCredential(account, key));
        this.key = Buffer.from(key, "base64");
    }

    close(): void {
        this.agent.destroy();
        this.submitter.close();
    }

    async get(path: string): Promise<unknown> {
        const text = await this.send("GET", path);
        return text === "" ? undefined : (JSON.parse(text) as unknown);
    }

    post(path: string, body?: unknown): Promise<string> {
        return this.send("POST", path, body === undefined ? "" : JSON.stringify(body));
    }

    /** Gives the text of the answer. @throws Error for a status of 400 and up */
    send(method: string, path: string, text = ""): Promise<string> {
        const url = new URL(`${path}${path.includes("?") ? "&" : "?"}api-version=${version}`, this.endpoint);
        const headers: Record<string, string> = { date: new Date().toUTCString() };
        if (text !== "") {
            headers["content-type"] = "application/json; odata=minimalmetadata";
            headers["content-length"] = String(Buffer.byteLength(text));
        }
        headers["authorization"] = this.sign(method, url, headers);
        return new Promise((resolve, reject) => {
            const request = http.request(url, { method, headers, agent: this.agent }, (response) => {
                const chunks: Buffer[] = [];
                response.on("data", (chunk: Buffer) => chunks.push(chunk));
                response.on("error", reject);
                response.on("end", () => {
                    const whole = Buffer.concat(chunks).toString();
                    if ((response.statusCode ?? 500) < 400) resolve(whole);
                    else reject(new Error(`${method} ${path}: ${response.statusCode} ${whole}`));
                });
            });
            request.on("error", reject);
            request.end(text);
        });
    }

    private sign(method: string, url: URL, headers: Record<string, string>): string {
        const query = [...url.searchParams].map(([name, value]) => `${name.toLowerCase()}:${value}`).sort();
        const lines = [method, "", "", headers["content-length"] ?? "", "", headers["content-type"] ?? ""];
        lines.push(headers["date"] ?? "", "", "", "", "", "", `/${this.account}${url.pathname}`, ...query);
        const signature = createHmac("sha256", this.key).update(lines.join("\n"), "utf8").digest("base64");
        return `SharedKey ${this.account}:${signature}`;
    }

    /** Adds tasks 100 a request, 8 requests at once, from bodies made before; tasks per second. */
    async addTasks(job: string, count: number, from = 0): Promise<number> {
        const bodies: string[] = [];
        for (let at = from; at < from + count; at += 100)
            bodies.push(pack(at, Math.min(100, from + count - at)));
        // Taken from the end, and sent as programs send them: from the first to the last.
        bodies.reverse();
        const start = performance.now();
        await Promise.all(
            Array.from({ length: 8 }, async () => {
                for (let body = bodies.pop(); body !== undefined; body = bodies.pop()) {
                    const answer = await this.send("POST", `/jobs/${job}/addtaskcollection`, body);
                    if (/"status":"(?!success)/i.test(answer)) throw new Error(answer.slice(0, 1000));
                }
            }),
        );
        return (count / (performance.now() - start)) * 1000;
    }

    /** The same through the submission of the project's client, which checks and packs each task and reads each answer. */
    async submitTasks(job: string, count: number, from = 0): Promise<number> {
        const start = performance.now();
        await submitTasks(this.submitter, job, tasksOf(from, count));
        return (count / (performance.now() - start)) * 1000;
    }
}

function tasksOf(from: number, count: number) {
    return Array.from({ length: count }, (_, index) => {
        const id = `task-${String(from + index).padStart(7, "0")}`;
        return { id, commandLine: `/bin/sh -c "echo ${from + index}"` };
    });
}

const pack = (from: number, count: number) => JSON.stringify({ value: tasksOf(from, count) });
