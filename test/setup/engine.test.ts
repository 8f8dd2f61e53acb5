import * as assert from "node:assert/strict";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { repositoryRoot, run } from "../../setup/common";
import { temporaryFolders } from "../support/folder";

const engineFile = path.join(repositoryRoot(), "setup", "engine.js");
const ENSURE = `
    require(process.argv[1]).ensureEngine({ log: (line) => console.error(line) })
        .then((engine) => console.log(JSON.stringify(engine)), (error) => {
            console.log(JSON.stringify({ message: error.message, fix: error.fix }));
        });`;

function writeProgram(file: string, lines: string[]): void {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, ["#!/bin/sh", ...lines, ""].join("\n"), { mode: 0o755 });
}

/** A compiler that writes programs which say their version, and counts how often it was asked. */
function writeGo(bin: string, build: string[]): void {
    writeProgram(path.join(bin, "go"), [
        'if [ "$1" = env ]; then echo go1.99.0; exit; fi',
        `echo built >> ${bin}/builds`,
        'while [ "$1" != -o ]; do shift; done',
        ...build,
    ]);
}
const WORKING_BUILD = ["printf '#!/bin/sh\\necho v3.220.0\\n' > $2", "chmod +x $2"];

describe("the engine's set-up", () => {
    const folder = temporaryFolders();

    function environment(place: string): NodeJS.ProcessEnv {
        return {
            PATH: [path.join(place, "bin"), path.dirname(process.execPath), "/usr/bin", "/bin"].join(
                path.delimiter,
            ),
            HOME: place,
            PULUMI_AZURE_BATCH_CACHE: path.join(place, "cache"),
            PULUMI_AZURE_BATCH_NO_DOWNLOAD: "1",
        };
    }
    async function ensure(place: string): Promise<{ engine: Record<string, string>; log: string }> {
        const { stdout, stderr } = await run(process.execPath, ["-e", ENSURE, engineFile], {
            env: environment(place),
        });
        return { engine: JSON.parse(stdout) as Record<string, string>, log: stderr };
    }

    it("takes a CLI on PATH that is new enough and has its language host", async () => {
        const place = folder();
        writeProgram(path.join(place, "bin", "pulumi"), ["echo v3.300.1"]);
        writeProgram(path.join(place, "bin", "pulumi-language-nodejs"), ["exit 0"]);
        const { engine } = await ensure(place);
        assert.equal(engine.source, "path");
        assert.equal(engine.version, "3.300.1");
        assert.equal(engine.binDir, path.join(place, "bin"));
    });

    it("finds the language host beside the program that a link on PATH points to", async () => {
        const place = folder();
        writeProgram(path.join(place, "cellar", "pulumi"), ["echo v3.300.1"]);
        writeProgram(path.join(place, "cellar", "pulumi-language-nodejs"), ["exit 0"]);
        fs.mkdirSync(path.join(place, "bin"));
        fs.symlinkSync(path.join(place, "cellar", "pulumi"), path.join(place, "bin", "pulumi"));
        assert.equal((await ensure(place)).engine.source, "path");
    });

    it("passes by a CLI that is too old or has no language host, and says why", async () => {
        const place = folder();
        writeGo(path.join(place, "bin"), WORKING_BUILD);
        writeProgram(path.join(place, "bin", "pulumi"), ["echo v3.199.0"]);
        const old = await ensure(place);
        assert.equal(old.engine.source, "build");
        assert.match(old.log, /is version 3\.199\.0, 3\.200\.0 or newer is needed/);
        writeProgram(path.join(place, "bin", "pulumi"), ["echo v3.220.0"]);
        const alone = await ensure(place);
        assert.equal(alone.engine.source, "build");
        assert.match(alone.log, /no pulumi-language-nodejs/);
    });

    it("builds once, with every program the engine needs, and then takes it from the cache", async () => {
        const place = folder();
        writeGo(path.join(place, "bin"), WORKING_BUILD);
        const [first, other] = await Promise.all([ensure(place), ensure(place)]);
        assert.equal(first.engine.version, "3.220.0");
        assert.deepEqual(other.engine, first.engine);
        assert.deepEqual(fs.readdirSync(first.engine.binDir ?? "").sort(), [
            "pulumi",
            "pulumi-analyzer-policy",
            "pulumi-language-nodejs",
            "pulumi-resource-pulumi-nodejs",
        ]);
        assert.deepEqual((await ensure(place)).engine, first.engine);
        const builds = fs.readFileSync(path.join(place, "bin", "builds"), "utf8");
        assert.equal(builds, "built\nbuilt\n", "two programs, each built once");
    });

    it("leaves nothing half when the build is killed, and builds again", async () => {
        const place = folder();
        writeGo(path.join(place, "bin"), ["exec sleep 600"]);
        const child = spawn(process.execPath, ["-e", ENSURE, engineFile], {
            env: environment(place),
            stdio: "ignore",
        });
        const builds = path.join(place, "bin", "builds");
        while (!fs.existsSync(builds)) await new Promise((resolve) => setTimeout(resolve, 20));
        child.kill("SIGTERM");
        await new Promise((resolve) => child.on("exit", resolve));
        writeGo(path.join(place, "bin"), WORKING_BUILD);
        const { engine } = await ensure(place);
        assert.equal(engine.source, "build");
        assert.equal(fs.readdirSync(path.join(place, "cache", "engine")).length, 1);
    });

    it("says what to do when the build fails, with the compiler's last words", async () => {
        const place = folder();
        writeGo(path.join(place, "bin"), ["echo 'dial tcp: no route to the proxy' >&2", "exit 1"]);
        const { engine } = await ensure(place);
        assert.match(engine.message ?? "", /go build of pulumi-language-nodejs failed:\ndial tcp: no route/);
        assert.match(engine.fix ?? "", /GOPROXY.*install the Pulumi CLI 3\.200\.0 or newer/);
        assert.deepEqual(fs.readdirSync(path.join(place, "cache", "engine")), []);
    });
});
