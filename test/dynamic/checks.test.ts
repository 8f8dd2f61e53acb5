// What the service would refuse is refused at preview, each with what is allowed.
import assert from "node:assert/strict";
import { job, jobSchedule, task, taskCollection, taskWait } from "../../components/dynamic";

type Body = Record<string, unknown>;
type Check = (olds: object, news: never) => unknown;

async function faults(check: Check, inputs: object): Promise<string[]> {
    const { failures } = (await check({}, inputs as never)) as {
        failures: { property: string; reason: string }[];
    };
    return failures.map(({ property, reason }) => `${property}: ${reason}`);
}

const ofJob = (body: Body): Promise<string[]> =>
    faults(job.check, { jobId: "j", owner: "o", job: { poolInfo: { poolId: "p" }, ...body } });
const ofSchedule = (schedule: Body): Promise<string[]> =>
    faults(jobSchedule.check, {
        scheduleId: "s",
        jobSchedule: { schedule, jobSpecification: { poolInfo: {} } },
    });
const ofTask = (body: Body, rules: Body = { usesTaskDependencies: true, onTaskFailure: "noaction" }) =>
    faults(task.check, { task: { id: "t", commandLine: "x", ...body }, rules });

const long = "x".repeat(1025);

describe("a job at preview", () => {
    const cases: [Body, RegExp][] = [
        [{ displayName: long }, /^job\.displayName: 1025 characters/],
        [{ priority: 1001 }, /^job\.priority: 1001 is out of range: it can be a whole number, -1000 to 1000/],
        [{ priority: 0.5 }, /^job\.priority/],
        [{ maxParallelTasks: 0 }, /^job\.maxParallelTasks: 0: it can be -1/],
        [{ constraints: { maxWallClockTime: "soon" } }, /^job\.constraints\.maxWallClockTime: 'soon' is not/],
        [{ constraints: { maxWallClockTime: "PT0S" } }, /^job\.constraints\.maxWallClockTime: .*too short/],
        [{ constraints: { maxTaskRetryCount: -2 } }, /^job\.constraints\.maxTaskRetryCount: -2/],
        [{ jobReleaseTask: { commandLine: "x" } }, /^job\.jobPreparationTask: .*needs a preparation task/],
        [{ jobPreparationTask: { id: "a b", commandLine: "x" } }, /^job\.jobPreparationTask\.id: 'a b'/],
        [{ jobPreparationTask: { commandLine: " " } }, /^job\.jobPreparationTask\.commandLine: .* empty/],
        [
            {
                jobPreparationTask: { commandLine: "x" },
                jobReleaseTask: { commandLine: "x", maxWallClockTime: "PT16M" },
            },
            /^job\.jobReleaseTask\.maxWallClockTime: .*too long: it can be 900 s/,
        ],
        [
            { jobManagerTask: { id: "m", commandLine: "x", requiredSlots: 300 } },
            /^job\.jobManagerTask\.requiredSlots: 300/,
        ],
        [{ poolInfo: { poolId: "p", autoPoolSpecification: {} } }, /^job\.poolInfo: give either/],
        [{ poolInfo: { poolId: "a/b" } }, /^job\.poolInfo\.poolId/],
        [
            { metadata: [{ name: "pulumi-azure-batch:owner", value: "x" }] },
            /^job\.metadata\[0\]\.name: .*kept for/,
        ],
    ];
    for (const [body, expected] of cases) {
        it(`refuses ${JSON.stringify(body).slice(0, 80)}`, async () => {
            const found = await ofJob(body);
            assert.equal(found.length, 1, found.join("\n"));
            assert.match(found[0] ?? "", expected);
        });
    }

    it("refuses an id that is none", async () => {
        const inputs = { jobId: "a b", job: { poolInfo: {} } };
        assert.match((await faults(job.check, inputs))[0] ?? "", /^jobId: 'a b' is not an id: use 1 to 64/);
    });
});

describe("a job schedule at preview", () => {
    const cases: [Body, RegExp][] = [
        [{ startWindow: "PT30S" }, /startWindow: 'PT30S' is too short: it can be 60 s and above/],
        [{ recurrenceInterval: "PT1S" }, /recurrenceInterval/],
        [{ doNotRunUntil: "tomorrow" }, /doNotRunUntil: 'tomorrow' is not an instant/],
        [
            { doNotRunUntil: "2030-01-02T00:00:00Z", doNotRunAfter: "2030-01-01T00:00:00Z" },
            /doNotRunAfter: it is not after doNotRunUntil/,
        ],
    ];
    for (const [schedule, expected] of cases) {
        it(`refuses ${JSON.stringify(schedule)}`, async () => {
            const found = await ofSchedule(schedule);
            assert.equal(found.length, 1, found.join("\n"));
            assert.match(found[0] ?? "", expected);
        });
    }
});

