import { ok, strictEqual } from "node:assert";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { TestHost, node, until } from "./support";

/** How many processes of this machine sleep for that odd time: each test has its own. */
function sleepers(seconds: string): number {
    return readdirSync("/proc").filter((pid) => {
        try {
            return readFileSync(`/proc/${pid}/cmdline`, "latin1") === `sleep\0${seconds}\0`;
        } catch {
            return false;
        }
    }).length;
}

/**
 * A tree that makes every effort to get away: a child, one in the background, one in a session of its own, one that is an orphan in
 * a session of its own, and one that besides dropped its environment.
 */
function stubborn(seconds: string): string {
    return `sh -c "sleep ${seconds} & setsid sleep ${seconds} & (setsid sleep ${seconds} &) ; (setsid env -i sleep ${seconds} &) ; sleep ${seconds}"`;
}
const stubbornCount = 5;

let unique = 0;
const oddTime = () => `${90_000 + (unique += 1)}.${process.pid}`;

for (const namespace of [true, false]) {
    describe(`processes of a node, ${namespace ? "with" : "without"} a process namespace`, function () {
        this.timeout(30_000);
        let host: TestHost;
        before(() => void (host = new TestHost({ namespace })));
        after(() => host.close());

        it("all end when their run is stopped, and it says so", async () => {
            const time = oddTime();
            const attempt = host.start({ commandLine: stubborn(time) });
            await until(() => sleepers(time) === stubbornCount);
            host.perform({ do: "stop", attempt });
            const ended = await host.ended(attempt);
            strictEqual(ended.stopped, true);
            strictEqual(ended.exitCode, 137);
            strictEqual(ended.failureInfo, undefined);
            await until(() => sleepers(time) === 0);
        });

        it("leave other runs alone when one is stopped", async () => {
            const [one, other] = [oddTime(), oddTime()];
            const attempts = [
                host.start({ commandLine: stubborn(one) }),
                host.start({ commandLine: stubborn(other) }),
            ];
            await until(() => sleepers(one) === stubbornCount && sleepers(other) === stubbornCount);
            host.perform({ do: "stop", attempt: attempts[0] ?? "" });
            await host.ended(attempts[0] ?? "");
            await until(() => sleepers(one) === 0);
            strictEqual(sleepers(other), stubbornCount);
            host.perform({ do: "stop", attempt: attempts[1] ?? "" });
            await host.ended(attempts[1] ?? "");
            await until(() => sleepers(other) === 0);
        });

        it("all end when their run reaches its wall clock", async () => {
            const time = oddTime();
            const ended = await host.run({ commandLine: stubborn(time), wallClock: 500 });
            strictEqual(ended.failureInfo?.code, "TaskEnded");
            await until(() => sleepers(time) === 0);
        });

        it("that stay behind in the background end with their run, those that broke away do at the node's reboot", async () => {
            const [stays, breaks] = [oddTime(), oddTime()];
            await host.run({
                commandLine: `sh -c "sleep ${stays} & (setsid sleep ${breaks} &) ; sleep 0.2"`,
            });
            await until(() => sleepers(stays) === 0);
            strictEqual(sleepers(breaks), 1);
            host.perform({ do: "clearNode", node, boot: 2, wipe: false });
            await host.event((event) => event.event === "nodeCleared" && event.boot === 2 && event);
            await until(() => sleepers(breaks) === 0);
        });

        it("that a run may leave behind live on after it, until they are ended by its name", async () => {
            const [left, other] = [oddTime(), oddTime()];
            const leaving = host.start({ commandLine: `sh -c "sleep ${left} &"`, leaveRunning: true });
            await host.ended(leaving);
            const kept = host.start({ commandLine: `sh -c "sleep ${other} &"`, leaveRunning: true });
            await host.ended(kept);
            await until(() => sleepers(left) === 1 && sleepers(other) === 1);
            host.perform({ do: "endLeft", attempt: leaving });
            await until(() => sleepers(left) === 0);
            strictEqual(sleepers(other), 1);
            host.perform({ do: "clearNode", node, boot: 7, wipe: false });
            await host.event((event) => event.event === "nodeCleared" && event.boot === 7 && event);
            await until(() => sleepers(other) === 0);
        });

        it("end with a reboot, after which the node's files are still there and with a reimage are not", async () => {
            const time = oddTime();
            const attempt = host.start({
                commandLine: stubborn(time),
                directory: "workitems/reboot/job-1/t",
            });
            await until(() => sleepers(time) === stubbornCount);
            host.perform({ do: "clearNode", node, boot: 3, wipe: false });
            await host.event((event) => event.event === "nodeCleared" && event.boot === 3 && event);
            const order = host.events.map((event) => (event.event === "ended" ? event.attempt : event.event));
            ok(
                order.lastIndexOf(attempt) < order.lastIndexOf("nodeCleared"),
                "the run ends before its node is clear",
            );
            await until(() => sleepers(time) === 0);
            ok(existsSync(host.path("workitems/reboot/job-1/t/wd")));
            host.perform({ do: "clearNode", node, boot: 4, wipe: true });
            await host.event((event) => event.event === "nodeCleared" && event.boot === 4 && event);
            ok(!existsSync(host.path("workitems/reboot")));
            ok(existsSync(host.path("shared")));
        });

        it("end with their node, whose files go too, and a node of that name can come back at once", async () => {
            const time = oddTime();
            const attempt = host.start({ commandLine: stubborn(time), directory: "workitems/drop/job-1/t" });
            await until(() => sleepers(time) === stubbornCount);
            host.perform({ do: "dropNode", node }, { do: "openNode", node, address: "127.0.1.1" });
            await host.ended(attempt);
            await until(() => sleepers(time) === 0);
            strictEqual((await host.run({ commandLine: "true" })).exitCode, 0);
            ok(!existsSync(host.path("workitems/drop")));
        });

        it("end with the spawner; their nodes are lost and the next run is started by another one", async () => {
            const time = oddTime();
            host.start({ commandLine: stubborn(time) });
            await until(() => sleepers(time) === stubbornCount);
            const [pid = ""] = readFileSync(join(host.directory, "processes"), "utf8").split(" ");
            process.kill(Number(pid), "SIGKILL");
            await host.event((event) => event.event === "nodeLost" && event.node === node && event);
            await until(() => sleepers(time) === 0);
            strictEqual((await host.run({ commandLine: "true" })).exitCode, 0);
        });

        it("end when the host closes", async () => {
            const own = new TestHost({ namespace });
            const time = oddTime();
            own.start({ commandLine: stubborn(time) });
            await until(() => sleepers(time) === stubbornCount);
            await own.close();
            await until(() => sleepers(time) === 0);
        });

        const service = async (time: string, directory: string) => {
            const script = join(__dirname, "hostProcess.ts");
            const args = [
                "-r",
                "ts-node/register/transpile-only",
                script,
                directory,
                String(namespace),
                stubborn(time),
            ];
            const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
            await new Promise((resolve) => child.stdout.once("data", resolve));
            await until(() => sleepers(time) === stubbornCount);
            return child;
        };

        it("end when the service is killed with -9", async () => {
            const directory = mkdtempSync(join(tmpdir(), "nodes-"));
            const time = oddTime();
            const child = await service(time, directory);
            child.kill("SIGKILL");
            await until(() => sleepers(time) === 0);
            rmSync(directory, { recursive: true, force: true });
        });

        it("end at the latest when the service starts again, if service and spawner were killed with -9 at once", async () => {
            const directory = mkdtempSync(join(tmpdir(), "nodes-"));
            const time = oddTime();
            const child = await service(time, directory);
            const [pid = ""] = readFileSync(join(directory, "processes"), "utf8").split(" ");
            child.kill("SIGSTOP");
            process.kill(Number(pid), "SIGKILL");
            child.kill("SIGKILL");
            if (namespace) await until(() => sleepers(time) === 0);
            const next = new TestHost({ namespace, directory });
            await until(() => sleepers(time) === 0);
            await next.close();
        });
    });
}
