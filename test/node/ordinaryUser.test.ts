import { match, notStrictEqual, ok, strictEqual } from "node:assert";
import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdtempSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { skip } from "../support/skip";

const nobody = 65_534;
const args = ["-r", "ts-node/register/transpile-only", join(__dirname, "ordinaryProcess.ts")];
const asNobody = ["--reuid", String(nobody), "--regid", String(nobody), "--clear-groups"];

interface Outcome {
    exitCode?: number;
    failureInfo?: unknown;
    out: string;
    err: string;
}

/** Where the tests run as root, as nobody; else as who runs them. Undefined where nobody may not read the sources or make namespaces. */
function ordinary(): { uid: number; command: string[] } | undefined {
    const uid = process.getuid?.() ?? 0;
    const command = uid === 0 ? ["setpriv", ...asNobody] : [];
    // Through a shell of that user's, as its own children are started: this process may reach what they may not.
    const script = `exec unshare -Urm "$0" -e 'require("node:fs").accessSync(process.argv[1])' "$1"`;
    const [program = "", ...rest] = [...command, "sh", "-c", script, process.execPath, args[2] ?? ""];
    const probe = spawnSync(program, rest, { timeout: 10_000, killSignal: "SIGKILL" });
    return probe.status === 0 ? { uid: uid === 0 ? nobody : uid, command } : undefined;
}

describe("nodes of an ordinary user", function () {
    this.timeout(60_000);
    const user = ordinary();
    if (!user) {
        it("run as that user", function () {
            skip(this, "that user may not run this Node, read the sources or make namespaces here");
        });
        return;
    }

    const run = (...lines: string[]): Outcome[] => {
        const directory = mkdtempSync(join(tmpdir(), "ordinary-"));
        chmodSync(directory, 0o700);
        chownSync(directory, user.uid, user.uid);
        const [program = "", ...rest] = [
            ...user.command,
            process.execPath,
            ...args,
            join(directory, "nodes"),
            ...lines,
        ];
        const { stdout, stderr, status } = spawnSync(program, rest, {
            encoding: "utf8",
            env: { ...process.env, HOME: directory },
            timeout: 50_000,
            killSignal: "SIGKILL",
        });
        rmSync(directory, { recursive: true, force: true });
        strictEqual(status, 0, stderr);
        return JSON.parse(stdout) as Outcome[];
    };

    it("run as that user, in a process namespace of their own", () => {
        const [id, namespace] = run("id -u", "readlink /proc/self/ns/pid");
        strictEqual(id?.out, `${user.uid}\n`);
        match(namespace?.out ?? "", /^pid:/);
        notStrictEqual(namespace?.out.trim(), readlinkSync("/proc/self/ns/pid"));
    });

    it("let elevated commands change the machine as their node sees it, and nothing of the real one", () => {
        const marker = `/etc/batchlocal-user-test-${process.pid}`;
        const [id, wrote, read, replaced, again, back, mounted] = run(
            "!id -u",
            `!sh -c "echo inside > ${marker} && mkdir /usr/local/lib/batchlocal-test"`,
            `cat ${marker}`,
            `!sh -c "echo changed >> /etc/hostname"`,
            "cat /etc/hostname",
            "id -u",
            "mount -t tmpfs none /srv",
        );
        notStrictEqual(mounted?.exitCode, 0, "the other commands are nobody's root");
        strictEqual(id?.out, "0\n", JSON.stringify(id));
        strictEqual(wrote?.exitCode, 0, wrote?.err);
        strictEqual(read?.out, "inside\n");
        strictEqual(replaced?.exitCode, 0, replaced?.err);
        match(again?.out ?? "", /changed/);
        strictEqual(back?.out, `${user.uid}\n`);
        ok(!existsSync(marker));
        ok(!existsSync("/usr/local/lib/batchlocal-test"));
    });
});
