import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import {
    BatchClient,
    InvalidTaskError,
    sameTask,
    sharedKeyCredential,
    SubmissionError,
    submitTasks,
} from "../../client";
import type { BatchTaskCreateOptions } from "../../client";
import { IdSet } from "../../client/submission/idSet";
import { ACCOUNT, KEY, startService } from "./service";
import type { Fault, TestService } from "./service";

const quick = { baseDelay: 1, maxDelay: 20, attempts: 20 };
const many = (count: number): BatchTaskCreateOptions[] =>
    Array.from({ length: count }, (_, index) => ({ id: `task-${index}`, commandLine: `echo ${index}` }));

describe("the submission engine", function () {
    this.timeout(30_000);

    let service: TestService;
    let client: BatchClient;
    let folder: string;

    beforeEach(async () => {
        folder = await mkdtemp(path.join(os.tmpdir(), "submission-"));
        service = await startService();
        client = new BatchClient(service.endpoint, sharedKeyCredential(ACCOUNT, KEY), {
            retry: quick,
            timeout: 10_000,
        });
    });
    afterEach(async () => {
        client.close();
        await service.close();
        await rm(folder, { recursive: true });
    });

    it("submits every task exactly once although one in five calls fails in every known way", async () => {
        const faults: Fault[] = [
            "429",
            "503",
            "500",
            "reset-before",
            "reset-after",
            "servererror",
            "no-answer-after",
        ];
        let call = 0;
        service.fault = ({ url }) => {
            if (!url.pathname.endsWith("addtaskcollection")) return undefined;
            call += 1;
            return call % 5 === 0 ? faults[(call / 5) % faults.length] : undefined;
        };
        const hasty = new BatchClient(service.endpoint, sharedKeyCredential(ACCOUNT, KEY), {
            retry: quick,
            timeout: 1000,
        });
        const result = await submitTasks(hasty, "j", many(10_000), { retry: quick }).finally(() =>
            hasty.close(),
        );
        assert.equal(result.submitted, 10_000);
        assert.equal(service.tasks.size, 10_000);
        assert.ok(service.duplicates > 0, "no answer was lost in this run");
        assert.ok(result.existing > 0 && result.existing <= service.duplicates);
        assert.ok(result.retried > 0 && result.throttled > 0);
    }).timeout(30_000);

    it("packs by count and by bytes without a trial request", async () => {
        const large = many(300).map((task) => ({
            ...task,
            environmentSettings: [{ name: "X", value: "ü".repeat(10_000) }],
        }));
        const result = await submitTasks(client, "j", large);
        assert.equal(service.tasks.size, 300);
        assert.equal(result.requests, Math.ceil(300 / 52));
        assert.equal(result.retried, 0);
    });

    it("fills packs of large tasks in a list over every hundred, and goes on with whole hundreds where tasks are small", async () => {
        const value = "x".repeat(10_500);
        const tasks = many(1000).map((task, index) =>
            index < 600 ? { ...task, environmentSettings: [{ name: "X", value }] } : task,
        );
        const result = await submitTasks(client, "j", tasks);
        assert.equal(service.tasks.size, 1000);
        assert.equal(result.requests, Math.ceil(600 / 99) + 4);
        assert.ok(service.mostTasks === 100, `${service.mostTasks} tasks in a request`);
    });

    it("takes answers in capitals and in another order, as the service may give them", async () => {
        service.told = (results) =>
            results.reverse().map((result) => ({ ...result, status: result.status.toUpperCase() }));
        service.tasks.set("task-3", { id: "task-3", commandLine: "rm -rf /", state: "active" });
        const error = await submitTasks(client, "j", many(500)).then(
            () => undefined,
            (reason: unknown) => reason,
        );
        assert.ok(error instanceof SubmissionError);
        assert.deepEqual(
            error.failures.map(({ taskId, code }) => [taskId, code]),
            [["task-3", "TaskExists"]],
        );
        assert.deepEqual([error.result.submitted, error.result.requests, error.result.retried], [499, 5, 0]);
        service.tasks.delete("task-3");
        const done = await submitTasks(client, "j", many(500));
        assert.deepEqual([done.submitted, done.existing], [500, 499]);
    });

    it("splits a request that the service finds too large all the same, down to the one task that is", async () => {
        service.maxBody = 3000;
        const tasks = many(120).map((task, index) =>
            index === 7 ? { ...task, commandLine: "x".repeat(3000) } : task,
        );
        const error = await submitTasks(client, "j", tasks).then(
            () => undefined,
            (reason: unknown) => reason,
        );
        assert.ok(error instanceof SubmissionError);
        assert.deepEqual(
            error.failures.map((failure) => [failure.taskId, failure.position, failure.code]),
            [["task-7", 8, "RequestBodyTooLarge"]],
        );
        assert.equal(service.tasks.size, 119);
    });

    it("takes a task that is there already only when it is equal to ours, whatever defaults the service added", async () => {
        service.tasks.set("task-1", {
            id: "task-1",
            commandLine: "echo 1",
            state: "completed",
            constraints: { maxTaskRetryCount: 0 },
        });
        service.tasks.set("task-2", { id: "task-2", commandLine: "rm -rf /", state: "active" });
        const error = await submitTasks(client, "j", many(4)).then(
            () => undefined,
            (reason: unknown) => reason,
        );
        assert.ok(error instanceof SubmissionError);
        assert.deepEqual(
            error.failures.map((failure) => [failure.taskId, failure.code]),
            [["task-2", "TaskExists"]],
        );
        assert.deepEqual([error.result.submitted, error.result.existing], [3, 1]);
        assert.match(error.message, /1 of 4 tasks were refused:\n {2}task-2 \(at 3\): TaskExists/);
    });

    it("stops at once when the job does not exist", async () => {
        await assert.rejects(() => submitTasks(client, "elsewhere", many(1000)), { code: "JobNotFound" });
        assert.ok(service.requests.length <= 10);
    });

    it("reports a bad task with its place before anything is sent", async () => {
        const tasks = [...many(500), { id: "not an id", commandLine: "true" }];
        await assert.rejects(
            () => submitTasks(client, "j", tasks),
            (error: unknown) => error instanceof InvalidTaskError && error.position === 501,
        );
        await assert.rejects(
            () => submitTasks(client, "j", [...many(3), { id: "TASK-1", commandLine: "true" }]),
            /another task of the collection, number 2, has this id/,
        );
        assert.equal(service.requests.length, 0);
    });

    it("finds the task for which the service refuses a whole request, and sends the others", async () => {
        service.handler = ({ url, body }) => {
            if (!url.pathname.endsWith("addtaskcollection")) return undefined;
            const { value } = JSON.parse(body) as { value: BatchTaskCreateOptions[] };
            const at = value.findIndex(({ requiredSlots }) => typeof requiredSlots === "string");
            if (at < 0) return undefined;
            const values = [{ key: "PropertyPath", value: `value[${at}].requiredSlots` }];
            const message = { value: "The value is of another kind." };
            return { status: 400, body: { code: "InvalidPropertyValue", message, values } };
        };
        const wrong = (tasks: BatchTaskCreateOptions[], ...at: number[]): BatchTaskCreateOptions[] =>
            tasks.map((task, index) =>
                at.includes(index) ? { ...task, requiredSlots: "2" as unknown as number } : task,
            );
        const failure = async (tasks: BatchTaskCreateOptions[]): Promise<SubmissionError> => {
            const error = await submitTasks(client, "j", tasks).then(
                () => undefined,
                (reason: unknown) => reason,
            );
            assert.ok(error instanceof SubmissionError);
            return error;
        };
        const { failures, message, result } = await failure(wrong(many(1000), 7, 250));
        assert.deepEqual(failures.map(({ taskId, position }) => [taskId, position]).sort(), [
            ["task-250", 251],
            ["task-7", 8],
        ]);
        assert.match(
            message,
            /task-7 \(at 8\): InvalidPropertyValue: The value is of another kind\. \(PropertyPath: value\[0\]\.requiredSlots\)\n/,
        );
        assert.equal(result.submitted, 998);
        assert.equal(service.tasks.size, 998);
        const before = service.requests.length;
        const all = await failure(wrong(many(5000), ...Array.from({ length: 5000 }, (_, index) => index)));
        assert.match(all.message, /The rest was not sent: correct these tasks and run it again\.$/);
        assert.ok(service.requests.length - before < 1000, `${service.requests.length - before} requests`);
    });

    it("says what is no task, what has no command, and what cannot be written as JSON", async () => {
        const cases: [unknown, RegExp][] = [
            [null, /task at 2: it is null, not a task/],
            ["x", /task at 2: it is string, not a task/],
            [{ commandLine: "true" }, /task at 2: it has no id/],
            [{ id: "a b", commandLine: "true" }, /task 'a b' at 2: an id is 1 to 64/],
            [{ id: "a", commandLine: "" }, /task 'a' at 2: it has no commandLine/],
            [{ id: "a", commandLine: "true", extra: 1n }, /task 'a' at 2: it cannot be written as JSON/],
            [{ id: "a", commandLine: "x".repeat(1_048_576) }, /task 'a' at 2: it takes 1048\d+ bytes/],
        ];
        for (const [wrong, said] of cases) {
            const tasks = [...many(1), wrong] as BatchTaskCreateOptions[];
            for (const source of [tasks, tasks.values()])
                await assert.rejects(
                    () => submitTasks(client, "j", source),
                    (error: unknown) => error instanceof InvalidTaskError && said.test(error.message),
                );
        }
    });

    it("takes tasks from generators, sync and async, in bounded memory", async () => {
        let drawn = 0;
        async function* slow(): AsyncGenerator<BatchTaskCreateOptions> {
            for (const task of many(5000)) {
                drawn += 1;
                // No more is read ahead than what is under way, and the pack that is being filled.
                assert.ok(drawn <= service.tasks.size + 100 * 100, "read too far ahead");
                yield await Promise.resolve(task);
            }
        }
        assert.equal((await submitTasks(client, "j", slow())).submitted, 5000);
        function* second(): Generator<BatchTaskCreateOptions> {
            yield { id: "other", commandLine: "true" };
        }
        assert.equal((await submitTasks(client, "j", second())).submitted, 1);
    });

    it("takes a file of JSON Lines and names the line that is broken", async () => {
        const file = path.join(folder, "tasks.jsonl");
        await writeFile(
            file,
            many(250)
                .map((task) => JSON.stringify(task))
                .join("\r\n") + "\n\n",
        );
        assert.equal((await submitTasks(client, "j", { jsonLines: file })).submitted, 250);
        await writeFile(file, '{"id":"a","commandLine":"true"}\n\n{"id":"b",\n');
        await assert.rejects(
            () => submitTasks(client, "j", { jsonLines: file }),
            /task at 3: the line is not JSON/,
        );
        await assert.rejects(
            () => submitTasks(client, "j", { jsonLines: path.join(folder, "none") }),
            /ENOENT/,
        );
    });

    it("ends when its signal is aborted and leaves a job that it can complete later", async () => {
        const controller = new AbortController();
        const onProgress = ({ submitted }: { submitted: number }): void => {
            if (submitted > 1000) controller.abort(new Error("stop here"));
        };
        await assert.rejects(
            () => submitTasks(client, "j", many(20_000), { signal: controller.signal, onProgress }),
            /stop here/,
        );
        const before = service.tasks.size;
        assert.ok(before >= 1000 && before < 20_000);
        const result = await submitTasks(client, "j", many(20_000));
        assert.equal(service.tasks.size, 20_000);
        assert.ok(result.existing >= 1000);
    });

    it("keeps fewer than 100 requests under way", async () => {
        // Long enough that a busy machine has sent what it may before the first is answered.
        service.delay = 500;
        const patient = new BatchClient(service.endpoint, sharedKeyCredential(ACCOUNT, KEY), {
            retry: quick,
            timeout: 20_000,
        });
        await submitTasks(patient, "j", many(20_000), { pace: { initial: 500, max: 500 } }).finally(() =>
            patient.close(),
        );
        assert.ok(service.mostUnderWay < 100 && service.mostUnderWay > 50, String(service.mostUnderWay));
    }).timeout(20_000);

    it("finds tasks that vanished after they were accepted", async () => {
        service.handler = ({ url }) => {
            if (url.pathname.endsWith("taskcounts")) service.tasks.delete("task-5");
            return undefined;
        };
        await assert.rejects(() => submitTasks(client, "j", many(20)), /does not list task-5/);
    }).timeout(10_000);
});

