import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { ensureBuild, outdated } from "../../setup/build";
import { repositoryRoot } from "../../setup/common";
import { temporaryFolders } from "../support/folder";

const silent = () => undefined;

describe("the build", () => {
    const folder = temporaryFolders();

    function workTree(): string {
        const root = folder();
        for (const name of ["catalog", "autoscale", "client", "components", "local", "policy"]) {
            fs.mkdirSync(path.join(root, name));
            fs.writeFileSync(path.join(root, name, "index.ts"), `export const name = "${name}";\n`);
        }
        fs.symlinkSync(path.join(repositoryRoot(), "node_modules", "typescript"), linkPlace(root));
        fs.writeFileSync(path.join(root, "package-lock.json"), "{}");
        fs.writeFileSync(path.join(root, "tsconfig.base.json"), "{}");
        const options = { module: "commonjs", target: "es2022", types: [], incremental: true };
        const write = (file: string, out: string, rootDir: string, include: string[]) =>
            fs.writeFileSync(
                path.join(root, file),
                JSON.stringify({
                    compilerOptions: { ...options, outDir: out, rootDir },
                    include,
                    exclude: [out],
                }),
            );
        write("tsconfig.build.json", "dist", ".", ["catalog", "autoscale", "client", "components"]);
        write("local/tsconfig.json", "dist", "..", ["."]);
        write("policy/tsconfig.json", "dist", "..", ["."]);
        return root;
    }
    function linkPlace(root: string): string {
        fs.mkdirSync(path.join(root, "node_modules"));
        return path.join(root, "node_modules", "typescript");
    }

    it("compiles once, and then only the packages that a change reaches", async () => {
        const root = workTree();
        assert.equal(await ensureBuild({ root, log: silent }), true);
        assert.equal(fs.existsSync(path.join(root, "local", "dist", "local", "index.js")), true);
        assert.equal(await ensureBuild({ root, log: silent }), false);
        fs.writeFileSync(path.join(root, "client", "index.ts"), 'export const name = "changed";\n');
        const work = outdated(root).map((project: { out: string }) => project.out);
        assert.deepEqual(work, ["dist"]);
        await ensureBuild({ root, log: silent });
        assert.match(fs.readFileSync(path.join(root, "dist", "client", "index.js"), "utf8"), /changed/);
    });

    it("removes the output of a source that is gone", async () => {
        const root = workTree();
        const source = path.join(root, "client", "gone.ts");
        fs.writeFileSync(source, "export const gone = 1;\n");
        await ensureBuild({ root, log: silent });
        const output = path.join(root, "dist", "client", "gone.js");
        assert.equal(fs.existsSync(output), true);
        fs.rmSync(source);
        await ensureBuild({ root, log: silent });
        assert.equal(fs.existsSync(output), false);
    });

    it("fails with the compiler's message, and fails again until it is mended", async () => {
        const root = workTree();
        fs.writeFileSync(path.join(root, "client", "index.ts"), 'export const name: number = "text";\n');
        for (let attempt = 0; attempt < 2; attempt++) {
            await assert.rejects(
                ensureBuild({ root, log: silent }),
                /client\/index\.ts\(1,14\): error TS2322/,
            );
        }
        fs.writeFileSync(path.join(root, "client", "index.ts"), "export const name = 1;\n");
        assert.equal(await ensureBuild({ root, log: silent }), true);
    });
});
