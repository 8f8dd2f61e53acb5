// Wrong keys, tokens, roles, addresses and pools: each is told within a few requests, with what was given and what to do.
import assert from "node:assert/strict";
import net from "node:net";
import { BatchClient, nodeTransport, sharedKeyCredential, submitTasks } from "../../client";
import type { BatchClientOptions, Transport } from "../../client";
import { openIdentity } from "../../local/identity";
import { Local, sh } from "../scenarios/local";
import { temporaryFolders } from "../support/folder";
import { runSignedIn } from "./signedIn";
import type { Told } from "./signedIn";
import { servicePool } from "../support/servicePool";

const quick = { baseDelay: 1, maxDelay: 2 };

describe("bad input that only the service can tell", function () {
    this.timeout(120_000);
    const folder = temporaryFolders();
    let local: Local;
    let endpoint: string;

    before(async () => {
        local = await Local.start({
            faults: { requests: [{ path: "/jobs/forbidden/**", fail: { status: 403 } }] },
        });
        endpoint = local.account.endpoint;
        await local.job("forbidden", "none");
        await local.job("renewed", "none");
    });
    after(() => local.close());

    const told = (code: string, host = new URL(endpoint).host, env: object = {}): Promise<Told> =>
        runSignedIn(local, code, host, env);

    const job = (at: string): string =>
        `await dynamic.job.create({ endpoint: ${JSON.stringify(at)}, jobId: "new", owner: "o/p/s/n", job: { poolInfo: { poolId: "none" } } })`;

    /** A client that counts what it sends. */
    function counted(
        at: string,
        options: BatchClientOptions = {},
        key = local.account.key,
    ): { client: BatchClient; sent: () => number } {
        const inner = options.transport ?? nodeTransport();
        let sent = 0;
        const transport: Transport = {
            ...inner,
            send: (request) => {
                sent += 1;
                return inner.send(request);
            },
        };
        const credential = sharedKeyCredential(local.account.name, key);
        return {
            client: new BatchClient(at, credential, { retry: quick, ...options, transport }),
            sent: () => sent,
        };
    }

    async function refusal(work: Promise<unknown>): Promise<string> {
        const error: unknown = await work.then(
            () => undefined,
            (reason: unknown) => reason,
        );
        assert.ok(error instanceof Error, "it was to fail");
        return error.message;
    }

    /** An address at which nobody listens any more. */
    async function deserted(): Promise<string> {
        const server = net.createServer();
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const { port } = server.address() as net.AddressInfo;
        await new Promise((resolve) => server.close(resolve));
        return `http://127.0.0.1:${port}`;
    }

    const many = Array.from({ length: 5000 }, (_, index) => ({ id: `task-${index}`, commandLine: "true" }));

    it("a wrong Shared Key: one request, the account, and where the right one is", async () => {
        const wrong = Buffer.from("the key of another account").toString("base64");
        const { client, sent } = counted(plainOf(endpoint), {}, wrong);
        const message = await refusal(client.jobs.get("forbidden"));
        client.close();
        assert.match(message, /AuthenticationFailed/);
        assert.ok(message.includes(`with a Shared Key of account '${local.account.name}'`), message);
        assert.match(message, /az batch account keys list/);
        assert.ok(!message.includes(wrong) && !/MAC signature|string to sign/.test(message), message);
        assert.equal(sent(), 1);
    });

    it("a token that has expired: whose it was and until when, after one new one was asked for", async () => {
        const identity = await openIdentity(local.directory, {
            issuerBase: local.service.endpoints.resourceManager,
        });
        const audience = "https://batch.core.windows.net/";
        const claims = { objectId: "an-object", applicationId: "an-application", audience, lifetime: -600 };
        const token = await identity.issueToken(claims);
        const { message, requests } = await told(
            `await withToken(${JSON.stringify(endpoint)}, ${JSON.stringify(token)}).jobs.get("forbidden-not")`,
        );
        assert.match(message ?? "", /AuthenticationFailed.*expired/);
        assert.match(
            message ?? "",
            /application an-application, object an-object, tenant [\w-]+, for https:.*, valid until 20/,
        );
        assert.match(message ?? "", /Sign in again \(az login/);
        assert.ok(!message?.includes(token));
        assert.equal(requests.length, 2);
    });

    // Twenty calls at once with a token that the service refuses; `fresh` is the sign-in that is to renew it.
    const twenty = (token: string, fresh: string): string => `
        let renewals = 0;
        const { credential, batchScope } = await client.signIn();
        const revoked = { getToken: async () => ({ token: ${JSON.stringify(token)}, expiresOnTimestamp: Date.now() + 3600000 }) };
        const renewed = () => { renewals += 1; return ${fresh}; };
        const it = new client.BatchClient(${JSON.stringify(endpoint)}, client.entraCredential(revoked, batchScope, renewed));
        const calls = Array.from({ length: 20 }, () => it.jobs.get("renewed", { select: "id" }));
        const ends = await Promise.allSettled(calls);
        const reasons = [...new Set(ends.filter(({ status }) => status === "rejected").map(({ reason }) => reason.message))];
        throw new Error([ends.filter(({ status }) => status === "fulfilled").length + " answered, " + renewals + " renewals", ...reasons].join("\\n"));`;

    async function expired(): Promise<string> {
        const identity = await openIdentity(local.directory, {
            issuerBase: local.service.endpoints.resourceManager,
        });
        const audience = "https://batch.core.windows.net/";
        return identity.issueToken({ objectId: "an-object", applicationId: "app", audience, lifetime: -600 });
    }

    it("a token that is refused amid many calls: renewed once, and all of them are sent again", async () => {
        const { message, requests } = await told(twenty(await expired(), "credential"));
        assert.equal(message, "20 answered, 1 renewals");
        assert.equal(requests.length, 40);
    });

    it("a sign-in that is refused amid many calls: each of them ends after its second try", async () => {
        const { message, requests } = await told(twenty(await expired(), "revoked"));
        assert.match(message ?? "", /^0 answered/);
        assert.match(message ?? "", /AuthenticationFailed.*expired[\s\S]*Sign in again \(az login/);
        assert.equal(requests.length, 40);
    });

    it("a token that is refused amid a submission: the submission goes on with a new one", async () => {
        const token = JSON.stringify(await expired());
        const { message } = await told(`
            const { credential, batchScope } = await client.signIn();
            const revoked = { getToken: async () => ({ token: ${token}, expiresOnTimestamp: Date.now() + 3600000 }) };
            const it = new client.BatchClient(${JSON.stringify(endpoint)}, client.entraCredential(revoked, batchScope, () => credential));
            const tasks = Array.from({ length: 2000 }, (_, index) => ({ id: "task-" + index, commandLine: "true" }));
            const { submitted } = await client.submitTasks(it, "renewed", tasks);
            throw new Error(submitted + " submitted");`);
        assert.equal(message, "2000 submitted");
    });

    it("a token of another tenant: the tenant, and that the account is of another one", async () => {
        const other = await openIdentity(folder(), {
            issuerBase: local.service.endpoints.resourceManager,
        });
        const audience = "https://batch.core.windows.net/";
        const token = await other.issueToken({ objectId: "o", applicationId: "a", audience });
        const { message, requests } = await told(
            `await withToken(${JSON.stringify(endpoint)}, ${JSON.stringify(token)}).jobs.get("forbidden-not")`,
        );
        assert.ok(message?.includes(`tenant ${other.tenantId}`), message);
        assert.match(message ?? "", /not signed by this tenant|issuer/);
        assert.match(message ?? "", /another tenant/);
        assert.equal(requests.length, 2);
    });

    it("a sign-in that fails: no request to the account, and whose sign-in it is", async () => {
        const { message, requests } = await told(job(endpoint), undefined, {
            ARM_CLIENT_SECRET: "not-the-secret",
        });
        assert.match(message ?? "", /AADSTS7000215|invalid_client/);
        assert.match(message ?? "", /no token for .*batch/);
        assert.match(message ?? "", /clientSecret/);
        assert.ok(!message?.includes("not-the-secret"));
        assert.deepEqual(requests, []);
    });

    it("a missing role: one request of the provider, who asked, and the roles", async () => {
        const { message, requests } = await told(
            `await dynamic.task.create({ endpoint: ${JSON.stringify(endpoint)}, jobId: "forbidden", task: { id: "t", commandLine: "true" } })`,
        );
        assert.ok(
            message?.includes(`Asked of ${endpoint.replace(/\/$/, "")} with an Entra token (application`),
            message,
        );
        assert.match(message ?? "", /"Azure Batch Data Contributor".*"Azure Batch Job Submitter"/);
        assert.deepEqual(requests, ["POST /jobs/forbidden/tasks"]);
    });

    it("a submission without the role ends at the first answer", async () => {
        const { client } = counted(plainOf(endpoint));
        const message = await refusal(submitTasks(client, "forbidden", many, { pace: { initial: 1 } }));
        client.close();
        assert.match(message, /InsufficientAccountPermissions/);
        assert.match(message, /addtaskcollection/);
        assert.match(message, /A role is missing there/);
    });

    it("an endpoint where nobody listens: four attempts of the provider, with the address", async () => {
        const at = (await deserted()).replace(/^http:/, "https:");
        const { message, requests } = await told(job(at), new URL(at).host);
        assert.ok(message?.includes(`${at} cannot be reached: connect ECONNREFUSED`), message);
        assert.match(message ?? "", /batchlocal status/);
        assert.equal(requests.length, 4);
    });

    it("a name that does not exist: one attempt, or four where the resolver does not say so", async () => {
        const at = "https://an-account.nowhere.invalid";
        const { message, requests } = await told(job(at), new URL(at).host);
        assert.ok(message?.includes(`${at} cannot be reached: getaddrinfo`), message);
        assert.match(message ?? "", /accountEndpoint/);
        assert.equal(requests.length, message?.includes("ENOTFOUND") === true ? 1 : 4);
    });

    it("a submission to where nobody listens tries its first requests alone, four times each at most", async () => {
        const { client, sent } = counted(await deserted());
        const message = await refusal(submitTasks(client, "j", many, { retry: quick }));
        assert.match(message, /cannot be reached/);
        assert.ok(sent() >= 4 && sent() <= 8 * 4, `${sent()} requests`);
    });

    it("connections that a firewall lets vanish end by their own time limit, four of them", async () => {
        let connections = 0;
        // No handshake comes about here, as if what is sent got lost.
        const silent = net.createServer((socket) => {
            connections += 1;
            socket.on("error", () => undefined).resume();
        });
        await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
        const { port } = silent.address() as net.AddressInfo;
        const { client } = counted(`https://127.0.0.1:${port}`, {
            transport: nodeTransport({ connectTimeout: 50 }),
        });
        const message = await refusal(client.jobs.get("j"));
        client.close();
        await new Promise((resolve) => silent.close(resolve));
        assert.match(message, /no connection in 50 ms/);
        assert.equal(connections, 4);
    });

    it("an endpoint that has answered before keeps all its attempts: it is there, and comes back", async () => {
        const gone = await deserted();
        const inner = nodeTransport();
        const away = counted(gone, {
            transport: {
                ...inner,
                // The first request meets the service, all others its closed port.
                send: (request) =>
                    request.url.pathname === "/jobs"
                        ? inner.send({
                              ...request,
                              url: new URL(request.url.href.replace(gone, plainOf(endpoint))),
                          })
                        : inner.send(request),
            },
        });
        await refusal(
            away.client.jobs
                .list()
                .next()
                .then(() => away.client.jobs.get("j")),
        );
        assert.equal(away.sent(), 1 + 8);
        away.client.close();
    });

    it("a job whose pool was deleted: the wait ends with the pool's name and what to do, not with its time-out", async () => {
        await local.post("/pools", { ...servicePool("short-lived"), targetDedicatedNodes: 0 });
        await local.job("orphan", "short-lived");
        await local.task("orphan", "t", sh("true"));
        await local.ask("DELETE", "/pools/short-lived");
        await local.untilGone("/pools/short-lived");
        const orphan = ["GET /jobs/orphan", "GET /jobs/orphan"];
        const { message, requests } = await told(
            `await dynamic.taskWait.create({ endpoint: ${JSON.stringify(endpoint)}, jobId: "orphan", timeout: 3600, pollInterval: 30, onFailure: "fail", resultLimit: 10 })`,
        );
        assert.match(
            message ?? "",
            /1 task of job orphan .* never will: pool short-lived does not exist any more/,
        );
        assert.match(message ?? "", /make it again, or give the job another one/);
        const [counts, others] = [/taskcounts$/, /(?<!taskcounts)$/].map((kind) =>
            requests.filter((request) => kind.test(request)),
        );
        assert.deepEqual([counts?.length, others], [5, [...orphan, "GET /pools/short-lived"]]);
    });
});

const plainOf = (endpoint: string): string => endpoint.replace(/^https:/, "http:").replace(/\/$/, "");
