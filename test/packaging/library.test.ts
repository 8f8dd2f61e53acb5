import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { skip } from "../support/skip";
import { install, link, must, pack, place, project, remove, root, temporaryFolder } from "./support";

const program = `import * as azbatch from "pulumi-azure-batch";
import { check } from "pulumi-azure-batch/autoscale";
import { BatchClient, sharedKeyCredential } from "pulumi-azure-batch/client";
import { limits } from "pulumi-azure-batch/catalog";
const ok: boolean = check("$TargetDedicatedNodes = 1;").ok;
const name: string = azbatch.Pool.name;
const client = new BatchClient("https://127.0.0.1:1", sharedKeyCredential("a", "a2V5"));
const cap: number = limits.idLength.value;
// @ts-expect-error: types are there, so a wrong argument is seen
export const wrong = () => check(42);
console.log(name, ok, typeof client.jobs, cap > 0);
`;

describe("The packed library", function () {
    this.timeout(120_000);
    let folder: string;
    let tarball: string;
    let consumer: string;

    before(async () => {
        folder = temporaryFolder();
        tarball = await pack(folder);
        consumer = project(path.join(folder, "linked"));
        await place(consumer, tarball, "pulumi-azure-batch");
        link(path.join(consumer, "node_modules"), "@types/node");
    });
    after(() => remove(folder));

    it("has its licence, its types and nothing that only this repository needs", async () => {
        const files = (await must("tar", ["-tzf", tarball], { cwd: folder })).trim().split("\n");
        for (const needed of ["LICENSE", "README.md", "CHANGELOG.md", "dist/components/index.d.ts"]) {
            assert.ok(files.includes(`package/${needed}`), needed);
        }
        const foreign = files.filter((file) =>
            /^package\/(dist\/)?(setup|local|policy|test|node_modules)\/|\.map$/.test(file),
        );
        assert.deepEqual(foreign, []);
    });

    it("is found by require, by import and with its types", () => used(consumer));

    it("installs from the registry and is used there", async function () {
        if (!process.env.FULL) skip(this, "installs azure-native; FULL=1 runs it");
        this.timeout(600_000);
        const installed = project(path.join(folder, "installed"));
        await install(installed, [tarball, "@types/node@24"]);
        await used(installed);
        const out = await must("npx", ["--no-install", "batch-autoscale", "--version"], { cwd: installed });
        assert.match(out, /^\d+\.\d+\.\d+/);
    });
});

async function used(consumer: string): Promise<void> {
    const node = (args: readonly string[]) => must(process.execPath, args, { cwd: consumer });
    const required = await node(["-e", "console.log(Object.keys(require('pulumi-azure-batch')).join())"]);
    for (const name of ["BatchAccount", "Pool", "Job", "TaskCollection"])
        assert.match(required, new RegExp(`\\b${name}\\b`));
    writeFileSync(
        path.join(consumer, "module.mjs"),
        'import { Pool } from "pulumi-azure-batch"; console.log(Pool.name);\n',
    );
    assert.equal((await node(["module.mjs"])).trim(), "Pool");

    writeFileSync(path.join(consumer, "program.ts"), program);
    const tsc = path.join(root, "node_modules/typescript/bin/tsc");
    const strict = ["--strict", "--target", "es2022", "--types", "node", "--noEmitOnError"];
    for (const module of process.env.FULL ? ["node16", "nodenext"] : ["nodenext"]) {
        await node([tsc, ...strict, "--module", module, "--moduleResolution", module, "program.ts"]);
    }
    assert.match(await node(["program.js"]), /^Pool true object true/);

    const cli = path.join(consumer, "node_modules/pulumi-azure-batch/bin/batch-autoscale.js");
    writeFileSync(path.join(consumer, "good.autoscale"), "$TargetDedicatedNodes = 1;\n");
    assert.match(await node([cli, "--version"]), /^\d+\.\d+\.\d+/);
    await node([cli, "check", "good.autoscale"]);
}
