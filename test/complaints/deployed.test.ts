// What people complain of and a deployment shows: one test each, named after the threads in which they did. One stack on Batch Local
// with the real engine is deployed, changed, and looked at by the data plane.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { TestStack } from "../constructs/stack";
import type { Step } from "../constructs/stack";

const PASSWORD = "Plain-Secret-Of-A-Share";

const program = (phase: 1 | 2): string => `
const resources = require("@pulumi/azure-native/resources");
const identities = require("@pulumi/azure-native/managedidentity");
const batch = require("pulumi-azure-batch");
const now = (first, second) => (${phase} === 1 ? first : second);
const group = new resources.ResourceGroup("g", { location: "westeurope" });
const account = new batch.BatchAccount("a", { resourceGroupName: group.name });
account.grantSubmit("team", { principalId: "11111111-0000-0000-0000-000000000001" });
const [one, two] = ["one", "two"].map((name) => new identities.UserAssignedIdentity(name, { resourceGroupName: group.name }));
const application = new batch.Application("tool", { account, versions: { "1": "tool" } });
const ids = {};
const pool = (name, more) => {
    const made = new batch.Pool(name, { account, image: batch.VmImage.ubuntu2404(), vmSize: "Standard_D2s_v5", ...more });
    ids[name] = made.poolId;
    return made;
};
const extension = (version) => ({ name: "monitor", publisher: "Microsoft.Azure.Monitor", type: "AzureMonitorLinuxAgent", version });
pool("formula", {
    scale: batch.Scale.auto(now("$TargetDedicatedNodes = 0;", "$TargetDedicatedNodes = min(1, 0);")),
    userAccounts: [batch.UserAccount.linux("me")], mounts: [batch.Mount.nfs("server:/one", "data")],
    network: { publicIps: "managed", inboundNatPools: [batch.InboundNatPool.ssh({ from: ["203.0.113.7"] })] },
    osDisk: { sizeGB: 64 }, resourceTags: { a: "1" }, displayName: "Formula", interNodeCommunication: true,
});
pool("extension", { extensions: now([extension("1.0")], [extension("1.1")]) });
pool("without-extension", { extensions: now([extension("1.0")], []) });
pool("identity", { identities: now([one.id, two.id], [one.id]) });
pool("resized", { scale: batch.Scale.dedicated(now(1, 2)) });
pool("mounted", { mounts: [batch.Mount.nfs(now("server:/one", "server:/two"), "data")] });
pool("slots", { taskSlotsPerNode: now(1, 2) });
pool("trusted", { security: { type: "trustedLaunch", secureBoot: true, vTpm: true } });
pool("switched", { scale: now(batch.Scale.dedicated(0), batch.Scale.auto("$TargetDedicatedNodes = 0;")) });
pool("back", { scale: now(batch.Scale.auto("$TargetDedicatedNodes = 0;"), batch.Scale.spot(0)) });
pool("named", { poolId: "named", displayName: now("one", "two") });
pool("share", { mounts: [batch.Mount.smb({ source: "//server/share", userName: "u", password: "${PASSWORD}" }, "data")] });
pool("started", { scale: batch.Scale.dedicated(1), startTask: batch.StartTask.script(now("true", "echo two")), rollout: "none" });
const work = pool("work", { scale: batch.Scale.dedicated(1), taskSlotsPerNode: 8, packages: [application.version("1")] });
exports.ids = ids;
exports.endpoint = account.endpoint;
const job = (name, more) => new batch.Job(name, { pool: work, ...more });
const retried = job("retried", { onAllTasksComplete: "noaction", constraints: { maxTaskRetries: now(1, -1) }, maxParallelTasks: 2 });
const empty = job("empty");
const ending = job("ending");
const packaged = new batch.TaskCollection("ending", { job: ending, wait: { timeout: "3m" }, tasks: [
    { id: "package", commandLine: batch.shell('grep -x hello "' + application.directory("1") + '/data"') },
] });
exports.packaged = packaged.counts;
// More than a hundred, and more than a megabyte.
const filler = "x".repeat(8000);
const many = new batch.TaskCollection("many", { job: job("many"), tasks: Array.from({ length: 250 }, (_, index) => ({
    id: "task-" + index, commandLine: "/bin/true", environment: { FILLER: filler } })) });
exports.many = many.submitted;
// Its limit of parallel tasks counts, though the nodes of the pool do not talk to each other.
const narrow = new batch.TaskCollection("narrow", { job: job("narrow", { maxParallelTasks: 1 }), wait: { timeout: "3m" },
    tasks: Array.from({ length: 3 }, (_, index) => ({ id: "task-" + index, commandLine: batch.shell("sleep 0.3") })) });
exports.narrow = narrow.counts;
const busy = pool("busy", { scale: batch.Scale.fixed({ dedicated: Number(process.env.BUSY ?? 1), nodeDeallocation: "taskcompletion" }) });
exports.jobs = { retried: retried.jobId, empty: empty.jobId, ending: ending.jobId, many: many.job.jobId, narrow: narrow.job.jobId };
`;

