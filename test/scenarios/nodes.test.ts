import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { Local, sh, type Body } from "./local";
import { Resources } from "./resources";
import { servicePool } from "../support/servicePool";

const states = (nodes: readonly Body[]) => nodes.map((node) => String(node["state"])).sort();
const idOf = (node: Body | undefined) => String(node?.["id"]);

describe("scenario: pools and nodes", function () {
    this.timeout(60_000);
    let local: Local;
    let resources: Resources;
    before(async () => {
        local = await Local.start();
        resources = new Resources(local);
    });
    after(() => local.close());

    const nodesOf = (pool: string) => local.list(`/pools/${pool}/nodes`);

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
        await local.running("stop", "long");
        const option = { targetDedicatedNodes: 0, nodeDeallocationOption: "taskcompletion" };
        await local.post("/pools/stop/resize", option);
        const [node] = await nodesOf("stop");
        await local.untilNode("stop", idOf(node), "leavingpool");
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
        await local.endJob("stop");
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
            await local.running("offline", id);
            await local.post(`${path}/disablescheduling`, { nodeDisableSchedulingOption: option });
            await local.untilNode("offline", idOf(node), "offline");
            const task = await local.get(`/jobs/offline/tasks/${id}`);
            assert.equal(task["state"], state);
            if (option === "taskcompletion") assert.equal(task["executionInfo"]?.["exitCode"], 0);
            if (option === "terminate")
                assert.equal(task["executionInfo"]?.["failureInfo"]?.["code"], "TaskEnded");
            if (option === "requeue") await local.ask("DELETE", `/jobs/offline/tasks/${id}`);
            await local.post(`${path}/enablescheduling`);
        }
        await local.endJob("offline");
        await local.ask("DELETE", "/pools/offline");
    });

    it("a node is deallocated with its tasks given back, and starts again", async () => {
        const [node] = await local.pool("dealloc");
        await local.job("dealloc", "dealloc");
        await local.task("dealloc", "t", "sleep 60");
        await local.running("dealloc", "t");
        await local.post(`/pools/dealloc/nodes/${idOf(node)}/deallocate`);
        await local.untilNode("dealloc", idOf(node), "deallocated");
        assert.equal((await local.get("/jobs/dealloc/tasks/t"))["state"], "active");
        await local.post(`/pools/dealloc/nodes/${idOf(node)}/start`);
        await local.running("dealloc", "t");
        const now = await local.get(`/pools/dealloc/nodes/${idOf(node)}`);
        assert.equal(now["runningTasksCount"], 1);
        const recent = now["recentTasks"] as unknown as Body[];
        assert.deepEqual(
            recent.map((one) => [one["jobId"], one["taskId"], one["taskState"]]),
            [["dealloc", "t", "running"]],
        );
        await local.endJob("dealloc");
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
            const nodes = [await local.running(id, "a"), await local.running(id, "b")].map((task) =>
                String(task["nodeInfo"]?.["nodeId"]),
            );
            assert.equal(new Set(nodes).size, used);
            const all = await nodesOf(id);
            const slots = all.map((node) => Number(node["runningTaskSlotsCount"])).sort();
            assert.deepEqual(slots, used === 2 ? [2, 2] : [0, 4]);
            const counts = await local.get(`/jobs/${id}/taskcounts`);
            assert.equal(counts["taskSlotCounts"]?.["running"], 4);
            await local.endJob(id);
            await local.ask("DELETE", `/pools/${id}`);
        }
    });

    it("each node has an address that it can listen on beside the others, on the same port", async () => {
        const nodes = await local.pool("addresses", { targetDedicatedNodes: 2 });
        await local.job("addresses", "addresses");
        const listen = `require('net').createServer(() => {}).listen(process.env.PORT, process.env.IP, () => console.log('listens'))`;
        const port = 20_000 + (process.pid % 20_000);
        for (const node of nodes) {
            await local.task("addresses", idOf(node).slice(-8), `${process.execPath} -e "${listen}"`, {
                affinityInfo: { affinityId: String(node["affinityId"]) },
                environmentSettings: [
                    { name: "PORT", value: String(port) },
                    { name: "IP", value: String(node["ipAddress"]) },
                ],
            });
        }
        for (const node of nodes) {
            const path = `/jobs/addresses/tasks/${idOf(node).slice(-8)}`;
            await local.until("it listens", async () => {
                const { status, text } = await local.send("GET", `${path}/files/stdout.txt`);
                return status === 200 && text === "listens\n";
            });
            assert.equal((await local.get(path))["nodeInfo"]?.["nodeId"], node["id"]);
        }
        await local.endJob("addresses");
        await local.ask("DELETE", "/pools/addresses");
    });

    it("a shrinking pool keeps the node of a job manager longest, and ends tasks when told to", async () => {
        await local.pool("shrink", { targetDedicatedNodes: 3 });
        await local.job("shrink", "shrink", { jobManagerTask: { id: "manager", commandLine: "sleep 60" } });
        for (const id of ["a", "b"]) await local.task("shrink", id, "sleep 60");
        for (const id of ["manager", "a", "b"]) await local.running("shrink", id);
        const manager = (await local.get("/jobs/shrink/tasks/manager"))["nodeInfo"]?.["nodeId"];
        await local.post("/pools/shrink/resize", {
            targetDedicatedNodes: 1,
            nodeDeallocationOption: "terminate",
        });
        assert.deepEqual((await local.steady("shrink")).map(idOf), [String(manager)]);
        for (const id of ["a", "b"])
            assert.equal((await local.done("shrink", id))["failureInfo"]?.["code"], "TaskEnded");
        assert.equal((await local.get("/jobs/shrink/tasks/manager"))["state"], "running");
        await local.endJob("shrink");
        await local.ask("DELETE", "/pools/shrink");
    });

    it("removed nodes wait for their tasks when told to", async () => {
        const [node] = await local.pool("remove");
        await local.job("remove", "remove");
        const flag = `${local.directory}/remove-on`;
        await local.task("remove", "t", sh(`until test -e ${flag}; do sleep 0.05; done`));
        await local.running("remove", "t");
        const option = { nodeList: [idOf(node)], nodeDeallocationOption: "taskcompletion" };
        await local.post("/pools/remove/removenodes", option);
        await local.untilNode("remove", idOf(node), "leavingpool");
        assert.equal(
            (await local.send("POST", "/pools/remove/removenodes", option)).body["code"],
            "PoolBeingResized",
        );
        await writeFile(flag, "");
        assert.equal((await local.done("remove", "t"))["exitCode"], 0);
        assert.deepEqual(await local.steady("remove"), []);
        await local.endJob("remove");
        await local.ask("DELETE", "/pools/remove");
    });

    it("spot nodes are preempted on request, dedicated ones never", async () => {
        const nodes = await local.pool("spot", { targetDedicatedNodes: 1, targetLowPriorityNodes: 1 });
        const preempt = async (dedicated: boolean) => {
            const node = nodes.find((one) => Boolean(one["isDedicated"]) === dedicated);
            const url = `${local.service.endpoints.resourceManager}/batchlocal/preempt?pool=spot&node=${idOf(node)}`;
            const { status } = await resources.ask("POST", new URL(url), "https://management.azure.com");
            return { status, id: idOf(node) };
        };
        assert.equal((await preempt(true)).status, 409);
        const { status, id } = await preempt(false);
        assert.equal(status, 202);
        await local.untilNode("spot", id, "preempted");
        const after = await local.steady("spot");
        assert.deepEqual(states(after), ["idle", "idle", "preempted"]);
        await local.ask("DELETE", "/pools/spot");
    });

    it("tasks run as user accounts of their pool, and fail as others; passwords are never shown", async () => {
        const userAccounts = [
            { name: "boss", password: "Secret-1-word", elevationLevel: "admin" },
            { name: "worker", password: "Secret-2-word" },
        ];
        await local.pool("accounts", { userAccounts });
        assert.doesNotMatch(await local.text("/pools/accounts"), /Secret/);
        await local.job("accounts", "accounts");
        for (const username of ["boss", "worker", "stranger"])
            await local.task("accounts", username, "true", { userIdentity: { username } });
        for (const id of ["boss", "worker"]) assert.equal((await local.done("accounts", id))["exitCode"], 0);
        const { failureInfo } = await local.done("accounts", "stranger");
        assert.equal(failureInfo?.["code"], "CommandLaunchFailed");
        assert.match(JSON.stringify(failureInfo), /no user account 'stranger'; it has boss, worker/);
        await local.endJob("accounts");
        await local.ask("DELETE", "/pools/accounts");
    });

    it("users of a node are added, changed and removed", async () => {
        const [node] = await local.pool("users");
        const path = `/pools/users/nodes/${idOf(node)}/users`;
        const user = { name: "visitor", isAdmin: true, password: "Secret-3-word" };
        assert.equal((await local.post(path, user)).status, 201);
        assert.equal((await local.send("POST", path, user)).body["code"], "NodeUserExists");
        assert.equal((await local.ask("PUT", `${path}/visitor`, { password: "Secret-4-word" })).status, 200);
        assert.equal((await local.ask("DELETE", `${path}/visitor`)).status, 200);
        assert.equal((await local.send("DELETE", `${path}/visitor`)).body["code"], "NodeUserNotFound");
        await local.ask("DELETE", "/pools/users");
    });

    it("nodes of a Windows image are unusable and say why, whichever plane made their pool", async () => {
        const imageReference = {
            publisher: "microsoftwindowsserver",
            offer: "windowsserver",
            sku: "2022-datacenter",
            version: "latest",
        };
        const agent = "batch.node.windows amd64";
        await local.post("/pools", {
            ...servicePool("windows"),
            virtualMachineConfiguration: { imageReference, nodeAgentSKUId: agent },
        });
        await resources.pool("windows2", { machine: { imageReference, nodeAgentSkuId: agent } });
        for (const id of ["windows", "windows2"]) {
            const [node] = await local.steady(id);
            assert.equal(node?.["state"], "unusable");
            const [error] = node["errors"] as unknown as Body[];
            assert.match(String(error?.["message"]), /Linux/);
            const [counts] = await local.list(`/nodecounts?$filter=poolId eq '${id}'`);
            assert.equal(counts?.["dedicated"]?.["unusable"], 1);
            const reboot = await local.send("POST", `/pools/${id}/nodes/${idOf(node)}/reboot`);
            assert.equal(`${reboot.status} ${String(reboot.body["code"])}`, "409 NodeStateUnusable");
            await local.ask("DELETE", `/pools/${id}`);
        }
    });
});
