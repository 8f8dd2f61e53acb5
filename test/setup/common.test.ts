import * as assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { cacheFolder, isAtLeast, makeFolder, repositoryRoot, run, withLock } from "../../setup/common";
import { temporaryFolders } from "../support/folder";
import { isRunning } from "../support/process";

const common = path.join(repositoryRoot(), "setup", "common.js");
const silent = () => undefined;

describe("the shared part of set-up", () => {
    const folder = temporaryFolders();

    it("compares versions by number", () => {
        assert.equal(isAtLeast("v22.13.0", "22.13"), true);
        assert.equal(isAtLeast("v22.9.0", "22.13"), false);
        assert.equal(isAtLeast("go1.26.8", "1.24.7"), true);
        assert.equal(isAtLeast("3.1000.0-dev", "3.200.0"), true);
        assert.equal(isAtLeast("none", "1.0"), false);
    });

    it("keeps the cache where the platform keeps caches, or where it is told", () => {
        assert.equal(cacheFolder({ PULUMI_AZURE_BATCH_CACHE: "/x/y" }), "/x/y");
        if (process.platform === "linux") {
            assert.equal(cacheFolder({ HOME: "/h", XDG_CACHE_HOME: "/c" }), "/c/pulumi-azure-batch");
            assert.equal(cacheFolder({ HOME: "/h" }), "/h/.cache/pulumi-azure-batch");
        }
    });

    it("returns output and exit code of a program, and 124 after its timeout", async () => {
        assert.deepEqual(await run("sh", ["-c", "echo a; echo b >&2; exit 3"]), {
            code: 3,
            stdout: "a\n",
            stderr: "b\n",
        });
        assert.equal((await run("sh", ["-c", "sleep 60 & wait"], { timeout: 200 })).code, 124);
        assert.equal((await run("/no/such/program", [])).code, 127);
    });

    it("returns the same of a long one, and no descriptor or process of its own stays", async () => {
        assert.deepEqual(await run("sh", ["-c", "cat; echo a; echo b >&2; exit 3"], { long: true }), {
            code: 3,
            stdout: "a\n",
            stderr: "b\n",
        });
        assert.equal((await run("sh", ["-c", "sleep 60 & wait"], { timeout: 200, long: true })).code, 124);
        assert.equal((await run("/no/such/program", [], { long: true })).code, 127);
    });

    it("lets one process at a time hold a lock", async () => {
        const place = folder();
        const lock = path.join(place, "it.lock");
        const script = `
            const { withLock } = require(process.argv[1]);
            const fs = require("node:fs");
            withLock(process.argv[2], () => {}, async () => {
                if (fs.existsSync(process.argv[3])) process.exit(9);
                fs.writeFileSync(process.argv[3], "");
                await new Promise((resolve) => setTimeout(resolve, 60));
                fs.rmSync(process.argv[3]);
            });`;
        const ends = await Promise.all(
            [1, 2, 3, 4].map(() =>
                run(process.execPath, ["-e", script, common, lock, path.join(place, "held")]),
            ),
        );
        assert.deepEqual(
            ends.map((end) => end.code),
            [0, 0, 0, 0],
        );
        assert.deepEqual(fs.readdirSync(place), []);
    });

    it("takes over the lock and the half-made folder of a process that was killed", async () => {
        const place = folder();
        const lock = path.join(place, "it.lock");
        const target = path.join(place, "made", "thing");
        const script = `
            const { makeFolder, withLock } = require(process.argv[1]);
            withLock(process.argv[2], () => {}, () => makeFolder(process.argv[3], async (folder) => {
                require("node:fs").writeFileSync(folder + "/half", "");
                console.log("half");
                await new Promise((resolve) => setTimeout(resolve, 600_000));
            }));`;
        const child = spawn(process.execPath, ["-e", script, common, lock, target], {
            stdio: ["ignore", "pipe", "inherit"],
        });
        await once(child.stdout, "data");
        child.kill("SIGKILL");
        await once(child, "exit");
        assert.equal(fs.existsSync(target), false);
        await withLock(lock, silent, () =>
            makeFolder(target, async (temporary) => fs.writeFileSync(path.join(temporary, "whole"), "")),
        );
        assert.deepEqual(fs.readdirSync(path.join(place, "made")), ["thing"]);
        assert.deepEqual(fs.readdirSync(target), ["whole"]);
    });

    it("leaves nothing when filling a folder fails", async () => {
        const place = folder();
        const failing = makeFolder(path.join(place, "thing"), async (temporary) => {
            fs.writeFileSync(path.join(temporary, "half"), "");
            throw new Error("broken off");
        });
        await assert.rejects(failing, /broken off/);
        assert.deepEqual(fs.readdirSync(place), []);
    });

    for (const [signal, ending] of [
        ["SIGTERM", { code: 143, signal: null }],
        ["SIGKILL", { code: null, signal: "SIGKILL" }],
    ] as const) {
        it(`takes its programs along when it is ended by ${signal}`, async () => {
            const place = folder();
            const script = `
                const { run } = require(process.argv[1]);
                run("sh", ["-c", "sleep 600 & echo $! > " + process.argv[2] + "/pid; wait"], { long: true });`;
            const child = spawn(process.execPath, ["-e", script, common, place], { stdio: "ignore" });
            const file = path.join(place, "pid");
            while (!fs.existsSync(file) || fs.readFileSync(file, "utf8") === "") await pause();
            child.kill(signal);
            const [code, by] = (await once(child, "exit")) as [number | null, string | null];
            assert.deepEqual({ code, signal: by }, ending);
            const pid = Number(fs.readFileSync(file, "utf8"));
            while (isRunning(pid)) await pause();
        });
    }
});

function pause(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, 20));
}
