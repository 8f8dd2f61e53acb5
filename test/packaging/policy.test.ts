import assert from "node:assert/strict";
import path from "node:path";
import { Program } from "../policy/support/preview";
import { placed, source } from "../policy/support/programs";
import { skip } from "../support/skip";
import { install, must, pack, place, project, remove, temporaryFolder } from "./support";

const NAME = "pulumi-azure-batch-policy";

describe("The packed policy pack", function () {
    this.timeout(120_000);
    let folder: string;
    let tarball: string;

    before(async () => {
        folder = temporaryFolder();
        tarball = await pack(folder, "policy");
    });
    after(() => remove(folder));

    it("has what it needs and nothing of the repository's own", async () => {
        const files = (await must("tar", ["-tzf", tarball], { cwd: folder })).trim().split("\n");
        for (const needed of ["PulumiPolicy.yaml", "README.md", "dist/policy/index.js"])
            assert.ok(files.includes(`package/${needed}`), needed);
        assert.deepEqual(
            files.filter((file) => /\.(map|ts)$|tsbuildinfo|test/.test(file)),
            [],
        );
    });

    it("judges a program with its declared dependencies alone", async () => {
        const consumer = project(path.join(folder, "linked"));
        await judges(consumer, await place(consumer, tarball, NAME));
    });

    it("installs from the registry into an empty folder and judges from there", async function () {
        if (!process.env.FULL) skip(this, "installs 200 packages; FULL=1 runs it");
        this.timeout(600_000);
        const consumer = project(path.join(folder, "installed"));
        await install(consumer, [tarball]);
        await judges(consumer, path.join(consumer, "node_modules", NAME));
    });
});

async function judges(consumer: string, installed: string): Promise<void> {
    const program = await Program.make(consumer, source("small.js"));
    const { code, output, findings } = await program.preview({ pack: installed });
    assert.equal(code, 0, output);
    assert.deepEqual(placed(findings), ["azure-batch-account-disable-local-authentication at account"]);
    assert.match(output, /azure-batch@v\d+\.\d+\.\d+ \(local: /);
}
