import assert from "node:assert/strict";
import { connect } from "node:net";
import { Service, codeOf, items, type Body } from "./support";
import { servicePool } from "../support/servicePool";

describe("data plane, what operations do", function () {
    this.timeout(30_000);
    let service: Service;
    before(async () => {
        service = await Service.open();
        await service.pool("pool", { targetDedicatedNodes: 2 });
    });
    after(async () => {
        assert.deepEqual(service.errors, []);
        await service.close();
    });
    const nodes = async () => items(await service.get("/pools/pool/nodes")).map((node) => String(node["id"]));
    const steady = (pool: string) =>
        service.until(`/pools/${pool}`, (found) => String(found["allocationState"]) === "steady");

    it("shows the defaults of what a job does not say", async () => {
        await service.job("defaults", {
            jobPreparationTask: { commandLine: "true" },
            jobReleaseTask: { commandLine: "true" },
        });
        const { body } = await service.get("/jobs/defaults");
        assert.equal(body["priority"], 0);
        assert.equal(body["onAllTasksComplete"], "noaction");
        assert.equal(body["onTaskFailure"], "noaction");
        assert.deepEqual(body["constraints"], {
            maxWallClockTime: "P10675199DT2H48M5.4775807S",
            maxTaskRetryCount: 0,
        });
        assert.equal(body["jobPreparationTask"]?.["id"], "jobpreparation");
        assert.equal(body["jobPreparationTask"]?.["waitForSuccess"], true);
        assert.equal(body["jobReleaseTask"]?.["maxWallClockTime"], "PT15M");
        assert.equal(body["executionInfo"]?.["poolId"], "pool");
        assert.equal(body["url"], `${service.origin}/jobs/defaults`);
        const collision = await service.post("/jobs/defaults/tasks", {
            id: "JobRelease",
            commandLine: "true",
        });
        assert.equal(codeOf(collision), "409 TaskIdSameAsJobReleaseTask");
    });

    it("changes with PATCH what is given and resets with PUT what is not", async () => {
        await service.job("changed", {
            priority: 10,
            metadata: [{ name: "a", value: "b" }],
            constraints: { maxTaskRetryCount: 3 },
        });
        await service.call("PATCH", "/jobs/changed", { priority: 20 });
        let { body } = await service.get("/jobs/changed");
        assert.equal(body["priority"], 20);
        assert.equal(body["constraints"]?.["maxTaskRetryCount"], 3);
        await service.task("changed", "inherits", "true");
        const task = await service.get("/jobs/changed/tasks/inherits");
        assert.equal(task.body["constraints"]?.["maxTaskRetryCount"], 3);
        assert.equal(
            (await service.call("PUT", "/jobs/changed", { poolInfo: { poolId: "POOL" } })).status,
            200,
        );
        ({ body } = await service.get("/jobs/changed"));
        assert.equal(body["priority"], 0);
        assert.deepEqual(body["metadata"], []);
        assert.equal(body["constraints"]?.["maxTaskRetryCount"], 0);
    });

    it("makes the job manager's task with the job and ends the job with it", async () => {
        await service.job("managed", { jobManagerTask: { id: "manager", commandLine: "true" } });
        const job = await service.until("/jobs/managed", (found) => String(found["state"]) === "completed");
        assert.equal(job["executionInfo"]?.["terminateReason"], "JMComplete");
        assert.equal(
            (await service.get("/jobs/managed/tasks/manager")).body["executionInfo"]?.["exitCode"],
            0,
        );
    });

    it("lets tasks wait for others, by id and by range", async () => {
        await service.job("chain", { usesTaskDependencies: true, onAllTasksComplete: "noaction" });
        await service.post("/jobs/chain/addtaskcollection", {
            value: [
                { id: "merge", commandLine: "true", dependsOn: { taskIdRanges: [{ start: 1, end: 3 }] } },
                { id: "report", commandLine: "true", dependsOn: { taskIds: ["merge"] } },
                ...["1", "2", "3"].map((id) => ({ id, commandLine: "true" })),
            ],
        });
        await service.completed("chain", "report");
        await service.call("PATCH", "/jobs/chain", { onAllTasksComplete: "terminatejob" });
        const job = await service.until("/jobs/chain", (found) => String(found["state"]) === "completed");
        assert.equal(job["executionInfo"]?.["terminateReason"], "AllTasksComplete");
    });

    it("makes an auto pool for a job and takes it away with it", async () => {
        const { id: _id, ...pool } = servicePool("x");
        await service.job("auto", {
            poolInfo: {
                autoPoolSpecification: { autoPoolIdPrefix: "mine", poolLifetimeOption: "job", pool },
            },
        });
        await service.task("auto", "t", "true");
        await service.completed("auto", "t");
        const { body } = await service.get("/jobs/auto");
        const name = String(body["executionInfo"]?.["poolId"]);
        assert.match(name, /^mine/);
        assert.equal((await service.call("DELETE", "/jobs/auto")).status, 202);
        await service.until(`/pools/${name}`, (_pool, answer) => answer.status === 404);
    });

    it("runs a schedule's jobs one after the other", async () => {
        const answer = await service.post("/jobschedules", {
            id: "hourly",
            schedule: { recurrenceInterval: "PT1H" },
            jobSpecification: { poolInfo: { poolId: "pool" } },
        });
        assert.equal(answer.status, 201, answer.text);
        assert.equal(
            codeOf(await service.post("/jobs", { id: "Hourly", poolInfo: { poolId: "pool" } })),
            "409 JobScheduleWithSameIdExists",
        );
        await service.until(
            "/jobschedules/hourly",
            (found) => found["executionInfo"]?.["recentJob"] !== undefined,
        );
        const { body } = await service.get("/jobschedules/hourly");
        assert.equal(body["executionInfo"]?.["recentJob"]?.["id"], "hourly:job-1");
        assert.equal((await service.get("/jobs/hourly:job-1")).status, 200);
        assert.equal((await service.get("/jobs/hourly%3Ajob-1")).status, 200);
        await service.post("/jobs/hourly:job-1/terminate");
        await service.until("/jobs/hourly:job-1", (job) => String(job["state"]) === "completed");
        service.passTime(3_600_000);
        await service.job("wakes");
        await service.until("/jobs/hourly:job-2", (_job, found) => found.status === 200);
        const listed = items(await service.get("/jobschedules/hourly/jobs?$select=id"));
        assert.deepEqual(listed, [{ id: "hourly:job-1" }, { id: "hourly:job-2" }]);
        assert.equal((await service.post("/jobschedules/hourly/disable")).status, 204);
        assert.equal((await service.get("/jobschedules/hourly")).body["state"], "disabled");
        assert.equal((await service.post("/jobschedules/hourly/terminate")).status, 202);
        await service.until("/jobschedules/hourly", (found) => String(found["state"]) === "completed");
        assert.equal(codeOf(await service.post("/jobschedules/hourly/enable")), "409 JobScheduleCompleted");
        assert.equal((await service.call("DELETE", "/jobschedules/hourly")).status, 202);
        await service.until("/jobschedules/hourly", (_found, gone) => gone.status === 404);
        assert.equal((await service.get("/jobs/hourly:job-1")).status, 404);
    });

    it("takes a node out of scheduling and back", async () => {
        const [id] = await nodes();
        const node = `/pools/pool/nodes/${id}`;
        assert.equal(
            codeOf(await service.post(`${node}/enablescheduling`)),
            "409 NodeAlreadyInTargetSchedulingState",
        );
        assert.equal((await service.post(`${node}/disablescheduling`)).status, 200);
        await service.until(node, (found) => String(found["state"]) === "offline");
        assert.equal(
            codeOf(await service.post(`${node}/disablescheduling`)),
            "409 NodeAlreadyInTargetSchedulingState",
        );
        assert.equal(
            codeOf(await service.post(`${node}/users`, { name: "u", password: "secret" })),
            "409 OperationInvalidForCurrentState",
        );
        assert.equal((await service.post(`${node}/enablescheduling`)).status, 200);
        await service.until(node, (found) => String(found["state"]) === "idle");
    });

    it("keeps users of a node, without their passwords", async () => {
        const [id] = await nodes();
        const users = `/pools/pool/nodes/${id}/users`;
        assert.equal((await service.post(users, { name: "me", password: "tell-nobody" })).status, 201);
        assert.equal(codeOf(await service.post(users, { name: "ME", password: "x" })), "409 NodeUserExists");
        assert.equal(
            codeOf(await service.post(users, { name: "two", password: "x", sshPublicKey: "y" })),
            "400 InvalidPropertyValue",
        );
        assert.equal(
            codeOf(await service.call("PUT", `${users}/none`, { password: "x" })),
            "404 NodeUserNotFound",
        );
        assert.ok(!JSON.stringify(service.store.resources.list()).includes("tell-nobody"));
        assert.equal((await service.call("DELETE", `${users}/me`)).status, 200);
        assert.equal(codeOf(await service.call("DELETE", `${users}/me`)), "404 NodeUserNotFound");
    });

    it("reboots a node under its task, which is run again", async () => {
        await service.job("rebooted");
        await service.task("rebooted", "t", "sleep 600");
        const running = await service.until(
            "/jobs/rebooted/tasks/t",
            (task) => String(task["state"]) === "running",
        );
        const node = `/pools/pool/nodes/${String(running["nodeInfo"]?.["nodeId"])}`;
        const before = (await service.get(node)).body;
        assert.equal(before["runningTasksCount"], 1);
        assert.equal((before["recentTasks"] as unknown as Body[])[0]?.["taskId"], "t");
        assert.equal((await service.post(`${node}/reboot`)).status, 202);
        await service.until(
            "/jobs/rebooted/tasks/t",
            (task) => Number(task["executionInfo"]?.["requeueCount"]) === 1,
        );
        await service.until(node, (found) => ["idle", "running"].includes(String(found["state"])));
        assert.notEqual(
            String((await service.get(node)).body["lastBootTime"]),
            String(before["lastBootTime"]),
        );
        await service.post("/jobs/rebooted/terminate");
    });

    it("removes the nodes that are named, and no others come", async () => {
        const [gone, kept] = await nodes();
        const answer = await service.post("/pools/pool/removenodes", {
            nodeList: [gone],
            nodeDeallocationOption: "terminate",
        });
        assert.equal(answer.status, 202);
        await steady("pool");
        assert.deepEqual(await nodes(), [kept]);
        const { body } = await service.get("/pools/pool");
        assert.equal(body["targetDedicatedNodes"], 1);
        assert.equal(body["currentDedicatedNodes"], 1);
    });

    it("takes a Windows pool and says on its nodes why they are of no use", async () => {
        const windows = {
            ...servicePool("windows"),
            virtualMachineConfiguration: {
                imageReference: {
                    publisher: "MicrosoftWindowsServer",
                    offer: "WindowsServer",
                    sku: "2022-datacenter-core",
                },
                nodeAgentSKUId: "batch.node.windows amd64",
            },
        };
        assert.equal((await service.post("/pools", windows)).status, 201);
        const list = await service.until("/pools/windows/nodes", (found) =>
            (found["value"] as unknown as Body[]).some((node) => String(node["state"]) === "unusable"),
        );
        assert.ok((list["value"] as unknown as Body[])[0]?.["errors"]);
        await service.call("DELETE", "/pools/windows");
    });

    it("autoscales as the formula says, from the moment it is enabled", async () => {
        const answer = await service.post("/pools", {
            ...servicePool("scaled"),
            targetDedicatedNodes: undefined,
            enableAutoScale: true,
            autoScaleFormula: "$TargetDedicatedNodes = 2;",
        });
        assert.equal(answer.status, 201, answer.text);
        await service.until("/pools/scaled", (pool) => Number(pool["currentDedicatedNodes"]) === 2);
        const { body } = await service.get("/pools/scaled");
        assert.match(String(body["autoScaleRun"]?.["results"]), /\$TargetDedicatedNodes=2/);
        assert.equal(body["autoScaleEvaluationInterval"], "PT15M");
        const found = items(await service.get("/pools?$filter=enableAutoScale eq true&$select=id"));
        assert.deepEqual(found, [{ id: "scaled" }]);
        const counts = items(await service.get("/nodecounts?$filter=poolId eq 'scaled'"));
        assert.equal(counts[0]?.["dedicated"]?.["total"], 2);
        await service.call("DELETE", "/pools/scaled");
    });

    it("does not show secrets again", async () => {
        const answer = await service.post("/pools", {
            ...servicePool("secret"),
            targetDedicatedNodes: 0,
            userAccounts: [
                {
                    name: "u",
                    password: "tell-nobody",
                    linuxUserConfiguration: { sshPrivateKey: "tell-nobody" },
                },
            ],
            mountConfiguration: [
                {
                    azureBlobFileSystemConfiguration: {
                        accountName: "a",
                        containerName: "c",
                        relativeMountPath: "m",
                        accountKey: "tell-nobody",
                    },
                },
            ],
            startTask: {
                commandLine: "true",
                containerSettings: {
                    imageName: "i",
                    registry: { registryServer: "r", username: "u", password: "tell-nobody" },
                },
            },
        });
        assert.equal(answer.status, 201, answer.text);
        const shown = await service.get("/pools/secret");
        assert.ok(!shown.text.includes("tell-nobody"));
        assert.equal(shown.body["userAccounts"]?.["0"]?.["name"], "u");
        await service.call("DELETE", "/pools/secret");
    });

    it("lists the subtasks of a multi-instance task with their nodes", async () => {
        await service.pool("gang", { targetDedicatedNodes: 3, enableInterNodeCommunication: true });
        await service.job("mpi", { poolInfo: { poolId: "gang" } });
        await service.task("mpi", "solve", "/bin/sh -c 'echo $AZ_BATCH_HOST_LIST'", {
            multiInstanceSettings: { numberOfInstances: 3, coordinationCommandLine: "true" },
        });
        await service.completed("mpi", "solve");
        const subtasks = items(await service.get("/jobs/mpi/tasks/solve/subtasksinfo"));
        assert.deepEqual(
            subtasks.map((one) => [one["id"], one["state"], one["exitCode"]]),
            [
                [1, "completed", 0],
                [2, "completed", 0],
            ],
        );
        const places = subtasks.map((one) => String(one["nodeInfo"]?.["nodeId"]));
        assert.equal(new Set(places).size, 2);
        const some = items(await service.get("/jobs/mpi/tasks/solve/subtasksinfo?$select=id"));
        assert.deepEqual(some, [{ id: 1 }, { id: 2 }]);
        const hosts = (await service.get("/jobs/mpi/tasks/solve/files/stdout.txt")).text.trim().split(",");
        assert.equal(new Set(hosts).size, 3);
        await service.call("DELETE", "/jobs/mpi");
        await service.call("DELETE", "/pools/gang");
    });

    it("shows images that fit their agents, filtered", async () => {
        const linux = items(await service.get("/supportedimages?$filter=osType eq 'linux'"));
        assert.ok(linux.length > 0 && linux.every((image) => String(image["osType"]) === "linux"));
        const some = items(await service.get("/supportedimages?$filter=nodeAgentSKUId eq 'batch.node.el 9'"));
        assert.ok(some.length > 0);
    });

    it("lives on when clients leave in the middle", async () => {
        const { port } = new URL(service.origin);
        const head = "POST /jobs?api-version=2025-06-01 HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n";
        const leave = (text: string) =>
            new Promise<void>((resolve) => {
                const socket = connect(Number(port), "127.0.0.1", () =>
                    socket.write(text, () => socket.destroy()),
                );
                socket.on("close", () => resolve());
            });
        const token = await service.identity.issueToken({
            objectId: "o",
            applicationId: "a",
            audience: "https://batch.core.windows.net/",
        });
        for (let count = 0; count < 20; count++)
            await leave(`${head}Authorization: Bearer ${token}\r\n\r\n{"id":`);
        assert.equal((await service.get("/jobs?maxresults=1")).status, 200);
    });

    it("takes a path with doubled and trailing slashes, and a body without declared length", async () => {
        assert.equal((await service.get("//jobs//defaults/")).status, 200);
        const token = await service.identity.issueToken({
            objectId: "o",
            applicationId: "a",
            audience: "https://batch.core.windows.net/",
        });
        const body = new ReadableStream({
            start(controller) {
                controller.enqueue(new TextEncoder().encode('{"id":"chunked","poolInfo":{"poolId":"pool"}}'));
                controller.close();
            },
        });
        const answer = await fetch(`${service.origin}/jobs?api-version=2025-06-01`, {
            method: "POST",
            headers: { Authorization: `Bearer ${token}` },
            body,
            duplex: "half",
        } as RequestInit);
        assert.equal(answer.status, 201);
    });

    it("keeps deeply nested settings from anybody's stack", async () => {
        const machine = {
            ...servicePool("x").virtualMachineConfiguration,
            extensions: [{ name: "e", publisher: "p", type: "t", settings: "HERE" }],
        };
        const body = JSON.stringify({ ...servicePool("deep"), virtualMachineConfiguration: machine });
        // Built as text: the test's own stack is no deeper.
        const nested = "[".repeat(100_000) + "]".repeat(100_000);
        const answer = await service.post("/pools", body.replace('"HERE"', nested));
        assert.equal(codeOf(answer), "400 InvalidRequestBody");
    });
});
