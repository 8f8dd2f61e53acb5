import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { BatchClient, isServiceError, sasReference, sharedKeyCredential, submitTasks } from "../../client";
import type { BatchTaskCreateOptions, SubmitResult } from "../../client";
import { temporaryFolders } from "../support/folder";
import { ACCOUNT, KEY, startService } from "./service";
import type { TestService } from "./service";

const SECRET = "no-ledger-holds-this";
const many = (count: number): BatchTaskCreateOptions[] =>
    Array.from({ length: count }, (_, index) => ({
        id: `task-${index}`,
        commandLine: `echo ${index}`,
        environmentSettings: [{ name: "TOKEN", value: SECRET }],
    }));

describe("the ledger of a submission", function () {
    this.timeout(30_000);
    const folder = temporaryFolders();
    let service: TestService;
    let client: BatchClient;
    let ledger: string;

    const connect = (): BatchClient =>
        new BatchClient(service.endpoint, sharedKeyCredential(ACCOUNT, KEY), {
            retry: { baseDelay: 1, maxDelay: 5 },
        });
    const submit = (tasks: BatchTaskCreateOptions[], signal?: AbortSignal): Promise<SubmitResult> =>
        submitTasks(client, "j", tasks, { ledger, signal });

    /** Submits until the service has some hundred tasks, and ends there as a kill would: nothing is tidied up. */
    async function interrupted(tasks: BatchTaskCreateOptions[]): Promise<number> {
        const controller = new AbortController();
        await assert.rejects(
            submitTasks(client, "j", tasks, {
                ledger,
                signal: controller.signal,
                onProgress: ({ submitted }) => submitted >= 2000 && controller.abort(new Error("enough")),
            }),
            /enough/,
        );
        return service.tasks.size;
    }

    beforeEach(async () => {
        service = await startService();
        client = connect();
        ledger = path.join(folder(), "ledger");
    });
    afterEach(async () => {
        client.close();
        await service.close();
    });

    it("lets an interrupted submission go on with what is left, and goes when all is in", async () => {
        const before = await interrupted(many(10_000));
        assert.ok(before < 10_000);
        assert.ok(!fs.readFileSync(ledger, "utf8").includes(SECRET));
        assert.equal(fs.statSync(ledger).mode & 0o777, 0o600);
        const result = await submit(many(10_000));
        assert.equal(service.tasks.size, 10_000);
        assert.deepEqual([result.submitted, result.resumed >= 2000], [10_000, true]);
        assert.equal(result.requests, Math.ceil((10_000 - result.resumed) / 100));
        assert.ok(!fs.existsSync(ledger));
    });

    it("is not needed: on another machine the service tells what it has", async () => {
        const before = await interrupted(many(5000));
        fs.rmSync(ledger);
        const result = await submit(many(5000));
        assert.equal(service.tasks.size, 5000);
        assert.equal(result.resumed, 0);
        assert.ok(result.existing >= before);
    });

    it("is not believed about tasks that the service does not have", async () => {
        await interrupted(many(5000));
        for (const id of [...service.tasks.keys()].slice(0, 700)) service.tasks.delete(id);
        const result = await submit(many(5000));
        assert.equal(service.tasks.size, 5000);
        assert.equal(result.submitted, 5000);
    });

    it("counts for the same tasks and the same job alone", async () => {
        await interrupted(many(5000));
        const other = many(5000).map((task) => ({ ...task, id: `other-${task.id}` }));
        const { resumed } = await submit(other);
        assert.equal(resumed, 0);
        service.tasks.clear();
        await interrupted(many(5000));
        service.tasks.clear();
        service.created = "2026-11-22T00:00:00Z";
        const again = await submit(many(5000));
        assert.deepEqual([again.resumed, service.tasks.size], [0, 5000]);
    });

    it("survives a last line that was cut off", async () => {
        await interrupted(many(5000));
        fs.truncateSync(ledger, fs.statSync(ledger).size - 2);
        const result = await submit(many(5000));
        assert.ok(result.resumed > 0);
        assert.equal(service.tasks.size, 5000);
    });
});

describe("links of tasks", () => {
    let service: TestService;
    let client: BatchClient;
    let signed = 0;
    const sas = {
        sign: (url: string, permissions: string, hours: number): Promise<string> =>
            Promise.resolve(`${url}?sp=${permissions}&se=${hours}&sig=s${++signed}`),
    };
    const blob = sasReference("https://store/in/a%20b.txt", "r", 24);
    const tasks: BatchTaskCreateOptions[] = Array.from({ length: 250 }, (_, index) => ({
        id: `t${index}`,
        commandLine: "true",
        resourceFiles: [{ httpUrl: blob, filePath: "a" }],
    }));

    beforeEach(async () => {
        service = await startService();
        client = new BatchClient(service.endpoint, sharedKeyCredential(ACCOUNT, KEY));
    });
    afterEach(async () => {
        client.close();
        await service.close();
    });

    const urlOf = (id: string): string =>
        (service.tasks.get(id)?.["resourceFiles"] as { httpUrl: string }[])[0]?.httpUrl ?? "";

    it("are made when the tasks are sent, and their signatures make no other task of one", async () => {
        await submitTasks(client, "j", tasks, { sas });
        assert.match(urlOf("t0"), /^https:\/\/store\/in\/a%20b\.txt\?sp=r&se=24&sig=s\d+$/);
        const before = urlOf("t0");
        const again = await submitTasks(client, "j", tasks, { sas });
        assert.deepEqual([again.existing, service.tasks.size, urlOf("t0")], [250, 250, before]);
    });

    it("make another task of one when they lead elsewhere or allow less", async () => {
        await submitTasks(client, "j", tasks, { sas });
        for (const other of [
            sasReference("https://store/in/b", "r", 24),
            sasReference("https://store/in/a%20b.txt", "rw", 24),
        ]) {
            const changed = tasks.map((task) => ({
                ...task,
                resourceFiles: [{ httpUrl: other, filePath: "a" }],
            }));
            await assert.rejects(submitTasks(client, "j", changed, { sas }), /250 of 250 tasks were refused/);
        }
    });

    it("are refused before anything is sent when nobody signs them", async () => {
        await assert.rejects(submitTasks(client, "j", tasks), /give `sas`, which signs them/);
        assert.equal(service.requests.length, 0);
        assert.throws(() => sasReference("https://store/in/b", "r", 169), /at most 168/);
        assert.equal(isServiceError(new Error()), false);
    });
});
