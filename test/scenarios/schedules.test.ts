import assert from "node:assert/strict";
import { Local, sh, type Body } from "./local";
import { servicePool } from "../support/servicePool";

const hour = 3_600_000;

describe("scenario: job schedules, where an hour takes half a second", function () {
    this.timeout(60_000);
    let local: Local;
    before(async () => {
        local = await Local.start({ speed: 7200 });
        await local.pool("p", { taskSlotsPerNode: 4 });
    });
    after(() => local.close());

    const at = (value: unknown) => Date.parse(String(value));
    const jobsOf = (schedule: string) => local.list(`/jobschedules/${schedule}/jobs`);
    const add = (id: string, schedule: object, jobSpecification: object = {}) =>
        local.post("/jobschedules", {
            id,
            schedule,
            jobSpecification: {
                poolInfo: { poolId: "p" },
                jobManagerTask: { id: "jm", commandLine: "true", runExclusive: false },
                ...jobSpecification,
            },
        });
    /** The service's own time, which runs faster than ours: that at which it makes a job. */
    const now = async () => {
        await local.job("clock", "p");
        return at((await local.get("/jobs/clock"))["creationTime"]);
    };
    const end = (id: string) => local.ask("DELETE", `/jobschedules/${id}`);

    it("begin no job before doNotRunUntil, which is the next run time until then, and none after doNotRunAfter", async () => {
        const start = (await now()) + 2 * hour;
        const last = start + 3.5 * hour;
        await add("between", {
            doNotRunUntil: new Date(start).toISOString(),
            doNotRunAfter: new Date(last).toISOString(),
            recurrenceInterval: "PT1H",
        });
        const before = await local.get("/jobschedules/between");
        assert.equal(at(before["executionInfo"]?.["nextRunTime"]), start);
        assert.deepEqual(await jobsOf("between"), []);
        const after = await local.untilState("/jobschedules/between", "completed");
        assert.equal(after["executionInfo"]?.["nextRunTime"], undefined);
        const times = (await jobsOf("between")).map((job) => at(job["creationTime"]));
        assert.ok(times.length >= 1 && times.length <= 4, `${times.length} jobs`);
        for (const time of times) assert.ok(time >= start && time < last + hour);
        assert.ok(at(after["executionInfo"]?.["endTime"]) >= last);
    });

    it("make one job at a time: a window that passes while one is active is lost", async () => {
        await add("busy", { recurrenceInterval: "PT2H", startWindow: "PT1M" }, { jobManagerTask: undefined });
        const [first] = await local.until("the first job", async () => {
            const jobs = await jobsOf("busy");
            return jobs.length > 0 && jobs;
        });
        const begun = at(first?.["creationTime"]);
        const next = await local.until("a window is over", async () => {
            const { executionInfo } = await local.get("/jobschedules/busy");
            const time = at(executionInfo?.["nextRunTime"]);
            return time > begun + 3 * hour && time;
        });
        assert.equal((await jobsOf("busy")).length, 1);
        await local.post("/jobs/busy:job-1/terminate");
        const second = await local.until("the next job", async () =>
            (await jobsOf("busy")).find((job) => String(job["id"]) === "busy:job-2"),
        );
        assert.ok(at(second["creationTime"]) >= next);
        await end("busy");
    });

    it("without an end to its window a late job begins when the one before has ended", async () => {
        await add("late", { recurrenceInterval: "P1D" }, { jobManagerTask: undefined });
        await local.until("the first job", async () => (await jobsOf("late")).length === 1);
        await local.ask("PATCH", "/jobschedules/late", { schedule: { recurrenceInterval: "PT1H" } });
        await local.post("/jobs/late:job-1/terminate");
        await local.until("the second job", async () => (await jobsOf("late")).length === 2);
        await end("late");
    });

    it("disabled make no job and keep their active one; terminated they end it and give their reason", async () => {
        await add(
            "off",
            { recurrenceInterval: "PT1H" },
            { jobManagerTask: { id: "jm", commandLine: "sleep 60" } },
        );
        await local.until(
            "it runs",
            async () =>
                ((await local.send("GET", "/jobs/off:job-1/tasks/jm")).body["state"] as unknown) ===
                "running",
        );
        await local.post("/jobschedules/off/disable");
        assert.equal((await local.get("/jobschedules/off"))["state"], "disabled");
        assert.equal((await local.get("/jobs/off:job-1"))["state"], "active");
        await local.post("/jobschedules/off/terminate");
        await local.untilState("/jobschedules/off", "completed");
        const job = await local.get("/jobs/off:job-1");
        assert.equal(job["executionInfo"]?.["terminateReason"], "TerminateJobSchedule");
        assert.equal(
            (await local.send("POST", "/jobschedules/off/enable")).body["code"],
            "JobScheduleCompleted",
        );
        await end("off");
        await local.untilGone("/jobs/off:job-1");
    });

    it("have one pool for all their jobs when that lives as long as the schedule, and keep it when told to", async () => {
        const { id: _id, ...pool } = servicePool("any");
        for (const keepAlive of [false, true]) {
            const id = `pool-${keepAlive}`;
            const specification = {
                autoPoolIdPrefix: id,
                poolLifetimeOption: "jobschedule",
                keepAlive,
                pool,
            };
            await add(
                id,
                { recurrenceInterval: "PT1H" },
                { poolInfo: { autoPoolSpecification: specification } },
            );
            const jobs = await local.until("two jobs", async () => {
                const found = (await jobsOf(id)).filter((job) => String(job["state"]) === "completed");
                return found.length >= 2 && found;
            });
            const pools = new Set(jobs.map((job) => String(job["executionInfo"]?.["poolId"])));
            assert.equal(pools.size, 1);
            const [name = ""] = pools;
            assert.match(name, new RegExp(`^${id}_`));
            await local.post(`/jobschedules/${id}/terminate`);
            await local.untilState(`/jobschedules/${id}`, "completed");
            if (keepAlive) {
                assert.equal((await local.get(`/pools/${name}`))["state"], "active");
                await local.ask("DELETE", `/pools/${name}`);
            } else await local.untilGone(`/pools/${name}`);
        }
    });

    it("a job's own pool goes with the job, unless it is to be kept", async () => {
        const { id: _id, ...pool } = servicePool("any");
        for (const keepAlive of [false, true]) {
            const id = `own-${keepAlive}`;
            const autoPoolSpecification = {
                autoPoolIdPrefix: id,
                poolLifetimeOption: "job",
                keepAlive,
                pool,
            };
            await local.post("/jobs", { id, poolInfo: { autoPoolSpecification } });
            await local.task(id, "t", sh("echo $AZ_BATCH_POOL_ID"));
            await local.done(id, "t");
            const name = (await local.output(id, "t")).trim();
            const job: Body = await local.get(`/jobs/${id}`);
            assert.equal(job["executionInfo"]?.["poolId"], name);
            await local.post(`/jobs/${id}/terminate`);
            if (keepAlive) {
                await local.untilState(`/jobs/${id}`, "completed");
                assert.equal((await local.get(`/pools/${name}`))["state"], "active");
            } else await local.untilGone(`/pools/${name}`);
        }
    });
});
