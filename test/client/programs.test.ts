// The functions for programs, against Batch Local with tasks that really run.
import assert from "node:assert/strict";
import { collect, stream, submit, TasksFailedError, wait } from "../../client";
import type { BatchTaskCreateOptions } from "../../client";
import { Life } from "../durability/service";
import { temporaryFolders } from "../support/folder";

describe("submit, stream, wait and collect", function () {
    this.timeout(240_000);
    const folder = temporaryFolders();
    let life: Life | undefined;
    afterEach(() => life?.end());

    it("bring tasks to a job of their own, give each as it ends, and their files", async () => {
        const data = folder();
        life = await Life.begin(data);
        await Life.makePool(data, "p", 1, 4);
        const client = life.client({});
        try {
            const job = { id: "j", poolInfo: { poolId: "p" } };
            const tasks: BatchTaskCreateOptions[] = Array.from({ length: 12 }, (_, index) => ({
                id: `t${index}`,
                commandLine: `/bin/sh -c 'echo from ${index}; [ ${index} != 7 ] || exit 3'`,
            }));
            assert.equal((await submit(client, job, tasks)).submitted, 12);
            const ended: string[] = [];
            for await (const { taskId, exitCode } of stream(client, "j", { pollInterval: 200 })) {
                ended.push(taskId);
                assert.equal(exitCode, taskId === "t7" ? 3 : 0);
            }
            assert.deepEqual(ended.sort(), tasks.map(({ id }) => id).sort());
            await assert.rejects(
                wait(client, "j"),
                (error: unknown) =>
                    error instanceof TasksFailedError && /t7: exit code 3/.test(error.message),
            );
            assert.equal((await wait(client, "j", { onFailure: "report" })).succeeded, 11);
            const collected = await collect(client, "j", { files: ["stdout.txt", "none.txt"] });
            const found = collected.find(({ taskId }) => taskId === "t5");
            assert.deepEqual([found?.exitCode, found?.files], [0, { "stdout.txt": "from 5\n" }]);
            assert.equal((await client.jobs.get("j")).onAllTasksComplete, "terminatejob");
            // Run again from its begin, as after an interruption: the job has ended, with these tasks and no others.
            while ((await client.jobs.get("j")).state !== "completed")
                await new Promise((again) => setTimeout(again, 50));
            const again = await submit(client, job, tasks);
            assert.deepEqual([again.submitted, again.existing], [12, 12]);
            const ended409 = { code: "JobCompleted" };
            await assert.rejects(submit(client, job, [...tasks, { id: "new", commandLine: "x" }]), ended409);
            await assert.rejects(submit(client, job, [{ id: "t0", commandLine: "other" }]), ended409);
            await assert.rejects(submit(client, { ...job, poolInfo: { poolId: "q" } }, tasks), {
                message: /^job j exists already and runs on pool p, not on q: /,
            });
        } finally {
            client.close();
        }
    });
});