describe("tasks and their ids", () => {
    it("remembers ids without case, as the service does", () => {
        fc.assert(
            fc.property(fc.array(fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/), { maxLength: 3000 }), (ids) => {
                const ours = new IdSet();
                const theirs = new Set<string>();
                for (const id of ids) {
                    assert.equal(ours.add(id), !theirs.has(id.toLowerCase()));
                    theirs.add(id.toLowerCase());
                    assert.ok(ours.has(id.toUpperCase()));
                }
                assert.equal(ours.size, theirs.size);
            }),
            { numRuns: 30 },
        );
    });

    it("compares tasks by what was sent, durations by length and SAS links without their signature", () => {
        assert.ok(
            sameTask(
                { constraints: { maxWallClockTime: "PT60M" } },
                { constraints: { maxWallClockTime: "PT1H", retentionTime: "P7D" } },
            ),
        );
        assert.ok(
            sameTask({ httpUrl: "https://s/c/b?sv=1&sig=aa" }, { httpUrl: "https://s/c/b?sv=1&sig=bb" }),
        );
        assert.ok(!sameTask({ httpUrl: "https://s/c/b?x=1" }, { httpUrl: "https://s/c/b?x=2" }));
        assert.ok(!sameTask({ commandLine: "echo a" }, { commandLine: "echo A" }));
        assert.ok(!sameTask({ resourceFiles: [{ a: 1 }] }, { resourceFiles: [] }));
        assert.ok(sameTask({ resourceFiles: [], password: "x" }, {}));
        assert.ok(!sameTask({ commandLine: "PT" }, { commandLine: "PTx" }));
    });
});
