import assert from "node:assert/strict";
import fs from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import {
    AutoPool,
    BatchAccount,
    Container,
    Job,
    LinkedStorage,
    OutputFile,
    Pool,
    ResourceFile,
    Scale,
    shell,
    TaskCollection,
    UserIdentity,
    VmImage,
} from "../../components";
import type { JobArgs, TaskArgs } from "../../components";
import { only, problemsOf, run } from "./program";

const pool = (): Pool => {
    const account = new BatchAccount("a", { resourceGroupName: "g", accountName: "acc" });
    return new Pool("cpu", {
        account,
        image: VmImage.ubuntu2404(),
        vmSize: "Standard_D2s_v5",
        scale: Scale.dedicated(1),
        poolId: "cpu",
    });
};
const JOB = "pulumi-nodejs:dynamic/pulumi-azure-batch:Job";
const COLLECTION = "pulumi-nodejs:dynamic/pulumi-azure-batch:TaskCollection";
const WAIT = "pulumi-nodejs:dynamic/pulumi-azure-batch:TaskWait";

const jobInputs = async (more: Partial<JobArgs>, preview = false): Promise<Record<string, unknown>> =>
    only(await run(() => new Job("frames", { pool: pool(), ...more }), { preview }), JOB).inputs;

describe("Job", function () {
    this.timeout(60_000);

    for (const preview of [false, true]) {
        it(`has these defaults${preview ? ", at preview too" : ""}`, async () => {
            assert.deepEqual(await jobInputs({}, preview), {
                endpoint: "https://acc.westeurope.batch.azure.com",
                jobId: "frames-abcd1234",
                owner: "organization/project/stack/frames",
                generatedId: true,
                job: { poolInfo: { poolId: "cpu" } },
                deleteTimeout: 600,
            });
        });
    }

    it("passes what it is given in the service's words, and never its completion", async () => {
        const { job } = await jobInputs({
            displayName: "Frames",
            priority: 10,
            maxParallelTasks: 4,
            usesTaskDependencies: true,
            constraints: { maxWallClockTime: "2h", maxTaskRetries: 3 },
            environment: { A: "1" },
            preparation: {
                commandLine: "prepare",
                user: UserIdentity.admin("task"),
                constraints: { maxRetries: 1 },
                waitForSuccess: false,
            },
            release: { commandLine: "clean", maxWallClockTime: "5m" },
            onTaskFailure: "performexitoptionsjobaction",
            metadata: { team: "x" },
        });
        assert.deepEqual(job, {
            displayName: "Frames",
            priority: 10,
            maxParallelTasks: 4,
            usesTaskDependencies: true,
            constraints: { maxWallClockTime: "PT2H", maxTaskRetryCount: 3 },
            commonEnvironmentSettings: [{ name: "A", value: "1" }],
            jobPreparationTask: {
                commandLine: "prepare",
                userIdentity: { autoUser: { scope: "task", elevationLevel: "admin" } },
                constraints: { maxTaskRetryCount: 1 },
                waitForSuccess: false,
            },
            jobReleaseTask: { commandLine: "clean", maxWallClockTime: "PT5M" },
            onTaskFailure: "performexitoptionsjobaction",
            metadata: [{ name: "team", value: "x" }],
            poolInfo: { poolId: "cpu" },
        });
    });

    it("has a pool of its own, told as any pool is, or in the service's words", async () => {
        const own = { image: VmImage.ubuntu2404(), vmSize: "Standard_D2s_v5", scale: Scale.spot(3) };
        const poolInfo = async (autoPool: NonNullable<JobArgs["autoPool"]>): Promise<unknown> => {
            const account = () => new BatchAccount("a", { resourceGroupName: "g", accountName: "acc" });
            const resources = await run(() => new Job("frames", { account: account(), autoPool }));
            return (only(resources, JOB).inputs["job"] as Record<string, unknown>)["poolInfo"];
        };
        const told = (await poolInfo(AutoPool.of({ ...own, lifetime: "job" }))) as {
            autoPoolSpecification: { poolLifetimeOption: string; pool: Record<string, unknown> };
        };
        assert.equal(told.autoPoolSpecification.poolLifetimeOption, "job");
        assert.equal(told.autoPoolSpecification.pool["vmSize"], "Standard_D2s_v5");
        assert.equal(told.autoPoolSpecification.pool["targetLowPriorityNodes"], 3);
        const raw = { poolLifetimeOption: "job" as const, autoPoolIdPrefix: "mine" };
        assert.deepEqual(await poolInfo(raw), { autoPoolSpecification: raw });
    });

    it("takes a new id for what needs a new job and for triggers, and keeps it otherwise", async () => {
        const keeper = async (more: Partial<JobArgs>): Promise<unknown> => {
            const resources = await run(() => new Job("frames", { pool: pool(), ...more }));
            return (
                only(resources, "random:index/randomString:RandomString", "frames-suffix").inputs[
                    "keepers"
                ] as Record<string, unknown>
            )["digest"];
        };
        const before = await keeper({});
        for (const change of [
            { priority: 5 },
            { metadata: { a: "b" } },
            { constraints: { maxTaskRetries: 1 } },
            { onDestroy: "refuse" as const },
        ]) {
            assert.equal(await keeper(change), before, JSON.stringify(change));
        }
        for (const change of [
            { triggers: [1] },
            { usesTaskDependencies: true },
            { preparation: { commandLine: "x" } },
            { environment: { A: "1" } },
        ]) {
            assert.notEqual(await keeper(change), before, JSON.stringify(change));
        }
    });

    it("reports all that is wrong at once", async () => {
        await run(() => {
            const problems = problemsOf(
                () =>
                    new Job("j", {
                        pool: pool(),
                        priority: 2000,
                        maxParallelTasks: 0,
                        release: { commandLine: "x", maxWallClockTime: "1h" },
                        jobId: "a b",
                    }),
            );
            assert.deepEqual(
                problems.map((problem) => problem.split(": ").slice(0, 2).join(" ")),
                [
                    "priority BATCH1004",
                    "maxParallelTasks BATCH1004",
                    "preparation BATCH1001",
                    "release.maxWallClockTime BATCH1005",
                    "jobId BATCH1003",
                ],
            );
        });
    });
});

