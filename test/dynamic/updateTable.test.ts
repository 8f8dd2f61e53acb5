// What a change of each property does, under the real engine: generated from the service's own description.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import type { BatchClient } from "../../client";
import { OpenApi } from "../support/openApi";
import { servicePool } from "../support/servicePool";
import { root, Stack, told } from "./stack";
import { skip } from "../support/skip";

type Args = Record<string, unknown>;
type Table = Readonly<Record<string, readonly [before: Args, after: Args]>>;

const subnet = (name: string): string =>
    `/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/${name}`;
const packages = (version: string): Args => ({
    applicationPackageReferences: [{ applicationId: "tool", version }],
});
const preparation = { commandLine: "true" };
const autoPool = (more: Args): Args => ({
    autoPool: {
        poolLifetimeOption: "job",
        keepAlive: false,
        pool: { ...servicePool("x"), id: undefined, targetDedicatedNodes: 0 },
        ...more,
    },
});

/** Of each property of the service's body, two values in the words of the arguments. */
const jobs: Table = {
    displayName: [{}, { displayName: "Name" }],
    priority: [{ priority: 1 }, { priority: 2 }],
    maxParallelTasks: [{}, { maxParallelTasks: 3 }],
    allowTaskPreemption: [{ allowTaskPreemption: true }, {}],
    usesTaskDependencies: [{}, { usesTaskDependencies: true }],
    constraints: [
        { constraints: { maxWallClockTime: "1h" } },
        { constraints: { maxWallClockTime: "2h", maxTaskRetries: 1 } },
    ],
    commonEnvironmentSettings: [{ environment: { A: "1" } }, { environment: { A: "2" } }],
    jobPreparationTask: [{ preparation }, { preparation: { commandLine: "sleep 0" } }],
    jobReleaseTask: [{ preparation }, { preparation, release: { commandLine: "true" } }],
    jobManagerTask: [{}, { jobManager: { id: "m", commandLine: "true" } }],
    metadata: [{ metadata: { a: "1" } }, { metadata: { a: "2" } }],
    poolInfo: [{ pool: "one" }, { pool: "two" }],
    networkConfiguration: [
        { networkConfiguration: { subnetId: subnet("a") } },
        { networkConfiguration: { subnetId: subnet("b") } },
    ],
    onTaskFailure: [{}, { onTaskFailure: "performexitoptionsjobaction" }],
    onAllTasksComplete: [{ onAllTasksComplete: "noaction" }, { onAllTasksComplete: "terminatejob" }],
};
const more: Table = {
    "auto pool that stays": [autoPool({}), autoPool({ keepAlive: true })],
    "auto pool of another size": [autoPool({}), autoPool({ autoPoolIdPrefix: "other" })],
    "own id": [{ jobId: "own-1" }, { jobId: "own-2" }],
    "own id, other task": [
        { jobId: "kept", displayName: "a" },
        { jobId: "kept", displayName: "b" },
    ],
    triggers: [{ triggers: [1] }, { triggers: [2] }],
    onDestroy: [{}, { onDestroy: "terminate" }],
    timeouts: [{}, { timeouts: { delete: "5m", update: "5m" } }],
    deletion: [{}, { deletion: "detach" }],
    // What happens when all tasks have completed is the collection's matter: it says so when its tasks are in.
    completion: [
        { onAllTasksComplete: "noaction", tasks: { a: { commandLine: "true" } } },
        { onAllTasksComplete: "terminatejob", tasks: { a: { commandLine: "true" } } },
    ],
    nothing: [{ priority: 3 }, { priority: 3 }],
};
const moreInPlace = new Set(["auto pool that stays", "onDestroy", "timeouts", "deletion"]);

const jobOf = (args: Args = {}): Args => ({ jobManager: { id: "m", commandLine: "true" }, ...args });
const schedule = { doNotRunUntil: "2100-01-01T00:00:00Z" };
const schedules: Table = {
    displayName: [
        { schedule, job: jobOf() },
        { schedule, job: jobOf(), displayName: "Name" },
    ],
    schedule: [
        { schedule, job: jobOf() },
        { schedule: { ...schedule, recurrenceInterval: "1h" }, job: jobOf() },
    ],
    jobSpecification: [
        { schedule, job: jobOf() },
        { schedule, job: jobOf({ priority: 3 }) },
    ],
    metadata: [
        { schedule, job: jobOf(), metadata: { a: "1" } },
        { schedule, job: jobOf(), metadata: { a: "2" } },
    ],
};

