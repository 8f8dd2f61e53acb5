import assert from "node:assert/strict";
import path from "node:path";
import { cleanEnvironment, remove, run, temporaryFolder } from "./support";

const wire = JSON.stringify(path.join(__dirname, "wire.js"));
const program = `const wire = require(${wire});
(async () => {
    await wire.makePool("empty", { scaleSettings: { fixedScale: { targetDedicatedNodes: 0 } } });
    const batch = (path, body) => wire.must(wire.toBatch("POST", path, body));
    await batch("/jobs", { id: "job", poolInfo: { poolId: "empty" } });
    await batch("/jobs/job/tasks", { id: "Task-1", commandLine: "true" });
    const arm = "https://" + process.env.ARM_METADATA_HOSTNAME;
    const ask = async (path, token, method = "GET") => {
        const response = await fetch(arm + path, { method, headers: token ? { authorization: "Bearer " + token } : {} });
        return [response.status, (await response.text()).slice(0, 200)];
    };
    const right = await wire.token("https://management.azure.com/");
    const other = await wire.token("https://batch.core.windows.net/");
    const why = "/batchlocal/why?job=job&task=task-1";
    const answers = {};
    for (const [name, path, token, method] of [
        ["none", why], ["wrong audience", why, other], ["broken", why, right.slice(0, -4) + "AAAA"],
        ["right", why, right], ["no journal", "/batchlocal/journal"], ["post", why, right, "POST"],
        ["no job", "/batchlocal/why", right], ["limit", "/batchlocal/journal?limit=0", right],
    ]) answers[name] = (await ask(path, token, method))[0];
    const metrics = await (await fetch(arm + "/metrics")).text();
    console.log(JSON.stringify({ answers, metrics }));
})().catch((error) => { console.error(error); process.exit(1); });`;

describe("cli: why, the journal and metrics", function () {
    this.timeout(60_000);
    let data: string;
    let seen: { answers: Record<string, number>; metrics: string };

    before(async () => {
        data = temporaryFolder();
        const env = cleanEnvironment();
        const started = await run(["start", "--detach", "--data", data], { env });
        assert.equal(started.code, 0, started.stderr);
        const { code, stdout, stderr } = await run(
            ["exec", "--data", data, "--", process.execPath, "-e", program],
            { env },
        );
        assert.equal(code, 0, stderr);
        seen = JSON.parse(stdout) as typeof seen;
    });
    after(async () => {
        await run(["stop", "--data", data]);
        remove(data);
    });

    it("tells why a task does not run and what happened to it", async () => {
        const { code, stdout } = await run(["why", "job/task-1", "--data", data]);
        assert.equal(code, 0);
        assert.match(stdout, /^job\/task-1 of account batchlocal is active\n {2}noNodes: pool 'empty'/);
        const json = await run(["why", "JOB/TASK-1", "--json", "--data", data]);
        const explained = JSON.parse(json.stdout) as { subject: string; reasons: { code: string }[] };
        assert.equal(explained.subject, "batchlocal/job/task-1");
        assert.deepEqual(
            explained.reasons.map((each) => each.code),
            ["noNodes"],
        );
        assert.match((await run(["why", "job", "--data", data])).stdout, /task 'Task-1': pool 'empty'/);
    });

    it("says what is wrong with a name in one line", async () => {
        for (const [what, exit, words] of [
            ["nowhere/task", 1, "There is no job 'nowhere'."],
            ["job/nobody", 1, "There is no task 'nobody' in job 'job'."],
            ["job/", 2, "names no task; give JOB/TASK"],
        ] as const) {
            const { code, stderr } = await run(["why", what, "--data", data]);
            assert.equal(code, exit);
            // In a checkout whose sources have just changed, the compiler is told of first.
            assert.match(stderr.replace(/^set-up:.*\n/gm, ""), /^error: [^\n]*\n$/);
            assert.ok(stderr.includes(words), stderr);
        }
    });

    it("prints the journal, whole or of one record", async () => {
        const all = await run(["logs", "--journal", "--data", data]);
        assert.match(all.stdout, /batchlocal\/empty resizing -> steady: resize ended/);
        const one = await run(["logs", "--subject", "batchlocal/empty", "--json", "--data", data]);
        const subjects = one.stdout
            .trim()
            .split("\n")
            .map((line) => (JSON.parse(line) as { subject: string }).subject);
        assert.deepEqual([...new Set(subjects)], ["batchlocal/empty"]);
        assert.equal((await run(["logs", "--journal", "-f", "--data", data])).code, 2);
    });

    it("answers who has a token of the resource manager, and nobody else", () => {
        assert.deepEqual(seen.answers, {
            none: 401,
            "wrong audience": 401,
            broken: 401,
            right: 200,
            "no journal": 401,
            post: 405,
            "no job": 400,
            limit: 400,
        });
    });

    it("counts what there is for Prometheus, without names or secrets", () => {
        const value = (series: string) => {
            const line = seen.metrics.split("\n").find((each) => each.startsWith(`batchlocal_${series} `));
            return line === undefined ? undefined : Number(line.split(" ")[1]);
        };
        assert.equal(value('tasks{state="active"}'), 1);
        assert.equal(value('jobs{state="active"}'), 1);
        assert.equal(value('pools{state="steady"}'), 1);
        assert.equal(value('requests_total{plane="batch",method="POST",status="2xx"}'), 2);
        assert.ok((value("store_commits_total") ?? 0) > 3);
        assert.doesNotMatch(seen.metrics, /empty|Task-1|Bearer/);
        for (const line of seen.metrics.trim().split("\n")) {
            assert.match(line, /^(# (HELP|TYPE) batchlocal_\w+ .+|batchlocal_\w+(\{[^}]*\})? -?[\d.e+-]+)$/);
        }
    });
});
