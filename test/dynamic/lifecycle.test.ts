// From adoption to destruction, under the real engine: what is there already, what has completed, what still runs, what is gone.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import type { BatchClient } from "../../client";
import { isServiceError } from "../../client";
import { servicePool } from "../support/servicePool";
import { Stack, told } from "./stack";

describe("a job under the engine", function () {
    this.timeout(300_000);
    let stack: Stack;
    let client: BatchClient;
    let env: Record<string, string>;
    const up = async (declared: object): Promise<string[]> => told(await stack.up(declared, env));
    const preview = async (declared: object): Promise<string[]> => told(await stack.preview(declared, env));
    const fails = async (args: string[], declared: object): Promise<string> => {
        const { code, text } = await stack.run(args, declared, env);
        assert.notEqual(code, 0, text);
        return text;
    };
    const upFails = (declared: object): Promise<string> => fails(["up", "--yes", "--skip-preview"], declared);
    const destroy = (): Promise<string> => stack.must(["destroy", "--yes", "--skip-preview"], {}, env);
    const isGone = (error: unknown): boolean => isServiceError(error, "JobNotFound");

    before(async () => {
        // As often as the client tries: the job is disabled by then, and its change fails.
        const failing = { method: "PATCH", path: "/jobs/moved", fail: { status: 500 }, count: 8 };
        stack = await Stack.open(path.join(__dirname, "program/table.js"), {}, { requests: [failing] });
        client = await stack.client();
        env = { ENDPOINT: (await stack.service()).endpoint };
        const body = { ...servicePool("one"), taskSlotsPerNode: 4 };
        await client.core.send({ method: "POST", path: "/pools", body, options: {} });
    });

    after(() => stack.close());

    it("that exists and is not of the stack is refused with how to adopt it, and adopted when asked to", async () => {
        await client.jobs.add({
            id: "theirs",
            priority: 5,
            displayName: "Theirs",
            poolInfo: { poolId: "one" },
        });
        const { creationTime } = await client.jobs.get("theirs");
        const refused = await upFails({ jobs: { theirs: { jobId: "theirs", displayName: "Theirs" } } });
        assert.match(refused, /job theirs exists and is not of a Pulumi stack.*`adopt: true`/);
        const other = await upFails({
            jobs: { theirs: { jobId: "theirs", adopt: true, displayName: "Ours" } },
        });
        assert.match(other, /job theirs exists already with another displayName, which cannot be changed/);
        const declared = {
            jobs: { theirs: { jobId: "theirs", adopt: true, displayName: "Theirs", priority: 7 } },
        };
        assert.ok((await up(declared)).includes("create Job theirs"));
        const adopted = await client.jobs.get("theirs");
        assert.deepEqual([adopted.creationTime, adopted.priority], [creationTime, 7]);
        assert.deepEqual(await up(declared), []);
        await destroy();
        await assert.rejects(client.jobs.get("theirs"), isGone);
    });

    it("is imported with its schedule and its task, and changes only by what is declared otherwise", async () => {
        const { ENDPOINT: endpoint } = env;
        await client.jobs.add({
            id: "found",
            priority: 5,
            poolInfo: { poolId: "one" },
            jobPreparationTask: { commandLine: "true" },
        });
        await client.tasks.add("found", { id: "one", commandLine: "true" });
        await client.jobSchedules.add({
            id: "nightly",
            schedule: { doNotRunUntil: "2100-01-01T00:00:00Z" },
            jobSpecification: {
                poolInfo: { poolId: "one" },
                jobManagerTask: { id: "m", commandLine: "true" },
            },
        });
        const type = (name: string): string => `pulumi-nodejs:dynamic/pulumi-azure-batch:${name}`;
        const resources = [
            { type: "pulumi-azure-batch:index:Job", name: "found", component: true },
            { type: type("Job"), name: "found", parent: "found", id: `${endpoint}/jobs/found` },
            {
                type: "pulumi-azure-batch:index:JobSchedule",
                name: "nightly",
                component: true,
                logicalName: "nightly",
            },
            {
                type: type("JobSchedule"),
                name: "nightlySchedule",
                logicalName: "nightly",
                parent: "nightly",
                id: `${endpoint}/jobschedules/nightly`,
            },
        ];
        resources[1] = { ...resources[1], name: "foundJob", logicalName: "found" } as never;
        const file = path.join(stack.folder, "resources.json");
        fs.writeFileSync(file, JSON.stringify({ resources }));
        const options = { ...env, NODE_OPTIONS: "--require pulumi-azure-batch/import" };
        await stack.must(
            ["import", "--file", file, "--yes", "--generate-code=false", "--protect=false"],
            {},
            options,
        );
        const declared = {
            jobs: {
                found: {
                    jobId: "found",
                    preparation: { commandLine: "true" },
                    priority: 5,
                    onDestroy: "terminate",
                },
            },
            schedules: {
                nightly: {
                    scheduleId: "nightly",
                    schedule: { doNotRunUntil: "2100-01-01T00:00:00Z" },
                    job: { jobManager: { id: "m", commandLine: "true" } },
                },
            },
        };
        // From now on they say whose they are.
        assert.deepEqual((await up(declared)).sort(), ["update Job found", "update JobSchedule nightly"]);
        assert.deepEqual(await up(declared), []);
        assert.equal((await client.jobs.get("found")).priority, 5);
        const { state } = await client.jobs.get("found");
        assert.equal(state, "active");
        await destroy();
        await assert.rejects(client.jobs.get("found"), isGone);
    });

    it("that has completed is said at preview to be replaced with its tasks, is replaced, refused, or kept", async () => {
        const job = (more: object): object => ({
            jobs: { done: { tasks: { a: { commandLine: "true" } }, wait: { timeout: "5m" }, ...more } },
        });
        await up(job({}));
        const jobId = async (): Promise<string> => String((await stack.outputs())["done"]);
        const first = await jobId();
        const completed = async (id: string): Promise<void> => {
            while ((await client.jobs.get(id)).state !== "completed")
                await new Promise((again) => setTimeout(again, 50));
        };
        await completed(first);
        assert.deepEqual(await up(job({})), []);
        const refused = await fails(["preview"], job({ priority: 1, afterCompletion: "refuse" }));
        assert.match(refused, /job done-\w+ has completed, and priority would change/);
        assert.deepEqual(await up(job({ priority: 1, afterCompletion: "keep" })), ["update Job done"]);
        assert.equal((await client.jobs.get(first)).priority, 0);

        for (const change of [{ priority: 2 }, { priority: 2, tasks: { b: { commandLine: "true" } } }]) {
            const before = await jobId();
            const plan = await preview(job(change));
            for (const type of ["Job", "TaskCollection", "TaskWait"])
                assert.ok(plan.includes(`create-replacement ${type} done`), plan.join("\n"));
            const steps = await up(job(change));
            assert.ok(
                steps.indexOf("create-replacement TaskCollection done") <
                    steps.indexOf("delete-replaced Job done"),
                steps.join("\n"),
            );
            const next = await jobId();
            assert.notEqual(next, before);
            assert.ok(next.startsWith(first), next);
            await completed(next);
            await assert.rejects(client.jobs.get(before), isGone);
            assert.deepEqual(await up(job(change)), []);
        }
    });

    it("that has completed is not made again for tasks that come later in the program, and takes none that are other ones", async () => {
        const task = (commandLine: string): object => ({ a: { commandLine } });
        const job = (more: object): object => ({ jobs: { late: { wait: { timeout: "5m" }, ...more } } });
        await up(job({ later: task("true") }));
        const first = String((await stack.outputs())["late"]);
        while ((await client.jobs.get(first)).state !== "completed")
            await new Promise((again) => setTimeout(again, 50));
        assert.equal((await client.tasks.get(first, "a")).executionInfo?.exitCode, 0);
        assert.deepEqual(await up(job({ later: task("true") })), []);
        // The same tasks, told at once or later: that is no change either way.
        assert.deepEqual(await up(job({ tasks: task("true") })), []);
        assert.deepEqual(await up(job({ later: task("true") })), []);

        const asked = new RegExp(
            `job ${first} has completed and takes no other tasks: give the Job .triggers.`,
        );
        for (const work of [["preview"], ["up", "--yes", "--skip-preview"]])
            assert.match(await fails(work, job({ later: task("sleep 0") })), asked);
        assert.equal((await client.tasks.get(first, "a")).commandLine, "true");

        const next = job({ later: task("sleep 0"), triggers: ["sleep 0"] });
        const steps = await up(next);
        for (const type of ["Job", "TaskCollection", "TaskWait"])
            assert.ok(steps.includes(`create-replacement ${type} late`), steps.join("\n"));
        const second = String((await stack.outputs())["late"]);
        assert.notEqual(second, first);
        assert.equal((await client.tasks.get(second, "a")).commandLine, "sleep 0");
        assert.deepEqual(await up(next), []);

        // A collection that is new to a completed job is refused before anything is sent.
        await up({ jobs: { late: { triggers: ["sleep 0"] } } });
        assert.match(
            await fails(["preview"], next),
            new RegExp(`job ${second} has completed and takes no other tasks`),
        );
    });

    it("with an id of its own that has completed goes before its successor, with its tasks", async () => {
        const job = (priority: number): object => ({
            jobs: {
                own: {
                    jobId: "own",
                    priority,
                    tasks: { a: { commandLine: "true" } },
                    wait: { timeout: "5m" },
                },
            },
        });
        await up(job(1));
        while ((await client.jobs.get("own")).state !== "completed")
            await new Promise((again) => setTimeout(again, 50));
        const { creationTime } = await client.jobs.get("own");
        const steps = await up(job(2));
        for (const type of ["Job", "TaskCollection", "TaskWait"])
            assert.ok(steps.includes(`create-replacement ${type} own`), steps.join("\n"));
        assert.notEqual((await client.jobs.get("own")).creationTime, creationTime);
        assert.equal((await client.tasks.get("own", "a")).state, "completed");
        assert.deepEqual(await up(job(2)), []);
    });

    it("that is gone already is found so by a refresh and made again, and does not stop a destruction", async () => {
        const declared = { jobs: { lost: { onAllTasksComplete: "noaction" }, lost2: {} } };
        await up(declared);
        const ids = (await stack.outputs()) as Record<string, string>;
        await client.jobs.delete(ids["lost"] ?? "");
        while ((await client.jobs.get(ids["lost"] ?? "").catch(() => undefined)) !== undefined)
            await new Promise((again) => setTimeout(again, 50));
        await stack.must(["refresh", "--yes", "--skip-preview"], declared, env);
        assert.ok((await up(declared)).includes("create Job lost"));
        await client.jobs.delete(ids["lost2"] ?? "");
        await destroy();
    });

    it("that is gone is said with what to do when tasks are meant for it, which ends the deployment", async () => {
        const job = { onAllTasksComplete: "noaction" };
        await up({ jobs: { left: job } });
        const ids = (await stack.outputs()) as Record<string, string>;
        await client.jobs.delete(ids["left"] ?? "");
        while ((await client.jobs.get(ids["left"] ?? "").catch(() => undefined)) !== undefined)
            await new Promise((again) => setTimeout(again, 50));
        const declared = { jobs: { left: { ...job, tasks: { a: { commandLine: "/bin/true" } } } } };
        assert.match(await upFails(declared), /JobNotFound: .*\n.*The job is gone, .*run `pulumi refresh`/);
        await stack.must(["refresh", "--yes", "--skip-preview"], declared, env);
        assert.ok((await up(declared)).includes("create TaskCollection left"));
        await destroy();
    });

    it("whose tasks have not completed asks for a choice before it is destroyed: refuse, wait or terminate", async () => {
        const go = path.join(stack.folder, "go");
        const tasks = { slow: { commandLine: `/bin/sh -c "while [ ! -e ${go} ]; do sleep 0.1; done"` } };
        const job = (more: object): object => ({ jobs: { busy: { tasks, ...more } } });
        await up(job({}));
        const { busy } = (await stack.outputs()) as Record<string, string>;
        const asked = await fails(["destroy", "--yes", "--skip-preview"], {});
        assert.match(
            asked,
            /has 1 task that has not completed: say what becomes of them with onDestroy: "terminate", "wait" or "refuse"/,
        );
        assert.match(asked, /the variable PULUMI_AZURE_BATCH_ON_DESTROY=terminate/);
        await up(job({ onDestroy: "refuse" }));
        assert.match(await fails(["destroy", "--yes", "--skip-preview"], {}), /its onDestroy is "refuse"/);
        assert.equal((await client.jobs.get(busy ?? "")).state, "active");
        await up(job({ onDestroy: "wait" }));
        const waiting = stack.pulumi(["destroy", "--yes", "--skip-preview"], {}, env);
        const ended = stack.finish(waiting);
        await new Promise<void>((resolve) =>
            waiting.stdout?.on("data", (chunk: Buffer) =>
                /waiting for 1 of its tasks/.test(chunk.toString()) ? resolve() : undefined,
            ),
        );
        fs.writeFileSync(go, "");
        assert.equal((await ended).code, 0);
        await assert.rejects(client.jobs.get(busy ?? ""), isGone);
        fs.rmSync(go);
        await up(job({}));
        const terminate = { ...env, PULUMI_AZURE_BATCH_ON_DESTROY: "terminate" };
        const mistaken = { ...env, PULUMI_AZURE_BATCH_ON_DESTROY: "Terminate" };
        const { code, text } = await stack.run(["destroy", "--yes", "--skip-preview"], {}, mistaken);
        assert.notEqual(code, 0);
        assert.match(text, /PULUMI_AZURE_BATCH_ON_DESTROY is 'Terminate': set it to terminate, wait, refuse/);
        await stack.must(["destroy", "--yes", "--skip-preview"], {}, terminate);
        await assert.rejects(client.jobs.get(busy ?? ""), isGone);
    });

    it("whose change fails half-way is kept in the state with the reason, and the next deployment goes on", async () => {
        const job = (target: string): object => ({
            jobs: { moved: { pool: target, jobId: "moved", onAllTasksComplete: "noaction" } },
        });
        await up(job("one"));
        const text = await upFails(job("two"));
        assert.match(text, /\[PATCH \/jobs\/moved/);
        assert.equal((await client.jobs.get("moved")).state, "disabled");
        const { deployment } = await stack.state();
        assert.ok(deployment.resources?.some(({ id }) => id?.endsWith("/jobs/moved")));
        assert.deepEqual(await up(job("two")), ["update Job moved"]);
        const { state, poolInfo } = await client.jobs.get("moved");
        assert.deepEqual([state, poolInfo.poolId], ["active", "two"]);
        await destroy();
    });
});
