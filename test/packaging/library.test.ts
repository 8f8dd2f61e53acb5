import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
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

// Every export by its name, and the very classes that `require` gives.
const esModule = `import { createRequire } from "node:module";
import * as all from "pulumi-azure-batch";
import { Pool, VmImage, autoscale, tasks } from "pulumi-azure-batch";
import { review } from "pulumi-azure-batch/autoscale";
const required = createRequire(import.meta.url)("pulumi-azure-batch");
const names = Object.keys(required).sort();
if (Object.keys(all).sort().join() !== names.join()) throw new Error("other exports: " + Object.keys(all) + " and " + names);
for (const name of names) if (all[name] !== required[name]) throw new Error(name + " is there twice");
if (![Pool, VmImage, autoscale, tasks, review].every(Boolean)) throw new Error("something is undefined");
console.log("same classes, " + names.length + " exports");
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

    it("has whole types: each declaration is valid and resolves all that it names", () => {
        const library = path.join(consumer, "node_modules/pulumi-azure-batch");
        const manifest = JSON.parse(readFileSync(path.join(library, "package.json"), "utf8")) as {
            exports: Record<string, string | { types?: string }>;
        };
        const entries = Object.values(manifest.exports).flatMap((entry) =>
            typeof entry === "string" || entry.types === undefined ? [] : [path.join(library, entry.types)],
        );
        assert.ok(entries.length >= 5);
        const types = ts.createProgram(entries, {
            strict: true,
            noEmit: true,
            target: ts.ScriptTarget.ES2022,
            module: ts.ModuleKind.NodeNext,
            moduleResolution: ts.ModuleResolutionKind.NodeNext,
            types: ["node"],
            typeRoots: [path.join(root, "node_modules/@types")],
        });
        const own = types.getSourceFiles().filter(({ fileName }) => fileName.startsWith(`${library}/dist`));
        assert.ok(own.length > 50);
        assert.deepEqual(
            own
                .flatMap((file) => types.getSemanticDiagnostics(file))
                .map(({ file, messageText }) => [file?.fileName, messageText]),
            [],
        );
        const checker = types.getTypeChecker();
        const [first] = entries;
        const module = checker.getSymbolAtLocation(types.getSourceFile(first ?? "") as ts.SourceFile);
        assert.ok(module !== undefined);
        const untyped = checker.getExportsOfModule(module).filter((symbol) => {
            const named = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
            const type =
                named.flags & ts.SymbolFlags.Value
                    ? checker.getTypeOfSymbol(named)
                    : checker.getDeclaredTypeOfSymbol(named);
            return (type.flags & ts.TypeFlags.Any) !== 0;
        });
        assert.deepEqual(
            untyped.map(({ name }) => name),
            [],
        );
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
    writeFileSync(path.join(consumer, "module.mjs"), esModule);
    assert.match(await node(["module.mjs"]), /^same classes, [1-9]\d* exports\n$/);

    writeFileSync(path.join(consumer, "program.ts"), program);
    writeFileSync(path.join(consumer, "module.mts"), `${program}export type Args = azbatch.PoolArgs;\n`);
    const tsc = path.join(root, "node_modules/typescript/bin/tsc");
    const strict = ["--strict", "--skipLibCheck", "--target", "es2022", "--types", "node", "--noEmitOnError"];
    for (const module of process.env.FULL ? ["node16", "nodenext"] : ["nodenext"]) {
        const settings = [...strict, "--module", module, "--moduleResolution", module];
        await node([tsc, ...settings, "program.ts", "module.mts"]);
    }
    // How programs with a bundler, and those with the settings of Pulumi's own templates, find the types.
    const bundler = ["--module", "preserve", "--moduleResolution", "bundler", "--noEmit"];
    await node([tsc, ...strict, ...bundler, "program.ts"]);
    assert.match(await node(["program.js"]), /^Pool true object true/);
    assert.match(await node(["module.mjs"]), /^Pool true object true/);

    const cli = path.join(consumer, "node_modules/pulumi-azure-batch/bin/batch-autoscale.js");
    writeFileSync(path.join(consumer, "good.autoscale"), "$TargetDedicatedNodes = 1;\n");
    assert.match(await node([cli, "--version"]), /^\d+\.\d+\.\d+/);
    await node([cli, "check", "good.autoscale"]);
}
