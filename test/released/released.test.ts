import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Life } from "../durability/service";
import { recount } from "../store/recount";
import { record, restore, type Recorded } from "./directory";

const root = path.resolve(__dirname, "../..");
const fixtures = path.join(__dirname, "fixtures");
const read = (file: string) => readFileSync(path.join(root, file), "utf8");
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function completed(life: Life, job: string, task: string): Promise<void> {
    while ((await life.batch.tasks.get(job, task)).state !== "completed") await pause(20);
}

/** What a directory is filled with before it is recorded, and what has to be in it when it is opened. */
async function fill(life: Life, data: string): Promise<void> {
    const { batch, blobs } = life;
    await Life.makePool(data, "pool", 1, 2);
    const poolInfo = { poolId: "pool" };
    await batch.jobs.add({ id: "done", poolInfo, usesTaskDependencies: true });
    const echo = (text: string) => `/bin/sh -c 'echo ${text}'`;
    await batch.tasks.add("done", { id: "good", commandLine: echo("kept") });
    await batch.tasks.add("done", { id: "bad", commandLine: "/bin/sh -c 'exit 3'" });
    await batch.tasks.add("done", {
        id: "blocked",
        commandLine: echo("never"),
        dependsOn: { taskIds: ["bad"] },
    });
    await completed(life, "done", "good");
    await completed(life, "done", "bad");
    await batch.jobs.add({ id: "waiting", poolInfo, priority: 7, metadata: [{ name: "who", value: "us" }] });
    await batch.jobs.disable("waiting", "requeue");
    while ((await batch.jobs.get("waiting")).state !== "disabled") await pause(20);
    const environmentSettings = [{ name: "GREETING", value: "hello" }];
    await batch.tasks.add("waiting", {
        id: "later",
        commandLine: "/bin/sh -c 'echo $GREETING'",
        environmentSettings,
    });
    await batch.jobSchedules.add({
        id: "schedule",
        schedule: { recurrenceInterval: "P1D", doNotRunUntil: "2999-01-01T00:00:00Z" },
        jobSpecification: { poolInfo },
    });
    const container = blobs.getContainerClient("kept");
    await container.create();
    await container.getBlockBlobClient("folder/blob.txt").upload("content", 7);
}

describe("a data directory of a released version", function () {
    this.timeout(120_000);
    let folder: string;
    let life: Life | undefined;
    beforeEach(() => (folder = realpathSync(mkdtempSync(path.join(tmpdir(), "released-")))));
    afterEach(async () => {
        await life?.end();
        life = undefined;
        rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    });

    const { version } = JSON.parse(read("local/package.json")) as { version: string };

    if (process.env.RECORD) {
        it(`is recorded: ${version}`, async () => {
            life = await Life.begin(folder);
            await fill(life, folder);
            await life.end();
            life = undefined;
            const text = JSON.stringify(record(folder, version), undefined, 1);
            writeFileSync(path.join(fixtures, `${version}.json`), `${text}\n`);
        });
    }

    it("is kept here for each version that the change log names", () => {
        const versions = [...read("CHANGELOG.md").matchAll(/^## (\d+\.\d+\.\d+)/gm)].map(([, name]) => name);
        assert.ok(versions.length > 0);
        const kept = readdirSync(fixtures).map((file) => file.replace(/\.json$/, ""));
        assert.deepEqual(kept.sort(), versions.sort());
    });

    for (const file of readdirSync(fixtures)) {
        it(`opens whole: ${file.replace(/\.json$/, "")}`, async () => {
            restore(JSON.parse(readFileSync(path.join(fixtures, file), "utf8")) as Recorded, folder);
            life = await Life.begin(folder);
            const { batch, blobs } = life;

            const good = await batch.tasks.get("done", "good");
            assert.deepEqual([good.state, good.executionInfo?.exitCode], ["completed", 0]);
            const stdout = await batch.files.readOfTask("done", "good", "stdout.txt");
            assert.equal(stdout.toString(), "kept\n");
            const bad = await batch.tasks.get("done", "bad");
            assert.deepEqual([bad.executionInfo?.exitCode, bad.executionInfo?.result], [3, "failure"]);
            assert.equal((await batch.tasks.get("done", "blocked")).state, "active");
            const { taskCounts } = await batch.jobs.taskCounts("done");
            assert.deepEqual([taskCounts?.active, taskCounts?.succeeded, taskCounts?.failed], [1, 1, 1]);

            const waiting = await batch.jobs.get("waiting");
            assert.deepEqual([waiting.state, waiting.priority], ["disabled", 7]);
            assert.deepEqual(waiting.metadata, [{ name: "who", value: "us" }]);
            assert.equal((await batch.jobSchedules.get("schedule")).state, "active");
            const blob = blobs.getContainerClient("kept").getBlobClient("folder/blob.txt");
            assert.equal((await blob.downloadToBuffer()).toString(), "content");

            // It is not only read: what waited goes on, on the node that was there.
            await batch.jobs.enable("waiting");
            await completed(life, "waiting", "later");
            const later = await batch.files.readOfTask("waiting", "later", "stdout.txt");
            assert.equal(later.toString(), "hello\n");

            await life.end();
            life = undefined;
            const { kept, counted } = recount(path.join(folder, "store", "state.db"));
            assert.deepEqual(kept, counted);
            assert.equal(Object.keys(kept).length, 2);
        });
    }
});
