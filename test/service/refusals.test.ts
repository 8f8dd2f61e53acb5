import assert from "node:assert/strict";
import { request } from "node:http";
import { createHmac } from "node:crypto";
import { Service, codeOf, items } from "./support";
import { servicePool } from "../support/servicePool";

/** Sends bytes as they are and gives the status of what comes back. */
function raw(
    origin: string,
    options: { method: string; path: string; headers: Record<string, string>; body?: string },
): Promise<number> {
    return new Promise((resolve, reject) => {
        const sent = request(`${origin}${options.path}`, {
            method: options.method,
            headers: options.headers,
        });
        sent.on("response", (response) => {
            response.resume();
            resolve(response.statusCode ?? 0);
        });
        sent.on("error", reject);
        // Without a length: node would add one to an ended request.
        sent.removeHeader("Content-Length");
        sent.removeHeader("Transfer-Encoding");
        sent.end(options.body);
    });
}

describe("data plane, what is refused", function () {
    this.timeout(30_000);
    let service: Service;
    before(async () => {
        service = await Service.open({
            quotas: { dedicatedCores: 100, spotCores: 20, pools: 3, activeJobsAndSchedules: 12 },
        });
        await service.pool("pool", { targetDedicatedNodes: 0 });
        await service.job("job");
    });
    after(async () => {
        assert.deepEqual(service.errors, []);
        await service.close();
    });

    const task = { id: "t", commandLine: "true" };

    it("names the version that is missing or unknown, before anything else", async () => {
        const missing = await fetch(`${service.origin}/jobs`);
        assert.equal(missing.status, 400);
        assert.match(await missing.text(), /MissingRequiredQueryParameter/);
        const unknown = await service.post("/nowhere", "{", { version: "2019-08-01.10.0" });
        assert.equal(codeOf(unknown), "400 UnsupportedRequestVersion");
    });

    it("takes every version that installed clients speak", async () => {
        for (const version of [
            "2020-09-01.12.0",
            "2021-06-01.14.0",
            "2022-01-01.15.0",
            "2022-10-01.16.0",
            "2023-05-01.17.0",
            "2023-11-01.18.0",
            "2024-02-01.19.0",
            "2024-07-01.20.0",
            "2025-06-01",
        ]) {
            assert.equal((await service.get("/jobs/job", { version })).status, 200, version);
        }
    });

    it("knows which operations a version has", async () => {
        assert.equal(codeOf(await service.get("/certificates")), "404 ResourceNotFound");
        for (const version of ["2022-10-01.16.0", "2024-07-01.20.0"]) {
            const old = await service.get("/certificates", { version });
            assert.equal(codeOf(old), "400 CertificateRetired");
        }
        for (const path of ["/lifetimepoolstats", "/lifetimejobstats"]) {
            assert.equal((await service.get(path, { version: "2022-01-01.15.0" })).status, 200, path);
            const newer = await service.get(path, { version: "2022-10-01.16.0" });
            assert.equal(codeOf(newer), "404 ResourceNotFound");
        }
    });

    it("tells an unknown path from a verb that a path does not have", async () => {
        assert.equal(codeOf(await service.get("/nowhere")), "404 ResourceNotFound");
        assert.equal(codeOf(await service.call("DELETE", "/jobs")), "405 UnsupportedHttpVerb");
        assert.equal(codeOf(await service.call("PUT", "/jobs/job/tasks")), "405 UnsupportedHttpVerb");
    });

    it("finds paths and ids without regard to case", async () => {
        assert.equal((await service.get("/JOBS/JoB")).body["id"], "job");
        assert.equal(
            codeOf(await service.post("/jobs", { id: "JOB", poolInfo: { poolId: "p" } })),
            "409 JobExists",
        );
        assert.equal(codeOf(await service.post("/pools", servicePool("POOL"))), "409 PoolExists");
    });

    it("gives errors in the service's form", async () => {
        const answer = await service.get("/jobs/none", {
            headers: { "client-request-id": "mine", "return-client-request-id": "true" },
        });
        assert.equal(answer.status, 404);
        assert.equal(answer.headers.get("client-request-id"), "mine");
        const id = answer.headers.get("request-id");
        assert.match(
            String(answer.body["message"]?.["value"]),
            new RegExp(`\nRequestId:${id}\nTime:\\d{4}-`),
        );
        assert.equal(answer.body["message"]?.["lang"], "en-US");
        assert.match(String(answer.body["odata.metadata"]), /errors\/@Element$/);
    });

    // prettier-ignore
    const bodies: [string, string, unknown, string][] = [
        ["no JSON", "/jobs", "{", "400 InvalidRequestBody"],
        ["nothing", "/jobs", "", "400 InvalidRequestBody"],
        ["a list", "/jobs", [], "400 InvalidRequestBody"],
        ["null", "/jobs", "null", "400 InvalidRequestBody"],
        ["an unknown property", "/jobs", { id: "x", poolInfo: { poolId: "p" }, colour: 1 }, "400 InvalidRequestBody"],
        ["a wrong type", "/jobs", { id: 5, poolInfo: { poolId: "p" } }, "400 InvalidRequestBody"],
        ["no pool", "/jobs", { id: "x" }, "400 MissingRequiredProperty"],
        ["two pools", "/jobs", { id: "x", poolInfo: {} }, "400 InvalidPropertyValue"],
        ["a long id", "/jobs", { id: "x".repeat(65), poolInfo: { poolId: "p" } }, "400 InvalidPropertyValue"],
        ["an id with a space", "/jobs", { id: "x y", poolInfo: { poolId: "p" } }, "400 InvalidPropertyValue"],
        ["a priority out of range", "/jobs", { id: "x", priority: 1001, poolInfo: { poolId: "p" } }, "400 InvalidPropertyValue"],
        ["a wrong enum", "/jobs", { id: "x", poolInfo: { poolId: "p" }, onAllTasksComplete: "x" }, "400 InvalidPropertyValue"],
        ["a release without preparation", "/jobs", { id: "x", poolInfo: { poolId: "p" }, jobReleaseTask: { commandLine: "true" } }, "400 InvalidPropertyValue"],
        ["a release that takes too long", "/jobs", { id: "x", poolInfo: { poolId: "p" }, jobPreparationTask: { commandLine: "true" }, jobReleaseTask: { commandLine: "true", maxWallClockTime: "PT16M" } }, "400 InvalidPropertyValue"],
        ["a task without command line", "/jobs/job/tasks", { id: "x" }, "400 MissingRequiredProperty"],
        ["an empty command line", "/jobs/job/tasks", { id: "x", commandLine: " " }, "400 InvalidPropertyValue"],
        ["dependencies that the job does not use", "/jobs/job/tasks", { ...task, dependsOn: { taskIds: ["a"] } }, "400 TaskDependenciesNotSpecifiedOnJob"],
        ["two sources of a file", "/jobs/job/tasks", { ...task, resourceFiles: [{ httpUrl: "http://a/b", storageContainerUrl: "http://a/b", filePath: "f" }] }, "400 InvalidPropertyValue"],
        ["a retry count below -1", "/jobs/job/tasks", { ...task, constraints: { maxTaskRetryCount: -2 } }, "400 InvalidPropertyValue"],
        ["a duration that is none", "/jobs/job/tasks", { ...task, constraints: { maxWallClockTime: "5 minutes" } }, "400 InvalidRequestBody"],
        ["a job action that nothing acts on", "/jobs/job/tasks", { ...task, exitConditions: { default: { jobAction: "terminate" } } }, "400 InvalidPropertyValue"],
        ["slots of a multi-instance task", "/jobs/job/tasks", { ...task, requiredSlots: 2, multiInstanceSettings: { coordinationCommandLine: "true", numberOfInstances: 2 } }, "400 InvalidPropertyValue"],
        ["packages that are not there", "/jobs/job/tasks", { ...task, applicationPackageReferences: [{ applicationId: "x" }] }, "409 InvalidApplicationPackageReferences"],
        ["a wrong deallocation option", "/pools/pool/resize", { targetDedicatedNodes: 1, nodeDeallocationOption: "x" }, "400 InvalidPropertyValue"],
        ["a resize without target", "/pools/pool/resize", {}, "400 InvalidPropertyValue"],
        ["a resize timeout below five minutes", "/pools/pool/resize", { targetDedicatedNodes: 1, resizeTimeout: "PT4M" }, "400 InvalidPropertyValue"],
        ["an interval below five minutes", "/pools/pool/enableautoscale", { autoScaleFormula: "$TargetDedicatedNodes=1;", autoScaleEvaluationInterval: "PT1M" }, "400 InvalidPropertyValue"],
        ["no formula at all", "/pools/pool/enableautoscale", {}, "400 MissingRequiredProperty"],
        ["a formula with a fault", "/pools/pool/enableautoscale", { autoScaleFormula: "$TargetDedicatedNodes = ;" }, "400 AutoScalingFormulaSyntaxError"],
        ["a formula that is too long", "/pools/pool/enableautoscale", { autoScaleFormula: `$TargetDedicatedNodes=${"1+".repeat(5000)}1;` }, "400 AutoScalingFormulaTooLong"],
        ["evaluation where nothing is autoscaled", "/pools/pool/evaluateautoscale", { autoScaleFormula: "1" }, "409 OperationNotValidOnPool"],
        ["a node that is not there", "/pools/pool/removenodes", { nodeList: ["x"] }, "404 NodeNotFound"],
        ["a start window below a minute", "/jobschedules", { id: "s", schedule: { startWindow: "PT30S" }, jobSpecification: { poolInfo: { poolId: "p" } } }, "400 InvalidPropertyValue"],
        ["a schedule with a job's id", "/jobschedules", { id: "Job", schedule: {}, jobSpecification: { poolInfo: { poolId: "p" } } }, "409 JobWithSameIdExists"],
        ["a lifetime that only schedules have", "/jobs", { id: "x", poolInfo: { autoPoolSpecification: { poolLifetimeOption: "jobschedule", pool: { ...servicePool("x"), id: undefined } } } }, "400 InvalidPropertyValue"],
        ["more than a hundred tasks", "/jobs/job/addtaskcollection", { value: Array.from({ length: 101 }, (_, n) => ({ id: `t${n}`, commandLine: "true" })) }, "400 InvalidPropertyValue"],
        ["a body beyond a megabyte", "/jobs/job/addtaskcollection", { value: [{ id: "big", commandLine: "x".repeat(1_100_000) }] }, "413 RequestBodyTooLarge"],
        ["a collection with an unreadable task", "/jobs/job/addtaskcollection", { value: [task, { id: "u", commandLine: "true", colour: 1 }] }, "400 InvalidRequestBody"],
    ];
    for (const [what, path, body, expected] of bodies) {
        it(`refuses ${what} with ${expected}`, async () => {
            assert.equal(codeOf(await service.post(path, body)), expected);
        });
    }

    it("adds nothing of a collection that is refused as a whole", async () => {
        assert.deepEqual(items(await service.get("/jobs/job/tasks")), []);
    });

    // prettier-ignore
    const pools: [string, object, string][] = [
        ["no machine", { virtualMachineConfiguration: undefined }, "MissingRequiredProperty"],
        ["an unknown agent", { virtualMachineConfiguration: { ...servicePool("x").virtualMachineConfiguration, nodeAgentSKUId: "batch.node.atari" } }, "InvalidPropertyValue"],
        ["an agent of another system", { virtualMachineConfiguration: { ...servicePool("x").virtualMachineConfiguration, nodeAgentSKUId: "batch.node.el 9" } }, "InvalidPropertyValue"],
        ["an unknown image", { virtualMachineConfiguration: { imageReference: { publisher: "me", offer: "mine", sku: "1" }, nodeAgentSKUId: "batch.node.ubuntu 24.04" } }, "InvalidPropertyValue"],
        ["more slots than the VM may have", { taskSlotsPerNode: 9 }, "InvalidPropertyValue"],
        ["a negative target", { targetDedicatedNodes: -1 }, "InvalidPropertyValue"],
        ["autoscale with a target", { enableAutoScale: true, autoScaleFormula: "$TargetDedicatedNodes=1;" }, "InvalidPropertyValue"],
        ["autoscale without formula", { enableAutoScale: true, targetDedicatedNodes: undefined }, "MissingRequiredProperty"],
        ["a formula without autoscale", { autoScaleFormula: "$TargetDedicatedNodes=1;" }, "InvalidPropertyValue"],
        ["a strange VM size", { vmSize: "huge" }, "InvalidPropertyValue"],
        ["the retired Cloud Services", { cloudServiceConfiguration: { osFamily: "5" } }, "InvalidPropertyValue"],
        ["eleven packages", { applicationPackageReferences: Array.from({ length: 11 }, () => ({ applicationId: "a" })) }, "InvalidPropertyValue"],
    ];
    for (const [what, change, expected] of pools) {
        it(`refuses a pool with ${what}`, async () => {
            const answer = await service.post("/pools", { ...servicePool("bad"), ...change });
            assert.equal(codeOf(answer), `400 ${expected}`, answer.text);
            assert.ok(items({ ...answer, body: { value: answer.body["values"] ?? {} } }).length > 0);
        });
    }

    it("takes null for a property that is not given", async () => {
        const answer = await service.post("/jobs", {
            id: "nulls",
            displayName: null,
            constraints: null,
            poolInfo: { poolId: "pool", autoPoolSpecification: null },
        });
        assert.equal(answer.status, 201, answer.text);
    });

    it("holds to the quotas of the account", async () => {
        for (const id of ["two", "three"]) {
            assert.equal(
                (await service.post("/pools", { ...servicePool(id), targetDedicatedNodes: 0 })).status,
                201,
            );
        }
        assert.equal(codeOf(await service.post("/pools", servicePool("four"))), "409 PoolQuotaReached");
        const body = (id: string) => ({ id, poolInfo: { poolId: "pool" } });
        let answer = await service.post("/jobs", body("q0"));
        for (let count = 1; answer.status === 201; count++)
            answer = await service.post("/jobs", body(`q${count}`));
        assert.equal(codeOf(answer), "409 ActiveJobAndScheduleQuotaReached");
        assert.equal(items(await service.get("/jobs")).length, 12);
    });

    it("checks conditional headers on reading and writing", async () => {
        const { headers, body } = await service.get("/jobs/job");
        const tag = headers.get("etag") ?? "";
        assert.equal(tag, String(body["eTag"]));
        const read = (name: string, value: string) =>
            service.get("/jobs/job", { headers: { [name]: value } });
        const write = (name: string, value: string) =>
            service.call("PATCH", "/jobs/job", { priority: 1 }, { headers: { [name]: value } });
        assert.equal((await read("If-None-Match", tag)).status, 304);
        assert.equal((await read("If-Match", tag)).status, 200);
        assert.equal((await read("If-Match", '"0x0"')).status, 304);
        assert.equal((await read("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT")).status, 304);
        assert.equal(codeOf(await read("If-Modified-Since", "yesterday")), "400 InvalidHeaderValue");
        assert.equal(codeOf(await write("If-Match", '"0x0"')), "412 ConditionNotMet");
        assert.equal(codeOf(await write("If-None-Match", "*")), "412 ConditionNotMet");
        const both = { "If-Match": tag, "If-None-Match": tag };
        assert.equal(
            codeOf(await service.get("/jobs/job", { headers: both })),
            "400 MultipleConditionHeadersNotSupported",
        );
        assert.equal((await write("If-Match", tag)).status, 200);
        assert.equal(codeOf(await write("If-Match", tag)), "412 ConditionNotMet");
    });

    it("refuses queries that it cannot read", async () => {
        const queries: [string, string][] = [
            ["maxresults=0", "400 OutOfRangeQueryParameterValue"],
            ["maxresults=1001", "400 OutOfRangeQueryParameterValue"],
            ["maxresults=ten", "400 InvalidQueryParameterValue"],
            ["$skiptoken=*", "400 InvalidQueryParameterValue"],
            ["$select=colour", "400 InvalidQueryParameterValue"],
            ["$expand=everything", "400 InvalidQueryParameterValue"],
            ["$filter=colour eq 'red'", "400 InvalidQueryParameterValue"],
            ["$filter=state eq", "400 InvalidQueryParameterValue"],
            ["$filter=state gt 'active'", "400 InvalidQueryParameterValue"],
            ["$filter=(state eq 'active'", "400 InvalidQueryParameterValue"],
            [`$filter=${"(".repeat(3000)}`, "400 InvalidQueryParameterValue"],
            ["$filter=creationTime gt DateTime'never'", "400 InvalidQueryParameterValue"],
        ];
        for (const [query, expected] of queries) {
            for (const path of ["/jobs", "/jobs/job/tasks", "/pools"]) {
                assert.equal(codeOf(await service.get(`${path}?${encodeURI(query)}`)), expected, query);
            }
        }
    });

    it("asks who is there, and believes only real credentials", async () => {
        const ask = (headers: Record<string, string>) =>
            fetch(`${service.origin}/jobs?api-version=2025-06-01`, { headers });
        const none = await ask({});
        assert.equal(none.status, 400);
        assert.match(await none.text(), /MissingRequiredHeader/);
        assert.match(none.headers.get("www-authenticate") ?? "", /^Bearer authorization_uri=/);
        assert.equal((await ask({ Authorization: "Bearer x.y.z" })).status, 401);
        const elsewhere = await service.identity.issueToken({
            objectId: "o",
            applicationId: "a",
            audience: "https://management.azure.com/",
        });
        assert.equal((await ask({ Authorization: `Bearer ${elsewhere}` })).status, 401);
        assert.equal((await ask({ Authorization: "Basic eDp5" })).status, 400);
        assert.equal((await ask({ Authorization: "SharedKey acct" })).status, 400);
        const date = new Date().toUTCString();
        const sign = (key: Buffer, when: string) => {
            const text = `GET\n\n\n\n\n\n\n\n\n\n\n\nocp-date:${when}\n/acct/jobs\napi-version:2025-06-01`;
            return {
                "ocp-date": when,
                Authorization: `SharedKey acct:${createHmac("sha256", key).update(text).digest("base64")}`,
            };
        };
        assert.equal((await ask(sign(Buffer.alloc(64, 1), date))).status, 200);
        assert.equal((await ask(sign(Buffer.alloc(64, 2), date))).status, 200);
        const wrong = await ask(sign(Buffer.alloc(64, 3), date));
        assert.equal(wrong.status, 403);
        assert.match(await wrong.text(), /Server used following string to sign/);
        const old = new Date(Date.now() - 16 * 60_000).toUTCString();
        assert.equal((await ask(sign(Buffer.alloc(64, 1), old))).status, 403);
    });

    it("takes only the ways to sign in that the account allows", async () => {
        const account = service.store.accounts.get("acct");
        assert.ok(account);
        service.store.accounts.put({ ...account, allowedAuthenticationModes: ["SharedKey"] });
        assert.equal(codeOf(await service.get("/jobs")), "403 AuthenticationFailed");
        service.store.accounts.put({ ...account, allowedAuthenticationModes: ["AAD"] });
        const answer = await service.get("/jobs", { headers: { Authorization: "SharedKey acct:AAAA" } });
        assert.equal(codeOf(answer), "403 AuthenticationFailed");
        service.store.accounts.put(account);
        assert.equal((await service.get("/jobs")).status, 200);
    });

    it("tells of the credentials before it reads the body, and of the body before the job", async () => {
        const answer = await service.call("POST", "/jobs/none/tasks", "{", {
            headers: { Authorization: "Bearer x" },
        });
        assert.equal(answer.status, 401);
        assert.equal(codeOf(await service.post("/jobs/none/tasks", "{")), "400 InvalidRequestBody");
        assert.equal(codeOf(await service.post("/jobs/none/tasks", task)), "404 JobNotFound");
    });

    it("wants to know how long a body is", async () => {
        const token = await service.identity.issueToken({
            objectId: "o",
            applicationId: "a",
            audience: "https://batch.core.windows.net",
        });
        const path = "/jobs/job/terminate?api-version=2025-06-01";
        const headers = { Authorization: `Bearer ${token}` };
        assert.equal(await raw(service.origin, { method: "POST", path, headers }), 411);
    });

    it("follows the states of a job", async () => {
        await service.call("DELETE", "/jobs/nulls");
        await service.until("/jobs/nulls", (_body, answer) => answer.status === 404);
        await service.job("states");
        const post = (what: string, body?: unknown) => service.post(`/jobs/states/${what}`, body);
        assert.equal((await post("disable", { disableTasks: "requeue" })).status, 202);
        await service.until("/jobs/states", (job) => String(job["state"]) === "disabled");
        assert.equal((await post("tasks", task)).status, 201);
        assert.equal((await post("enable")).status, 202);
        const moved = { poolInfo: { poolId: "elsewhere" } };
        assert.equal(
            codeOf(await service.call("PATCH", "/jobs/states", moved)),
            "409 OperationInvalidForCurrentState",
        );
        assert.equal(
            (await service.call("PATCH", "/jobs/states", { onAllTasksComplete: "terminatejob" })).status,
            200,
        );
        const back = await service.call("PATCH", "/jobs/states", { onAllTasksComplete: "noaction" });
        assert.equal(codeOf(back), "400 InvalidPropertyValue");
        assert.equal((await post("terminate")).status, 202);
        const job = await service.until("/jobs/states", (found) => String(found["state"]) === "completed");
        assert.equal(job["executionInfo"]?.["terminateReason"], "UserTerminate");
        for (const [what, body] of [
            ["disable", { disableTasks: "wait" }],
            ["enable"],
            ["terminate"],
            ["tasks", task],
        ] as const) {
            assert.equal(codeOf(await post(what, body)), "409 JobCompleted", what);
        }
        assert.equal(
            codeOf(await service.call("PATCH", "/jobs/states", { priority: 1 })),
            "409 JobCompleted",
        );
        assert.equal(
            codeOf(await service.get("/jobs/job/jobpreparationandreleasetaskstatus")),
            "409 JobPreparationTaskNotSpecified",
        );
    });

    it("follows the states of a pool", async () => {
        const resize = () => service.post("/pools/two/resize", { targetDedicatedNodes: 0 });
        await service.until("/pools/two", (pool) => String(pool["allocationState"]) === "steady");
        const autoScaleFormula = "$TargetDedicatedNodes = 0;";
        const enable = () => service.post("/pools/two/enableautoscale", { autoScaleFormula });
        assert.equal((await enable()).status, 200);
        await service.until("/pools/two", (pool) => String(pool["allocationState"]) === "steady");
        assert.equal(codeOf(await enable()), "503 TooManyEnableAutoScaleRequests");
        service.passTime(31_000);
        assert.equal((await enable()).status, 200);
        assert.equal(codeOf(await resize()), "409 OperationNotValidOnPool");
        assert.equal((await service.post("/pools/two/disableautoscale")).status, 200);
        await service.until("/pools/two", (pool) => String(pool["allocationState"]) === "steady");
        assert.equal((await resize()).status, 202);
        await service.until("/pools/two", (pool) => String(pool["allocationState"]) === "steady");
        assert.equal((await service.call("PATCH", "/pools/two", { vmSize: "Standard_D4s_v5" })).status, 200);
        assert.equal((await service.get("/pools/two")).body["vmSize"], "Standard_D4s_v5");
        const image = {
            virtualMachineConfiguration: {
                ...servicePool("x").virtualMachineConfiguration,
                nodeAgentSKUId: "batch.node.el 9",
            },
        };
        assert.equal(codeOf(await service.call("PATCH", "/pools/two", image)), "400 InvalidPropertyValue");
        assert.equal((await service.call("HEAD", "/pools/none")).status, 404);
        assert.equal((await service.call("HEAD", "/pools/two")).status, 200);
    });

    it("refuses a change of what a pool with nodes is made of", async () => {
        assert.equal((await service.post("/pools/pool/resize", { targetDedicatedNodes: 1 })).status, 202);
        await service.until("/pools/pool", (pool) => String(pool["allocationState"]) === "steady");
        const answer = await service.call("PATCH", "/pools/pool", { vmSize: "Standard_D4s_v5" });
        assert.equal(codeOf(answer), "400 PropertyCannotBeUpdated");
        assert.equal((await service.call("PATCH", "/pools/pool", { metadata: [] })).status, 200);
    });
});
