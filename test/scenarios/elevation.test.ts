import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { skip } from "../support/skip";
import { Local, sh, type Body } from "./local";

const admin = { userIdentity: { autoUser: { scope: "pool", elevationLevel: "admin" } } };
const idOf = (node: Body | undefined) => String(node?.["id"]);

/** Whether this machine lets us make what a sandbox is made of. */
const kernelAllows = () => {
    const script = `d=$(mktemp -d) && mkdir $d/u $d/w && mount -t overlay o -o lowerdir=/etc,upperdir=$d/u,workdir=$d/w,userxattr /etc`;
    return spawnSync("unshare", ["-Urm", "sh", "-c", script]).status === 0;
};

describe("scenario: elevated commands in the sandbox of their node", function () {
    this.timeout(120_000);
    let local: Local;
    let nodes: Body[];
    before(async function () {
        if (!kernelAllows()) skip(this, "this kernel lets us make no user namespaces with overlays");
        local = await Local.start({ elevation: "sandbox" });
        nodes = await local.pool("nodes", { targetDedicatedNodes: 2, taskSlotsPerNode: 2 });
        await local.job("job", "nodes");
    });
    after(() => (local as Local | undefined)?.close());

    let tasks = 0;
    /** Runs on the node of that number; gives what it printed. */
    const run = async (node: number, commandLine: string, change: object = {}) => {
        const id = `t${(tasks += 1)}`;
        const affinityInfo = { affinityId: String(nodes[node]?.["affinityId"]) };
        await local.task("job", id, commandLine, { affinityInfo, ...change });
        const { exitCode } = await local.done("job", id);
        assert.equal(exitCode, 0, await local.output("job", id, "stderr.txt"));
        assert.equal((await local.get(`/jobs/job/tasks/${id}`))["nodeInfo"]?.["nodeId"], nodes[node]?.["id"]);
        return local.output("job", id);
    };
    const marker = `/etc/scenario-${process.pid}`;
    const again = async (how: string) => {
        const path = `/pools/nodes/nodes/${idOf(nodes[0])}`;
        const before = (await local.get(path))["lastBootTime"];
        await local.post(`${path}/${how}`);
        await local.until("it is back", async () => {
            const now = await local.get(path);
            return String(now["state"]) === "idle" && String(now["lastBootTime"]) > String(before);
        });
    };

    it("are root there; what they write to /etc stays in that node", async () => {
        assert.equal(await run(0, "id -u", admin), "0\n");
        await run(0, sh(`echo mine > ${marker}`), admin);
        assert.equal(await run(0, `cat ${marker}`), "mine\n");
        assert.equal(await run(1, sh(`test -e ${marker} || echo absent`), admin), "absent\n");
        assert.ok(!existsSync(marker));
    });

    it("install packages with apt-get, for that node alone", async function () {
        if (spawnSync("apt-get", ["--version"]).status !== 0) skip(this, "this machine has no apt-get");
        const name = `scenario-${process.pid}`;
        const script = [
            `set -e; mkdir -p p/DEBIAN p/usr/bin; printf '#!/bin/sh\\necho installed\\n' > p/usr/bin/${name}; chmod 755 p/usr/bin/${name}`,
            `printf 'Package: ${name}\\nVersion: 1\\nArchitecture: all\\nMaintainer: a <a@b.c>\\nDescription: d\\n' > p/DEBIAN/control`,
            "dpkg-deb --build p ./p.deb > build.log",
            "apt-get install -y ./p.deb > install.log 2>&1 || { cat install.log >&2; exit 1; }",
        ].join("; ");
        await run(0, sh(script), admin);
        assert.equal(await run(0, name), "installed\n");
        assert.equal(await run(1, sh(`command -v ${name} || echo absent`)), "absent\n");
        assert.ok(!existsSync(`/usr/bin/${name}`));
    });

    it("leave what they wrote over a reboot, and nothing of it after a reimage", async () => {
        await again("reboot");
        assert.equal(await run(0, `cat ${marker}`), "mine\n");
        await again("reimage");
        assert.equal(await run(0, sh(`test -e ${marker} || echo absent`)), "absent\n");
    });

    it("are those of start tasks and of the pool's admin accounts too", async () => {
        const [node] = await local.pool("started", {
            startTask: { commandLine: sh(`id -u; echo start > ${marker}`), waitForSuccess: true, ...admin },
            userAccounts: [
                { name: "boss", password: "Secret-1-word", elevationLevel: "admin" },
                { name: "worker", password: "Secret-2-word", elevationLevel: "nonadmin" },
            ],
        });
        assert.equal(await local.text(`/pools/started/nodes/${idOf(node)}/files/startup/stdout.txt`), "0\n");
        await local.job("started", "started");
        const change = sh(`echo more >> ${marker} && cat ${marker}`);
        await local.task("started", "boss", change, { userIdentity: { username: "boss" } });
        assert.equal((await local.done("started", "boss"))["exitCode"], 0);
        assert.equal(await local.output("started", "boss"), "start\nmore\n");
        const own = "stat -c %u .";
        await local.task("started", "worker", own, { userIdentity: { username: "worker" } });
        await local.done("started", "worker");
        assert.equal(await local.output("started", "worker"), `${process.getuid?.() ?? 0}\n`);
        assert.ok(!existsSync(marker));
    });
});

describe("scenario: elevated commands without a sandbox", function () {
    this.timeout(60_000);

    const elevated = async (elevation: "as-me" | "refuse") => {
        const local = await Local.start({ elevation });
        try {
            await local.pool("p");
            await local.job("j", "p");
            await local.task("j", "admin", "id -u", admin);
            await local.task("j", "plain", "true");
            assert.equal((await local.done("j", "plain"))["exitCode"], 0);
            const info = await local.done("j", "admin");
            return { info, out: info["exitCode"] === undefined ? "" : await local.output("j", "admin") };
        } finally {
            await local.close();
        }
    };

    it("run as the user where that was asked for", async () => {
        const { info, out } = await elevated("as-me");
        assert.equal(info["exitCode"], 0);
        assert.equal(out, `${process.getuid?.() ?? 0}\n`);
    });

    it("are refused where that was asked for, and the failure says what to do", async () => {
        const { info } = await elevated("refuse");
        assert.equal(info["exitCode"], undefined);
        assert.equal(info["failureInfo"]?.["code"], "CommandLaunchFailed");
        assert.match(JSON.stringify(info["failureInfo"]), /--elevation sandbox.*--elevation as-me/);
    });
});
