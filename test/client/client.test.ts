import assert from "node:assert/strict";
import {
    BatchClient,
    BatchConnectionError,
    BatchServiceError,
    entraCredential,
    sharedKeyCredential,
} from "../../client";
import type { BatchClientOptions } from "../../client";
import { ACCOUNT, KEY, startService } from "./service";
import type { TestService } from "./service";

const quick = { retry: { baseDelay: 1, maxDelay: 5 } };

describe("the data plane client", () => {
    let service: TestService;
    let clients: BatchClient[];

    const connect = (options: BatchClientOptions = quick, key = KEY): BatchClient => {
        const client = new BatchClient(service.endpoint, sharedKeyCredential(ACCOUNT, key), options);
        clients.push(client);
        return client;
    };

    beforeEach(async () => {
        clients = [];
        service = await startService();
    });
    afterEach(async () => {
        for (const client of clients) client.close();
        await service.close();
    });

    it("sends its api-version and a Shared Key signature that another implementation accepts", async () => {
        await connect().jobs.taskCounts("j");
        await connect().tasks.addCollection("j", [{ id: "t", commandLine: "true" }]);
        assert.equal(service.requests[0]?.url.searchParams.get("api-version"), "2025-06-01");
        assert.equal(service.tasks.size, 1);
    });

    it("tells a wrong key at once, with the service's own reason and without the key", async () => {
        const wrong = Buffer.from("another key").toString("base64");
        const error = await connect(quick, wrong)
            .jobs.taskCounts("j")
            .then(
                () => undefined,
                (reason: unknown) => reason,
            );
        assert.ok(error instanceof BatchServiceError);
        assert.equal(error.status, 403);
        assert.equal(error.code, "AuthenticationFailed");
        assert.equal(service.requests.length, 1);
        assert.ok(!error.message.includes(wrong) && !error.message.includes("SharedKey "));
    });

    it("gives the service's code, status, reason and details in its error", async () => {
        const error = await connect()
            .jobs.get("nowhere")
            .then(
                () => undefined,
                (reason: unknown) => reason,
            );
        assert.ok(error instanceof BatchServiceError);
        assert.deepEqual(
            [error.code, error.status, error.requestId, error.details],
            ["JobNotFound", 404, "r-1", { Reason: "told by the test" }],
        );
        assert.match(
            error.message,
            /^JobNotFound: The specified job does not exist\. \(Reason: told by the test\) \[GET \/jobs\/nowhere/,
        );
    });

    it("adds https to an endpoint without scheme and refuses one with a path", () => {
        const credential = sharedKeyCredential(ACCOUNT, KEY);
        const client = new BatchClient("acct.westeurope.batch.azure.com", credential);
        clients.push(client);
        assert.equal(client.core.endpoint.href, "https://acct.westeurope.batch.azure.com/");
        assert.throws(() => new BatchClient("https://host/path", credential), /has no path/);
    });

    it("never sends an Entra token over http", async () => {
        const token = {
            getToken: () => Promise.resolve({ token: "t", expiresOnTimestamp: Date.now() + 3_600_000 }),
        };
        const client = new BatchClient(service.endpoint, entraCredential(token), quick);
        clients.push(client);
        await assert.rejects(() => client.jobs.taskCounts("j"), /only sent over https/);
        assert.equal(service.requests.length, 0);
    });

    it("tries again after 429, 503, 500 and a broken connection, and gives up on a 404 at once", async () => {
        const faults = ["429", "503", "500", "reset-before", "reset-after"] as const;
        service.fault = () => faults[service.requests.length - 1];
        await connect().jobs.taskCounts("j");
        assert.equal(service.requests.length, 6);
        await assert.rejects(() => connect().jobs.get("nowhere"));
        assert.equal(service.requests.length, 7);
    });

    it("waits as long as Retry-After asks", async () => {
        service.handler = () =>
            service.requests.length === 1
                ? { status: 429, headers: { "retry-after-ms": "60" }, body: {} }
                : undefined;
        await connect().jobs.taskCounts("j");
        const [first, second] = service.requests;
        assert.ok((second?.at ?? 0) - (first?.at ?? 0) >= 55);
    });

    it("gives up after the tries that it has, with the last error", async () => {
        service.fault = () => "503";
        const client = connect({ retry: { attempts: 3, baseDelay: 1, maxDelay: 2 } });
        await assert.rejects(() => client.jobs.taskCounts("j"), { code: "ServerBusy", status: 503 });
        assert.equal(service.requests.length, 3);
    });

    it("gives a request up when its time is over", async () => {
        service.fault = () => "no-answer-after";
        const client = connect({ retry: { attempts: 1 }, timeout: 30 });
        await assert.rejects(
            () => client.jobs.taskCounts("j"),
            (error: unknown) => error instanceof BatchConnectionError && error.code === "TIMEOUT",
        );
    });

    it("says which endpoint cannot be reached", async () => {
        const client = connect({ retry: { attempts: 2, baseDelay: 1, maxDelay: 1 } });
        await service.close();
        await assert.rejects(
            () => client.jobs.taskCounts("j"),
            new RegExp(`${service.endpoint} cannot be reached`),
        );
    });

    it("ends a call at once when its signal is aborted, even while it waits to try again", async () => {
        service.handler = () => ({ status: 503, headers: { "retry-after": "600" }, body: {} });
        const controller = new AbortController();
        const call = connect().jobs.taskCounts("j", { signal: controller.signal });
        setTimeout(() => controller.abort(new Error("enough")), 20);
        await assert.rejects(call, /enough/);
    });

    it("pages through lists, with filter and select, and asks for a page only when it is needed", async () => {
        for (let index = 0; index < 25; index++) service.tasks.set(`t${index}`, { id: `t${index}` });
        const ids: unknown[] = [];
        for await (const task of connect().tasks.list("j", { pageSize: 10, select: "id" })) ids.push(task.id);
        assert.equal(ids.length, 25);
        assert.equal(service.requests.length, 3);
        assert.equal(service.requests[0]?.url.searchParams.get("$select"), "id");
        for await (const task of connect().tasks.list("j", { pageSize: 10 })) if (task.id === "t3") break;
        assert.equal(service.requests.length, 4);
    });

    it("does not carry its identity to another host that a next page names", async () => {
        service.handler = () => ({
            status: 200,
            body: { value: [], "odata.nextLink": "http://elsewhere.example/jobs" },
        });
        await assert.rejects(async () => {
            for await (const job of connect().jobs.list()) void job;
        }, /not followed/);
    });

    it("encodes ids and file names in paths and sends ranges as the service reads them", async () => {
        service.handler = () => ({ status: 200, body: "x" });
        await connect().files.readOfTask("j", "t", "wd/a b#1/ü.txt", { range: { start: 2, end: 5 } });
        const [request] = service.requests;
        assert.equal(request?.url.pathname, "/jobs/j/tasks/t/files/wd/a%20b%231/%C3%BC.txt");
        assert.equal(request?.headers["ocp-range"], "bytes=2-5");
    });

    it("asks for a new token once when the service refuses the one it has", async () => {
        let tokens = 0;
        let sent = 0;
        const credential = {
            authorize: (request: { headers: Record<string, string> }): void => {
                sharedKeyCredential(ACCOUNT, KEY).authorize(request as never);
            },
            refresh: (): boolean => (tokens += 1) > 0,
        };
        service.handler = () => ((sent += 1) === 1 ? { status: 401, body: {} } : undefined);
        const client = new BatchClient(service.endpoint, credential, quick);
        clients.push(client);
        await client.jobs.taskCounts("j");
        assert.deepEqual([tokens, sent], [1, 2]);
        service.handler = () => ({ status: 401, body: {} });
        await assert.rejects(() => client.jobs.taskCounts("j"), { status: 401 });
        assert.equal(tokens, 2);
    });
});