const x = { commandLine: "true" };
const file = (httpUrl: string): Args => ({ resourceFiles: [{ httpUrl, filePath: "f" }] });
const uploads = (filePattern: string): Args => ({
    outputFiles: [
        {
            filePattern,
            destination: { container: { containerUrl: "https://acc.blob.core.windows.net/c?sig=x" } },
            uploadOptions: { uploadCondition: "taskfailure" },
        },
    ],
});
const tasks: Table = {
    displayName: [x, { ...x, displayName: "Name" }],
    commandLine: [x, { commandLine: "sleep 0" }],
    exitConditions: [
        { ...x, exitConditions: { default: { jobAction: "none" } } },
        { ...x, exitConditions: { default: { dependencyAction: "satisfy" } } },
    ],
    containerSettings: [
        { ...x, containerSettings: { imageName: "a" } },
        { ...x, containerSettings: { imageName: "b" } },
    ],
    resourceFiles: [
        { ...x, ...file("https://acc.blob.core.windows.net/c/a") },
        { ...x, ...file("https://acc.blob.core.windows.net/c/b") },
    ],
    outputFiles: [
        { ...x, ...uploads("a") },
        { ...x, ...uploads("b") },
    ],
    environmentSettings: [
        { ...x, environment: { A: "1" } },
        { ...x, environment: { A: "2" } },
    ],
    affinityInfo: [x, { ...x, affinityInfo: { affinityId: "node" } }],
    constraints: [
        { ...x, constraints: { maxWallClockTime: "1h" } },
        { ...x, constraints: { maxWallClockTime: "2h", maxRetries: 1 } },
    ],
    requiredSlots: [x, { ...x, requiredSlots: 2 }],
    userIdentity: [x, { ...x, user: "somebody" }],
    multiInstanceSettings: [
        { ...x, multiInstanceSettings: { numberOfInstances: 2, coordinationCommandLine: "a" } },
        { ...x, multiInstanceSettings: { numberOfInstances: 2, coordinationCommandLine: "b" } },
    ],
    dependsOn: [
        { ...x, dependsOn: { taskIds: ["displayName"] } },
        { ...x, dependsOn: { taskIds: ["commandLine"] } },
    ],
    applicationPackageReferences: [
        { ...x, ...packages("1") },
        { ...x, ...packages("2") },
    ],
};

const row = (table: Table, at: 0 | 1, name = (key: string): string => key): Record<string, Args> =>
    Object.fromEntries(Object.entries(table).map(([key, values]) => [name(key), values[at]]));
const slug = (key: string): string => key.replace(/\W+/g, "-");

