import assert from "node:assert/strict";
import fc from "fast-check";
import { job, taskCollection, taskWait, uploadedFiles } from "../../components/dynamic";
import type { JobInputs } from "../../components/dynamic/job";
import { fromRanges, toRanges } from "../../components/dynamic/idRanges";
import { Progress } from "../../components/dynamic/progress";

const jobInputs = (more: Partial<JobInputs> = {}): JobInputs => ({
    endpoint: "https://acc",
    jobId: "job-1",
    owner: "o/p/s/n",
    job: { poolInfo: { poolId: "cpu" }, priority: 1 },
    onDestroy: "terminate",
    deleteTimeout: 600,
    ...more,
});

describe("a job", () => {
    it("changes in place what the service changes, and is made anew for all else", () => {
        const base = jobInputs();
        const plan = (change: object): [boolean, string[]] => {
            const { changes, replaces } = job.diff(
                "id",
                base,
                jobInputs({ job: { ...base.job, ...change } }),
            );
            return [changes, replaces];
        };
        assert.deepEqual(plan({}), [false, []]);
        for (const change of [
            { priority: 2 },
            { maxParallelTasks: 3 },
            { allowTaskPreemption: true },
            { constraints: { maxTaskRetryCount: 1 } },
            { metadata: [{ name: "a", value: "b" }] },
            { poolInfo: { poolId: "other" } },
            { networkConfiguration: { subnetId: "/s" } },
        ]) {
            assert.deepEqual(plan(change), [true, []], JSON.stringify(change));
        }
        for (const change of [
            { displayName: "x" },
            { usesTaskDependencies: true },
            { onTaskFailure: "noaction" },
            { commonEnvironmentSettings: [{ name: "A", value: "1" }] },
            { jobPreparationTask: { commandLine: "x" } },
            { jobReleaseTask: { commandLine: "x" } },
            { jobManagerTask: { id: "m", commandLine: "x" } },
        ]) {
            assert.deepEqual(plan(change), [true, ["job"]], JSON.stringify(change));
        }
    });

    it("is deleted before its successor only when both have one id", () => {
        const changed = { ...jobInputs().job, displayName: "x" };
        assert.equal(job.diff("id", jobInputs(), jobInputs({ job: changed })).deleteBeforeReplace, true);
        assert.equal(
            job.diff("id", jobInputs(), jobInputs({ job: changed, jobId: "job-2" })).deleteBeforeReplace,
            false,
        );
    });
});

describe("a task collection", () => {
    const state = {
        endpoint: "e",
        jobId: "j",
        spool: "/here",
        digest: "d",
        count: 2,
        closesJob: true,
        removed: "delete" as const,
        submitted: 2,
    };

    it("is unchanged wherever the file of its tasks is, and changed by its content", () => {
        assert.equal(taskCollection.diff("id", state, { ...state, spool: "/elsewhere" }).changes, false);
        assert.deepEqual(taskCollection.diff("id", state, { ...state, digest: "other" }), {
            changes: true,
            replaces: [],
        });
        assert.deepEqual(taskCollection.diff("id", state, { ...state, jobId: "k" }).replaces, ["jobId"]);
    });

    it("goes on when it was interrupted", () => {
        assert.equal(taskCollection.diff("id", { ...state, submitted: 1 }, state).changes, true);
    });

    it("keeps ids that count up in a few characters, and gives them back", () => {
        const ids = Array.from({ length: 100_000 }, (_, index) => `frame-${String(index).padStart(6, "0")}`);
        const ranges = toRanges([...ids, "merge", "last-9", "last-10", "last-12"]);
        assert.ok(JSON.stringify(ranges).length < 200);
        assert.deepEqual([...fromRanges(ranges ?? [])], [...ids, "merge", "last-9", "last-10", "last-12"]);
        fc.assert(
            fc.property(fc.array(fc.stringMatching(/^[A-Za-z_-]{0,3}[0-9]{0,4}$/)), (some) => {
                assert.deepEqual([...fromRanges(toRanges(some) ?? [])], some);
            }),
        );
    });

    it("knows no ids when they would take more than 20 KB", () => {
        assert.equal(
            toRanges(Array.from({ length: 5000 }, (_, index) => `${index}-${Math.sin(index)}x`)),
            undefined,
        );
    });
});

describe("a wait", () => {
    const state = {
        endpoint: "e",
        jobId: "j",
        digest: "d",
        timeout: 60,
        pollInterval: 10,
        onFailure: "fail" as const,
        resultLimit: 10,
        done: true,
    };

    it("is not repeated for another time-out, and is for other tasks or after a failure", () => {
        assert.equal(taskWait.diff("id", state, { ...state, timeout: 120 }).changes, false);
        assert.equal(taskWait.diff("id", state, { ...state, digest: "other" }).changes, true);
        assert.equal(taskWait.diff("id", { ...state, done: false }, state).changes, true);
    });
});

describe("uploaded files", () => {
    const file = { name: "a", path: "/here/a", hash: "1", size: 1 };
    const state = { endpoint: "e", containerName: "c", files: [file], deleteExtras: false, complete: true };

    it("are unchanged wherever they are and in whatever order, and changed by content", () => {
        const other = { ...file, name: "b" };
        assert.equal(
            uploadedFiles.diff("id", state, { ...state, files: [{ ...file, path: "/there/a" }] }).changes,
            false,
        );
        const both = { ...state, files: [file, other] };
        assert.equal(uploadedFiles.diff("id", both, { ...both, files: [other, file] }).changes, false);
        assert.equal(
            uploadedFiles.diff("id", state, { ...state, files: [{ ...file, hash: "2" }] }).changes,
            true,
        );
        assert.equal(uploadedFiles.diff("id", { ...state, complete: false }, state).changes, true);
    });
});

describe("progress", () => {
    it("is one line each ten seconds at most", () => {
        const lines: string[] = [];
        const progress = new Progress((line) => lines.push(line), 0);
        for (let now = 0; now <= 60_000; now += 100) progress.line(() => String(now), now);
        assert.equal(lines.length, 6);
    });
});
