import assert from "node:assert/strict";
import { Service, items } from "./support";
import { servicePool } from "../support/servicePool";

/*
 * What recorded exchanges with the real service show (recordings in the tests of Azure/azure-sdk-for-python, Azure/azure-powershell and
 * Azure/azure-cli, 2019 to 2023), where it is more than the reference says.
 */
describe("data plane, beside recorded answers", function () {
    this.timeout(30_000);
    let service: Service;
    before(async () => {
        service = await Service.open();
        await service.pool("pool", { targetDedicatedNodes: 1 });
        await service.job("job");
        await service.task("job", "task", "/bin/sh -c 'echo out'");
        await service.completed("job", "task");
    });
    after(() => service.close());

    it("shows a tag without quotes, the same in header and body", async () => {
        const { headers, body } = await service.get("/jobs/job");
        assert.match(headers.get("etag") ?? "", /^0x8D[0-9A-F]+$/);
        assert.equal(headers.get("etag"), body["eTag"]);
        assert.equal(headers.get("content-type"), "application/json;odata=minimalmetadata");
        assert.equal(headers.get("dataserviceversion"), "3.0");
        assert.equal(headers.get("x-content-type-options"), "nosniff");
    });

    it("names the action in DataServiceId of an action, and the resource in that of a creation", async () => {
        const enabled = await service.post("/jobs/job/enable");
        assert.equal(enabled.headers.get("dataserviceid"), `${service.origin}/jobs/job/enable`);
        const added = await service.post("/jobs/job/tasks", { id: "other", commandLine: "true" });
        assert.equal(added.headers.get("dataserviceid"), `${service.origin}/jobs/job/tasks/other`);
        assert.equal(added.headers.get("location"), `${service.origin}/jobs/job/tasks/other`);
        assert.equal(added.text, "");
        const changed = await service.call("PATCH", "/jobs/job", { priority: 1 });
        assert.equal(changed.headers.get("dataserviceid"), `${service.origin}/jobs/job`);
    });

    it("shows a task's defaults", async () => {
        const { body } = await service.get("/jobs/job/tasks/task");
        assert.deepEqual(body["userIdentity"], { autoUser: { scope: "pool", elevationLevel: "nonadmin" } });
        assert.deepEqual(body["constraints"], {
            maxWallClockTime: "P10675199DT2H48M5.4775807S",
            retentionTime: "P7D",
            maxTaskRetryCount: 0,
        });
        assert.equal(body["requiredSlots"], 1);
        assert.equal(body["nodeInfo"]?.["taskRootDirectory"], "workitems/job/job-1/task");
        const node = String(body["nodeInfo"]?.["nodeId"]);
        assert.match(node, /^tvmps_[0-9a-f]{64}_d$/);
        assert.equal(body["nodeInfo"]?.["affinityId"], `TVM:${node}`);
    });

    it("shows a pool's defaults", async () => {
        const { imageReference, nodeAgentSKUId } = servicePool("x").virtualMachineConfiguration;
        const { publisher, offer, sku } = imageReference;
        const machine = { imageReference: { publisher, offer, sku }, nodeAgentSKUId };
        const body = { id: "plain", vmSize: "standard_d2_v2", virtualMachineConfiguration: machine };
        assert.equal((await service.post("/pools", body)).status, 201);
        const pool = (await service.get("/pools/plain")).body;
        assert.equal(pool["virtualMachineConfiguration"]?.["imageReference"]?.["version"], "latest");
        assert.equal(pool["resizeTimeout"], "PT15M");
        assert.equal(pool["taskSlotsPerNode"], 1);
        assert.equal(pool["enableAutoScale"], false);
        assert.equal(pool["enableInterNodeCommunication"], false);
        assert.equal(pool["targetLowPriorityNodes"], 0);
        assert.equal(pool["vmSize"], "standard_d2_v2");
    });

    it("says of a file what it says", async () => {
        const answer = await service.call("HEAD", "/jobs/job/tasks/task/files/stdout.txt");
        const url = `${service.origin}/jobs/job/tasks/task/files/stdout.txt`;
        assert.equal(answer.headers.get("ocp-batch-file-url"), encodeURIComponent(url));
        assert.equal(answer.headers.get("ocp-batch-file-mode"), "0o100644");
        assert.equal(answer.headers.get("ocp-batch-file-isdirectory"), "False");
        assert.equal(answer.headers.get("content-type"), "text/plain");
        assert.equal(answer.headers.get("etag"), null);
        const [stderr] = items(await service.get("/jobs/job/tasks/task/files"));
        assert.equal(stderr?.["properties"]?.["contentLength"], "0");
    });

    it("names the property, its value and the reason of a refusal", async () => {
        const subnetId =
            "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/test/providers/Microsoft.Network/virtualNetworks/v/subnets/s";
        const answer = await service.post("/pools", {
            ...servicePool("elsewhere"),
            networkConfiguration: { subnetId },
        });
        assert.equal(answer.body["code"], "InvalidPropertyValue");
        const values = answer.body["values"] as unknown as { key: string; value: string }[];
        assert.deepEqual(
            values.map(({ key }) => key),
            ["PropertyName", "PropertyValue", "Reason"],
        );
        assert.deepEqual(
            values.slice(0, 2).map(({ value }) => value),
            ["subnetId", subnetId],
        );
    });

    it("gives results of a formula with the targets that it leaves alone", async () => {
        await service.post("/pools/pool/enableautoscale", { autoScaleFormula: "$TargetDedicatedNodes=1" });
        const answer = await service.post("/pools/pool/evaluateautoscale", {
            autoScaleFormula: "$TargetDedicatedNodes=1",
        });
        assert.equal(
            answer.body["results"],
            "$TargetDedicatedNodes=1;$TargetLowPriorityNodes=0;$NodeDeallocationOption=requeue",
        );
        assert.match(
            String(answer.body["odata.metadata"]),
            /#Microsoft\.Azure\.Batch\.Protocol\.Entities\.AutoScaleRun$/,
        );
    });

    it("names its lists in their metadata", async () => {
        const lists: [string, string][] = [
            ["/jobs", "jobs"],
            ["/jobs/job/tasks", "tasks"],
            ["/jobs/job/tasks/task/files", "files"],
            ["/jobs/job/tasks/task/subtasksinfo", "subtaskinfo"],
            ["/pools", "pools"],
            ["/pools/pool/nodes", "nodes"],
            ["/nodecounts", "poolnodecounts"],
            ["/supportedimages", "supportedimages"],
        ];
        for (const [path, set] of lists) {
            const { body } = await service.get(path);
            assert.equal(body["odata.metadata"], `${service.origin}/$metadata#${set}`);
        }
    });
});