// Run beside Batch Local: what the service itself says.
const look = (endpoint: unknown, jobs: unknown): string => `
const { BatchClient, entraCredential, signIn } = require("pulumi-azure-batch/client");
(async () => {
    const { credential, batchScope } = await signIn();
    const client = new BatchClient(${JSON.stringify(endpoint)}, entraCredential(credential, batchScope));
    const pools = {};
    for await (const pool of client.pools.list()) {
        const nodes = [];
        for await (const node of client.pools.nodes(pool.id)) nodes.push(node.id);
        pools[pool.id] = { ...pool, nodes: nodes.length };
    }
    const jobs = {};
    for (const [name, id] of Object.entries(${JSON.stringify(jobs)})) {
        const tasks = [];
        for await (const { id: taskId, environmentSettings, executionInfo } of client.tasks.list(id))
            tasks.push({ id: taskId, bytes: environmentSettings?.[0]?.value.length, ...executionInfo });
        jobs[name] = { ...(await client.jobs.get(id)), tasks };
    }
    console.log(JSON.stringify({ pools, jobs }));
})();
`;

interface Looked {
    pools: Record<
        string,
        {
            nodes: number;
            enableAutoScale?: boolean;
            identity?: { userAssignedIdentities?: unknown[] };
            targetDedicatedNodes?: number;
            allocationState?: string;
            taskSlotsPerNode?: number;
            enableInterNodeCommunication?: boolean;
            virtualMachineConfiguration?: { securityProfile?: unknown };
        }
    >;
    jobs: Record<
        string,
        {
            state?: string;
            maxParallelTasks?: number;
            constraints?: { maxTaskRetryCount?: number };
            tasks: { id: string; bytes?: number; startTime: string; endTime: string; result?: string }[];
        }
    >;
}

