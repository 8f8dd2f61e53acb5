import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import type { JobOutputFile } from "../../client";
import { TestStack } from "./stack";

const program = `
const resources = require("@pulumi/azure-native/resources");
const identities = require("@pulumi/azure-native/managedidentity");
const batch = require("pulumi-azure-batch");
const group = new resources.ResourceGroup("g", { location: "westeurope" });
const account = new batch.BatchAccount("a", { resourceGroupName: group.name });
const identity = new identities.UserAssignedIdentity("nodes", { resourceGroupName: group.name });
const pool = new batch.Pool("p", { account, image: batch.VmImage.ubuntu2404(), vmSize: "Standard_D2s_v5",
    scale: batch.Scale.dedicated(1), identities: [identity] });
const job = new batch.Job("Frames_1", { pool, triggers: [process.env.ROUND ?? "1"] });
const output = batch.Container.forJob("output", { storage: account.storage, job });
const access = pool.grantWrite(output);
const tasks = new batch.TaskCollection("t", { job, wait: { timeout: "3m", onFailure: "report" }, tasks: [
    { id: "one", commandLine: batch.shell("mkdir out; echo frame >out/frame.txt; echo log >report.log; echo to-stdout"),
      outputFiles: batch.OutputFile.conventions(output, "one", { identity, files: { $TaskOutput: ["out/*.txt"], $Report: ["report.log"] } }) },
    { id: "two", commandLine: batch.shell("echo gone wrong >&2; exit 3"),
      outputFiles: batch.OutputFile.conventions(output, "two", { identity, files: "*.txt" }) },
] }, { dependsOn: access });
const results = output.downloadTo("results", "./results", { triggers: [tasks.counts] }, { dependsOn: tasks });
new batch.UploadedFiles("inputs", { container: new batch.Container("inputs", { storage: account.storage }),
    files: "inputs", deleteExtras: process.env.EXTRAS === "delete" });
exports.jobId = job.jobId;
exports.blobEndpoint = account.storage.blobEndpoint;
exports.container = output.containerName;
exports.count = results.count;
`;

// Runs where Batch Local's certificate is trusted, as any other client.
const reader = `
const { JobOutputs, signIn } = require("pulumi-azure-batch/client");
const { ContainerClient } = require("@azure/storage-blob");
(async () => {
    const [, , endpoint, jobId, extra] = process.argv;
    const { credential } = await signIn();
    const outputs = new JobOutputs(endpoint, jobId, credential);
    const files = [];
    for await (const file of outputs.list()) files.push({ ...file, text: (await outputs.read(file)).toString() });
    const logs = [];
    for await (const file of outputs.list({ taskId: "two", kind: "$TaskLog" })) logs.push(file.filePath);
    const inputs = new ContainerClient(endpoint + "inputs", credential);
    if (extra) await inputs.getBlockBlobClient(extra).upload("x", 1);
    const blobs = [];
    for await (const { name } of inputs.listBlobsFlat()) blobs.push(name);
    console.log(JSON.stringify({ files, logs, blobs }));
})();
`;

interface Read {
    files: (JobOutputFile & { text: string })[];
    logs: string[];
    blobs: string[];
}

describe("results of a job", function () {
    this.timeout(400_000);

    it("are kept by the File Conventions, read back and downloaded, and outlive the job; extras go by choice", async () => {
        const stack = new TestStack(program);
        const inputs = path.join(stack.project, "inputs");
        const results = path.join(stack.project, "results");
        fs.mkdirSync(inputs);
        fs.writeFileSync(path.join(inputs, "one"), "1");
        fs.writeFileSync(path.join(stack.project, "read.js"), reader);
        const read = async (...more: string[]): Promise<Read> => {
            const { jobId, blobEndpoint } = (await stack.outputs()) as Record<string, string>;
            const run = await stack.local(
                ["exec", "--", process.execPath, "read.js", blobEndpoint ?? "", jobId ?? "", ...more],
                {},
            );
            assert.equal(run.code, 0, run.stdout + run.stderr);
            return JSON.parse(run.stdout) as Read;
        };
        try {
            await stack.start();
            await stack.up();
            const outputs = await stack.outputs();
            assert.match(String(outputs["container"]), /^job-frames-1-\w*-[0-9a-f]{40}$/);
            const { files, logs, blobs } = await read("stray");
            const found = files.map(({ taskId, kind, filePath, text }) =>
                [taskId, kind, filePath, text].join(" "),
            );
            assert.deepEqual(found.sort(), [
                "one $Report report.log log\n",
                "one $TaskLog stderr.txt ",
                "one $TaskLog stdout.txt to-stdout\n",
                "one $TaskOutput frame.txt frame\n",
                "two $TaskLog stderr.txt gone wrong\n",
                "two $TaskLog stdout.txt ",
            ]);
            assert.deepEqual(logs.sort(), ["stderr.txt", "stdout.txt"]);
            assert.deepEqual(blobs, ["one", "stray"]);
            assert.equal(outputs["count"], 6);
            assert.equal(fs.readFileSync(path.join(results, "one/$TaskOutput/frame.txt"), "utf8"), "frame\n");

            await stack.up({}, "--expect-no-changes");
            const refreshed = await stack.pulumi([
                "refresh",
                "--yes",
                "--skip-preview",
                "--expect-no-changes",
            ]);
            assert.equal(refreshed.code, 0, refreshed.stdout + refreshed.stderr);
            // On a machine that does not have them they are brought again.
            fs.rmSync(results, { recursive: true });
            await stack.up();
            assert.ok(fs.existsSync(path.join(results, "two/$TaskLog/stderr.txt")));

            await stack.up({ EXTRAS: "delete", ROUND: "2" });
            const after = await stack.outputs();
            assert.notEqual(after["container"], outputs["container"]);
            assert.deepEqual((await read()).blobs, ["one"]);
            const kept = await stack.local([
                ...["exec", "--", process.execPath, "read.js"],
                ...[String(outputs["blobEndpoint"]), String(outputs["jobId"])],
            ]);
            assert.equal(
                (JSON.parse(kept.stdout) as Read).files.length,
                6,
                "the first job's results are there",
            );

            const destroyed = await stack.pulumi(["destroy", "--yes", "--skip-preview"]);
            assert.equal(destroyed.code, 0, destroyed.stdout + destroyed.stderr);
            assert.ok(
                fs.existsSync(path.join(results, "one/$TaskLog/stdout.txt")),
                "what was downloaded stays",
            );
        } finally {
            await stack.close();
        }
    });
});
