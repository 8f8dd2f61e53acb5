// What has no compiler to see it in a program in JavaScript is refused, and never counts as nothing.
import assert from "node:assert/strict";
import { BatchAccount, Job, JobSchedule, Pool, Scale, TaskCollection, VmImage } from "../../components";
import { problemsOf, run } from "./program";

const pool = (): Pool => {
    const account = new BatchAccount("a", { resourceGroupName: "g", accountName: "acc" });
    const vmSize = "Standard_D2s_v5";
    const image = VmImage.ubuntu2404();
    return new Pool("cpu", { account, image, vmSize, scale: Scale.dedicated(1), poolId: "cpu" });
};

describe("a word or a time that a job does not take", function () {
    this.timeout(60_000);

    it("is told with those that it takes, and never counts as none", async () => {
        await run(() => {
            const constraints = { retentionTime: "7 days" };
            const args = {
                pool: pool(),
                afterCompletion: "Refuse",
                onDestroy: "kill",
                deletion: "no",
                onAllTasksComplete: "terminateJob",
                onTaskFailure: "fail",
                preparation: { commandLine: "x", constraints },
                release: { commandLine: "x", ...constraints },
                jobManager: { id: "m", commandLine: "x", constraints },
            };
            const problems = problemsOf(() => new Job("j", args as never));
            assert.deepEqual(
                problems.map((problem) => problem.split(": ").slice(0, 2).join(" ")),
                [
                    "onAllTasksComplete BATCH1006",
                    "onTaskFailure BATCH1006",
                    "release.retentionTime BATCH1005",
                    "preparation.constraints.retentionTime BATCH1005",
                    "jobManager.constraints.retentionTime BATCH1005",
                    "afterCompletion BATCH1006",
                    "onDestroy BATCH1006",
                    "deletion BATCH1006",
                ],
            );
            assert.match(problems.join("\n"), /'Refuse': give "replace" or "refuse" or "keep"/);
            const wait = { onFailure: "ignore" };
            const collection = { job: new Job("k", { pool: pool() }), tasks: [], removed: "no", wait };
            assert.deepEqual(
                problemsOf(() => new TaskCollection("t", collection as never)).map(
                    (one) => one.split(":")[0],
                ),
                ["wait.onFailure", "removed"],
            );
        });
    });
});

describe("an argument of another kind than a job takes", function () {
    this.timeout(60_000);

    it("is told with what to give, and never left out", async () => {
        await run(() => {
            const cases: [object, RegExp][] = [
                [{ pool: pool().poolId }, /^pool: BATCH1018: it is an Output: give a Pool/],
                [{ pool: "cpu" }, /^pool: BATCH1018: it is the text 'cpu': give a Pool/],
                [{ pool: pool(), preparation: "x" }, /^preparation: .*'x': give preparation: \{ commandLine/],
                [{ pool: pool(), metadata: [] }, /^metadata: .* a list: give metadata: \{/],
            ];
            for (const [args, expected] of cases)
                assert.match(problemsOf(() => new Job("j", args as never)).join("\n"), expected);
            const job = { pool: pool() };
            const until = { doNotRunUntil: new Date(0) };
            assert.match(
                problemsOf(() => new JobSchedule("s", { job, schedule: until } as never)).join(),
                /^schedule\.doNotRunUntil: BATCH1018: it is a Date: give its toISOString\(\)/,
            );
            assert.match(
                problemsOf(() => new JobSchedule("t", { job } as never)).join(),
                /^schedule: BATCH1001: it is missing/,
            );
        });
    });
});