describe("complaints that a deployment answers", function () {
    this.timeout(600_000);
    let stack: TestStack;
    let steps: Step[];
    let planned: string;
    let said: string;
    let idsBefore: Record<string, string>;
    let idsAfter: Record<string, string>;
    let outputs: Record<string, unknown>;
    let first: Looked;
    let second: Looked;
    let state: string;

    const ops = (name: string): string[] =>
        steps
            .filter(({ urn }) => urn.endsWith(`azure-native:batch:Pool::${name}`))
            .map(({ op }) => op)
            .filter((op) => op !== "same");
    const inPlace = (name: string): void => {
        assert.deepEqual(ops(name), ["update"]);
        assert.equal(idsAfter[name], idsBefore[name]);
    };
    const anew = (name: string): void => {
        assert.ok(ops(name).includes("replace"), ops(name).join());
        assert.notEqual(idsAfter[name], idsBefore[name]);
        assert.ok(
            said.indexOf(`batch:Pool ${name} created replacement`) <
                said.indexOf(`batch:Pool ${name} deleting original`),
        );
    };
    /** Waits until something holds that the client can tell. */
    const until = async (condition: string, endpoint: unknown): Promise<void> => {
        const text = `
const { BatchClient, entraCredential, signIn } = require("pulumi-azure-batch/client");
(async () => {
    const { credential, batchScope } = await signIn();
    const client = new BatchClient(${JSON.stringify(endpoint)}, entraCredential(credential, batchScope));
    while (!(${condition})) await new Promise((resolve) => setTimeout(resolve, 100));
})();`;
        const { code, stderr } = await stack.local(["exec", "--", process.execPath, "-e", text]);
        assert.equal(code, 0, stderr);
    };
    const lookAt = async (): Promise<Looked> => {
        const { endpoint, jobs } = await stack.outputs();
        const { stdout, stderr } = await stack.local([
            "exec",
            "--",
            process.execPath,
            "-e",
            look(endpoint, jobs),
        ]);
        assert.notEqual(stdout, "", stderr);
        return JSON.parse(stdout) as Looked;
    };

    before(async () => {
        stack = new TestStack(program(1));
        fs.mkdirSync(path.join(stack.project, "tool"));
        fs.writeFileSync(path.join(stack.project, "tool", "data"), "hello\n");
        await stack.start();
        await stack.up();
        idsBefore = (await stack.outputs())["ids"] as Record<string, string>;
        first = await lookAt();
        // P1: nothing has changed, so nothing is sent.
        await stack.up({}, "--expect-no-changes");
        stack.program(program(2));
        planned = await stack.succeed(["preview", "--json"]);
        steps = (JSON.parse(planned.slice(planned.indexOf("{"))) as { steps?: Step[] }).steps ?? [];
        said = await stack.up();
        outputs = await stack.outputs();
        idsAfter = outputs["ids"] as Record<string, string>;
        second = await lookAt();
        state = await stack.succeed(["stack", "export"]);
    });
    after(() => stack.close());

    it("P1, C1: Azure/Batch#153, #144, opencb/opencga#1235, azapi#263: only the formula has changed and the service refuses network and disks", () => {
        inPlace("formula");
    });
    it("P2: azure-sdk-for-net#40325, #40017: an extension cannot be changed", () => {
        anew("extension");
    });
    it("P2: azure-sdk-for-net#40325: an extension cannot be taken away", () => {
        anew("without-extension");
    });
    it("P3: azurerm#30206: an identity cannot be taken away, since what is sent is merged", () => {
        inPlace("identity");
        const count = ({ pools }: Looked): number | undefined =>
            pools[idsAfter["identity"] ?? ""]?.identity?.userAssignedIdentities?.length;
        assert.deepEqual([count(first), count(second)], [2, 1]);
    });
    it("P4, C3: azurerm#30078: retries from 1 to -1 are planned and not applied", () => {
        const retries = ({ jobs }: Looked): unknown => jobs["retried"]?.constraints?.maxTaskRetryCount;
        assert.deepEqual([retries(first), retries(second)], [1, -1]);
    });
    it("P5, C5: azurerm#7316, azure-sdk-for-net#34673: a fixed size cannot be changed in place, or is ignored", () => {
        inPlace("resized");
        const target = ({ pools }: Looked): unknown => pools[idsAfter["resized"] ?? ""]?.targetDedicatedNodes;
        assert.deepEqual([target(first), target(second)], [1, 2]);
    });
    it("P10, C38: azure-docs#32878, azure-cli#32090, azurerm#14095: packages are declared and their content is not there", () => {
        assert.equal((outputs["packaged"] as { succeeded?: number }).succeeded, 1);
    });
    it("P11, C6: azurerm#15130, Azure/Batch#32, #124: no tasks in infrastructure as code, and limits of parallel tasks need node communication", () => {
        const { narrow } = second.jobs;
        assert.ok(narrow !== undefined);
        assert.equal(second.pools[idsAfter["work"] ?? ""]?.enableInterNodeCommunication, false);
        assert.equal(narrow.maxParallelTasks, 1);
        assert.equal((outputs["narrow"] as { succeeded?: number }).succeeded, 3);
        // One at a time, where a node of the pool has eight slots.
        const runs = narrow.tasks
            .map(({ startTime, endTime }) => [Date.parse(startTime), Date.parse(endTime)] as const)
            .sort(([one], [other]) => one - other);
        assert.equal(runs.length, 3);
        runs.slice(1).forEach(([start], index) =>
            assert.ok(start >= (runs[index]?.[1] ?? Infinity), String(runs)),
        );
    });
    it("P12, C34: azure-sdk-for-python#47367, azure-sdk-for-net#8764, BatchExplorer#1286: a hundred tasks and a megabyte a request", () => {
        assert.equal(outputs["many"], 250);
        const { tasks } = second.jobs["many"] ?? { tasks: [] };
        const ids = Array.from({ length: 250 }, (_, index) => `task-${index}`).sort();
        assert.deepEqual(tasks.map(({ id }) => id).sort(), ids);
        // Each whole, and together more than a request takes.
        assert.ok(tasks.every(({ bytes }) => bytes === 8000));
        // Their content is nowhere in the state.
        assert.equal(state.includes("x".repeat(8000)), false);
    });
    it("P15, C4: cfa_azure#91: mounts are fixed at creation, and changes of them ignored", () => {
        anew("mounted");
    });
    it("P17: azurerm#19330, #2856: task slots cannot be changed", () => {
        anew("slots");
        const slots = ({ pools }: Looked, ids: Record<string, string>): unknown =>
            pools[ids["slots"] ?? ""]?.taskSlotsPerNode;
        assert.deepEqual([slots(first, idsBefore), slots(second, idsAfter)], [1, 2]);
        assert.equal(second.pools[idsBefore["slots"] ?? ""], undefined, "the old pool is gone");
    });
    it("P17: azurerm#27952: no trusted launch", () => {
        assert.deepEqual(
            second.pools[idsAfter["trusted"] ?? ""]?.virtualMachineConfiguration?.securityProfile,
            {
                securityType: "trustedlaunch",
                uefiSettings: { secureBootEnabled: true, vTpmEnabled: true },
            },
        );
    });
    it("P18: awslabs/LISA#1007: a name of one's own stands in the way of the successor", () => {
        assert.equal(idsAfter["named"], "named");
        assert.ok(ops("named").includes("replace"), ops("named").join());
    });
    it("P21: pulumi#8265, #12401: secrets stand in the state, and a new version of a provider plans changes", () => {
        assert.equal(state.includes(PASSWORD), false);
        assert.doesNotMatch(state, /"clientSecret"|BEGIN PRIVATE KEY/);
    });
    it("P19: aws-cdk#24178, #25574: no grants, so policies are written by hand", () => {
        assert.match(state, /roleDefinitions\/48e5e92e-a480-4e71-aa9c-2778f4c13781/);
    });
    it("P23, C15: pulumi-azure-native#2943, BatchExplorer#1751: fixed and automatic scale cannot be switched", () => {
        for (const name of ["switched", "back"]) inPlace(name);
        const auto = (name: string, { pools }: Looked): unknown =>
            pools[idsAfter[name] ?? ""]?.enableAutoScale;
        assert.deepEqual([auto("switched", first), auto("switched", second)], [false, true]);
        assert.deepEqual([auto("back", first), auto("back", second)], [true, false]);
    });
    it("C4: BatchExplorer#2280: a changed start task reaches no node that runs, and nobody says so", () => {
        inPlace("started");
        assert.match(planned, /1 of 1 node behind after this change/);
    });
    it("C23, C24: nextflow#3926, #5575, #6318: jobs stay active when their tasks are done, or end before they have any", () => {
        assert.equal(second.jobs["ending"]?.state, "completed");
        assert.equal(second.jobs["empty"]?.state, "active");
    });
    it("P9, C12: Azure/Batch#117: a task that needs more slots than a node has keeps the pool growing, and never runs", async () => {
        stack.program(`${program(2)}
new batch.TaskCollection("wide", { job: job("wide"), tasks: [{ id: "nine", commandLine: "x", requiredSlots: 9 }] });
`);
        const { code, stdout, stderr } = await stack.pulumi(["preview"]);
        assert.notEqual(code, 0);
        assert.match(stdout + stderr, /'nine' takes 9 task slots and the nodes of the pool have 8/);
        stack.program(program(2));
    });
    it("P5: terraform-provider-azurerm#2461: a resize that is under way stands in the way of the next, and has to be stopped by hand", async () => {
        const flag = path.join(stack.folder, "the task may end");
        // A node that has a task goes when that has ended, so this resize takes as long as the test says.
        stack.program(`${program(2)}
const holding = new batch.Job("holding", { pool: busy, onDestroy: "terminate" });
new batch.Task("holding", { job: holding, id: "task", commandLine: batch.shell("until test -e '${flag}'; do sleep 0.1; done") });
exports.holding = holding.jobId;
`);
        await stack.up();
        const { endpoint, holding } = await stack.outputs();
        await until(
            `(await client.tasks.get(${JSON.stringify(holding)}, "task")).state === "running"`,
            endpoint,
        );
        await stack.up({ BUSY: "0" });
        const busy = JSON.stringify(idsAfter["busy"]);
        const { pools } = await lookAt();
        assert.equal(pools[idsAfter["busy"] ?? ""]?.allocationState, "resizing");
        const refused = await stack.pulumi(["up", "--yes", "--skip-preview"], { BUSY: "2" });
        assert.notEqual(refused.code, 0);
        assert.match(refused.stdout + refused.stderr, /batch:Pool \(busy\):\s+error: .*Status=409 .*resiz/i);
        // Nothing is lost: when the resize is over, the same program does it, and there is nothing to stop or to import.
        fs.writeFileSync(flag, "");
        await until(`(await client.pools.get(${busy})).allocationState === "steady"`, endpoint);
        await stack.up({ BUSY: "2" });
        assert.equal((await lookAt()).pools[idsAfter["busy"] ?? ""]?.targetDedicatedNodes, 2);
        await stack.up({ BUSY: "2" }, "--expect-no-changes");
        stack.program(program(2));
        await stack.up();
    });
    it("C3: azurerm#19780: a pool that was deleted by another hand breaks the state", async () => {
        const { endpoint } = outputs;
        const remove = `
const { BatchClient, entraCredential, signIn } = require("pulumi-azure-batch/client");
(async () => {
    const { credential, batchScope } = await signIn();
    const url = ${JSON.stringify(endpoint)} + "/pools/" + ${JSON.stringify(idsAfter["trusted"])};
    const { token } = await credential.getToken(batchScope);
    const answer = await fetch(url + "?api-version=2025-06-01", { method: "DELETE", headers: { authorization: "Bearer " + token } });
    console.log(answer.status);
    const client = new BatchClient(${JSON.stringify(endpoint)}, entraCredential(credential, batchScope));
    while (await client.pools.get(${JSON.stringify(idsAfter["trusted"])}).then(() => true, () => false)) await new Promise((resolve) => setTimeout(resolve, 200));
})();`;
        const removed = await stack.local(["exec", "--", process.execPath, "-e", remove]);
        assert.match(removed.stdout, /^202/, removed.stderr);
        await stack.succeed(["refresh", "--yes", "--skip-preview"]);
        assert.match(await stack.up(), /batch:Pool trusted created/);
        await stack.succeed(["destroy", "--yes", "--skip-preview"]);
    });
});
