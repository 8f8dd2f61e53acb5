import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { skip } from "../support/skip";
import { install, must, pack, place, project, remove, run, temporaryFolder } from "./support";

describe("The packed batchlocal", function () {
    this.timeout(120_000);
    let folder: string;
    let tarball: string;

    before(async () => {
        folder = temporaryFolder();
        tarball = await pack(folder, "local");
    });
    after(() => remove(folder));

    it("has what it needs and nothing of the repository's own", async () => {
        const files = (await must("tar", ["-tzf", tarball], { cwd: folder })).trim().split("\n");
        for (const needed of [
            "bin/batchlocal.js",
            "dist/local/cli/main.js",
            "dist/setup/engine.js",
            "README.md",
        ]) {
            assert.ok(files.includes(`package/${needed}`), needed);
        }
        const foreign = files.filter(
            (file) => /\.(map|ts)$|tsbuildinfo|test/.test(file) && !file.endsWith(".d.ts"),
        );
        assert.deepEqual(foreign, []);
    });

    it("serves a client with its declared dependencies alone", async () => {
        const consumer = project(path.join(folder, "linked"));
        const installed = await place(consumer, tarball, "batchlocal");
        await serves(consumer, process.execPath, [path.join(installed, "bin/batchlocal.js")]);
    });

    it("gives the Pulumi CLI its engine from where it is installed", async () => {
        const consumer = project(path.join(folder, "engine"));
        const installed = await place(consumer, tarball, "batchlocal");
        const out = await must(
            process.execPath,
            [
                path.join(installed, "bin/batchlocal.js"),
                "exec",
                "--data",
                path.join(consumer, "data"),
                "--",
                "pulumi",
                "version",
            ],
            { cwd: consumer },
        );
        assert.match(out, /^v3\.\d+\.\d+/m);
    });

    it("installs from the registry into an empty folder and runs as npx batchlocal", async function () {
        if (!process.env.FULL) skip(this, "installs 600 packages; FULL=1 runs it");
        this.timeout(600_000);
        const consumer = project(path.join(folder, "installed"));
        await install(consumer, [tarball]);
        await serves(consumer, "npx", ["--no-install", "batchlocal"]);
    });
});

/** Version, a request through `exec`, wrong usage, and nothing left behind. */
async function serves(consumer: string, program: string, args: readonly string[]): Promise<void> {
    const { version } = JSON.parse(
        readFileSync(path.join(consumer, "node_modules/batchlocal/package.json"), "utf8"),
    ) as { version: string };
    assert.equal((await must(program, [...args, "--version"], { cwd: consumer })).trim(), version);
    const client =
        "fetch(process.env.AZURE_BATCH_ENDPOINT + '/jobs?api-version=2024-07-01.20.0').then(async (r) => console.log(r.status, (await r.json()).code))";
    const out = await must(program, [...args, "exec", "--", process.execPath, "-e", client], {
        cwd: consumer,
    });
    assert.match(out, /MissingRequiredHeader|AuthenticationFailed/);
    const unknown = await run(program, [...args, "exec", "--no-such-flag", "--", "true"], { cwd: consumer });
    assert.equal(unknown.code, 2);
    assert.ok(!readdirSync(path.join(consumer, ".batchlocal")).includes("service.json"));
}
