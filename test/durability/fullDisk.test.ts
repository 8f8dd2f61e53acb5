import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { BatchServiceError } from "../../client";
import { run } from "../local-cli/support";
import { skip } from "../support/skip";
import { connect, type Connection } from "./service";

const program = path.resolve(__dirname, "../../local/bin/batchlocal.js");

/** A file system of the test's own, seen by the processes it starts; they see everything else too. */
const unshare = ["--mount", ...(process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"])];
const canMount = () =>
    spawnSync("unshare", [...unshare, "sh", "-c", "mount -t tmpfs tmpfs /mnt"], { stdio: "ignore" })
        .status === 0;

describe("a data directory that cannot be written", function () {
    this.timeout(180_000);
    let folder: string;
    let child: ChildProcess | undefined;

    before(function () {
        if (!canMount()) skip(this, "no file system can be mounted here (Linux, user namespaces)");
        folder = realpathSync(mkdtempSync(path.join(tmpdir(), "full-disk-")));
    });
    afterEach(() => child?.kill("SIGKILL"));
    after(() => folder && rmSync(folder, { recursive: true, force: true }));

    /** A shell in a mount namespace, with what it says. */
    function begin(script: string): {
        child: ChildProcess;
        ended: Promise<{ code: number | null; said: string }>;
    } {
        const { BATCHLOCAL_DATA: _data, ...env } = process.env;
        const started = spawn("unshare", [...unshare, "sh", "-c", script, process.execPath, program], {
            env,
            stdio: ["ignore", "pipe", "pipe"],
        });
        child = started;
        let said = "";
        for (const stream of [started.stdout, started.stderr])
            stream.setEncoding("utf8").on("data", (text: string) => (said += text));
        const ended = new Promise<{ code: number | null; said: string }>((resolve) =>
            started.once("close", (code) => resolve({ code, said })),
        );
        return { child: started, ended };
    }

    it("that is full: says so, acknowledges nothing more, and has everything else when there is room again", async () => {
        const disk = path.join(folder, "disk");
        const data = path.join(disk, "data");
        // After the service's end there is room: the next life is the one that is looked at.
        const { ended } = begin(
            `mkdir ${disk} && mount -t tmpfs -o size=40m tmpfs ${disk} && ` +
                `"$0" "$1" start --data ${data}; echo "ended with $?"; mount -o remount,size=200m ${disk}; exec "$0" "$1" start --data ${data}`,
        );
        const view = () => `/proc/${child?.pid}/root${data}`;
        let life: Connection = await connect(view);
        await life.batch.jobs.add({ id: "fill", poolInfo: { poolId: "none" } });
        const added: string[] = [];
        let refused: unknown;
        const padding = "x".repeat(20_000);
        for (let round = 0; refused === undefined; round += 1) {
            assert.ok(round < 2_000, "the disk is never full");
            const ids = Array.from({ length: 20 }, (_, index) => `r${round}t${index}`);
            try {
                const answers = await life.batch.tasks.addCollection(
                    "fill",
                    ids.map((id) => ({ id, commandLine: `/bin/true ${padding}` })),
                );
                for (const { taskId, status } of answers) if (status === "success") added.push(taskId);
            } catch (error) {
                refused = error;
            }
        }
        assert.ok(refused instanceof BatchServiceError, String(refused));
        assert.deepEqual([refused.status, refused.code], [500, "InternalError"]);
        assert.match(
            JSON.stringify(refused.details),
            /could not keep what was written: database or disk is full/,
        );
        life.close();

        const former = life.pid;
        life = await connect(view, (pid) => pid !== former);
        const present = new Set<string>();
        for await (const { id } of life.batch.tasks.list("fill", { select: "id" })) present.add(id ?? "");
        assert.deepEqual(
            added.filter((id) => !present.has(id)),
            [],
        );
        const [more] = await life.batch.tasks.addCollection("fill", [
            { id: "more", commandLine: "/bin/true" },
        ]);
        assert.equal(more?.status, "success");
        life.close();
        child?.kill("SIGTERM");
        const { said } = await ended;
        assert.match(
            said,
            /^error: .*\/data: The store could not keep .* disk is full\. .*make room and start again$/m,
        );
        assert.match(said, /^ended with 1$/m);
        assert.doesNotMatch(said, /^\s+at /m);
    });

    it("that is full within exec: the command gets to its own end and exit code", async () => {
        const disk = path.join(folder, "execDisk");
        const data = path.join(disk, "data");
        const script = path.join(__dirname, "fill-the-disk.js");
        const { ended } = begin(
            `mkdir ${disk} && mount -t tmpfs -o size=40m tmpfs ${disk} && ` +
                `"$0" "$1" exec --data ${data} -- "$0" ${script}; echo "ended with $?"`,
        );
        const { said } = await ended;
        assert.match(said, /^refused: 500 InternalError .*disk is full/m);
        assert.match(said, /^batchlocal: .*\/data: The store could not keep .* disk is full\./m);
        assert.match(said, /^ended with 7$/m);
        assert.doesNotMatch(said, /^\s+at /m);
    });

    it("that is read-only, or too full to begin with: one line, exit code 1", async () => {
        const disk = path.join(folder, "small");
        const start = `"$0" "$1" start --data`;
        const { ended } = begin(
            `mkdir ${disk} && mount -t tmpfs -o size=6m tmpfs ${disk} && ${start} ${disk}/data; echo "ended with $?"; ` +
                `mount -o remount,ro ${disk}; ${start} ${disk}/data; echo "ended with $?"; ${start} ${disk}/other; echo "ended with $?"`,
        );
        const { said } = await ended;
        const lines = said.trim().split("\n");
        assert.equal(lines.length, 6, said);
        assert.match(
            lines[0] ?? "",
            /^error: .*\/data: the disk has 6 MiB free and 32 MiB are needed; make room/,
        );
        assert.match(lines[2] ?? "", /^error: .*(the disk has|the file system is read-only).*--data$/);
        assert.match(
            lines[4] ?? "",
            /^error: .*the file system is read-only; choose another place with --data$/,
        );
        for (const at of [1, 3, 5]) assert.equal(lines[at], "ended with 1");
    });

    it("that others own: one line, exit code 1", async function () {
        if (process.getuid?.() === 0) {
            // Permission bits say nothing to root; the system's own directories of processes refuse it all the same.
            const { code, stderr } = await run(["start", "--data", "/proc/self/batchlocal"]);
            assert.equal(code, 1);
            assert.match(stderr, /^error: \/proc\/self\/batchlocal: .*choose another place with --data\n$/);
            return;
        }
        const { code, stderr } = await run(["start", "--data", "/root/batchlocal"]);
        assert.equal(code, 1);
        assert.match(stderr, /^error: .*no permission; .*--data\n$/);
        assert.ok(!existsSync("/root/batchlocal"));
    });
});
