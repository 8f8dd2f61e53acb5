// Tasks that will never run end a wait at once, with the reason: asked of a real service.
import assert from "node:assert/strict";
import { BatchClient, sharedKeyCredential, WaitError, waitForTasks } from "../../client";
import { Local, sh } from "../scenarios/local";

describe("waiting for tasks that will never run", function () {
    this.timeout(120_000);
    let local: Local;
    let client: BatchClient;

    before(async () => {
        local = await Local.start();
        const { endpoint, name, key } = local.account;
        client = new BatchClient(endpoint.replace(/^https:/, "http:"), sharedKeyCredential(name, key));
        await local.pool("pool");
    });

    after(async () => {
        client.close();
        await local.close();
    });

    const stuck = async (jobId: string): Promise<string> => {
        const options = { timeout: 60_000, pollInterval: 200 };
        const error: unknown = await waitForTasks(client, jobId, options).catch((reason: unknown) => reason);
        assert.ok(error instanceof WaitError, String(error));
        assert.equal(error.why, "stuck");
        return error.message;
    };

    it("names a task that waits for one that has failed, itself or by others", async () => {
        await local.job("blocked", "pool", { usesTaskDependencies: true });
        const task = (id: string, script: string, more: object = {}) =>
            local.task("blocked", id, sh(script), more);
        await task("fails", "exit 3");
        await task("one", "true", { dependsOn: { taskIds: ["fails"] } });
        await task("two", "true", { dependsOn: { taskIds: ["one"] } });
        assert.match(
            await stuck("blocked"),
            /2 tasks of job blocked .* never will: all 2 tasks that wait depend on tasks that have failed, as one does on fails/,
        );
    });

    it("goes on where the failure satisfies what depends on it", async () => {
        await local.job("satisfied", "pool", { usesTaskDependencies: true });
        await local.task("satisfied", "1", sh("exit 3"), {
            exitConditions: { default: { dependencyAction: "satisfy" } },
        });
        await local.task("satisfied", "next", sh("true"), {
            dependsOn: { taskIdRanges: [{ start: 1, end: 1 }] },
        });
        const counts = await waitForTasks(client, "satisfied", { timeout: 60_000, pollInterval: 200 });
        assert.deepEqual([counts.succeeded, counts.failed], [1, 1]);
    });

    it("names a dependency that the job does not have, and what the nodes do, when time is over", async () => {
        await local.job("lacking", "pool", { usesTaskDependencies: true });
        await local.task("lacking", "there", sh("true"));
        await local.task("lacking", "a", sh("true"), { dependsOn: { taskIds: ["THERE", "nowhere"] } });
        await assert.rejects(
            waitForTasks(client, "lacking", { timeout: 3000, pollInterval: 200 }),
            /1 task of job lacking has not completed in time\. Task a depends on nowhere, which the job does not have\. Nodes of pool pool: \d+ idle/,
        );
    });

    it("says that the pool is gone", async () => {
        await local.job("orphan", "gone");
        await local.task("orphan", "a", sh("true"));
        assert.match(
            await stuck("orphan"),
            /pool gone does not exist any more: make it again, or give the job/,
        );
    });
});
