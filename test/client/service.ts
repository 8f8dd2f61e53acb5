// A real HTTP server that keeps jobs and tasks in memory and can be told to fail. It shares no code with the client.
import { createHmac } from "node:crypto";
import http from "node:http";
import type { AddressInfo } from "node:net";

export type Fault =
    "429" | "503" | "500" | "reset-before" | "reset-after" | "servererror" | "no-answer-after";

export interface TestTask {
    id: string;
    [name: string]: unknown;
}

export const ACCOUNT = "acct";
export const KEY = Buffer.from("a key of the test service").toString("base64");

/** What an answer tells of a task. */
export interface Told {
    readonly status: string;
    readonly [name: string]: unknown;
}

export interface TestService {
    readonly endpoint: string;
    readonly tasks: Map<string, TestTask>;
    readonly requests: { method: string; url: URL; headers: http.IncomingHttpHeaders; at: number }[];
    /** Asked before each request: a fault, or undefined to serve it. */
    fault: (request: { method: string; url: URL }) => Fault | undefined;
    /** Largest body in bytes. */
    maxBody: number;
    /** Answers that take the place of the built-in ones. */
    handler:
        | ((request: {
              method: string;
              url: URL;
              body: string;
          }) => { status: number; headers?: Record<string, string>; body?: unknown } | undefined)
        | undefined;
    /** Milliseconds that every answer takes. */
    delay: number;
    underWay: number;
    mostUnderWay: number;
    duplicates: number;
    /** Most tasks of one request. */
    mostTasks: number;
    /** Changes what is told of the tasks of a request. */
    told: (results: Told[]) => Told[];
    /** When the job was made. */
    created: string;
    close(): Promise<void>;
}

function verifyKey(request: http.IncomingMessage, url: URL): boolean {
    const header = (name: string): string => String(request.headers[name] ?? "");
    const names = ["content-encoding", "content-language", "content-length", "content-md5", "content-type"];
    const conditions = ["if-modified-since", "if-match", "if-none-match", "if-unmodified-since", "range"];
    const ocp = Object.keys(request.headers)
        .filter((name) => name.startsWith("ocp-"))
        .sort()
        .map((name) => `${name}:${header(name)}`);
    const parameters = [...url.searchParams.keys()]
        .sort()
        .map((name) => `${name}:${url.searchParams.get(name)}`);
    const text = [
        request.method,
        ...names.map(header),
        "",
        ...conditions.map(header),
        ...ocp,
        `/${ACCOUNT}${url.pathname}`,
        ...parameters,
    ];
    const mac = createHmac("sha256", Buffer.from(KEY, "base64")).update(text.join("\n")).digest("base64");
    return request.headers.authorization === `SharedKey ${ACCOUNT}:${mac}`;
}

const failure = (code: string, message: string): unknown => ({
    "odata.metadata": "x",
    code,
    message: { lang: "en-US", value: `${message}\nRequestId:r-1\nTime:2026-11-21T00:00:00Z` },
    values: [{ key: "Reason", value: "told by the test" }],
});

