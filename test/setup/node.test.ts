import * as assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { isAtLeast, repositoryRoot, run } from "../../setup/common";
import { MINIMUM, findNode, npmEnvironment } from "../../setup/node";
import { temporaryFolders } from "../support/folder";

const nodeFile = path.join(repositoryRoot(), "setup", "node.js");
const silent = () => undefined;

describe("the set-up of Node", () => {
    const folder = temporaryFolders();

    it("stays with a Node that is new enough", async () => {
        assert.equal(await findNode({ current: `v${MINIMUM}`, log: silent }), process.execPath);
    });

    it("gets one from npm where Node is too old, from any folder, and keeps it", async () => {
        const place = folder();
        const cache = path.join(place, "cache");
        const project = path.join(place, "project");
        fs.mkdirSync(project);
        fs.writeFileSync(path.join(project, "package.json"), '{ "workspaces": ["x"] }');
        const before = process.cwd();
        const lines: string[] = [];
        process.chdir(project);
        try {
            const program = await findNode({ current: "v20.1.0", cache, log: (line) => lines.push(line) });
            const { stdout } = await run(program, ["--version"]);
            assert.equal(isAtLeast(stdout, MINIMUM), true, stdout);
            assert.match(lines[0] ?? "", /this one is v20\.1\.0, 22\.13\.0 or newer is needed/);
            assert.deepEqual(fs.readdirSync(project), ["package.json"]);
            lines.length = 0;
            assert.equal(
                await findNode({ current: "v20.1.0", cache, log: (line) => lines.push(line) }),
                program,
            );
            assert.deepEqual(lines, []);
        } finally {
            process.chdir(before);
        }
    });

    it("keeps an outer npm's place and omissions from its own npm", () => {
        const clean = npmEnvironment({
            npm_config_local_prefix: "/a",
            npm_config_omit: "dev",
            NODE_ENV: "production",
            A: "1",
        });
        assert.deepEqual(clean, { A: "1" });
    });

    it("runs a script in its place: exit code, output and signals are the script's", async () => {
        const place = folder();
        const script = path.join(place, "script.js");
        fs.writeFileSync(
            script,
            'process.on("SIGTERM", () => { console.log("told"); process.exit(7); }); console.log("up", process.argv[2]); setInterval(() => {}, 1000);',
        );
        const runner =
            "require(process.argv[1]).runForeground(process.execPath, process.argv.slice(2)).then((code) => process.exit(code));";
        const child = spawn(process.execPath, ["-e", runner, nodeFile, script, "an argument"], {
            stdio: ["ignore", "pipe", "inherit"],
        });
        let output = "";
        child.stdout.on("data", (data: Buffer) => (output += data.toString()));
        await once(child.stdout, "data");
        child.kill("SIGTERM");
        const [code] = await once(child, "close");
        assert.equal(code, 7);
        assert.equal(output, "up an argument\ntold\n");
    });

    it("tells the exit code of a script that a signal ended", async () => {
        const runner =
            "require(process.argv[1]).runForeground('sh', ['-c', 'kill -KILL $$']).then((code) => process.exit(code));";
        assert.equal((await run(process.execPath, ["-e", runner, nodeFile])).code, 137);
    });
});