describe("TaskCollection", function () {
    this.timeout(60_000);

    it("writes its tasks to a file of their content, and gives state only digest and count", async () => {
        const resources = await run(() => {
            const job = new Job("frames", { pool: pool() });
            const container = new Container("output", {
                storage: new LinkedStorage("s", { resourceGroupName: "g", accountName: "sto" }),
            });
            const tasks: TaskArgs[] = [
                {
                    id: "one",
                    commandLine: shell("render $FRAME"),
                    environment: { FRAME: pulumi.output("1"), TOKEN: pulumi.secret("very secret") },
                    resourceFiles: [
                        ResourceFile.fromContainer(container, { prefix: "in/", identity: "/id" }),
                    ],
                    outputFiles: [
                        OutputFile.toContainer(container, "*.png", { path: "one", identity: "/id" }),
                    ],
                    constraints: { maxWallClockTime: "90s", maxRetries: 2 },
                },
            ];
            new TaskCollection("frames", { job, tasks });
        });
        const { inputs } = only(resources, COLLECTION);
        assert.deepEqual(
            [inputs["count"], inputs["closesJob"], inputs["removed"], inputs["jobId"]],
            [1, true, "delete", "frames-abcd1234"],
        );
        assert.match(String(inputs["digest"]), /^[0-9a-f]{32}$/);
        const spool = String(inputs["spool"]);
        assert.doesNotMatch(JSON.stringify(inputs), /very secret|render/);
        assert.equal(fs.statSync(spool).mode & 0o777, 0o600);
        assert.deepEqual(JSON.parse(fs.readFileSync(spool, "utf8")), {
            id: "one",
            commandLine: "/bin/sh -ec 'render $FRAME'",
            environmentSettings: [
                { name: "FRAME", value: "1" },
                { name: "TOKEN", value: "very secret" },
            ],
            resourceFiles: [
                {
                    storageContainerUrl: "https://127.0.0.1:7777/sto/output",
                    blobPrefix: "in/",
                    identityReference: { resourceId: "/id" },
                },
            ],
            outputFiles: [
                {
                    filePattern: "*.png",
                    destination: {
                        container: {
                            containerUrl: "https://127.0.0.1:7777/sto/output",
                            path: "one",
                            identityReference: { resourceId: "/id" },
                        },
                    },
                    uploadOptions: { uploadCondition: "tasksuccess" },
                },
            ],
            constraints: { maxWallClockTime: "PT1M30S", maxTaskRetryCount: 2 },
        });
        fs.rmSync(spool);
    });

    it("writes nothing at preview and gives the same digest there", async () => {
        const digests: unknown[] = [];
        for (const preview of [true, false]) {
            const tasks = [{ id: `only-${process.pid}`, commandLine: "true" }];
            const resources = await run(
                () => new TaskCollection("t", { job: new Job("j", { pool: pool() }), tasks }),
                { preview },
            );
            const { digest, spool } = only(resources, COLLECTION).inputs;
            digests.push(digest);
            assert.equal(fs.existsSync(String(spool)), !preview);
            fs.rmSync(String(spool), { force: true });
        }
        assert.equal(digests[0], digests[1]);
    });

    it("waits in a resource of its own, with these defaults", async () => {
        const resources = await run(() => {
            const job = new Job("j", { pool: pool(), onAllTasksComplete: "noaction" });
            new TaskCollection("t", { job, tasks: [{ id: "a", commandLine: "true" }], wait: {} });
        });
        const { inputs } = only(resources, WAIT);
        assert.deepEqual(
            [inputs["timeout"], inputs["pollInterval"], inputs["onFailure"], inputs["resultLimit"]],
            [3600, 10, "fail", 1000],
        );
        assert.equal(only(resources, COLLECTION).inputs["closesJob"], false);
    });

    it("reports every bad task with its place, at once", async () => {
        await run(() => {
            const job = new Job("j", { pool: pool() });
            const tasks: TaskArgs[] = [
                { id: "a b", commandLine: "x" },
                { id: "ok", commandLine: "x", requiredSlots: 0 },
                { id: "OK", commandLine: "x", constraints: { maxWallClockTime: "soon" } },
                { id: "c", commandLine: "x", dependsOn: { taskIds: ["nobody"] } },
            ];
            const problems = problemsOf(() => new TaskCollection("t", { job, tasks }));
            assert.deepEqual(
                problems.map((problem) => problem.split(": ")[0]),
                [
                    "tasks[0].id",
                    "tasks[1].requiredSlots",
                    "tasks[2].constraints.maxWallClockTime",
                    "tasks[2].id",
                    "tasks[3].dependsOn",
                    "tasks[3].dependsOn",
                ],
            );
        });
    });

    it("names a circle of dependencies, slots that no node has, and takes tasks that the job has by others", async () => {
        await run(() => {
            const job = new Job("j", { pool: pool(), usesTaskDependencies: true });
            new TaskCollection("first", {
                job,
                tasks: [{ id: "before", commandLine: "x" }],
                closesJob: false,
            });
            const circle: TaskArgs[] = [
                { id: "a", commandLine: "x", dependsOn: { taskIds: ["b", "before"] } },
                { id: "b", commandLine: "x", dependsOn: { taskIds: ["a"] } },
            ];
            assert.deepEqual(
                problemsOf(() => new TaskCollection("second", { job, tasks: circle, closesJob: false })),
                [
                    "tasks[0].dependsOn: BATCH1030: tasks wait for each other: a -> b -> a; take one of the dependencies away",
                ],
            );
        });
        const resources = await run(() => {
            const tasks = [{ id: "big", commandLine: "x", requiredSlots: 3 }];
            new TaskCollection("t", { job: new Job("j", { pool: pool() }), tasks });
        });
        assert.deepEqual(only(resources, COLLECTION).inputs["slots"], {
            taskId: "big",
            needed: 3,
            perNode: 1,
        });
    });

    it("tells its job of its tasks, the same whatever is still to come in them", async () => {
        const contents = async (...values: pulumi.Input<string>[]): Promise<unknown> => {
            const resources = await run(() => {
                const tasks = values.map((commandLine, index) => ({ id: String(index), commandLine }));
                new TaskCollection("t", { job: new Job("j", { pool: pool() }), tasks });
            });
            return only(resources, JOB).inputs["contents"];
        };
        const known = await contents("one");
        assert.match(String(known), /^[0-9a-f]{32}$/);
        assert.equal(await contents("one"), known);
        assert.notEqual(await contents("two"), known);
        const open = await contents("one", pulumi.output("x"));
        assert.equal(await contents("one", pulumi.output("y")), open);
        assert.notEqual(await contents("two", pulumi.output("x")), open);
    });

    it("refuses two collections of one name in one job, whatever their parents", async () => {
        await run(() => {
            const job = new Job("j", { pool: pool(), onAllTasksComplete: "noaction" });
            const other = new Job("k", { pool: pool(), onAllTasksComplete: "noaction" });
            const parent = new pulumi.ComponentResource("test:index:Parent", "parent");
            new TaskCollection("frames", { job, tasks: [{ id: "a", commandLine: "true" }] });
            const second = (name: string, of: Job): unknown =>
                new TaskCollection(name, { job: of, tasks: [{ id: "b", commandLine: "true" }] }, { parent });
            assert.match(
                problemsOf(() => second("frames", job))[0] ?? "",
                /name: BATCH1032: the job has a collection of this name already.*choose another name/,
            );
            second("others", job);
            second("frames", other);
        });
    });

    it("refuses two collections that both close one job", async () => {
        await run(() => {
            const job = new Job("j", { pool: pool() });
            const tasks = [{ id: "a", commandLine: "true" }];
            new TaskCollection("first", { job, tasks });
            assert.match(
                problemsOf(() => new TaskCollection("second", { job, tasks }))[0] ?? "",
                /closesJob: BATCH1031: collection 'first' closes the job already/,
            );
            new TaskCollection("third", {
                job,
                tasks: [{ ...tasks[0], id: "b" } as TaskArgs],
                closesJob: false,
            });
            assert.match(
                problemsOf(() => new TaskCollection("fourth", { job, tasks, closesJob: false }))[0] ?? "",
                /tasks\[0\]\.id: BATCH1030: 'a' is the id of a task that the job has already/,
            );
        });
    });
});
