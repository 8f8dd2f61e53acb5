import { match, ok, strictEqual } from "node:assert";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { TestHost, node, until } from "./support";

/** Whether this machine lets us make the namespaces and overlays of a sandbox, found out without the code that makes them. */
function kernelAllows(): boolean {
    const script = `d=$(mktemp -d) && mkdir $d/u $d/w && mount -t overlay o -o lowerdir=/etc,upperdir=$d/u,workdir=$d/w,userxattr /etc`;
    return spawnSync("unshare", ["-Urm", "sh", "-c", script]).status === 0;
}

describe("an elevated command", function () {
    this.timeout(30_000);

    it("is run as the user where that was asked for", async () => {
        const host = new TestHost({ elevation: "as-me" });
        strictEqual((await host.run({ commandLine: "true", elevated: true })).exitCode, 0);
        await host.close();
    });

    it("is refused with what to do where that was asked for, and others are not", async () => {
        const host = new TestHost({ elevation: "refuse" });
        const ended = await host.run({ commandLine: "true", elevated: true });
        strictEqual(ended.exitCode, undefined);
        match(JSON.stringify(ended.failureInfo), /--elevation sandbox/);
        strictEqual((await host.run({ commandLine: "true" })).exitCode, 0);
        await host.close();
    });

    it("fails with what to do where the sandbox cannot be made", async () => {
        const path = process.env.PATH;
        process.env.PATH = "/nowhere";
        const host = new TestHost({
            elevation: "sandbox",
            namespace: false,
            environment: { PATH: path ?? "" },
        });
        process.env.PATH = path;
        const ended = await host.run({ commandLine: "true", elevated: true });
        match(JSON.stringify(ended.failureInfo), /CommandLaunchFailed.*--elevation as-me/);
        await host.close();
    });

    if (!kernelAllows()) {
        it("cannot be tested in its sandbox: this kernel allows none");
        return;
    }

    for (const namespace of [true, false]) {
        describe(`in the sandbox of its node, ${namespace ? "with" : "without"} a process namespace`, () => {
            let host: TestHost;
            before(() => void (host = new TestHost({ elevation: "sandbox", namespace })));
            after(() => host.close());
            const marker = `/etc/batchlocal-test-${process.pid}-${namespace}`;

            let count = 0;
            const run = async (commandLine: string, elevated = true, onNode = node) => {
                const directory = `workitems/s${String(namespace)}/job-1/t${(count += 1)}`;
                const ended = await host.run({ commandLine, elevated, directory, node: onNode });
                const read = (name: string) =>
                    readFileSync(join(host.host.rootOf(onNode), directory, name), "utf8");
                return {
                    ended,
                    out: ended.exitCode === undefined ? "" : read("stdout.txt"),
                    err: () => read("stderr.txt"),
                };
            };

            it("is root there, and what it writes to the machine is seen by the node's commands only", async () => {
                strictEqual((await run("id -u")).out, "0\n");
                const wrote = await run(
                    `sh -c "echo inside > ${marker}; echo more >> /etc/hostname; mkdir /usr/local/added; touch /batchlocal-test; true"`,
                );
                strictEqual(wrote.ended.exitCode, 0, wrote.err());
                ok(!existsSync(marker));
                ok(!existsSync("/usr/local/added"));
                ok(!existsSync("/batchlocal-test"));
                ok(!readFileSync("/etc/hostname", "utf8").includes("more"));
                strictEqual((await run(`cat ${marker}`)).out, "inside\n");
                strictEqual((await run(`cat ${marker}`, false)).out, "inside\n");
            });

            it("leaves its files in the node's directories, as everyone's", async () => {
                await run(`sh -c "echo shared > ${host.path("shared/file")}; echo here > file"`);
                strictEqual(readFileSync(host.path("shared/file"), "utf8"), "shared\n");
                strictEqual((await run(`cat ${host.path("shared/file")}`, false)).out, "shared\n");
            });

            it("can install a package, which the node's commands then have", async () => {
                const folder = mkdtempSync(join(tmpdir(), "deb-"));
                if (spawnSync("dpkg-deb", ["--version"]).status !== 0) return;
                mkdirSync(join(folder, "p/DEBIAN"), { recursive: true });
                mkdirSync(join(folder, "p/usr/bin"), { recursive: true });
                const control =
                    "Package: batchlocal-test\nVersion: 1\nArchitecture: all\nMaintainer: Test <t@example.com>\nDescription: test\n";
                writeFileSync(join(folder, "p/DEBIAN/control"), control);
                writeFileSync(join(folder, "p/usr/bin/batchlocal-test"), "#!/bin/sh\necho installed\n", {
                    mode: 0o755,
                });
                execFileSync("dpkg-deb", [
                    "--root-owner-group",
                    "--build",
                    join(folder, "p"),
                    join(folder, "p.deb"),
                ]);
                const installed = await run(`dpkg -i ${join(folder, "p.deb")}`);
                strictEqual(installed.ended.exitCode, 0, installed.err());
                strictEqual((await run("batchlocal-test", false)).out, "installed\n");
                ok(!existsSync("/usr/bin/batchlocal-test"));
                rmSync(folder, { recursive: true });
            });

            it("does not make commands that are not elevated root", async () => {
                const uid = process.getuid?.() ?? 0;
                strictEqual((await run("id -u", false)).out, `${uid}\n`);
            });

            it("keeps exit codes, missing programs, signals and the working directory as they are elsewhere", async () => {
                strictEqual((await run("sh -c 'exit 77'")).ended.exitCode, 77);
                strictEqual((await run("sh -c 'exit 127'")).ended.exitCode, 127);
                strictEqual((await run("no-such-program")).ended.failureInfo?.code, "CommandProgramNotFound");
                strictEqual((await run("sh -c 'kill -TERM $$'")).ended.exitCode, 143);
                match((await run("pwd")).out, /\/wd\n$/);
            });

            it("ends like any other when it is stopped", async () => {
                const attempt = host.start({
                    commandLine: "sh -c 'setsid sleep 500 & sleep 500'",
                    elevated: true,
                });
                await host.started(attempt);
                host.perform({ do: "stop", attempt });
                const ended = await host.ended(attempt);
                strictEqual(ended.stopped, true);
            });

            it("does not reach other nodes", async () => {
                const other = "acct/pool/tvm-2";
                ok((await run(`cat ${marker}`, false, other)).ended.exitCode !== 0);
                ok((await run(`cat ${marker}`, true, other)).ended.exitCode !== 0);
            });

            it("has lasting effect through a reboot, and none after a reimage", async () => {
                const clear = async (boot: number, wipe: boolean) => {
                    host.perform({ do: "clearNode", node, boot, wipe });
                    await host.event(
                        (event) => event.event === "nodeCleared" && event.boot === boot && event,
                    );
                };
                await clear(2, false);
                strictEqual((await run(`cat ${marker}`, false)).out, "inside\n");
                await clear(3, true);
                ok((await run(`cat ${marker}`, false)).ended.exitCode !== 0);
                ok((await run(`cat ${marker}`)).ended.exitCode !== 0);
            });

            it("costs nothing on nodes without one", async () => {
                await host.run({ commandLine: "true", node: "acct/pool/tvm-3", directory: "workitems/x" });
                ok(!existsSync(join(host.host.rootOf("acct/pool/tvm-3"), "../overlay")));
            });
        });
    }
    it("is gone with its host", async () => {
        const host = new TestHost({ elevation: "sandbox" });
        const attempt = host.start({ commandLine: "sleep 76543.21", elevated: true });
        await host.started(attempt);
        await host.close();
        await until(() => spawnSync("pgrep", ["-f", "sleep 76543.21"]).status !== 0);
        ok(!existsSync(host.directory), output(host.directory));
    });
});

function output(directory: string): string {
    return spawnSync("find", [directory], { encoding: "utf8" }).stdout;
}
