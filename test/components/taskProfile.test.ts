import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { BatchAccount, Job, Pool, ResourceFile, Task, TaskCollection, VmImage } from "../../components";
import { Container, LinkedStorage } from "../../components";
import type { TaskArgs } from "../../components";
import { task as taskResource, taskCollection } from "../../components/dynamic";
import { only, run } from "./program";

const COLLECTION = "pulumi-nodejs:dynamic/pulumi-azure-batch:TaskCollection";
const TASK = "pulumi-nodejs:dynamic/pulumi-azure-batch:Task";

const makeJob = (): Job => {
    const account = new BatchAccount("a", { resourceGroupName: "g", accountName: "acc" });
    const pool = new Pool("cpu", { account, image: VmImage.ubuntu2404(), vmSize: "Standard_D2s_v5" });
    return new Job("frames", { pool, onAllTasksComplete: "noaction" });
};
const unknown = <T>(): pulumi.Output<T> => pulumi.output(pulumi.unknown) as unknown as pulumi.Output<T>;

const first: TaskArgs = {
    id: "one",
    commandLine: "render --password hunter2",
    environment: { TOKEN: pulumi.secret("very secret") },
    constraints: { maxWallClockTime: "1h", maxRetries: 3, retentionTime: "2d" },
    requiredSlots: 2,
};
const second: TaskArgs = {
    id: "two",
    commandLine: pulumi.output("true"),
    containerSettings: { imageName: "ubuntu:latest" },
};
const limits = {
    tasks: 2,
    withoutWallClock: 1,
    maxRetries: 3,
    maxSlots: 2,
    longestRetention: 172_800,
    imagesWithoutDigest: ["ubuntu:latest"],
};
const secrets = [
    "task one, command line: a password in an argument",
    "task one, environment variable TOKEN: a value under the name of a secret",
];

describe("what a policy gets to see of tasks", function () {
    this.timeout(60_000);

    for (const [how, give] of [
        ["given at once", (tasks: TaskArgs[]) => tasks],
        ["given as an Output", (tasks: TaskArgs[]) => pulumi.output(tasks)],
        ["given as a secret", (tasks: TaskArgs[]) => pulumi.secret(tasks)],
    ] as const) {
        it(`is the profile of a collection, without any value of a task: tasks ${how}`, async () => {
            const resources = await run(
                () => new TaskCollection("t", { job: makeJob(), tasks: give([first, second]) as TaskArgs[] }),
                { preview: true },
            );
            const { profile } = only(resources, COLLECTION).inputs;
            assert.deepEqual(profile, { ...limits, secrets });
            assert.doesNotMatch(JSON.stringify(profile), /hunter2|very/);
        });
    }

    it("is the profile of a single task too", async () => {
        const resources = await run(() => new Task("t", { job: makeJob(), ...first }));
        const { longestRetention } = limits;
        assert.deepEqual(only(resources, TASK).inputs["profile"], {
            tasks: 1,
            withoutWallClock: 0,
            maxRetries: 3,
            maxSlots: 2,
            longestRetention,
            imagesWithoutDigest: [],
            secrets,
        });
    });

    it("has the limits at a preview that does not know the contents yet", async () => {
        const resources = await run(
            () => {
                const job = makeJob();
                const storage = new LinkedStorage("s", { resourceGroupName: "g", accountName: "sto" });
                const container = new Container("input", { storage });
                const resourceFiles = [ResourceFile.fromBlob(container, unknown<string>())];
                new TaskCollection("t", { job, tasks: [{ ...first, resourceFiles }, second] });
                new Task("t", { job, ...first, id: "alone", commandLine: unknown<string>() });
            },
            { preview: true },
        );
        for (const type of [COLLECTION, TASK]) {
            const profile = only(resources, type).inputs["profile"] as Record<string, unknown>;
            assert.equal(profile["maxRetries"], 3);
            assert.ok(pulumi.isUnknown(profile["secrets"]));
        }
    });

    it("changes nothing by itself: tasks of an older version of this package stay as they are", () => {
        const place = { endpoint: "https://a.westeurope.batch.azure.com", jobId: "j" };
        const tasks = { ...place, spool: "/s", digest: "d", count: 2, closesJob: true, submitted: 2 };
        const collection = { ...tasks, removed: "delete" as const };
        const one = { ...place, task: { id: "a", commandLine: "true" } };
        const profile = { ...limits, secrets };
        assert.deepEqual(taskCollection.diff("id", collection, { ...collection, profile }), {
            changes: false,
            replaces: [],
        });
        assert.equal(taskResource.diff("id", one, { ...one, profile }).changes, false);
    });
});
