import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { GrowingFile } from "../../local/cli/growingFile";
import { begin, cleanEnvironment, dataPerTest, program, run, statusOf } from "./support";
import type { Running } from "./support";

/** A request that the log tells of. */
const faults = { requests: [{ plane: "batch", path: "/noted-*", fail: { status: 503 } }] };

describe("cli: logs", function () {
    this.timeout(90_000);
    let folder: string;
    let data: string;
    let log: string;
    let started: Running[];
    dataPerTest((place) => ({ folder, data } = place));
    beforeEach(() => {
        log = path.join(data, "logs", "service.log");
        started = [];
    });
    afterEach(async () => {
        for (const { child, ended } of started) {
            child.kill("SIGKILL");
            await ended;
        }
    });

    const serve = async () => {
        const file = path.join(folder, "faults.json");
        writeFileSync(file, JSON.stringify(faults));
        const service = begin(["start", "--data", data, "--faults", file]);
        started.push(service);
        await service.said("Healthy after");
        return service;
    };
    const follow = (...more: string[]) => {
        const logs = begin(["logs", "-f", "--data", data, ...more]);
        started.push(logs);
        return logs;
    };
    const note = async (name: string) => {
        const [account] = (await statusOf(data)).accounts;
        assert.ok(account);
        const url = `${account.endpoint.replace("https:", "http:")}/noted-${name}`;
        assert.equal((await fetch(url)).status, 503);
    };
    const times = (text: string, part: string) => text.split(part).length - 1;

    it("-f prints what is there, then what comes, each line once, and ends on Ctrl-C while the service goes on", async () => {
        await serve();
        await note("before");
        const [forPeople, forPrograms] = [follow(), follow("--json")];
        for (const { said } of [forPeople, forPrograms]) await said("/noted-before");
        for (const name of ["one", "two"]) {
            await note(name);
            for (const { said } of [forPeople, forPrograms]) await said(`/noted-${name}`);
        }
        for (const { child } of [forPeople, forPrograms]) child.kill("SIGINT");
        const [people, programs] = [await forPeople.ended, await forPrograms.ended];
        for (const { code, stdout, stderr } of [people, programs]) {
            assert.deepEqual([code, stderr], [0, ""]);
            for (const name of ["before", "one", "two"]) assert.equal(times(stdout, `/noted-${name}`), 1);
        }
        assert.match(
            people.stdout,
            /^\d{4}-\d\d-\d\dT\S+ INFO {2}injected a fault rule=0 .*path=\/noted-one/m,
        );
        const entries = programs.stdout
            .trimEnd()
            .split("\n")
            .map((line) => JSON.parse(line) as { msg: string; path?: string });
        assert.deepEqual(
            entries.filter(({ msg }) => msg === "injected a fault").map((entry) => entry.path),
            ["/noted-before", "/noted-one", "/noted-two"],
        );
        assert.ok((await statusOf(data)).healthy);
    });

    it("-f ends after the service's last words when it is stopped, and when it is killed", async () => {
        await serve();
        let logs = follow();
        await logs.said("serving");
        await run(["stop", "--data", data]);
        let { code, stdout, stderr } = await logs.ended;
        assert.equal(code, 0);
        assert.match(stdout, /INFO {2}ending\n$/);
        assert.equal(stderr, "batchlocal: the service has ended\n");

        const { child } = await serve();
        logs = follow();
        await logs.said("serving");
        child.kill("SIGKILL");
        ({ code, stdout, stderr } = await logs.ended);
        assert.deepEqual([code, stderr], [0, "batchlocal: the service has ended\n"]);
        assert.equal(times(stdout, "serving version="), 2);
    });

    it("-f waits where nothing serves, and follows to the new file when the next start puts a long one aside", async () => {
        mkdirSync(path.dirname(log), { recursive: true });
        writeFileSync(path.join(data, "batchlocal-data"), "");
        const line = (text: string) => `${JSON.stringify({ level: 30, time: "2026-01-01", msg: text })}\n`;
        writeFileSync(log, line(`old ${"x".repeat(1_000_000)}`).repeat(21) + line("last of the old"));
        const logs = follow();
        await logs.said("last of the old");
        await serve();
        await logs.said("serving version=");
        assert.ok(existsSync(`${log}.1`) && statSync(log).size < 1_000_000);
        await note("after");
        await logs.said("/noted-after");
        await run(["stop", "--data", data]);
        const { code, stdout, stderr } = await logs.ended;
        assert.equal(code, 0);
        assert.match(stderr, /^batchlocal: nothing serves .*\nbatchlocal: the service has ended\n$/);
        for (const part of ["last of the old", "serving version=", "/noted-after", "INFO  ending"])
            assert.equal(times(stdout, part), 1, part);
    });

    it("-f goes on where the file was emptied", async () => {
        await serve();
        await note("before");
        const logs = follow();
        await logs.said("/noted-before");
        writeFileSync(log, "");
        await note("anew");
        await logs.said("/noted-anew");
        logs.child.kill("SIGTERM");
        assert.equal((await logs.ended).code, 0);
    });

    it("shows a line when all of it is there, whatever letters were cut in two", () => {
        mkdirSync(path.dirname(log), { recursive: true });
        const file = new GrowingFile();
        assert.deepEqual([...file.lines(log)], []);
        const text = Buffer.from("größer\n");
        writeFileSync(log, Buffer.concat([Buffer.from("first\n"), text.subarray(0, 3)]));
        assert.deepEqual([...file.lines(log)], ["first"]);
        assert.deepEqual([...file.lines(log)], []);
        appendFileSync(log, text.subarray(3));
        appendFileSync(log, "begun");
        assert.deepEqual([...file.lines(log)], ["größer"]);
        renameSync(log, `${log}.1`);
        appendFileSync(`${log}.1`, " and ended\nleft over");
        assert.deepEqual([...file.lines(log)], ["begun and ended"]);
        writeFileSync(log, "another\n");
        assert.deepEqual([...file.lines(log)], ["left over", "another"]);
        assert.deepEqual([...file.end()], []);
    });

    it("-f ends with a service that keeps nothing, whose log is gone by then", async () => {
        const env = cleanEnvironment({ BATCHLOCAL_DATA: data });
        const service = begin(["start", "--in-memory"], { env });
        started.push(service);
        await service.said("Healthy after");
        const logs = follow();
        await logs.said("serving");
        service.child.kill("SIGTERM");
        assert.equal((await service.ended).code, 0);
        const { code, stderr } = await logs.ended;
        assert.deepEqual([code, stderr], [0, "batchlocal: the service has ended\n"]);
        assert.ok(!existsSync(path.join(data, "in-memory")));
    });

    it("says so where there is no log, and ends quietly when its reader goes", async () => {
        const none = await run(["logs", "-f", "--data", data]);
        assert.equal(none.code, 1);
        assert.match(
            none.stderr,
            /^error: there is no log in .*; start the service with `batchlocal start`\n$/,
        );

        mkdirSync(path.dirname(log), { recursive: true });
        writeFileSync(log, `${JSON.stringify({ level: 30, msg: "y".repeat(1_000) })}\n`.repeat(2_000));
        for (const how of [[], ["-f"]]) {
            const logs = spawn(process.execPath, [program, "logs", "--data", data, ...how], {
                stdio: ["ignore", "pipe", "pipe"],
            });
            let stderr = "";
            logs.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
            logs.stdout.once("data", () => logs.stdout.destroy());
            const code = await new Promise((resolve) => logs.once("close", resolve));
            assert.equal(code, 0, stderr);
            assert.doesNotMatch(stderr, /EPIPE|error/i);
        }
    });
});
