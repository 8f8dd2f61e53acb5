import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { existsSync, readFileSync, realpathSync, statSync, writeFileSync } from "node:fs";

import { TestHost, node } from "./support";

describe("a run on a node", function () {
    this.timeout(20_000);
    let host: TestHost;
    before(() => void (host = new TestHost()));
    after(() => host.close());

    const text = (directory: string, name = "stdout.txt") => readFileSync(host.path(directory, name), "utf8");

    it("works in its wd and writes stdout.txt and stderr.txt beside it", async () => {
        const ended = await host.run({
            directory: "workitems/j/job-1/t",
            commandLine: `sh -c "pwd; echo problem >&2; echo kept > file"`,
        });
        strictEqual(ended.exitCode, 0);
        strictEqual(ended.failureInfo, undefined);
        strictEqual(text("workitems/j/job-1/t"), `${realpathSync(host.path("workitems/j/job-1/t/wd"))}\n`);
        strictEqual(text("workitems/j/job-1/t", "stderr.txt"), "problem\n");
        strictEqual(text("workitems/j/job-1/t/wd", "file"), "kept\n");
    });

    it("finds the node's directories laid out as documented", () => {
        for (const name of ["applications", "fsmounts", "shared", "startup/wd", "volatile", "workitems"]) {
            ok(statSync(host.path(name)).isDirectory(), name);
        }
    });

    it("sees the base environment, its own variables with {root} filled in, and nothing of the service's", async () => {
        process.env.SERVICE_SECRET = "do-not-show";
        await host.run({
            directory: "workitems/j/job-1/env",
            commandLine: "env",
            environment: {
                AZ_BATCH_NODE_ROOT_DIR: "{root}",
                AZ_BATCH_NODE_SHARED_DIR: "{root}/shared",
                MINE: "a b",
            },
        });
        delete process.env.SERVICE_SECRET;
        const lines = text("workitems/j/job-1/env").trim().split("\n");
        const names = lines.map((line) => line.split("=")[0]).sort();
        deepStrictEqual(names, [
            "AZ_BATCH_NODE_ROOT_DIR",
            "AZ_BATCH_NODE_SHARED_DIR",
            "BATCHLOCAL_RUN",
            "HOME",
            "LANG",
            "MINE",
            "PATH",
        ]);
        ok(lines.includes(`AZ_BATCH_NODE_ROOT_DIR=${host.host.rootOf(node)}`));
        ok(lines.includes(`AZ_BATCH_NODE_SHARED_DIR=${host.host.rootOf(node)}/shared`));
        ok(lines.includes("HOME=/nowhere"));
    });

    it("gives each exit code as it is, and FailureExitCode with the service's details for all but 0", async () => {
        for (const code of [0, 1, 2, 77, 126, 127, 255]) {
            const ended = await host.run({ commandLine: `sh -c 'exit ${code}'` });
            strictEqual(ended.exitCode, code);
            strictEqual(ended.failureInfo?.code, code === 0 ? undefined : "FailureExitCode");
        }
        const { failureInfo } = await host.run({ commandLine: "false" });
        strictEqual(failureInfo?.category, "usererror");
        strictEqual(failureInfo.message, "The task exited with an exit code representing a failure");
        deepStrictEqual(failureInfo.details, [
            { name: "Message", value: "The task process exited with an unexpected exit code" },
            { name: "AdditionalErrorCode", value: "FailureExitCode" },
        ]);
    });

    it("reports a signal as 128 and its number", async () => {
        strictEqual((await host.run({ commandLine: "sh -c 'kill -TERM $$'" })).exitCode, 143);
        strictEqual((await host.run({ commandLine: "sh -c 'kill -KILL $$'" })).exitCode, 137);
    });

    it("fails with CommandProgramNotFound and no exit code where there is no such program", async () => {
        const ended = await host.run({ commandLine: "no-such-program --flag" });
        strictEqual(ended.exitCode, undefined);
        strictEqual(ended.failureInfo?.code, "CommandProgramNotFound");
        strictEqual(
            (await host.run({ commandLine: "/no/such/program" })).failureInfo?.code,
            "CommandProgramNotFound",
        );
    });

    it("fails with CommandLaunchFailed where the program may not be run or the line cannot be split", async () => {
        const directory = "workitems/j/job-1/denied";
        await host.run({ directory, commandLine: "true" });
        writeFileSync(host.path(directory, "wd", "plain"), "#!/bin/sh\n", { mode: 0o600 });
        strictEqual(
            (await host.run({ directory, commandLine: "./plain" })).failureInfo?.code,
            "CommandLaunchFailed",
        );
        const ended = await host.run({ commandLine: 'echo "open' });
        strictEqual(ended.failureInfo?.code, "CommandLaunchFailed");
        match(JSON.stringify(ended.failureInfo.details), /double quote at character 6/);
    });

    it("does not run its command line in a shell", async () => {
        await host.run({ directory: "workitems/j/job-1/plain", commandLine: "echo $HOME ; * > x" });
        strictEqual(text("workitems/j/job-1/plain"), "$HOME ; * > x\n");
    });

    it("keeps the working directory on a retry and starts its streams anew", async () => {
        const directory = "workitems/j/job-1/retried";
        await host.run({ directory, commandLine: "sh -c 'echo first; echo x > left; exit 3'" });
        await host.run({ directory, commandLine: "sh -c 'cat left'" });
        strictEqual(text(directory), "x\n");
    });

    it("is ended at its wall clock with TaskEnded", async () => {
        const ended = await host.run({ commandLine: "sleep 600", wallClock: 200 });
        strictEqual(ended.exitCode, 137);
        strictEqual(ended.failureInfo?.code, "TaskEnded");
        strictEqual(ended.stopped, undefined);
    });

    it("answers a command given twice by one run", async () => {
        const attempt = host.start({
            attempt: "twice",
            commandLine: "sh -c 'echo once >> ../runs; sleep 0.2'",
            directory: "shared/twice",
        });
        host.start({
            attempt: "twice",
            commandLine: "sh -c 'echo once >> ../runs; sleep 0.2'",
            directory: "shared/twice",
        });
        await host.ended(attempt);
        await host.run({ commandLine: "true" });
        strictEqual(text("shared/twice", "runs"), "once\n");
        strictEqual(
            host.events.filter((event) => event.event === "ended" && event.attempt === attempt).length,
            1,
        );
    });

    it("may write more than fits a pipe", async () => {
        const directory = "workitems/j/job-1/huge";
        const ended = await host.run({ directory, commandLine: "head -c 50000000 /dev/zero" });
        strictEqual(ended.exitCode, 0);
        strictEqual(statSync(host.path(directory, "stdout.txt")).size, 50_000_000);
    });

    it("may not have a directory outside of its node", async () => {
        const ended = await host.run({ directory: "../../elsewhere", commandLine: "true" });
        strictEqual(ended.failureInfo?.code, "ResourceDirectoryCreateFailed");
        ok(!existsSync(host.path("../../elsewhere")));
    });

    it("is one of 200 at once, each with its own files and exit code", async () => {
        const attempts = Array.from({ length: 200 }, (_, index) =>
            host.start({
                directory: `workitems/many/job-1/t${index}`,
                commandLine: `sh -c 'echo ${index}; exit ${index % 5}'`,
            }),
        );
        const codes = (await Promise.all(attempts.map((attempt) => host.ended(attempt)))).map(
            (ended) => ended.exitCode,
        );
        deepStrictEqual(
            codes,
            attempts.map((_, index) => index % 5),
        );
        for (let index = 0; index < 200; index += 1)
            strictEqual(text(`workitems/many/job-1/t${index}`), `${index}\n`);
    });
});
