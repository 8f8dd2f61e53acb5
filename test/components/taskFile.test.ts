import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { BatchAccount, Job, Pool, Scale, TaskCollection, tasks, VmImage } from "../../components";
import type { TaskArgs } from "../../components";
import { unsure } from "../../components/dynamic/known";
import { check } from "../../components/dynamic/taskCollection";
import type { TaskCollectionInputs } from "../../components/dynamic/taskCollection";
import { convertTaskFile } from "../../components/dynamic/taskFile";
import { temporaryFolders } from "../support/folder";
import { only, problemsOf, run } from "./program";

const COLLECTION = "pulumi-nodejs:dynamic/pulumi-azure-batch:TaskCollection";

const newJob = (): Job => {
    const account = new BatchAccount("a", { resourceGroupName: "g", accountName: "acc" });
    const vmSize = "Standard_D2s_v5";
    const image = VmImage.ubuntu2404();
    const pool = new Pool("cpu", { account, image, vmSize, scale: Scale.dedicated(1), poolId: "cpu" });
    return new Job("j", { pool });
};

describe("a collection of a file of tasks", function () {
    this.timeout(60_000);
    const folder = temporaryFolders();

    const write = (...lines: (object | string)[]): string => {
        const file = path.join(folder(), "tasks.jsonl");
        fs.writeFileSync(
            file,
            lines.map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`).join(""),
        );
        return file;
    };

    const inputsOf = async (file: string): Promise<TaskCollectionInputs> => {
        const source = tasks.fromJsonLines(file);
        const found = only(
            await run(() => new TaskCollection("t", { job: newJob(), tasks: source })),
            COLLECTION,
        );
        return found.inputs as unknown as TaskCollectionInputs;
    };

    const checkOf = async (olds: Partial<TaskCollectionInputs>, news: TaskCollectionInputs) => {
        const { inputs, failures } = await check(olds, unsure(news));
        return { inputs: inputs as TaskCollectionInputs, failures };
    };

    it("names the file by its bytes and leaves it to the process of the resource to read it", async () => {
        const file = write({ id: "a", commandLine: "x" });
        const inputs = await inputsOf(file);
        assert.equal(inputs.spool, file);
        assert.match(inputs.digest, /^[0-9a-f]{32}$/);
        assert.equal(inputs.count, undefined);
        const { inputs: checked, failures } = await checkOf({}, inputs);
        assert.deepEqual(failures, []);
        assert.deepEqual([checked.count, checked.profile?.withoutWallClock], [1, 1]);
    });

    it("does not read bytes again that are those of the last deployment", async () => {
        const file = write({ id: "a", commandLine: "x" });
        const inputs = await inputsOf(file);
        const { inputs: last } = await checkOf({}, inputs);
        fs.rmSync(file);
        assert.deepEqual(await checkOf(last, inputs), { inputs: last, failures: [] });
        const [failure] = (await checkOf({ ...last, digest: "another" }, inputs)).failures;
        assert.match(failure?.reason ?? "", /ENOENT/);
    });

    it("makes the profile as it reads the lines: one bad task among many is in it, and little else", async () => {
        const good = (id: number) => ({
            id: `t${id}`,
            commandLine: "x",
            constraints: { maxWallClockTime: "PT1H" },
        });
        const bad = {
            id: "bad",
            commandLine: "x --password=hunter2hunter2",
            constraints: { maxRetries: -1 },
        };
        const lines = Array.from({ length: 20_000 }, (_, id) => (id === 12_345 ? bad : good(id)));
        const inputs = await inputsOf(write(...lines));
        const { inputs: checked, failures } = await checkOf({}, inputs);
        assert.deepEqual(failures, []);
        const { secrets, ...limits } = checked.profile ?? {};
        assert.deepEqual(limits, {
            tasks: 20_000,
            withoutWallClock: 1,
            maxRetries: -1,
            maxSlots: 1,
            imagesWithoutDigest: [],
        });
        assert.match(String(secrets), /^task bad, command line: /);
        assert.ok(!JSON.stringify(checked).includes("hunter2"));
    });

    it("has a profile of one size, however many tasks are bad", async () => {
        const bad = Array.from({ length: 5000 }, (_, id) => ({
            id: `t${id}`,
            commandLine: `x --password=hunter2hunter${id}`,
            containerSettings: { imageName: `image${id}:latest` },
        }));
        const { inputs } = await checkOf({}, await inputsOf(write(...bad)));
        assert.equal(inputs.profile?.tasks, 5000);
        assert.ok(JSON.stringify(inputs.profile).length < 1000);
    });

    it("reads the bytes of the last deployment again where that was made without a profile", async () => {
        const file = write({ id: "a", commandLine: "x" });
        const inputs = await inputsOf(file);
        const { inputs: last } = await checkOf({}, inputs);
        const { profile, ...older } = last;
        assert.ok(profile);
        assert.deepEqual(await checkOf(older, inputs), { inputs: last, failures: [] });
    });

    it("names the line of what is wrong, without what is in it", async () => {
        const cases: [(object | string)[], RegExp][] = [
            [
                [{ id: "a", commandLine: "x" }, "", '{"id":"b", "a-secret" oops'],
                /tasks\.jsonl:3: the line is not JSON/,
            ],
            [[{ id: "a b", commandLine: "x" }], /tasks\.jsonl:1\.id: BATCH1030: 'a b'/],
            [
                [{ id: "a", comandLine: "x" }],
                /tasks\.jsonl:1: BATCH1030: 'comandLine' is not a property of a task; there are id, commandLine/,
            ],
            [
                [
                    { id: "a", commandLine: "x" },
                    { id: "A", commandLine: "y" },
                ],
                /tasks\.jsonl:2\.id: BATCH1030: 'A' is the id of task 0 too/,
            ],
            [[{ id: "a", commandLine: "x", dependsOn: { taskIds: ["b"] } }], /set usesTaskDependencies/],
            [["7"], /tasks\.jsonl:1: the line is not a JSON object/],
            [["["], /tasks\.jsonl:1: the line begins a JSON array: write one task/],
            [[[{ id: "a", commandLine: "x" }]], /tasks\.jsonl:1: the line begins a JSON array/],
            [["{"], /tasks\.jsonl:1: the line is not a whole JSON object: write each task on one line/],
            [[{ id: "a" }], /tasks\.jsonl:1\.commandLine: BATCH1030: .* is missing/],
            [[{ id: "a", commandLine: "x", dependsOn: ["b"] }], /tasks\.jsonl:1\.dependsOn: .* is a list/],
            [[{ id: "a", commandLine: "x", resourceFiles: "b" }], /:1\.resourceFiles: .*'b': give a list/],
            [
                [{ id: "a", commandLine: "x", constraints: "1h" }],
                /:1\.constraints: .*'1h': write constraints/,
            ],
            [
                [{ id: "a", commandLine: "x", environmentSettings: {} }],
                /:1\.environmentSettings: .* an object/,
            ],
        ];
        for (const [lines, reason] of cases) {
            const { failures } = await checkOf({}, await inputsOf(write(...lines)));
            const text = failures.map((failure) => failure.reason).join("\n");
            assert.match(text, reason);
            assert.ok(!text.includes("a-secret"));
        }
    });

    it("takes lines in the words of this library and of the service alike", async () => {
        const ours = {
            id: "a",
            commandLine: "x",
            environment: { A: "1" },
            user: { autoUser: { scope: "pool", elevationLevel: "admin" } },
            constraints: { maxWallClockTime: "90s", maxRetries: 2 },
            resourceFiles: [{ httpUrl: "https://s/c/b", filePath: "b" }],
        };
        const { environment: _environment, user, ...same } = ours;
        const theirs = {
            ...same,
            environmentSettings: [{ name: "A", value: "1" }],
            userIdentity: user,
            constraints: { maxWallClockTime: "PT1M30S", maxTaskRetryCount: 2 },
        };
        const converted = [];
        for (const line of [ours, theirs]) {
            const file = convertTaskFile(await inputsOf(write(line)));
            converted.push(JSON.parse(fs.readFileSync(file, "utf8")) as object);
            fs.rmSync(file);
        }
        assert.deepEqual(converted[0], converted[1]);
        assert.deepEqual(converted[0], theirs);
    });

    it("may begin with the mark of UTF-8, end its lines as Windows does, and say null for nothing", async () => {
        const lines = [
            '\uFEFF{"id":"a","commandLine":"x","dependsOn":null}\r',
            '{"id":"b","commandLine":"y"}\r',
            "\r",
        ];
        const inputs = await inputsOf(write(...lines));
        const { inputs: checked, failures } = await checkOf({}, inputs);
        assert.deepEqual([checked.count, failures], [2, []]);
        const file = convertTaskFile(inputs);
        const [first = ""] = fs.readFileSync(file, "utf8").split("\n");
        fs.rmSync(file);
        assert.deepEqual(JSON.parse(first), { id: "a", commandLine: "x" });
    });

    it("is not submitted when it has changed since the program looked at it", async () => {
        const file = write({ id: "a", commandLine: "x" });
        const inputs = await inputsOf(file);
        fs.appendFileSync(file, '{"id":"b","commandLine":"y"}\n');
        assert.throws(() => convertTaskFile(inputs), /has changed since the program looked at it/);
    });

    it("is refused when it cannot be read", async () => {
        await run(() => {
            const source = tasks.fromJsonLines(path.join(folder(), "none.jsonl"));
            const [problem] = problemsOf(() => new TaskCollection("t", { job: newJob(), tasks: source }));
            assert.match(problem ?? "", /^tasks: BATCH1030: the file cannot be read: ENOENT/);
        });
    });
});

describe("a collection of tasks that come one by one", function () {
    this.timeout(60_000);

    const digestOf = async (source: Iterable<TaskArgs> | AsyncIterable<TaskArgs>): Promise<unknown[]> => {
        const resources = await run(() => new TaskCollection("t", { job: newJob(), tasks: source }));
        const { digest, count, spool } = only(resources, COLLECTION).inputs;
        fs.rmSync(String(spool));
        return [digest, count];
    };

    it("has the digest of the list of the same tasks, whatever the order of their properties", async () => {
        const later = pulumi.output("2");
        const list: TaskArgs[] = [
            { id: "a", commandLine: "x", environment: { B: later, A: "1" } },
            { commandLine: pulumi.secret("y"), id: "b" },
        ];
        async function* slow(): AsyncGenerator<TaskArgs> {
            for (const task of list) yield await Promise.resolve(task);
        }
        const [digest, count] = await digestOf(list);
        assert.equal(count, 2);
        assert.deepEqual(await digestOf(tasks.generate(slow)), [digest, count]);
        const turned = [
            { environment: { B: "2", A: "1" }, commandLine: "x", id: "a" },
            { id: "b", commandLine: "y" },
        ];
        assert.deepEqual(await digestOf(tasks.generate(() => turned)), [digest, count]);
    });

    it("has a file of its own although another collection has the same tasks", async () => {
        const resources = await run(() => {
            const { pool } = newJob();
            for (const name of ["one", "two"])
                new TaskCollection(name, {
                    job: new Job(name, { pool }),
                    tasks: [{ id: "a", commandLine: "x" }],
                    closesJob: false,
                });
        });
        const files = resources
            .filter(({ type }) => type === COLLECTION)
            .map(({ inputs }) => String(inputs["spool"]));
        assert.equal(new Set(files).size, 2);
        for (const file of files) fs.rmSync(file);
    });
});
