import assert from "node:assert/strict";
import { existsSync, statSync, writeFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { processInfo } from "../../local/node/processes";
import { begin, cleanEnvironment, dataPerTest, run, statusOf, type Status } from "./support";

describe("cli: the service", function () {
    this.timeout(60_000);
    let data: string;
    dataPerTest((place) => ({ data } = place));

    const status = () => statusOf(data);
    const gone = async (pid: number) => {
        for (let waited = 0; processInfo(pid) !== undefined; waited += 20) {
            assert.ok(waited < 20_000, `process ${pid} still runs`);
            await new Promise((resolve) => setTimeout(resolve, 20));
        }
    };

    it("starts, tells where it is, keeps its endpoints over a restart, and ends on SIGTERM and Ctrl-C", async () => {
        const seen: Status[] = [];
        for (const signal of ["SIGTERM", "SIGINT"] as const) {
            const { child, ended, said } = begin(["start", "--data", data]);
            await said("Healthy after");
            const now = await status();
            assert.ok(now.running && now.healthy);
            assert.equal(now.pids.service, child.pid);
            assert.deepEqual(
                now.accounts.map(({ name, resourceGroup }) => [name, resourceGroup]),
                [["batchlocal", "batchlocal"]],
            );
            assert.equal(statSync(path.join(data, "service.json")).mode & 0o777, 0o600);
            seen.push(now);
            child.kill(signal);
            const { code, stdout, stderr } = await ended;
            assert.equal(code, 0, stderr);
            assert.match(stdout, /Ended\.\n$/);
            for (const pid of Object.values(now.pids)) await gone(pid);
            const after = await run(["status", "--data", data]);
            assert.equal(after.code, 1);
            assert.match(after.stdout, /^not running/);
        }
        const [first, second] = seen;
        assert.deepEqual(second?.endpoints, first?.endpoints);
        assert.deepEqual(second?.accounts, first?.accounts);
    });

    it("refuses a second process on the same data directory with one line, and takes over after kill -9", async () => {
        const first = begin(["start", "--data", data]);
        await first.said("Healthy after");
        const pids = (await status()).pids;
        const second = await run(["start", "--data", data]);
        assert.equal(second.code, 1);
        assert.match(
            second.stderr,
            new RegExp(`^error: .* is served by process ${first.child.pid} already; .*\n$`),
        );
        first.child.kill("SIGKILL");
        await first.ended;
        for (const pid of Object.values(pids)) await gone(pid);
        assert.equal((await status()).running, false);
        const third = begin(["start", "--data", data]);
        await third.said("Healthy after");
        third.child.kill("SIGTERM");
        assert.equal((await third.ended).code, 0);
    });

    it("serves in the background with --detach until stop; reset removes everything", async () => {
        const started = await run(["start", "--detach", "--data", data]);
        assert.equal(started.code, 0, started.stderr);
        const { pids } = await status();
        const again = await run(["start", "--detach", "--data", data]);
        assert.equal(again.code, 1);
        assert.match(again.stderr, /is served by process \d+ already/);
        const logs = await run(["logs", "--data", data]);
        assert.match(logs.stdout, /INFO {2}serving/);
        const stopped = await run(["stop", "--data", data]);
        assert.equal(stopped.stdout, "ended\n");
        for (const pid of Object.values(pids)) await gone(pid);
        assert.ok(existsSync(data));
        assert.equal((await run(["reset", "--data", data])).code, 0);
        assert.ok(!existsSync(data));
        assert.equal((await run(["stop", "--data", data])).code, 0);
    });

    it("says in one line that its port is in use, also in the background", async () => {
        const server = net.createServer().listen(0, "127.0.0.1");
        await new Promise((resolve) => server.once("listening", resolve));
        const { port } = server.address() as net.AddressInfo;
        try {
            for (const more of [[], ["--detach"]]) {
                const { code, stderr } = await run([
                    "start",
                    "--port",
                    String(port),
                    "--data",
                    data,
                    ...more,
                ]);
                assert.equal(code, 1);
                assert.match(
                    stderr,
                    new RegExp(
                        `^error: port ${port} of 127\\.0\\.0\\.1 is used by another program; [^\n]*\n$`,
                    ),
                );
            }
            assert.equal((await status()).running, false);
        } finally {
            server.close();
        }
    });

    it("takes another port when the kept one is used, and says so in the log", async () => {
        await run(["start", "--detach", "--data", data]);
        const before = await status();
        await run(["stop", "--data", data]);
        const taken = [
            before.endpoints.resourceManager,
            before.endpoints.blob,
            before.accounts[0]?.endpoint,
        ].map((url) => net.createServer().listen(Number(new URL(url ?? "").port), "127.0.0.1"));
        try {
            const started = await run(["start", "--detach", "--data", data]);
            assert.equal(started.code, 0, started.stderr);
            const now = await status();
            assert.ok(now.healthy);
            assert.notEqual(now.endpoints.resourceManager, before.endpoints.resourceManager);
            assert.notEqual(now.endpoints.blob, before.endpoints.blob);
            assert.notEqual(now.accounts[0]?.endpoint, before.accounts[0]?.endpoint);
            assert.match((await run(["logs", "--data", data])).stdout, /WARN .*another program took/);
        } finally {
            for (const server of taken) server.close();
        }
    });

    it("keeps nothing in memory, and is found all the same", async () => {
        const env = cleanEnvironment({ BATCHLOCAL_DATA: data });
        const started = await run(["start", "--in-memory", "--detach"], { env });
        assert.equal(started.code, 0, started.stderr);
        assert.ok((await status()).healthy);
        await run(["stop"], { env });
        assert.ok(!existsSync(path.join(data, "in-memory")));
        assert.ok(!existsSync(path.join(data, "store")));
        const both = await run(["start", "--in-memory", "--data", data]);
        assert.equal(both.code, 2);
    });

    it("refuses wrong usage with exit code 2 and one line", async () => {
        const cases: [string[], RegExp][] = [
            [["start", "--nonsense"], /unknown option '--nonsense'/],
            [["start", "--port", "x"], /--port 'x' is no port; allowed: 1 to 65535/],
            [["start", "--speed", "0"], /--speed '0' is no speed/],
            [
                ["start", "--elevation", "god"],
                /--elevation 'god' is not known; allowed: sandbox, as-me, refuse/,
            ],
            [["start", "extra"], /too many arguments/],
            [["exec"], /missing required argument 'command'/],
            [["nonsense"], /unknown command 'nonsense'/],
            [["env", "--shell", "fish"], /Allowed choices are sh, powershell, dotenv, json/],
        ];
        for (const [args, message] of cases) {
            const { code, stderr } = await run(args, { env: cleanEnvironment({ BATCHLOCAL_DATA: data }) });
            assert.equal(code, 2, `${args.join(" ")}: ${stderr}`);
            assert.match(stderr, message);
            assert.doesNotMatch(stderr, /\n\s+at /);
        }
        assert.ok(!existsSync(data));
    });

    it("refuses a data directory of a newer version, and one whose keys are damaged", async () => {
        await run(["start", "--detach", "--data", data]);
        await run(["stop", "--data", data]);
        writeFileSync(path.join(data, "identity", "identity.json"), "{");
        const damaged = await run(["start", "--data", data]);
        assert.equal(damaged.code, 1);
        assert.match(damaged.stderr, /^error: .*identity\.json is damaged.*\n$/);
        const { DatabaseSync } = await import("node:sqlite");
        const database = new DatabaseSync(path.join(data, "store", "state.db"));
        database.exec("PRAGMA user_version = 999");
        database.close();
        const newer = await run(["start", "--data", data]);
        assert.equal(newer.code, 1);
        assert.match(newer.stderr, /^error: .*layout 999.*\n$/);
    });
});
