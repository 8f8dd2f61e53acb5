import assert from "node:assert/strict";
import { Local, sh, type Body } from "./local";

const shared = "$AZ_BATCH_NODE_SHARED_DIR";
const idOf = (node: Body | undefined) => String(node?.["id"]);

describe("scenario: job preparation and release", function () {
    this.timeout(60_000);
    let local: Local;
    before(async () => {
        local = await Local.start();
    });
    after(() => local.close());

    const status = (job: string) => local.list(`/jobs/${job}/jobpreparationandreleasetaskstatus`);
    /** A file that commands of a node share; empty where there is none. */
    const note = async (pool: string, node: string, file: string) => {
        const answer = await local.send("GET", `/pools/${pool}/nodes/${node}/files/shared/${file}`);
        return answer.status === 200 ? answer.text : "";
    };
    const again = async (pool: string, how: string) => {
        const [node] = await local.steady(pool);
        const path = `/pools/${pool}/nodes/${idOf(node)}`;
        await local.post(`${path}/${how}`);
        await local.until(`${pool} is back`, async () => {
            const now = await local.get(path);
            return (
                String(now["state"]) === "idle" &&
                String(now["lastBootTime"]) > String(node?.["lastBootTime"])
            );
        });
    };
    /** Runs one task of the job and waits for its end. */
    let tasks = 0;
    const runOne = async (job: string, change: object = {}) => {
        const id = `t${(tasks += 1)}`;
        await local.task(job, id, "true", change);
        assert.equal((await local.done(job, id))["exitCode"], 0);
        return id;
    };

    it("run on the nodes that get tasks and on no other, once each, before and after all tasks", async () => {
        const [one, other] = await local.pool("some", { targetDedicatedNodes: 2, taskSlotsPerNode: 4 });
        await local.job("some", "some", {
            jobPreparationTask: { commandLine: sh(`echo prepared >> ${shared}/log`) },
            jobReleaseTask: { commandLine: sh(`echo released >> ${shared}/log`) },
        });
        const affinityInfo = { affinityId: String(one?.["affinityId"]) };
        for (let index = 0; index < 3; index += 1) await runOne("some", { affinityInfo });
        assert.equal(await note("some", idOf(one), "log"), "prepared\n");
        await local.endJob("some");
        await local.untilState("/jobs/some", "completed");
        assert.equal(await note("some", idOf(one), "log"), "prepared\nreleased\n");
        assert.equal(await note("some", idOf(other), "log"), "");
        const [row, ...others] = await status("some");
        assert.deepEqual(others, []);
        assert.ok(row);
        assert.equal(row["nodeId"], one?.["id"]);
        for (const part of ["jobPreparationTaskExecutionInfo", "jobReleaseTaskExecutionInfo"]) {
            assert.equal(row[part]?.["state"], "completed");
            assert.equal(row[part]["exitCode"], 0);
            assert.equal(row[part]["result"], "success");
        }
        const root = String(row["jobPreparationTaskExecutionInfo"]?.["taskRootDirectory"]);
        assert.match(root, /workitems\/some\/job-1\/jobpreparation$/);
        assert.equal(
            (await local.send("GET", `/pools/some/nodes/${idOf(one)}/files/${root}/stdout.txt`)).status,
            200,
        );
    });

    it("a preparation runs again after a reboot, unless it succeeded and was told not to", async () => {
        for (const [rerun, log] of [
            [true, "prepared\nprepared\n"],
            [false, "prepared\n"],
        ] as const) {
            const id = `rerun-${rerun}`;
            const [node] = await local.pool(id);
            await local.job(id, id, {
                jobPreparationTask: {
                    commandLine: sh(`echo prepared >> ${shared}/log`),
                    rerunOnNodeRebootAfterSuccess: rerun,
                },
            });
            await runOne(id);
            await again(id, "reboot");
            await runOne(id);
            assert.equal(await note(id, idOf(node), "log"), log);
            await again(id, "reimage");
            await runOne(id);
            assert.equal(await note(id, idOf(node), "log"), "prepared\n");
            await local.endJob(id);
        }
    });

    it("a failed preparation keeps tasks away until the node is reimaged; they stay active meanwhile", async () => {
        const [node] = await local.pool("sick");
        const flag = `${local.directory}/healthy`;
        await local.job("sick", "sick", { jobPreparationTask: { commandLine: sh(`test -e ${flag}`) } });
        await local.task("sick", "t", "true");
        await local.until("the preparation has failed", async () => {
            const [row] = await status("sick");
            return String(row?.["jobPreparationTaskExecutionInfo"]?.["result"]) === "failure";
        });
        assert.equal((await local.get("/jobs/sick/tasks/t"))["state"], "active");
        // For this job alone: another one runs there.
        await local.job("well", "sick");
        await runOne("well");
        await local.post(`/pools/sick/nodes/${idOf(node)}/reboot`);
        const { writeFileSync } = await import("node:fs");
        writeFileSync(flag, "");
        await local.untilState(`/pools/sick/nodes/${idOf(node)}`, "idle");
        assert.equal((await local.get("/jobs/sick/tasks/t"))["state"], "active");
        await again("sick", "reimage");
        assert.equal((await local.done("sick", "t"))["exitCode"], 0);
        for (const id of ["sick", "well"]) await local.endJob(id);
    });

    it("a preparation that is not waited for lets tasks run beside it and after its failure, and is tried as often as it may", async () => {
        const [node] = await local.pool("brave", { taskSlotsPerNode: 2 });
        await local.job("brave", "brave", {
            jobPreparationTask: {
                commandLine: sh(`echo try >> ${shared}/log; exit 3`),
                waitForSuccess: false,
                constraints: { maxTaskRetryCount: 2 },
            },
            jobReleaseTask: { commandLine: sh(`echo released >> ${shared}/log`) },
        });
        await runOne("brave");
        await local.until("the preparation has failed", async () => {
            const [row] = await status("brave");
            const info = row?.["jobPreparationTaskExecutionInfo"];
            return String(info?.["state"]) === "completed" && Number(info?.["retryCount"]) === 2;
        });
        await runOne("brave");
        await local.endJob("brave");
        await local.untilState("/jobs/brave", "completed");
        assert.equal(await note("brave", idOf(node), "log"), "try\ntry\ntry\nreleased\n");
    });

    it("a task waits as preparing, and goes back when the preparation is cut short", async () => {
        const [node] = await local.pool("cut");
        const flag = `${local.directory}/cut`;
        await local.job("cut", "cut", {
            jobPreparationTask: { commandLine: sh(`test -e ${flag} || { touch ${flag}; exec sleep 60; }`) },
        });
        await local.task("cut", "t", "true");
        await local.untilState("/jobs/cut/tasks/t", "preparing");
        assert.equal((await local.get("/jobs/cut/taskcounts"))["taskCounts"]?.["running"], 1);
        const { existsSync } = await import("node:fs");
        await local.until("the preparation runs", async () => existsSync(flag));
        await local.post(`/pools/cut/nodes/${idOf(node)}/reboot`);
        assert.equal((await local.done("cut", "t"))["exitCode"], 0);
        await local.endJob("cut");
    });

    it("a release that fails or runs out of time does not keep its job from ending", async () => {
        await local.pool("stuck");
        await local.job("stuck", "stuck", {
            jobPreparationTask: { commandLine: "true" },
            jobReleaseTask: { commandLine: "sleep 60", maxWallClockTime: "PT1S" },
        });
        await runOne("stuck");
        await local.endJob("stuck");
        await local.untilState("/jobs/stuck", "completed");
        const [row] = await status("stuck");
        const release = row?.["jobReleaseTaskExecutionInfo"];
        assert.equal(release?.["result"], "failure");
        assert.equal(release["failureInfo"]?.["code"], "TaskEnded");
    });
});
