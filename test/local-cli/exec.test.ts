import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { begin, cleanEnvironment, dataPerTest, run, statusOf } from "./support";

describe("cli: exec and env", function () {
    this.timeout(60_000);
    let folder: string;
    let data: string;
    dataPerTest((place) => ({ folder, data } = place));

    const status = () => statusOf(data);
    const node = (script: string) => ["--", process.execPath, "-e", script];

    it("gives the command's exit code and ends the service with it", async () => {
        const { code, stdout } = await run([
            "exec",
            "--data",
            data,
            "--",
            "/bin/sh",
            "-c",
            "echo $BATCHLOCAL_DATA; exit 37",
        ]);
        assert.equal(code, 37);
        assert.equal(stdout, `${data}\n`);
        assert.equal((await status()).running, false);
        assert.equal((await run(["exec", "--data", data, "--", "/bin/sh", "-c", "kill -KILL $$"])).code, 137);
        const missing = await run(["exec", "--data", data, "--", "no-such-program-here"]);
        assert.equal(missing.code, 127);
        assert.match(missing.stderr, /error: no-such-program-here: there is no such program on PATH\n$/);
    });

    it("passes arguments as they are, without a -- as well", async () => {
        const script = "console.log(JSON.stringify(process.argv.slice(1)))";
        const words = ["--data", "x y", "-f", "*", "--", "'"];
        const { stdout } = await run([
            "exec",
            "--data",
            data,
            process.execPath,
            "-e",
            script,
            "--",
            ...words,
        ]);
        assert.deepEqual(JSON.parse(stdout), words);
    });

    it("uses a service that serves already and leaves it alone", async () => {
        await run(["start", "--detach", "--data", data]);
        const before = await status();
        const { code, stdout } = await run([
            "exec",
            "--data",
            data,
            ...node("console.log(process.env.AZURE_BATCH_ENDPOINT)"),
        ]);
        assert.equal(code, 0);
        assert.equal(stdout.trim(), before.accounts[0]?.endpoint);
        assert.deepEqual(await status(), before);
    });

    it("hands a signal on and waits for the command", async () => {
        const script =
            "process.on('SIGTERM', () => setTimeout(() => process.exit(9), 50)); console.log('ready'); setInterval(() => {}, 1000)";
        const { child, ended, said } = begin(["exec", "--data", data, ...node(script)]);
        await said("ready");
        child.kill("SIGTERM");
        assert.equal((await ended).code, 9);
        assert.equal((await status()).running, false);
    });

    it("shares one service among commands that begin at the same time", async () => {
        const script = "setTimeout(() => console.log(process.env.AZURE_BATCH_ENDPOINT), 1500)";
        const results = await Promise.all([1, 2].map(() => run(["exec", "--data", data, ...node(script)])));
        assert.deepEqual(
            results.map(({ code }) => code),
            [0, 0],
            JSON.stringify(results),
        );
        assert.equal(results[0]?.stdout, results[1]?.stdout);
    });

    it("leads a client to Batch by key and by token, and refuses every wrong credential", async () => {
        const { code, stdout, stderr } = await run([
            "exec",
            "--data",
            data,
            "--",
            process.execPath,
            path.join(__dirname, "stranger.js"),
        ]);
        assert.equal(code, 0, stderr);
        const { results, account } = JSON.parse(stdout) as {
            results: Record<string, number>;
            account: Record<string, unknown>;
        };
        assert.deepEqual(results, {
            "key https": 200,
            "key http": 200,
            "wrong key": 403,
            "old clock": 403,
            token: 200,
            "token of another resource": 401,
            "token with alg none": 401,
            // As recorded of the service: a request without the header is malformed.
            nothing: 400,
            "resource manager": 200,
            "resource manager, token of Batch": 401,
            "resource manager, nothing": 401,
            metadata: 200,
            "wrong identity header": 401,
            "old key": 403,
            "new key": 200,
        });
        assert.equal(account.dedicatedCoreQuota, 500);
        assert.equal(account.poolQuota, 100);
        assert.equal(account.activeJobAndJobScheduleQuota, 300);
        assert.deepEqual(account.allowedAuthenticationModes, ["SharedKey", "AAD"]);
        const { storageAccountId } = account.autoStorage as { storageAccountId: string };
        assert.match(storageAccountId, /storageAccounts\/batchlocal$/);
    });

    it("lets a task sign in as the identity of its pool, and no other task", async () => {
        const script = path.join(__dirname, "task-identity.js");
        const { code, stdout, stderr } = await run(["exec", "--data", data, "--", process.execPath, script]);
        assert.equal(code, 0, stderr);
        const { seen, principalId } = JSON.parse(stdout) as {
            seen: Record<string, string>;
            principalId: string;
        };
        assert.deepEqual(seen, { with: `200 ${principalId}`, without: "none" });
    });

    it("writes no secret into the log", async () => {
        await run(["exec", "--data", data, "--", process.execPath, path.join(__dirname, "stranger.js")]);
        assert.equal(statSync(data).mode & 0o777, 0o700);
        const identity = JSON.parse(readFileSync(path.join(data, "identity", "identity.json"), "utf8")) as {
            client: { clientSecret: string };
            identityHeader: string;
        };
        for (const file of readdirSync(path.join(data, "logs"))) {
            const text = readFileSync(path.join(data, "logs", file), "utf8");
            assert.ok(
                !text.includes(identity.client.clientSecret) && !text.includes(identity.identityHeader),
            );
        }
    });

    it("sets az up in a directory of its own when az is on PATH", async () => {
        const bin = path.join(folder, "bin");
        mkdirSync(bin);
        // Says what it was asked, as far as the order and the places matter.
        const az =
            '#!/bin/sh\nprintf "%s %s\\n" "$AZURE_CONFIG_DIR" "$1 $2" >> "$AZ_CALLS"\n[ "$1" = cloud ] && touch "$AZURE_CONFIG_DIR/clouds.config"\nexit 0\n';
        writeFileSync(path.join(bin, "az"), az, { mode: 0o755 });
        const calls = path.join(folder, "calls");
        const env = cleanEnvironment({ PATH: `${bin}:${process.env.PATH}`, AZ_CALLS: calls });
        const { stdout } = await run(
            ["exec", "--data", data, "--", "/bin/sh", "-c", "echo $AZURE_CONFIG_DIR"],
            { env },
        );
        assert.equal(stdout.trim(), path.join(data, "az"));
        const asked = readFileSync(calls, "utf8").trim().split("\n");
        assert.deepEqual(
            asked,
            ["cloud register", "cloud set", "login --service-principal"].map(
                (words) => `${path.join(data, "az")} ${words}`,
            ),
        );
        await run(["exec", "--data", data, "--", "true"], { env });
        assert.equal(readFileSync(calls, "utf8").trim().split("\n").length, 3, "it is set up once");
        assert.ok(!existsSync(path.join(data, "az", "secret")));
    });

    it("prints for env what exec sets", async () => {
        await run(["start", "--detach", "--data", data]);
        const printed = await run(["env", "--shell", "json", "--data", data]);
        assert.equal(printed.code, 0, printed.stderr);
        const variables = JSON.parse(printed.stdout) as Record<string, string | null>;
        const { stdout } = await run([
            "exec",
            "--data",
            data,
            "--",
            process.execPath,
            "-e",
            "console.log(JSON.stringify(process.env))",
        ]);
        const given = JSON.parse(stdout) as Record<string, string>;
        for (const [name, value] of Object.entries(variables)) assert.equal(given[name] ?? null, value, name);
        await run(["stop", "--data", data]);
        const without = await run(["env", "--data", data]);
        assert.equal(without.code, 1);
        assert.match(without.stderr, /no service is serving .*; start one with `batchlocal start`/);
    });
});
