import { deepStrictEqual, match, ok, strictEqual, throws } from "node:assert";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { containerCommand } from "../../local/node/containers";
import { RunFailure } from "../../local/node/failure";
import { TestHost } from "./support";

const containerSettings = { imageName: "alpine:3" };

describe("a run with container settings", function () {
    this.timeout(30_000);
    const place = {
        root: "/n/tasks",
        working: "/n/tasks/w/wd",
        name: "batchlocal-1",
        label: "batchlocal=m",
        environment: { HOME: "/h" },
    };

    it("is a command line of the engine: the node's root at its own path, the variables by name, the command split", () => {
        const run = { commandLine: "sh -c 'echo hi'", environment: { A: "secret", B: "2" }, elevated: true };
        const settings = { imageName: "alpine:3", containerRunOptions: "--ipc host --volume '/a b:/c'" };
        deepStrictEqual(containerCommand("docker", run, settings, place), [
            ..."docker run --rm --name batchlocal-1 --label batchlocal=m --volume /n/tasks:/n/tasks".split(
                " ",
            ),
            ..."--workdir /n/tasks/w/wd --env A --env B --ipc host --volume".split(" "),
            ...["/a b:/c", "alpine:3", "sh", "-c", "echo hi"],
        ]);
        const words = containerCommand(
            "docker",
            run,
            { imageName: "x", workingDirectory: "containerImageDefault" },
            place,
        );
        ok(!words.includes("--workdir"));
    });

    it("has its own value of what the engine's client goes by too", () => {
        const run = { commandLine: "true", environment: { HOME: "/mine" }, elevated: true };
        ok(containerCommand("podman", run, containerSettings, place).includes("HOME=/mine"));
    });

    it("with options that cannot be split is refused", () => {
        const run = { commandLine: "", environment: {}, elevated: false };
        throws(
            () => containerCommand("docker", run, { imageName: "x", containerRunOptions: "'a" }, place),
            RunFailure,
        );
    });

    const answers = ["docker", "podman"].some((engine) => spawnSync(engine, ["info"]).status === 0);
    if (!answers) {
        it("fails with what to do where no engine answers", async () => {
            const host = new TestHost();
            const ended = await host.run({ commandLine: "true", containerSettings });
            strictEqual(ended.exitCode, undefined);
            strictEqual(ended.failureInfo?.code, "ContainerMiscError");
            match(JSON.stringify(ended.failureInfo), /docker info.*podman info/);
            await host.close();
        });
    }

    it("goes through the engine that answers, logs in without showing the password, and leaves no trace of it", async () => {
        // In place of an engine, which cannot be had everywhere: it shows what it was called with, and runs what follows the image.
        const folder = mkdtempSync(join(tmpdir(), "engine-"));
        const engine = `#!/bin/sh
echo "$@" >> ${folder}/calls
case $1 in run) ;; *) exit 0 ;; esac
cat "$DOCKER_CONFIG/config.json" >> ${folder}/login
while [ "$1" != image ]; do [ "$1" = --workdir ] && cd "$2"; shift; done; shift; exec "$@"
`;
        writeFileSync(join(folder, "docker"), engine);
        chmodSync(join(folder, "docker"), 0o755);
        const path = process.env.PATH;
        process.env.PATH = `${folder}:${path}`;
        const host = new TestHost({ environment: { PATH: process.env.PATH } });
        const registry = { registryServer: "r.example.com", userName: "me", password: "pass-word" };
        const ended = await host.run({
            directory: "workitems/c",
            commandLine: `sh -c 'pwd; echo $AZ_BATCH_X; exit 3'`,
            environment: { AZ_BATCH_X: "{root}" },
            containerSettings: { imageName: "image", registry },
        });
        strictEqual(ended.exitCode, 3);
        const out = readFileSync(host.path("workitems/c/stdout.txt"), "utf8");
        match(out, /workitems\/c\/wd\n.*tasks\n$/);
        strictEqual(
            (await host.run({ commandLine: "sh -c 'exit 125'", containerSettings: { imageName: "image" } }))
                .exitCode,
            undefined,
        );
        const attempt = host.start({ commandLine: "sleep 600", containerSettings: { imageName: "image" } });
        await host.started(attempt);
        host.perform({ do: "stop", attempt });
        strictEqual((await host.ended(attempt)).stopped, true);
        deepStrictEqual(
            readdirSync(host.directory).filter((name) => name.startsWith(".batchlocal")),
            [],
        );
        await host.close();
        process.env.PATH = path;
        const calls = readFileSync(join(folder, "calls"), "utf8");
        ok(!calls.includes("pass-word"));
        match(calls, /rm --force batchlocal-/);
        match(calls, /ps -aq --filter label=batchlocal=/);
        match(readFileSync(join(folder, "login"), "utf8"), /"r.example.com"/);
        rmSync(folder, { recursive: true });
    });
});
