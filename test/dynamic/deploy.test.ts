// The resources under the real engine on Batch Local: what a change does, what Ctrl-C does, and what state holds.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { Stack } from "./stack";
import type { Step } from "./stack";

const SECRET = "a-value-that-no-state-shows";
const short = (steps: readonly Step[]): string[] => steps.map(({ op, type }) => `${op} ${type}`);

describe("a stack of jobs and pools, under the engine", function () {
    this.timeout(240_000);
    let stack: Stack;
    const deploy = async (declared: unknown): Promise<string[]> => short(await stack.up(declared));
    const outputs = (): Promise<Record<string, unknown>> => stack.outputs();

    before(async () => {
        stack = await Stack.open(path.join(__dirname, "program/index.js"), { SECRET_VALUE: SECRET });
    });

    after(() => stack.close());

    it("deploys, and wants no change afterwards, neither by up nor by refresh", async () => {
        const steps = await deploy({});
        for (const type of ["Pool", "Job", "TaskCollection", "TaskWait"])
            assert.ok(steps.includes(`create ${type}`), steps.join(", "));
        assert.deepEqual((await outputs())["results"], ["one:0"]);
        assert.deepEqual(await deploy({}), []);
        await stack.must(["refresh", "--yes", "--skip-preview", "--expect-no-changes"]);
    });

    it("changes size, formula, start task, tags and metadata of a pool in place", async () => {
        for (const declared of [
            { formula: "$TargetDedicatedNodes = 1;" },
            { nodes: 1, startTask: "true", tags: { a: "b" }, metadata: { c: "d" } },
        ]) {
            assert.deepEqual(await deploy(declared), ["update Pool"], JSON.stringify(declared));
        }
    });

    it("makes the new pool before the old one goes, and moves the job there", async () => {
        const before = await outputs();
        const steps = await deploy({ vmSize: "Standard_D4s_v5" });
        assert.ok(
            steps.indexOf("create-replacement Pool") < steps.indexOf("delete-replaced Pool"),
            steps.join(", "),
        );
        assert.ok(steps.indexOf("update Job") < steps.indexOf("delete-replaced Pool"), steps.join(", "));
        const after = await outputs();
        assert.notEqual(after["poolId"], before["poolId"]);
        assert.equal(after["jobId"], before["jobId"]);
    });

    it("adds, makes again and deletes tasks of a job that goes on, and makes a new job for a trigger", async () => {
        const vmSize = "Standard_D4s_v5";
        assert.deepEqual(await deploy({ vmSize, priority: 7, tasks: { one: "true", two: "true" } }), [
            "update Job",
            "update TaskCollection",
            "update TaskWait",
        ]);
        assert.deepEqual((await outputs())["results"], ["one:0", "two:0"]);
        await deploy({ vmSize, priority: 7, tasks: { two: "exit 0", three: "true" } });
        assert.deepEqual((await outputs())["results"], ["three:0", "two:0"]);
        const { jobId } = await outputs();
        const steps = await deploy({
            vmSize,
            priority: 7,
            tasks: { two: "exit 0", three: "true" },
            triggers: [1],
        });
        assert.ok(
            steps.includes("create-replacement Job") && steps.includes("create-replacement TaskCollection"),
            steps.join(", "),
        );
        assert.notEqual((await outputs())["jobId"], jobId);
    });

    it("fails with the exit code and the end of stderr of a task that fails, and keeps what was made", async () => {
        const tasks = { bad: "echo going wrong >&2; exit 3" };
        const { code, text } = await stack.run(["up", "--yes", "--skip-preview"], {
            vmSize: "Standard_D4s_v5",
            tasks,
            triggers: [2],
        });
        assert.notEqual(code, 0);
        assert.match(
            text,
            /1 of 1 tasks of job job-\w+ failed:\s+bad: exit code 3, FailureExitCode \(usererror\)\s+going wrong/,
        );
        const state = await stack.must(["stack", "export"]);
        assert.match(state, /"taskId": "bad"/);
    });

    it("ends on Ctrl-C while it waits, leaves no pending operation, and goes on the next time", async () => {
        const declared = {
            vmSize: "Standard_D4s_v5",
            tasks: { slow: `while [ ! -e ${stack.folder}/go ]; do sleep 0.1; done` },
            triggers: [3],
        };
        const up = stack.pulumi(["up", "--yes", "--skip-preview"], declared);
        const ended = stack.finish(up);
        await new Promise<void>((resolve) =>
            up.stdout?.on("data", (chunk: Buffer) =>
                /TaskWait tasks creating/.test(chunk.toString()) ? resolve() : undefined,
            ),
        );
        const sent = Date.now();
        // When the wait itself has ended, whatever the engine still does then.
        const heard = new Promise<number>((resolve) =>
            up.stdout?.on("data", (chunk: Buffer) =>
                /the deployment was cancelled/.test(chunk.toString())
                    ? resolve(Date.now() - sent)
                    : undefined,
            ),
        );
        up.kill("SIGINT");
        const { code, text } = await ended;
        console.log(
            `      the wait ended ${await heard} ms after Ctrl-C, the engine ${Date.now() - sent} ms`,
        );
        assert.notEqual(code, 0);
        assert.match(text, /the deployment was cancelled; run it again to go on/);
        const state = JSON.parse(await stack.must(["stack", "export"])) as {
            deployment: { pending_operations?: unknown[] };
        };
        assert.deepEqual(state.deployment.pending_operations ?? [], []);
        fs.writeFileSync(path.join(stack.folder, "go"), "");
        await deploy(declared);
        assert.deepEqual((await outputs())["results"], ["slow:0"]);
    });

    it("makes a schedule, a task and a sweep with its merge, counts its own tasks alone, and changes the schedule in place", async () => {
        const vmSize = "Standard_D4s_v5";
        const steps = await deploy({ vmSize, more: { every: "1h", limit: "5m" } });
        for (const type of ["JobSchedule", "Task"])
            assert.ok(steps.includes(`create ${type}`), steps.join(", "));
        const swept = (await outputs())["swept"];
        assert.deepEqual(swept, { active: 0, running: 0, completed: 31, succeeded: 31, failed: 0 });
        assert.deepEqual(await deploy({ vmSize, more: { every: "1h", limit: "5m" } }), []);
        assert.deepEqual(await deploy({ vmSize, more: { every: "2h", limit: "5m" } }), [
            "update JobSchedule",
        ]);
    });

    it("keeps no secret, no task and no credential in plain text in its state", async () => {
        const state = await stack.must(["stack", "export"]);
        assert.ok(!state.includes(SECRET));
        assert.ok(!state.includes("while [ ! -e"));
        assert.ok(!/sig=|AccountKey|Bearer |client_secret/.test(state));
        const kept = fs
            .readdirSync(path.join(stack.data, "pulumi"), { recursive: true, withFileTypes: true })
            .filter((entry) => entry.isFile() && entry.name.endsWith(".json"));
        assert.ok(kept.length > 0);
        for (const entry of kept)
            assert.ok(
                !fs.readFileSync(path.join(entry.parentPath, entry.name), "utf8").includes(SECRET),
                entry.name,
            );
    });

    it("is destroyed without a trace", async () => {
        await stack.must(["destroy", "--yes", "--skip-preview"]);
        const state = JSON.parse(await stack.must(["stack", "export"])) as {
            deployment: { resources?: unknown[] };
        };
        assert.deepEqual(state.deployment.resources ?? [], []);
    });
});
