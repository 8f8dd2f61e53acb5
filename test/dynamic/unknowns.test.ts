// What is not known yet at preview: no check reads it as a value, whichever of the inputs it is.
import assert from "node:assert/strict";
import { job, jobSchedule, task, taskCollection, taskWait, uploadedFiles } from "../../components/dynamic";
import { differs, items, known, unsure } from "../../components/dynamic/known";
import type { Unsure } from "../../components/dynamic/known";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

type Fault = { property: string; reason: string };
type Provider = {
    check(olds: object, news: object): { failures: Fault[] } | Promise<{ failures: Fault[] }>;
    diff(id: string, olds: object, news: object): { changes: boolean; replaces: string[] };
};

const special = {
    id: "special",
    commandLine: "run",
    resourceFiles: [{ httpUrl: "https://acc.blob.core.windows.net/c/b", filePath: "b" }],
    environmentSettings: [{ name: "A", value: "1" }],
    userIdentity: { autoUser: { scope: "pool", elevationLevel: "admin" } },
    containerSettings: { imageName: "ubuntu" },
    constraints: { maxWallClockTime: "PT1H", retentionTime: "P1D", maxTaskRetryCount: 1 },
};
const specification = {
    displayName: "Name",
    priority: 1,
    maxParallelTasks: 2,
    constraints: { maxWallClockTime: "PT1H", maxTaskRetryCount: 1 },
    jobManagerTask: { ...special, requiredSlots: 1, outputFiles: [] },
    jobPreparationTask: special,
    jobReleaseTask: { ...special, constraints: undefined, maxWallClockTime: "PT1M", retentionTime: "PT1H" },
    poolInfo: { poolId: "cpu" },
    metadata: [{ name: "a", value: "b" }],
};

/** Inputs of each provider that pass its check, with all that is checked in them. */
const good: Record<string, { provider: Provider; inputs: Record<string, unknown> }> = {
    job: {
        provider: job as unknown as Provider,
        inputs: {
            endpoint: "https://acc",
            jobId: "job-1",
            owner: "o/p/s/n",
            job: specification,
            contents: "digest",
            onDestroy: "wait",
            deleteTimeout: 600,
        },
    },
    jobSchedule: {
        provider: jobSchedule as unknown as Provider,
        inputs: {
            endpoint: "https://acc",
            scheduleId: "schedule-1",
            owner: "o/p/s/n",
            jobSchedule: {
                displayName: "Name",
                schedule: {
                    doNotRunUntil: "2030-01-01T00:00:00Z",
                    doNotRunAfter: "2031-01-01T00:00:00Z",
                    startWindow: "PT5M",
                    recurrenceInterval: "PT30M",
                },
                jobSpecification: specification,
                metadata: [{ name: "a", value: "b" }],
            },
            deleteTimeout: 600,
        },
    },
    task: {
        provider: task as unknown as Provider,
        inputs: {
            endpoint: "https://acc",
            jobId: "job-1",
            rules: { usesTaskDependencies: true, onTaskFailure: "performexitoptionsjobaction" },
            slots: { taskId: "t", needed: 2, perNode: 4 },
            task: {
                ...special,
                displayName: "Name",
                requiredSlots: 1,
                outputFiles: [
                    {
                        filePattern: "*",
                        destination: { container: { containerUrl: "https://acc/c" } },
                        uploadOptions: { uploadCondition: "tasksuccess" },
                    },
                ],
                dependsOn: { taskIds: ["a", "b"], taskIdRanges: [{ start: 1, end: 4 }] },
                multiInstanceSettings: { numberOfInstances: 2, coordinationCommandLine: "meet" },
                exitConditions: {
                    exitCodes: [{ code: 1, exitOptions: { jobAction: "terminate" } }],
                    exitCodeRanges: [{ start: 2, end: 5, exitOptions: { dependencyAction: "satisfy" } }],
                    default: { jobAction: "none" },
                },
            },
        },
    },
    taskCollection: {
        provider: taskCollection as unknown as Provider,
        inputs: {
            endpoint: "https://acc",
            jobId: "j",
            spool: "/x",
            digest: "d",
            count: 2,
            closesJob: true,
            removed: "delete",
            slots: { taskId: "t", needed: 2, perNode: 4 },
        },
    },
    taskWait: {
        provider: taskWait as unknown as Provider,
        inputs: {
            endpoint: "https://acc",
            jobId: "j",
            digest: "d",
            timeout: 60,
            pollInterval: 10,
            onFailure: "fail",
            resultLimit: 10,
            files: [{ taskId: "a", path: "stdout.txt" }],
            nodeFiles: ["shared/a"],
            fileBytes: 10,
            endJob: true,
        },
    },
};

