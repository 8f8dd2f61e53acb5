import * as assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { repositoryRoot, run } from "../../setup/common";
import { installStandIns } from "../../local/pulumi/install";
import { temporaryFolders } from "../support/folder";
import { isRunning } from "../support/process";

const root = repositoryRoot();
const quiet: NodeJS.ProcessEnv = { PATH: "/usr/bin:/bin", HOME: "/nowhere" };

describe("placing the stand-ins", () => {
    const folder = temporaryFolders();
    const names = (placed: { name: string }[]) => placed.map(({ name }) => name);

    it("writes a launcher for each plugin whose SDK the program has, in the SDK's version", () => {
        const pulumiHome = folder();
        const { installed, real } = installStandIns({ pulumiHome, program: root, env: quiet });
        assert.deepEqual(names(installed), ["azure-native", "azuread", "random"]);
        assert.deepEqual(real, []);
        for (const { name, version, place } of installed) {
            const { version: sdk } = JSON.parse(
                fs.readFileSync(path.join(root, "node_modules", "@pulumi", name, "package.json"), "utf8"),
            ) as { version: string };
            assert.equal(version, sdk);
            assert.equal(place, path.join(pulumiHome, "plugins", `resource-${name}-v${sdk}`));
            fs.accessSync(path.join(place, `pulumi-resource-${name}`), fs.constants.X_OK);
        }
        const again = installStandIns({ pulumiHome, program: root, env: quiet });
        assert.deepEqual(again.installed, installed);
    });

    it("places nothing for a program without these SDKs, and what is asked for by version", () => {
        const pulumiHome = folder();
        const program = folder();
        assert.deepEqual(installStandIns({ pulumiHome, program, env: quiet }), { installed: [], real: [] });
        const asked = installStandIns({ pulumiHome, program, versions: { random: "9.9.9" }, env: quiet });
        assert.deepEqual(names(asked.installed), ["random"]);
        assert.ok(fs.existsSync(path.join(pulumiHome, "plugins", "resource-random-v9.9.9")));
    });

    it("leaves a real plugin in its place, links one of the user's own, and minds one on PATH", () => {
        const version = "9.9.9";
        const versions = { "azure-native": version, azuread: version, random: version };
        const pulumiHome = folder();
        const home = folder();
        const bin = folder();
        const realIn = (place: string, name: string) => {
            fs.mkdirSync(place, { recursive: true });
            fs.writeFileSync(path.join(place, `pulumi-resource-${name}`), "real", { mode: 0o755 });
        };
        const placed = path.join(pulumiHome, "plugins", `resource-azure-native-v${version}`);
        realIn(placed, "azure-native");
        realIn(path.join(home, ".pulumi", "plugins", `resource-azuread-v${version}`), "azuread");
        realIn(bin, "random");
        const env = { PATH: bin, HOME: home };
        const options = { pulumiHome, program: root, versions, env };
        // a stand-in of an earlier run gives way
        installStandIns({ ...options, env: quiet, otherHomes: [] });
        const result = installStandIns(options);
        assert.deepEqual(result.installed, []);
        assert.deepEqual(names(result.real), ["azure-native", "azuread", "random"]);
        assert.equal(fs.readFileSync(path.join(placed, "pulumi-resource-azure-native"), "utf8"), "real");
        const linked = path.join(
            pulumiHome,
            "plugins",
            `resource-azuread-v${version}`,
            "pulumi-resource-azuread",
        );
        assert.equal(fs.readFileSync(linked, "utf8"), "real");
    });

    it("gives launchers that serve and refuse wrong use", async () => {
        const main = path.join(root, "local", "dist", "local", "pulumi", "main.js");
        const wrong = await run(process.execPath, [main, "compute", "1.0.0"]);
        assert.equal(wrong.code, 2);
        assert.match(wrong.stderr, /NAME is one of azure-native, azuread, random/);
        const serving = await run(process.execPath, [main, "random", "1.0.0"], { timeout: 3000 });
        assert.match(serving.stdout, /^\d+\n$/);
    });

    it("gives plugins that end when the engine that started them is killed", async () => {
        const place = folder();
        const [random] = installStandIns({
            pulumiHome: place,
            program: place,
            versions: { random: "9.9.9" },
            env: quiet,
        }).installed;
        const launcher = path.join(random?.place ?? "", "pulumi-resource-random");
        // a shell in the engine's place; the launcher becomes the plugin, so $! is the plugin's own pid
        const engine = spawn("sh", ["-c", `'${launcher}' & echo $!; wait`], {
            stdio: ["ignore", "pipe", "inherit"],
        });
        let output = "";
        engine.stdout.on("data", (data: Buffer) => (output += data.toString()));
        while (output.split("\n").length < 3) await once(engine.stdout, "data"); // its pid, then its port
        const pid = Number(output.split("\n")[0]);
        try {
            assert.equal(isRunning(pid), true);
            engine.kill("SIGKILL");
            const patience = AbortSignal.timeout(20_000);
            while (isRunning(pid)) await sleep(50, undefined, { signal: patience });
        } finally {
            if (isRunning(pid)) process.kill(pid, "SIGKILL");
        }
    });
});
