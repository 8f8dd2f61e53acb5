import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { skip } from "../support/skip";
import { Service } from "./support";

const run = promisify(execFile);
const scripts = join(__dirname, "clients");
const cache = join(__dirname, "..", "..", "node_modules", ".cache", "batch-clients");
const key = Buffer.alloc(64, 1).toString("base64");

/** The client, taken once and kept; its own way of installing is used. */
async function python(version: string): Promise<string> {
    const folder = join(cache, `azure-batch-${version}`);
    const program = join(folder, "bin", "python");
    if (!existsSync(join(folder, "done"))) {
        await run("python3", ["-m", "venv", folder]);
        await run(program, ["-m", "pip", "install", "--quiet", `azure-batch==${version}`]);
        mkdirSync(join(folder, "done"));
    }
    return program;
}

async function node(version: string): Promise<string> {
    const folder = join(cache, `node-azure-batch-${version}`);
    if (!existsSync(join(folder, "done"))) {
        mkdirSync(folder, { recursive: true });
        await run("npm", [
            "install",
            "--prefix",
            folder,
            "--no-audit",
            "--no-fund",
            `@azure/batch@${version}`,
        ]);
        mkdirSync(join(folder, "done"));
    }
    return join(folder, "node_modules");
}

describe("data plane, with clients nobody here wrote", function () {
    this.timeout(180_000);
    let service: Service;
    before(async () => {
        service = await Service.open();
    });
    after(() => service.close());

    async function passes(
        program: string,
        script: string,
        environment: NodeJS.ProcessEnv = {},
    ): Promise<void> {
        const args = [join(scripts, script), service.origin, "acct", key];
        const { stdout } = await run(program, args, {
            env: { ...process.env, ...environment },
            timeout: 100_000,
        });
        assert.match(stdout, /all passed/);
        assert.deepEqual(service.errors, []);
    }

    for (const [version, script] of [
        ["15.1.0", "batch15.py"],
        ["14.2.0", "batch14.py"],
    ] as const) {
        it(`serves PyPI azure-batch ${version}`, async function () {
            let program: string;
            try {
                program = await python(version);
            } catch (error) {
                skip(this, `azure-batch ${version} cannot be installed: ${String(error).slice(0, 200)}`);
            }
            await passes(program, script);
        });
    }

    it("serves npm @azure/batch 10.2.0", async function () {
        let modules: string;
        try {
            modules = await node("10.2.0");
        } catch (error) {
            skip(this, `@azure/batch 10.2.0 cannot be installed: ${String(error).slice(0, 200)}`);
        }
        await passes(process.execPath, "batch10.js", { NODE_PATH: modules });
    });
});