/** Inputs that each have one part, however deep, in the place of which stands what is not known. */
function* withUnknown(value: unknown, path = ""): Generator<[path: string, value: unknown]> {
    if (typeof value !== "object" || value === null) return;
    for (const [name, inner] of Object.entries(value)) {
        if (inner === undefined) continue;
        const at = Array.isArray(value) ? `${path}[${name}]` : `${path}.${name}`;
        const put = (next: unknown): unknown =>
            Array.isArray(value)
                ? value.map((item: unknown, index) => (String(index) === name ? next : item))
                : { ...value, [name]: next };
        yield [at, put(UNKNOWN)];
        for (const [deeper, next] of withUnknown(inner, at)) yield [deeper, put(next)];
    }
}

describe("inputs that are not known yet", () => {
    it("are never read as values, and the compiler refuses to read them otherwise", () => {
        const inputs = unsure({ id: "x" as string, list: [{ name: "a" }] });
        assert.equal(known(inputs.id), "x");
        // @ts-expect-error -- an input is no text as long as nobody asked whether it is known
        assert.equal(String(inputs.id.toUpperCase()), "X");
        assert.equal(known(unsure<string>(UNKNOWN)), undefined);
        assert.equal(known(unsure({ a: ["x", { b: UNKNOWN }] })), undefined);
        assert.deepEqual(known(unsure({ a: ["x"] })), { a: ["x"] });
        assert.deepEqual(items(unsure<string[]>(UNKNOWN as unknown as string[])), []);
        const list: Unsure<{ name: string }>[] = items(inputs.list);
        assert.deepEqual(
            list.map(({ name }) => known(name)),
            ["a"],
        );
        assert.equal(differs("x", UNKNOWN), false);
        assert.equal(differs({ a: 1, b: undefined }, { a: 1 }), false);
        assert.equal(differs({ a: 1, b: 2 }, { b: 2, a: 1 }), false);
        assert.equal(differs({ a: 1 }, { a: 2 }), true);
    });

    for (const [name, { provider, inputs }] of Object.entries(good)) {
        it(`pass every check of ${name}, one at a time however deep, and plan no replacement but of what is made anew`, async () => {
            assert.deepEqual((await provider.check({}, inputs)).failures, []);
            let count = 0;
            for (const [path, unknown] of withUnknown(inputs)) {
                const { failures } = await provider.check({}, unknown as object);
                assert.deepEqual(failures, [], path);
                // The id of the job is not known only when the job is made anew.
                const { replaces } = provider.diff("id", inputs, unknown as object);
                assert.deepEqual(replaces, path === ".jobId" && name !== "job" ? ["jobId"] : [], path);
                count += 1;
            }
            console.log(`      ${count} inputs of ${name}, each not known once`);
            assert.ok(count > 7);
        });
    }

    it("plan a new job when its drawn id is drawn anew", () => {
        const { inputs } = good["job"] ?? { inputs: {} };
        const drawn = { ...inputs, generatedId: true };
        const plan = job.diff("id", drawn as never, { ...drawn, jobId: UNKNOWN } as never);
        assert.deepEqual([plan.replaces, plan.deleteBeforeReplace], [["jobId"], false]);
    });

    it("leave uploaded files and the digest of tasks open", () => {
        const files = { endpoint: "e", containerName: "c", files: [], deleteExtras: false, complete: true };
        for (const name of Object.keys(files)) {
            const plan = uploadedFiles.diff("id", files, { ...files, [name]: UNKNOWN } as never);
            assert.deepEqual(plan.replaces, [], name);
        }
        const state = { ...good["taskCollection"]?.inputs, submitted: 2 };
        assert.equal(
            taskCollection.diff("id", state as never, { ...state, digest: UNKNOWN } as never).changes,
            true,
        );
    });
});
