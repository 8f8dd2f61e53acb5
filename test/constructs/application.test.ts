import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { entriesOf, zipStream } from "../../components/dynamic/zip";
import { Application, BatchAccount } from "../../components";
import { problemsOf, run } from "../components/program";
import { temporaryFolders } from "../support/folder";
import { root, TestStack } from "./stack";

const folder = temporaryFolders();

function fill(root: string, text: string): void {
    fs.mkdirSync(path.join(root, "lib"), { recursive: true });
    fs.writeFileSync(path.join(root, "run.sh"), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    fs.writeFileSync(path.join(root, "lib", "größe.txt"), "x".repeat(3_000_000));
    fs.writeFileSync(path.join(root, "empty"), "");
}

/** What the account has of the application, asked for as azure-native would. */
async function versions(stack: TestStack): Promise<{ versions: string[]; defaultVersion: string }> {
    const arm = path.join(root, "dist", "components", "dynamic", "arm.js");
    const script = `
const { arm } = require(${JSON.stringify(arm)});
const id = process.argv.at(-1);
(async () => {
    const { value } = await arm("GET", id + "/versions", "2024-07-01");
    const { properties } = await arm("GET", id, "2024-07-01");
    const versions = value.map(({ name }) => name).sort();
    console.log(JSON.stringify({ versions, defaultVersion: properties.defaultVersion }));
})();`;
    const { application } = await stack.outputs();
    const run = await stack.local(["exec", "--", process.execPath, "-e", script, "--", String(application)]);
    assert.equal(run.code, 0, run.stdout + run.stderr);
    return JSON.parse(run.stdout) as { versions: string[]; defaultVersion: string };
}

describe("the zip of a package", () => {
    it("has the same bytes whenever and wherever it is made, and unzips to the same files", async () => {
        const [one, two] = [folder(), folder()];
        for (const root of [one, two]) fill(root, "echo hello");
        fs.utimesSync(path.join(two, "run.sh"), new Date(0), new Date(2_000_000_000_000));
        fs.chmodSync(path.join(two, "empty"), 0o600);
        const zone = process.env["TZ"];
        const [first, second] = [await buffer(await zipStream(entriesOf(one))), Buffer.alloc(0)];
        process.env["TZ"] = "Pacific/Auckland";
        try {
            const again = await buffer(await zipStream(entriesOf(two)));
            const digest = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
            assert.equal(digest(again), digest(first));
            assert.equal(second.length, 0);
        } finally {
            if (zone === undefined) delete process.env["TZ"];
            else process.env["TZ"] = zone;
        }
        const out = folder();
        fs.writeFileSync(path.join(out, "p.zip"), first);
        execFileSync("python3", ["-m", "zipfile", "-e", path.join(out, "p.zip"), path.join(out, "files")]);
        for (const name of ["run.sh", "lib/größe.txt", "empty"]) {
            assert.deepEqual(
                fs.readFileSync(path.join(out, "files", name)),
                fs.readFileSync(path.join(one, name)),
                name,
            );
        }
    });
});

describe("Application", function () {
    this.timeout(300_000);

    it("reports all that is wrong at once", async () => {
        const root = folder();
        await run(() => {
            const account = new BatchAccount("a", { resourceGroupName: "g", storage: "none" });
            const problems = problemsOf(
                () =>
                    new Application("my tool", {
                        account,
                        versions: { "1 0": path.join(root, "none"), v2: root },
                        defaultVersion: "3",
                    }),
            );
            assert.deepEqual(
                problems.map((problem) => problem.split(": ").slice(0, 2).join(" ")),
                [
                    'versions["1 0"] BATCH1003',
                    'versions["1 0"] BATCH1020',
                    'versions["v2"] BATCH1020',
                    "applicationName BATCH1003",
                    "account BATCH1018",
                ],
            );
        });
    });

    it("uploads and activates packages, runs them on nodes, and changes only what has changed", async () => {
        const program = (versions: string): string => `
const resources = require("@pulumi/azure-native/resources");
const batch = require("pulumi-azure-batch");
const group = new resources.ResourceGroup("g", { location: "westeurope" });
const account = new batch.BatchAccount("a", { resourceGroupName: group.name });
const application = new batch.Application("tool", { account, ${versions} });
exports.version = application.defaultVersion;
exports.application = application.id;
const pool = new batch.Pool("p", { account, image: batch.VmImage.ubuntu2404(), vmSize: "Standard_D2s_v5",
    scale: batch.Scale.dedicated(1), packages: [application.version()], rollout: "reboot" });
const job = new batch.Job("j", { pool, triggers: [application.defaultVersion] });
// The nodes get the new package when they are rebooted, so tasks wait for the whole pool, its rollout too.
const tasks = new batch.TaskCollection("t", { job, wait: { timeout: "2m" },
    tasks: [{ id: "t", commandLine: batch.shell('sh "' + application.directory() + '/run.sh" | grep -x hello') }] }, { dependsOn: pool });
exports.counts = tasks.counts;
`;
        const stack = new TestStack(program(`files: "tool"`));
        try {
            fill(path.join(stack.project, "tool"), "echo hello");
            await stack.start();
            await stack.up();
            const first = await stack.outputs();
            assert.equal((first["counts"] as { succeeded?: number }).succeeded, 1);
            await stack.up({}, "--expect-no-changes");
            fs.utimesSync(path.join(stack.project, "tool", "run.sh"), new Date(0), new Date(0));
            await stack.up({}, "--expect-no-changes");
            const refreshed = await stack.pulumi([
                "refresh",
                "--yes",
                "--skip-preview",
                "--expect-no-changes",
            ]);
            assert.equal(refreshed.code, 0, refreshed.stdout + refreshed.stderr);

            fs.writeFileSync(path.join(stack.project, "tool", "more"), "more");
            const plan = await stack.plan();
            const packages = plan.filter(
                ({ urn, op }) => urn.includes(":ApplicationPackage::") && op !== "same",
            );
            assert.deepEqual(packages.map(({ op }) => op).sort(), ["create", "delete"]);
            assert.deepEqual(
                plan
                    .filter(({ urn, op }) => urn.endsWith("batch:Pool::p") && op !== "same")
                    .map(({ op }) => op),
                ["update"],
            );
            await stack.up();
            const second = (await stack.outputs())["version"];
            assert.notEqual(second, first["version"]);
            await stack.up({}, "--expect-no-changes");
            assert.deepEqual(await versions(stack), { versions: [second], defaultVersion: second });

            // The choice is told before the content changes: it holds for what goes next.
            stack.program(program(`files: "tool", keepOldVersions: true`));
            await stack.up();
            fs.writeFileSync(path.join(stack.project, "tool", "more"), "still more");
            await stack.up();
            const third = (await stack.outputs())["version"];
            const both = [second, third].sort();
            assert.deepEqual(await versions(stack), { versions: both, defaultVersion: third });
            const destroyed = await stack.pulumi(["destroy", "--yes", "--skip-preview"]);
            assert.equal(destroyed.code, 0, destroyed.stdout + destroyed.stderr);
        } finally {
            await stack.close();
        }
    });
});