describe("a change of each property", function () {
    this.timeout(600_000);
    let stack: Stack;
    let client: BatchClient;
    let env: Record<string, string>;
    const specification = OpenApi.read("data-plane-2025-06-01")?.schemas;

    const declared = (at: 0 | 1): object => ({
        jobs: { ...row(jobs, at, (key) => `job-${key}`), ...row(more, at, (key) => `more-${slug(key)}`) },
        schedules: row(schedules, at, (key) => `schedule-${key}`),
        tasks: row(tasks, at),
    });

    before(async function () {
        if (specification === undefined) return;
        stack = await Stack.open(path.join(__dirname, "program/table.js"));
        client = await stack.client();
        env = { ENDPOINT: (await stack.service()).endpoint };
        await addPackages();
        for (const id of ["one", "two"])
            await client.core.send({
                method: "POST",
                path: "/pools",
                body: { ...servicePool(id), targetDedicatedNodes: 0, taskSlotsPerNode: 4 },
                options: {},
            });
    });

    /** An application of the default account with two packages: the service takes no task that asks for one that is not there. */
    async function addPackages(): Promise<void> {
        const content = path.join(stack.folder, "tool");
        fs.mkdirSync(content);
        fs.writeFileSync(path.join(content, "run.sh"), "#!/bin/sh\necho tool\n");
        const script = path.join(stack.folder, "packages.js");
        const parts = path.join(root, "dist/components/dynamic");
        fs.writeFileSync(
            script,
            `const { arm } = require(${JSON.stringify(path.join(parts, "arm.js"))});
            const { applicationPackage } = require(${JSON.stringify(parts)});
            const account = "/subscriptions/" + process.env.ARM_SUBSCRIPTION_ID + "/resourceGroups/batchlocal/providers/Microsoft.Batch/batchAccounts/batchlocal";
            const applicationId = account + "/applications/tool";
            (async () => {
                await arm("PUT", applicationId, "2024-07-01", { body: { properties: { allowUpdates: true } } });
                for (const version of ["1", "2"])
                    await applicationPackage.create({ applicationId, version, path: process.argv[2], hash: version, isDefault: false });
            })();`,
        );
        const made = await stack.finish(stack.batchlocal(["exec", "--", process.execPath, script, content]));
        assert.equal(made.code, 0, made.text);
    }

    after(() => stack?.close());

    it("has a row here for each property of the service's bodies", function () {
        if (specification === undefined)
            return skip(this, "the service's description, ../shared/specs, is not there");
        const of = (name: string): string[] =>
            Object.keys(specification[name]?.properties ?? {}).filter((one) => one !== "id");
        assert.deepEqual(Object.keys(jobs).sort(), of("BatchJobCreateOptions").sort());
        assert.deepEqual(Object.keys(schedules).sort(), of("BatchJobScheduleCreateOptions").sort());
        assert.deepEqual(Object.keys(tasks).sort(), of("BatchTaskCreateOptions").sort());
    });

    it("updates in place what the service updates, replaces each other, and plans nothing else", async function () {
        if (specification === undefined)
            return skip(this, "the service's description, ../shared/specs, is not there");
        await stack.up(declared(0), env);
        assert.deepEqual(await stack.up(declared(0), env), []);
        const before = await stack.outputs();
        const created = async (name: string, ids: Record<string, unknown>): Promise<string | undefined> =>
            (await client.jobs.get(String(ids[name]))).creationTime;
        const births = new Map<string, string | undefined>();
        for (const key of Object.keys(jobs)) births.set(key, await created(`job-${key}`, before));

        const planned = told(await stack.preview(declared(1), env));
        const steps = told(await stack.up(declared(1), env));

        const of = (name: string): Set<string> => new Set(Object.keys(specification[name]?.properties ?? {}));
        const inPlace = {
            Job: of("BatchJobUpdateOptions"),
            JobSchedule: of("BatchJobScheduleUpdateOptions"),
            // The body of an update of a task is a task, of which the service takes the constraints.
            Task: new Set(["constraints"]),
        };
        const rows: [type: "Job" | "JobSchedule" | "Task", name: string, key: string][] = [
            ...Object.keys(jobs).map((key) => ["Job", `job-${key}`, key] as never),
            ...Object.keys(schedules).map((key) => ["JobSchedule", `schedule-${key}`, key] as never),
            ...Object.keys(tasks).map((key) => ["Task", key, key] as never),
        ];
        const table: string[] = [];
        const seen = new Set<string>();
        for (const [type, name, key] of rows) {
            const own = steps.filter((step) => step.endsWith(` ${type} ${name}`));
            for (const step of own) seen.add(step);
            const plan = planned.filter((step) => step.endsWith(` ${type} ${name}`));
            const updates = own.length === 1 && own[0]?.startsWith("update ") === true;
            const replaces = own.some((step) => step.startsWith("create-replacement "));
            // Of a job without a collection nobody says so: see `completion`.
            const nothing = type === "Job" && key === "onAllTasksComplete";
            const expected = nothing ? "nothing" : inPlace[type].has(key) ? "in place" : "replaced";
            const found =
                own.length === 0 ? "nothing" : updates ? "in place" : replaces ? "replaced" : own.join(", ");
            assert.equal(found, expected, `${type} ${key}: ${own.join(", ")}`);
            const promised =
                plan.length === 0
                    ? "nothing"
                    : plan.every((step) => step.startsWith("update "))
                      ? "in place"
                      : "replaced";
            assert.equal(promised, expected, `${type} ${key} at preview: ${plan.join(", ")}`);
            table.push(`${type}.${key}: ${expected}`);
        }
        for (const key of Object.keys(more)) {
            const name = `more-${slug(key)}`;
            const own = steps.filter((step) => step.endsWith(` Job ${name}`));
            for (const step of own) seen.add(step);
            const expected =
                key === "nothing" || key === "completion"
                    ? "nothing"
                    : moreInPlace.has(key)
                      ? "in place"
                      : "replaced";
            const found =
                own.length === 0
                    ? "nothing"
                    : own.some((step) => step.startsWith("create-replacement "))
                      ? "replaced"
                      : "in place";
            assert.equal(found, expected, `${key}: ${own.join(", ")}`);
            table.push(`Job, ${key}: ${expected}`);
        }
        // Besides them only ids were drawn anew.
        const others = steps.filter((step) => !seen.has(step) && !/ RandomString /.test(step));
        assert.deepEqual(others, ["update TaskCollection more-completion"]);
        console.log(table.map((line) => `      ${line}`).join("\n"));

        const after = await stack.outputs();
        for (const key of Object.keys(jobs)) {
            const same = after[`job-${key}`] === before[`job-${key}`];
            assert.equal(same, inPlace.Job.has(key), `id of job-${key}`);
            if (same) assert.equal(await created(`job-${key}`, after), births.get(key), key);
        }
        const job = (key: string) => client.jobs.get(String(after[`job-${key}`]));
        assert.equal((await job("priority")).priority, 2);
        assert.equal((await job("allowTaskPreemption")).allowTaskPreemption, false);
        assert.equal((await job("constraints")).constraints?.maxTaskRetryCount, 1);
        assert.equal((await job("metadata")).metadata?.find(({ name }) => name === "a")?.value, "2");
        assert.deepEqual((await job("poolInfo")).poolInfo, { poolId: "two" });
        assert.equal((await job("poolInfo")).state, "active");
        const home = String(
            (await stack.state()).deployment.resources?.find((one) => one.urn.endsWith("Job::home"))
                ?.outputs?.["jobId"],
        );
        assert.equal((await client.tasks.get(home, "constraints")).constraints?.maxTaskRetryCount, 1);
        assert.deepEqual(
            (await client.tasks.get(home, "applicationPackageReferences")).applicationPackageReferences,
            [{ applicationId: "tool", version: "2" }],
        );
        assert.equal(
            (await client.jobs.get(String(after["more-completion"]))).onAllTasksComplete,
            "terminatejob",
        );
        assert.deepEqual(await stack.up(declared(1), env), []);
    });

    it("of whatever the service has meanwhile is found by a refresh and taken back by the next deployment", async function () {
        if (specification === undefined)
            return skip(this, "the service's description, ../shared/specs, is not there");
        const { "job-priority": jobId } = (await stack.outputs()) as Record<string, string>;
        await client.jobs.patch(jobId ?? "", { priority: 77, metadata: [{ name: "other", value: "x" }] });
        await stack.must(["refresh", "--yes", "--skip-preview"], declared(1), env);
        assert.deepEqual(told(await stack.up(declared(1), env)), ["update Job job-priority"]);
        assert.equal((await client.jobs.get(jobId ?? "")).priority, 2);
    });

    it("is destroyed with all of them", async function () {
        if (specification === undefined)
            return skip(this, "the service's description, ../shared/specs, is not there");
        const terminate = { ...env, PULUMI_AZURE_BATCH_ON_DESTROY: "terminate" };
        await stack.must(["destroy", "--yes", "--skip-preview"], declared(1), terminate);
        const left: string[] = [];
        for await (const { id } of client.jobs.list()) left.push(id ?? "");
        assert.deepEqual(left, []);
    });
});