export async function startService(): Promise<TestService> {
    const service: TestService = {
        endpoint: "",
        tasks: new Map(),
        requests: [],
        fault: () => undefined,
        maxBody: 1_048_576,
        handler: undefined,
        delay: 0,
        underWay: 0,
        mostUnderWay: 0,
        duplicates: 0,
        mostTasks: 0,
        told: (results) => results,
        created: "2026-11-21T00:00:00Z",
        close: () => Promise.resolve(),
    };
    const server = http.createServer((request, response) => {
        const url = new URL(request.url ?? "/", "http://x");
        service.underWay += 1;
        service.mostUnderWay = Math.max(service.mostUnderWay, service.underWay);
        let open = true;
        // The client may send its next request before the close of this one is heard here.
        const closed = (): void => {
            if (open) service.underWay -= 1;
            open = false;
        };
        response.once("close", closed);
        const chunks: Buffer[] = [];
        request.on("data", (chunk: Buffer) => chunks.push(chunk));
        request.on("end", () => {
            const body = Buffer.concat(chunks).toString("utf8");
            const method = request.method ?? "";
            service.requests.push({ method, url, headers: request.headers, at: Date.now() });
            const send = (status: number, value?: unknown, headers: Record<string, string> = {}): void => {
                closed();
                response.writeHead(status, {
                    "content-type": "application/json",
                    "request-id": "r-1",
                    ...headers,
                });
                response.end(value === undefined ? undefined : JSON.stringify(value));
            };
            if (!verifyKey(request, url))
                return send(
                    403,
                    failure("AuthenticationFailed", "Server failed to authenticate the request."),
                );
            const fault = service.fault({ method, url });
            if (fault === "reset-before") return void request.socket.destroy();
            if (fault === "429" || fault === "503")
                return send(Number(fault), failure("ServerBusy", "Busy."), { "retry-after-ms": "5" });
            if (fault === "500") return send(500, failure("InternalError", "Oh."));
            const own = service.handler?.({ method, url, body });
            const answer = own ?? serve(service, method, url, body, fault);
            if (fault === "reset-after") return void request.socket.destroy();
            if (fault === "no-answer-after") return;
            const reply = (): void => send(answer.status, answer.body, answer.headers);
            if (service.delay > 0) setTimeout(reply, service.delay);
            else reply();
        });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    return Object.assign(service, {
        endpoint: `http://127.0.0.1:${port}`,
        close: () =>
            new Promise<void>((resolve) => {
                server.closeAllConnections();
                server.close(() => resolve());
            }),
    });
}

function serve(
    service: TestService,
    method: string,
    url: URL,
    body: string,
    fault: Fault | undefined,
): { status: number; headers?: Record<string, string>; body?: unknown } {
    if (url.pathname === "/jobs/j/addtaskcollection") {
        if (Buffer.byteLength(body) >= service.maxBody)
            return { status: 413, body: failure("RequestBodyTooLarge", "Too large.") };
        const { value } = JSON.parse(body) as { value: TestTask[] };
        if (value.length > 100) return { status: 400, body: failure("InvalidRequestBody", "More than 100.") };
        service.mostTasks = Math.max(service.mostTasks, value.length);
        const results = value.map((task, index) =>
            addOne(service, task, fault === "servererror" && index % 2 === 0),
        );
        return { status: 200, body: { value: service.told(results) } };
    }
    if (url.pathname === "/jobs/j" && method === "GET")
        return { status: 200, body: { id: "j", creationTime: service.created } };
    if (url.pathname === "/jobs/j/taskcounts") {
        const counts = { active: service.tasks.size, running: 0, completed: 0, succeeded: 0, failed: 0 };
        return { status: 200, body: { taskCounts: counts, taskSlotCounts: counts } };
    }
    if (url.pathname === "/jobs/j/tasks" && method === "GET") return listTasks(service, url);
    const id = /^\/jobs\/j\/tasks\/([^/]+)$/.exec(url.pathname)?.[1]?.toLowerCase();
    const task = id === undefined ? undefined : service.tasks.get(id);
    if (id !== undefined && task === undefined)
        return { status: 404, body: failure("TaskNotFound", "The specified task does not exist.") };
    if (id !== undefined && method === "DELETE") {
        service.tasks.delete(id);
        return { status: 200 };
    }
    if (task !== undefined && method === "PUT") {
        if (task["state"] === "completed")
            return {
                status: 409,
                body: failure("TaskCompleted", "The specified task is already completed."),
            };
        task["constraints"] = (JSON.parse(body) as { constraints: unknown }).constraints;
        return { status: 200 };
    }
    return { status: 404, body: failure("JobNotFound", "The specified job does not exist.") };
}

function addOne(service: TestService, task: TestTask, fail: boolean): Told {
    if (fail) return { status: "servererror", taskId: task.id };
    const key = task.id.toLowerCase();
    if (service.tasks.has(key)) {
        service.duplicates += 1;
        return {
            status: "clienterror",
            taskId: task.id,
            error: failure("TaskExists", "The specified task already exists."),
        };
    }
    // The service adds defaults of its own.
    service.tasks.set(key, {
        ...task,
        state: "active",
        constraints: { maxTaskRetryCount: 0, ...(task["constraints"] as object | undefined) },
    });
    return { status: "success", taskId: task.id, eTag: "0x1" };
}

function listTasks(service: TestService, url: URL): { status: number; body: unknown } {
    const filter = url.searchParams.get("$filter");
    const ids = [...(filter ?? "").matchAll(/id eq '([^']*)'/g)].map((match) => match[1]?.toLowerCase());
    const all = [...service.tasks.values()].filter(
        (task) => filter === null || ids.includes(task.id.toLowerCase()),
    );
    const from = Number(url.searchParams.get("$skiptoken") ?? 0);
    const size = Number(url.searchParams.get("maxresults") ?? 1000);
    const next = new URL(`${url.pathname}${url.search}`, service.endpoint);
    next.searchParams.set("$skiptoken", String(from + size));
    const more = from + size < all.length ? { "odata.nextLink": next.href } : {};
    return { status: 200, body: { value: all.slice(from, from + size), ...more } };
}
