import assert from "node:assert/strict";
import { Local, poolOf, sh, type Body } from "./local";

const states = (nodes: readonly Body[]) => nodes.map((node) => String(node["state"])).sort();
const idOf = (node: Body | undefined) => String(node?.["id"]);

describe("scenario: pools and nodes", function () {
    this.timeout(60_000);
    let local: Local;
    before(async () => {
        local = await Local.start();
    });
    after(() => local.close());

    const nodesOf = (pool: string) => local.list(`/pools/${pool}/nodes`);
    const untilNode = (pool: string, node: string, ...wanted: string[]) =>
        local.untilState(`/pools/${pool}/nodes/${node}`, ...wanted);
    const running = (job: string, task: string) => local.untilState(`/jobs/${job}/tasks/${task}`, "running");
    const endJob = (job: string) => local.post(`/jobs/${job}/terminate`);

    it("grow and shrink, spot nodes too, each with an address of its own", async () => {
        const nodes = await local.pool("size", { targetDedicatedNodes: 2, targetLowPriorityNodes: 1 });
        assert.deepEqual(states(nodes), ["idle", "idle", "idle"]);
        assert.deepEqual(nodes.map((node) => node["isDedicated"]).filter(Boolean).length, 2);
        const addresses = new Set(nodes.map((node) => String(node["ipAddress"])));
        assert.equal(addresses.size, 3);
        for (const address of addresses) assert.match(address, /^127\./);
        await local.post("/pools/size/resize", { targetDedicatedNodes: 3, targetLowPriorityNodes: 0 });
        assert.equal((await local.steady("size")).length, 3);
        const counts = (await local.list("/nodecounts?$filter=poolId eq 'size'"))[0];
        assert.equal(counts?.["dedicated"]?.["idle"], 3);
        assert.equal(counts["lowPriority"]?.["total"], 0);
        const [first, second] = await nodesOf("size");
        await local.post("/pools/size/removenodes", { nodeList: [idOf(first)] });
        const left = await local.steady("size");
        assert.equal(left.length, 2);
        assert.ok(left.some((node) => idOf(node) === idOf(second)));
        assert.ok(!left.some((node) => idOf(node) === idOf(first)));
        assert.equal((await local.get("/pools/size"))["targetDedicatedNodes"], 2);
        assert.equal((await local.send("GET", `/pools/size/nodes/${idOf(first)}`)).status, 404);
        await local.ask("DELETE", "/pools/size");
    });

    it("a shrinking pool waits for tasks when told to; stopping that keeps the node", async () => {
        await local.pool("stop");
        await local.job("stop", "stop");
        await local.task("stop", "long", "sleep 60");
        await running("stop", "long");
        const option = { targetDedicatedNodes: 0, nodeDeallocationOption: "taskcompletion" };
        await local.post("/pools/stop/resize", option);
        const [node] = await nodesOf("stop");
        await untilNode("stop", idOf(node), "leavingpool");
        assert.equal((await local.send("POST", "/pools/stop/resize", option)).status, 409);
        await local.post("/pools/stop/stopresize");
        assert.deepEqual(states(await local.steady("stop")), ["running"]);
        const pool = await local.get("/pools/stop");
        assert.equal(pool["targetDedicatedNodes"], 1);
        assert.equal((pool["resizeErrors"] as unknown as Body[])[0]?.["code"], "ResizeStopped");
        // Without that option the node goes at once, and its task goes back.
        await local.post("/pools/stop/resize", { targetDedicatedNodes: 0 });
        assert.deepEqual(await local.steady("stop"), []);
        const task = await local.get("/jobs/stop/tasks/long");
        assert.equal(task["state"], "active");
        assert.equal(task["executionInfo"]?.["requeueCount"], 1);
        assert.equal(task["executionInfo"]["retryCount"], 0);
        assert.equal((await local.get("/pools/stop"))["resizeErrors"], undefined);
        await local.ask("DELETE", "/pools/stop");
        await endJob("stop");
    });

    it("go as far as the quota lets them and say so", async () => {
        await local.post("/pools", {
            id: "quota",
            vmSize: "Standard_D96s_v5",
            virtualMachineConfiguration: poolOf("quota").virtualMachineConfiguration,
            targetDedicatedNodes: 1000,
        });
        await local.until("the resize ends", async () => {
            const pool = await local.get("/pools/quota");
            return String(pool["allocationState"]) === "steady" && pool["resizeErrors"] !== undefined;
        });
        const pool = await local.get("/pools/quota");
        assert.equal((pool["resizeErrors"] as unknown as Body[])[0]?.["code"], "AccountCoreQuotaReached");
        assert.ok(Number(pool["currentDedicatedNodes"]) < 1000);
        await local.ask("DELETE", "/pools/quota");
    });

    it("scheduling on a node is disabled and enabled, its tasks as asked", async () => {
        const [node] = await local.pool("offline");
        const path = `/pools/offline/nodes/${idOf(node)}`;
        await local.job("offline", "offline");
        for (const [option, state] of [
            ["requeue", "active"],
            ["terminate", "completed"],
            ["taskcompletion", "completed"],
        ] as const) {
            const id = `t-${option}`;
            await local.task("offline", id, sh(option === "taskcompletion" ? "sleep 0.5" : "sleep 60"));
            await running("offline", id);
            await local.post(`${path}/disablescheduling`, { nodeDisableSchedulingOption: option });
            await untilNode("offline", idOf(node), "offline");
            const task = await local.get(`/jobs/offline/tasks/${id}`);
            assert.equal(task["state"], state);
            if (option === "taskcompletion") assert.equal(task["executionInfo"]?.["exitCode"], 0);
            if (option === "terminate")
                assert.equal(task["executionInfo"]?.["failureInfo"]?.["code"], "TaskEnded");
            if (option === "requeue") await local.ask("DELETE", `/jobs/offline/tasks/${id}`);
            await local.post(`${path}/enablescheduling`);
        }
        await endJob("offline");
        await local.ask("DELETE", "/pools/offline");
    });

    it("a node is deallocated with its tasks given back, and starts again", async () => {
        const [node] = await local.pool("dealloc");
        await local.job("dealloc", "dealloc");
        await local.task("dealloc", "t", "sleep 60");
        await running("dealloc", "t");
        await local.post(`/pools/dealloc/nodes/${idOf(node)}/deallocate`);
        await untilNode("dealloc", idOf(node), "deallocated");
        assert.equal((await local.get("/jobs/dealloc/tasks/t"))["state"], "active");
        await local.post(`/pools/dealloc/nodes/${idOf(node)}/start`);
        await running("dealloc", "t");
        const now = await local.get(`/pools/dealloc/nodes/${idOf(node)}`);
        assert.equal(now["runningTasksCount"], 1);
        const recent = now["recentTasks"] as unknown as Body[];
        assert.deepEqual(
            recent.map((one) => [one["jobId"], one["taskId"], one["taskState"]]),
            [["dealloc", "t", "running"]],
        );
        await endJob("dealloc");
        await local.ask("DELETE", "/pools/dealloc");
    });

    it("tasks take slots, and nodes are filled by spreading or packing", async () => {
        for (const [nodeFillType, used] of [
            ["spread", 2],
            ["pack", 1],
        ] as const) {
            const id = `fill-${nodeFillType}`;
            await local.pool(id, {
                targetDedicatedNodes: 2,
                taskSlotsPerNode: 4,
                taskSchedulingPolicy: { nodeFillType },
            });
            await local.job(id, id);
            await local.tasks(
                id,
                ["a", "b"].map((task) => ({ id: task, commandLine: "sleep 60", requiredSlots: 2 })),
            );
            const nodes = [await running(id, "a"), await running(id, "b")].map((task) =>
                String(task["nodeInfo"]?.["nodeId"]),
            );
            assert.equal(new Set(nodes).size, used);
            const all = await nodesOf(id);
            const slots = all.map((node) => Number(node["runningTaskSlotsCount"])).sort();
            assert.deepEqual(slots, used === 2 ? [2, 2] : [0, 4]);
            const counts = await local.get(`/jobs/${id}/taskcounts`);
            assert.equal(counts["taskSlotCounts"]?.["running"], 4);
            await endJob(id);
            await local.ask("DELETE", `/pools/${id}`);
        }
    });

    it("nodes of a Windows image are unusable and say why", async () => {
        const machine = {
            imageReference: {
                publisher: "microsoftwindowsserver",
                offer: "windowsserver",
                sku: "2022-datacenter",
                version: "latest",
            },
            nodeAgentSKUId: "batch.node.windows amd64",
        };
        const [node] = await local.pool("windows", { virtualMachineConfiguration: machine });
        assert.equal(node?.["state"], "unusable");
        const [error] = node["errors"] as unknown as Body[];
        assert.match(String(error?.["message"]), /Linux/);
        await local.ask("DELETE", "/pools/windows");
    });

    it("an autoscaled pool grows for its tasks and explains itself", async () => {
        await local.post("/pools", {
            ...poolOf("auto"),
            targetDedicatedNodes: undefined,
            enableAutoScale: true,
            autoScaleFormula: "$TargetDedicatedNodes = 2; $NodeDeallocationOption = requeue;",
        });
        const nodes = await local.until("two nodes", async () => {
            const found = await nodesOf("auto");
            return found.length === 2 && found;
        });
        assert.equal(nodes.length, 2);
        const pool = await local.get("/pools/auto");
        assert.match(String(pool["autoScaleRun"]?.["results"]), /\$TargetDedicatedNodes=2/);
        assert.equal(
            (await local.send("POST", "/pools/auto/resize", { targetDedicatedNodes: 1 })).status,
            409,
        );
        const evaluated = await local.post("/pools/auto/evaluateautoscale", {
            autoScaleFormula: "$TargetDedicatedNodes = 7;",
        });
        assert.match(String(evaluated.body["results"]), /\$TargetDedicatedNodes=7/);
        await local.post("/pools/auto/disableautoscale");
        await local.ask("DELETE", "/pools/auto");
        await local.untilGone("/pools/auto");
    });
});
