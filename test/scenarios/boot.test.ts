import assert from "node:assert/strict";
import { Local, sh, type Body } from "./local";
import { Resources } from "./resources";

const idOf = (node: Body | undefined) => String(node?.["id"]);
const codeOf = (node: Body | undefined) => String((node?.["errors"] as unknown as Body[])[0]?.["code"]);

describe("scenario: what nodes have before tasks run", function () {
    this.timeout(60_000);
    let local: Local;
    let resources: Resources;
    before(async () => {
        local = await Local.start();
        resources = new Resources(local);
    });
    after(() => local.close());

    /** Reboots or reimages a pool's only node and waits until it has done what it does first. */
    const again = async (pool: string, how: string) => {
        const [node] = await local.steady(pool);
        const path = `/pools/${pool}/nodes/${idOf(node)}`;
        await local.post(`${path}/${how}`);
        return local.until(`${pool} is back`, async () => {
            const now = await local.get(path);
            const up = ["idle", "starttaskfailed", "unusable"].includes(String(now["state"]));
            return up && String(now["lastBootTime"]) > String(node?.["lastBootTime"]) && now;
        });
    };
    let tasks = 0;
    /** What a command of a new task prints. */
    const print = async (job: string, commandLine: string, change: object = {}) => {
        const id = `print${(tasks += 1)}`;
        await local.task(job, id, commandLine, change);
        const { exitCode } = await local.done(job, id);
        assert.equal(exitCode, 0, await local.output(job, id, "stderr.txt"));
        return local.output(job, id);
    };

    describe("a start task", () => {
        it("runs before any task, and again after reboot and reimage; a reimage leaves no file", async () => {
            const startTask = {
                commandLine: sh("echo started >> $AZ_BATCH_NODE_SHARED_DIR/starts; sleep 0.2; echo ready"),
            };
            const [node] = await local.pool("boot", { startTask });
            const id = idOf(node);
            assert.equal(node?.["startTaskInfo"]?.["result"], "success");
            const starts = () => local.text(`/pools/boot/nodes/${id}/files/shared/starts`);
            assert.equal(await starts(), "started\n");
            assert.equal(await local.text(`/pools/boot/nodes/${id}/files/startup/stdout.txt`), "ready\n");
            await again("boot", "reboot");
            assert.equal(await starts(), "started\nstarted\n");
            await again("boot", "reimage");
            assert.equal(await starts(), "started\n");
            await local.job("boot", "boot");
            await local.task("boot", "long", "sleep 60");
            await local.running("boot", "long");
            await local.post(`/pools/boot/nodes/${id}/reboot`, { nodeRebootOption: "terminate" });
            assert.equal((await local.done("boot", "long"))["failureInfo"]?.["code"], "TaskEnded");
            await local.untilNode("boot", id, "idle");
            await local.endJob("boot");
            await local.ask("DELETE", "/pools/boot");
        });

        it("that fails as often as it may leaves its node unused; one not waited for does not", async () => {
            const startTask = { commandLine: sh("exit 4"), maxTaskRetryCount: 1 };
            const [node] = await local.pool("sick", { startTask });
            assert.equal(node?.["state"], "starttaskfailed");
            assert.equal(node["startTaskInfo"]?.["exitCode"], 4);
            assert.equal(node["startTaskInfo"]["retryCount"], 1);
            await local.job("sick", "sick");
            await local.task("sick", "t", "true");
            await local.pool("brave", { startTask: { ...startTask, waitForSuccess: false } });
            await local.job("brave", "brave");
            await local.task("brave", "t", "true");
            assert.equal((await local.done("brave", "t"))["exitCode"], 0);
            assert.equal((await local.get("/jobs/sick/tasks/t"))["state"], "active");
            for (const id of ["sick", "brave"]) {
                await local.endJob(id);
                await local.ask("DELETE", `/pools/${id}`);
            }
        });

        it("is tried again as often as it may, and its last try counts", async () => {
            const flag = "$AZ_BATCH_NODE_SHARED_DIR/tried";
            const startTask = {
                commandLine: sh(`test -e ${flag} || { touch ${flag}; exit 3; }`),
                maxTaskRetryCount: 2,
            };
            const [node] = await local.pool("tries", { startTask });
            assert.equal(node?.["state"], "idle");
            assert.equal(node["startTaskInfo"]?.["retryCount"], 1);
            assert.equal(node["startTaskInfo"]["result"], "success");
        });

        it("that could not succeed before does after a reboot, once it was changed", async () => {
            const [node] = await local.pool("changed", {
                startTask: { commandLine: sh("exit 5"), waitForSuccess: true },
            });
            assert.equal(node?.["state"], "starttaskfailed");
            await local.ask("PATCH", "/pools/changed", {
                startTask: { commandLine: "true", waitForSuccess: true },
            });
            assert.equal((await again("changed", "reboot"))["state"], "idle");
        });

        it("has its files, environment and resource files below startup", async () => {
            const container = await local.container("startfiles");
            await container.getBlockBlobClient("settings.txt").upload("blue", 4);
            const startTask = {
                commandLine: sh('echo "$COLOUR $(cat settings.txt)"; pwd'),
                environmentSettings: [{ name: "COLOUR", value: "light" }],
                resourceFiles: [{ autoStorageContainerName: "startfiles" }],
            };
            const [node] = await local.pool("files", { startTask });
            const files = `/pools/files/nodes/${idOf(node)}/files`;
            const [printed, directory] = (await local.text(`${files}/startup/stdout.txt`)).split("\n");
            assert.equal(printed, "light blue");
            assert.match(directory ?? "", /\/startup\/wd$/);
            assert.equal(await local.text(`${files}/startup/wd/settings.txt`), "blue");
        });
    });

    describe("application packages", () => {
        const show = (...variables: string[]) =>
            sh(variables.map((name) => `cat $AZ_BATCH_APP_PACKAGE_${name}/what.txt`).join("; "));
        before(async () => {
            await resources.applicationPackage("tool", "1.0", { "what.txt": "one\n" });
            await resources.applicationPackage("tool", "2.0", {
                "what.txt": "two\n",
                "bin/run": "#!/bin/sh\necho runs\n",
            });
            await resources.applicationPackage("late", "1", { "what.txt": "late\n" });
            await resources.defaultVersion("tool", "1.0");
        });

        it("of a pool are there for the start task; the default version has a variable without a version", async () => {
            const applicationPackageReferences = [
                { applicationId: "tool" },
                { applicationId: "tool", version: "2.0" },
            ];
            const startTask = { commandLine: show("tool", "tool_2_0"), waitForSuccess: true };
            const [node] = await local.pool("apps", { applicationPackageReferences, startTask });
            const files = `/pools/apps/nodes/${idOf(node)}/files`;
            assert.equal(await local.text(`${files}/startup/stdout.txt`), "one\ntwo\n");
            await local.job("apps", "apps");
            assert.equal(await print("apps", show("tool")), "one\n");
            assert.equal(await print("apps", sh("$AZ_BATCH_APP_PACKAGE_tool_2_0/bin/run")), "runs\n");
        });

        it("of a pool change with the next reboot, not before: default version and references alike", async () => {
            await resources.defaultVersion("tool", "2.0");
            const applicationPackageReferences = [
                { applicationId: "tool" },
                { applicationId: "late", version: "1" },
            ];
            await local.ask("PATCH", "/pools/apps", {
                applicationPackageReferences,
                startTask: { commandLine: show("tool", "late_1"), waitForSuccess: true },
            });
            assert.equal(await print("apps", show("tool", "tool_2_0")), "one\ntwo\n");
            assert.equal(await print("apps", sh("echo ${AZ_BATCH_APP_PACKAGE_late_1-none}")), "none\n");
            await again("apps", "reboot");
            assert.equal(await print("apps", show("tool", "late_1")), "two\nlate\n");
            assert.equal(await print("apps", sh("echo ${AZ_BATCH_APP_PACKAGE_tool_2_0-none}")), "none\n");
        });

        it("of a task are brought to its node, and seen by it alone", async () => {
            await local.pool("plain");
            await local.job("plain", "plain");
            const applicationPackageReferences = [{ applicationId: "tool", version: "1.0" }];
            assert.equal(await print("plain", show("tool_1_0"), { applicationPackageReferences }), "one\n");
            assert.equal(await print("plain", sh("echo ${AZ_BATCH_APP_PACKAGE_tool_1_0-none}")), "none\n");
            const missing = { applicationPackageReferences: [{ applicationId: "nothing", version: "1" }] };
            const refused = await local.send("POST", "/jobs/plain/tasks", {
                id: "m",
                commandLine: "true",
                ...missing,
            });
            assert.equal(
                `${refused.status} ${String(refused.body["code"])}`,
                "409 InvalidApplicationPackageReferences",
            );
        });

        it("of a pool that are gone when a node boots make it unusable", async () => {
            const path = `${resources.account}/applications/late`;
            assert.ok((await resources.send("DELETE", `${path}/versions/1`)).status < 300);
            const node = await again("apps", "reimage");
            assert.equal(node["state"], "unusable");
            assert.equal(codeOf(node), "ApplicationPackageError");
        });
    });

    describe("mounted containers", () => {
        const mount = (containerName: string, change: object = {}) => ({
            azureBlobFileSystemConfiguration: {
                accountName: local.account.storage.name,
                accountKey: local.account.storage.key,
                containerName,
                relativeMountPath: containerName,
                ...change,
            },
        });

        it("are directories: writable ones are written back, read-only ones refuse writes", async () => {
            const [input, results] = [await local.container("input"), await local.container("results")];
            await input.getBlockBlobClient("data/numbers.txt").upload("1 2 3", 5);
            await results.getBlockBlobClient("old.txt").upload("old", 3);
            const mountConfiguration = [mount("input", { blobfuseOptions: "-o ro" }), mount("results")];
            const startTask = {
                commandLine: sh("cat $AZ_BATCH_NODE_MOUNTS_DIR/input/data/numbers.txt"),
                waitForSuccess: true,
            };
            const [node] = await local.pool("mounts", { mountConfiguration, startTask });
            assert.equal(
                await local.text(`/pools/mounts/nodes/${idOf(node)}/files/startup/stdout.txt`),
                "1 2 3",
            );
            await local.job("mounts", "mounts");
            const line = sh(
                "cd $AZ_BATCH_NODE_MOUNTS_DIR; wc -w < input/data/numbers.txt > results/count.txt; rm results/old.txt; echo x > input/new.txt",
            );
            await local.task("mounts", "t", line);
            const info = await local.done("mounts", "t");
            assert.notEqual(info["exitCode"], 0);
            assert.match(await local.output("mounts", "t", "stderr.txt"), /input\/new\.txt/);
            assert.equal(String(await results.getBlobClient("count.txt").downloadToBuffer()).trim(), "3");
            assert.equal(await results.getBlobClient("old.txt").exists(), false);
            assert.equal(await input.getBlobClient("new.txt").exists(), false);
        });

        it("show what others put there meanwhile, and never show their key", async () => {
            const results = await local.container("results");
            await results.getBlockBlobClient("more.txt").upload("more", 4);
            assert.equal(await print("mounts", sh("cat $AZ_BATCH_NODE_MOUNTS_DIR/results/more.txt")), "more");
            assert.ok(!(await local.text("/pools/mounts")).includes(local.account.storage.key));
        });

        it("that cannot be had make their node unusable, and it says why", async () => {
            const [node] = await local.pool("nomount", {
                mountConfiguration: [mount("input", { accountName: "elsewhere" })],
            });
            assert.equal(node?.["state"], "unusable");
            assert.equal(codeOf(node), "MountConfigurationError");
            assert.match(JSON.stringify(node["errors"]), /no storage account elsewhere/);
        });
    });
});
