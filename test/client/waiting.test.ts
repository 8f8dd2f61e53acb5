import assert from "node:assert/strict";
import {
    BatchClient,
    describeFailure,
    failedTasks,
    sharedKeyCredential,
    taskOutcomes,
    WaitError,
    waitForTasks,
} from "../../client";
import { ACCOUNT, KEY, startService } from "./service";
import type { TestService } from "./service";

type Answer = { status: number; headers?: Record<string, string>; body?: unknown };

describe("waiting for tasks", () => {
    let service: TestService;
    let client: BatchClient;
    let answers: Record<string, (query: URLSearchParams) => Answer>;

    const counts = (active: number, running: number, succeeded: number, failed = 0): Answer => {
        const taskCounts = { active, running, completed: succeeded + failed, succeeded, failed };
        return { status: 200, body: { taskCounts, taskSlotCounts: taskCounts } };
    };

    beforeEach(async () => {
        service = await startService();
        client = new BatchClient(service.endpoint, sharedKeyCredential(ACCOUNT, KEY), {
            retry: { baseDelay: 1, maxDelay: 2 },
        });
        answers = {
            "/jobs/j": () => ({ status: 200, body: { id: "j", state: "active", poolInfo: { poolId: "p" } } }),
            "/jobs/j/tasks": () => ({ status: 200, body: { value: [] } }),
            "/pools/p": () => ({
                status: 200,
                body: {
                    id: "p",
                    currentDedicatedNodes: 0,
                    allocationState: "steady",
                    resizeErrors: [{ code: "AccountCoreQuotaReached", message: "No cores left" }],
                },
            }),
            "/pools/p/nodes": () => ({
                status: 200,
                body: { value: [{ id: "n1", state: "starttaskfailed", startTaskInfo: { exitCode: 7 } }] },
            }),
        };
        service.handler = ({ url }) => answers[url.pathname]?.(url.searchParams);
    });
    afterEach(async () => {
        client.close();
        await service.close();
    });

    it("asks for counts and never for single tasks, and confirms the end by the list", async () => {
        let asked = 0;
        let listed = 0;
        answers["/jobs/j/taskcounts"] = () => counts(0, asked++ < 2 ? 1 : 0, 3);
        // Counts lag: the first time that they say the end, a task still runs.
        answers["/jobs/j/tasks"] = () => ({
            status: 200,
            body: { value: listed++ === 0 ? [{ id: "a", state: "running" }] : [] },
        });
        const seen: number[] = [];
        const end = await waitForTasks(client, "j", {
            pollInterval: 5,
            onProgress: ({ running }) => void seen.push(running),
        });
        assert.equal(end.succeeded, 3);
        assert.deepEqual(seen, [1, 1, 0, 0]);
        assert.equal(service.requests.filter(({ url }) => /tasks\/./.test(url.pathname)).length, 0);
    });

    it("waits for some tasks of a job alone, and counts these alone", async () => {
        const own = { count: 2, has: (id: string) => id.startsWith("own-") };
        let asked = 0;
        answers["/jobs/j/taskcounts"] = () => (asked++ < 2 ? counts(0, 2, 2) : counts(0, 1, 2, 1));
        answers["/jobs/j/tasks"] = (query) => {
            const filter = query.get("$filter") ?? "";
            const running = asked < 3 ? ["other-1", "own-2"] : ["other-1"];
            const ids = filter.includes("running") ? running : ["own-2", "other-3"];
            return { status: 200, body: { value: ids.map((id) => ({ id, state: "running" })) } };
        };
        assert.deepEqual(await waitForTasks(client, "j", { pollInterval: 1, among: own }), {
            active: 0,
            running: 0,
            completed: 2,
            succeeded: 1,
            failed: 1,
        });
        const failed = await failedTasks(client, "j", { limit: 10, stderrBytes: 0, among: own });
        assert.deepEqual(
            failed.map(({ taskId }) => taskId),
            ["own-2"],
        );
    });

    it("says why nothing runs when time is over: resize errors, no nodes, failed start tasks", async () => {
        answers["/jobs/j/taskcounts"] = () => counts(2, 0, 0);
        const error = await waitForTasks(client, "j", { timeout: 20, pollInterval: 5 }).then(
            () => undefined,
            (reason: unknown) => reason,
        );
        assert.ok(error instanceof WaitError);
        assert.equal(error.why, "timeout");
        assert.match(
            error.message,
            /2 tasks of job j have not completed in time\. Pool p: AccountCoreQuotaReached: No cores left\. Pool p has no nodes \(steady\)\. n1 is starttaskfailed \(start task exited with 7\)\./,
        );
    });

    it("ends when the job ended before its tasks", async () => {
        answers["/jobs/j/taskcounts"] = () => counts(1, 0, 0);
        answers["/jobs/j/tasks"] = () => ({
            status: 200,
            body: { value: [{ id: "late", state: "active" }] },
        });
        answers["/jobs/j"] = () => ({
            status: 200,
            body: {
                id: "j",
                state: "completed",
                executionInfo: { terminateReason: "MaxWallClockTimeExpiry" },
            },
        });
        await assert.rejects(
            () => waitForTasks(client, "j", { pollInterval: 2 }),
            /job j ended \(MaxWallClockTimeExpiry\) while tasks such as late were active/,
        );
    });

    it("takes times as numbers alone: any other would be none", async () => {
        for (const timeout of ["30m", NaN, -1] as number[])
            await assert.rejects(waitForTasks(client, "j", { timeout }), {
                message: `timeout is ${timeout}: give milliseconds, a number such as 30 * 60_000`,
            });
    });

    it("ends at once when its signal is aborted", async () => {
        answers["/jobs/j/taskcounts"] = () => counts(1, 0, 0);
        const controller = new AbortController();
        setTimeout(() => controller.abort(new Error("enough")), 30);
        await assert.rejects(
            () => waitForTasks(client, "j", { pollInterval: 600_000, signal: controller.signal }),
            /enough/,
        );
    });

    it("reports how tasks ended, and failures with the end of stderr as far as the node still has it", async () => {
        const times = { startTime: "2030-01-01T00:00:00Z", endTime: "2030-01-01T00:00:02Z" };
        const failed = {
            id: "bad",
            nodeInfo: { nodeId: "n1" },
            executionInfo: {
                exitCode: 3,
                result: "failure",
                ...times,
                failureInfo: { category: "usererror", code: "FailureExitCode", message: "x" },
            },
        };
        const lost = { ...failed, id: "lost" };
        const good = {
            id: "good",
            nodeInfo: { nodeId: "n2" },
            executionInfo: { exitCode: 0, result: "success", ...times },
        };
        answers["/jobs/j/tasks"] = (query) => ({
            status: 200,
            body: { value: query.get("$filter")?.includes("failure") ? [failed, lost] : [failed, good] },
        });
        answers["/jobs/j/tasks/bad/files/stderr.txt"] = () => ({
            status: 200,
            headers: { "content-length": "9" },
            body: "going wrong",
        });
        answers["/jobs/j/tasks/lost/files/stderr.txt"] = () => ({
            status: 409,
            body: { code: "TaskFilesUnavailable", message: { value: "gone" } },
        });
        assert.deepEqual(await taskOutcomes(client, "j", { limit: 10 }), [
            { taskId: "bad", nodeId: "n1", exitCode: 3, result: "failure", ...times },
            { taskId: "good", nodeId: "n2", exitCode: 0, result: "success", ...times },
        ]);
        const [first, second] = await failedTasks(client, "j", { limit: 10 });
        assert.ok(first !== undefined);
        assert.match(describeFailure(first), /^bad: exit code 3, FailureExitCode \(usererror\)\n {4}/);
        assert.equal(second?.stderr, undefined);
        assert.equal((await taskOutcomes(client, "j", { limit: 1 })).length, 1);
    });
});
