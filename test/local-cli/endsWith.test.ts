import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { leftOver } from "../durability/service";
import { begin, cleanEnvironment, program, remove, run, statusOf, temporaryFolder } from "./support";

describe("cli: a service ends with whoever started it, where that is wished", function () {
    this.timeout(120_000);
    let folder: string;
    let runner: ChildProcess | undefined;
    beforeEach(() => (folder = temporaryFolder()));
    afterEach(async () => {
        runner?.kill("SIGKILL");
        for (const name of ["foreground", "detached", "exec"])
            await run(["stop", "--data", path.join(folder, name)]);
        remove(folder);
    });
    const data = (name: string) => path.join(folder, name);
    const healthy = async (name: string) => {
        while (!(await statusOf(data(name))).healthy) await new Promise((resolve) => setTimeout(resolve, 50));
    };

    it("in the foreground, in the background and of exec, with its command, when a test runner is killed", async () => {
        const sleeper = ["--", process.execPath, "-e", "setInterval(() => undefined, 1000)"];
        const starts = [
            ["start", "--data", data("foreground")],
            ["start", "--detach", "--data", data("detached")],
            ["exec", "--data", data("exec"), ...sleeper],
        ];
        const code = `
            process.env.BATCHLOCAL_ENDS_WITH = String(process.pid);
            const [program, starts] = process.argv.slice(1);
            for (const args of JSON.parse(starts))
                require("node:child_process").spawn(process.execPath, [program, ...args], { stdio: "ignore" });
            setInterval(() => undefined, 1000);`;
        runner = spawn(process.execPath, ["-e", code, program, JSON.stringify(starts)], {
            stdio: "ignore",
            env: cleanEnvironment(),
        });
        for (const name of ["foreground", "detached", "exec"]) await healthy(name);
        runner.kill("SIGKILL");
        assert.deepEqual(await leftOver(folder, 30_000), []);
        // As one that was told to: it withdrew itself, and its log has its last words.
        for (const name of ["foreground", "detached", "exec"]) {
            assert.ok(!existsSync(path.join(data(name), "service.json")));
            const log = readFileSync(path.join(data(name), "logs", "service.log"), "utf8");
            assert.match(log, /"msg":"ending"\}\n$/);
        }
    });

    it("at once where that process is gone already; what names none is wrong usage", async () => {
        const { pid } = spawnSync(process.execPath, ["-e", ""]);
        const env = cleanEnvironment({ BATCHLOCAL_ENDS_WITH: String(pid) });
        const { code, stdout, stderr } = await begin(["start", "--data", data("foreground")], { env }).ended;
        assert.equal(code, 0, stderr);
        assert.match(stdout, /Ended\.\n$/);
        for (const wrong of ["me", "0", "-5"]) {
            const refused = await run(["start", "--data", data("foreground")], {
                env: cleanEnvironment({ BATCHLOCAL_ENDS_WITH: wrong }),
            });
            assert.equal(refused.code, 2);
            assert.equal(
                refused.stderr,
                `error: BATCHLOCAL_ENDS_WITH is "${wrong}"; allowed: the id of the process to end with\n`,
            );
        }
    });
});