describe("a task at preview", () => {
    const cases: [Body, RegExp][] = [
        [{ id: "a b" }, /^task\.id/],
        [{ displayName: long }, /^task\.displayName/],
        [{ commandLine: "" }, /^task\.commandLine: the command line is empty/],
        [{ requiredSlots: 0 }, /^task\.requiredSlots: 0 is out of range/],
        [{ requiredSlots: 1.5 }, /^task\.requiredSlots/],
        [{ constraints: { retentionTime: "week" } }, /^task\.constraints\.retentionTime/],
        [{ constraints: { maxTaskRetryCount: 1.5 } }, /^task\.constraints\.maxTaskRetryCount/],
        [{ resourceFiles: [{ filePath: "x" }] }, /^task\.resourceFiles\[0\]: it has no source/],
        [
            { resourceFiles: [{ httpUrl: "https://a/b", storageContainerUrl: "https://a/c" }] },
            /^task\.resourceFiles\[0\]: it has httpUrl and storageContainerUrl: give one/,
        ],
        [{ outputFiles: [{ filePattern: "" }] }, /^task\.outputFiles\[0\]\.filePattern/],
        [
            { environmentSettings: [{ name: "A=B" }] },
            /^task\.environmentSettings\[0\]\.name: 'A=B' is not the name/,
        ],
        [
            { environmentSettings: [{ name: "A" }, { name: "A" }] },
            /^task\.environmentSettings\[1\]\.name: 'A' is set twice/,
        ],
        [{ userIdentity: { username: "u", autoUser: {} } }, /^task\.userIdentity: give either/],
        [{ containerSettings: { imageName: "" } }, /^task\.containerSettings\.imageName/],
        [
            { multiInstanceSettings: { numberOfInstances: 0, coordinationCommandLine: "x" } },
            /^task\.multiInstanceSettings\.numberOfInstances: 0/,
        ],
        [
            { multiInstanceSettings: { coordinationCommandLine: "" } },
            /coordinationCommandLine: the command line is empty/,
        ],
        [
            { requiredSlots: 2, multiInstanceSettings: { coordinationCommandLine: "x" } },
            /^task\.requiredSlots: it must be 1 for a task of several instances/,
        ],
        [{ dependsOn: { taskIds: ["T"] } }, /^task\.dependsOn\.taskIds: task 't' depends on itself/],
        [{ dependsOn: { taskIdRanges: [{ start: 5, end: 4 }] } }, /taskIdRanges\[0\]: 5 to 4 is no range/],
        [{ dependsOn: { taskIdRanges: [{ start: -1, end: 4 }] } }, /taskIdRanges\[0\]\.start: -1/],
        [
            { dependsOn: { taskIds: Array.from({ length: 1001 }, (_, n) => String(n).padStart(64, "0")) } },
            /^task\.dependsOn\.taskIds: the 1001 ids have 64064 characters, and 64000 is the limit/,
        ],
        [
            { exitConditions: { exitCodeRanges: [{ start: 9, end: 2 }] } },
            /exitCodeRanges\[0\]: 9 to 2 is no range/,
        ],
        [
            { exitConditions: { exitCodes: [{ code: 1 }, { code: 1 }] } },
            /exitCodes\[1\]\.code: 1 is given twice/,
        ],
        [
            { exitConditions: { default: { jobAction: "terminate" } } },
            /^task\.exitConditions\.default\.jobAction: 'terminate' needs onTaskFailure/,
        ],
    ];
    for (const [body, expected] of cases) {
        it(`refuses ${JSON.stringify(body).slice(0, 80)}`, async () => {
            const found = await ofTask(body);
            assert.equal(found.length, 1, found.join("\n"));
            assert.match(found[0] ?? "", expected);
        });
    }

    it("takes exactly 64,000 characters of ids, and dependencies only where the job allows them", async () => {
        const taskIds = Array.from({ length: 1000 }, (_, n) => String(n).padStart(64, "0"));
        assert.deepEqual(await ofTask({ dependsOn: { taskIds } }), []);
        const found = await ofTask({ dependsOn: { taskIds } }, { usesTaskDependencies: false });
        assert.match(found.join("\n"), /^task\.dependsOn: the job does not allow dependencies/);
    });

    it("takes no more slots than the nodes of the pool have", async () => {
        const slots = { taskId: "big", needed: 8, perNode: 4 };
        for (const check of [task.check, taskCollection.check] as Check[]) {
            const found = await faults(check, { slots });
            assert.match(found.join("\n"), /task 'big' takes 8 task slots and the nodes of the pool have 4/);
            assert.deepEqual(await faults(check, { slots: { ...slots, needed: 4 } }), []);
        }
    });
});

describe("a wait at preview", () => {
    it("refuses times and limits that are none", async () => {
        const found = await faults(taskWait.check, {
            timeout: 0,
            pollInterval: -1,
            resultLimit: -1,
            fileBytes: 0,
        });
        assert.deepEqual(
            found.map((fault) => fault.split(":")[0]),
            ["timeout", "pollInterval", "resultLimit", "fileBytes"],
        );
    });
});
