import assert from "node:assert/strict";
import { TestStack } from "./stack";

// One stack with what accounts, jobs and references have; pools are in poolChanges.test.ts.
const program = (more: string): string => `
const resources = require("@pulumi/azure-native/resources");
const identities = require("@pulumi/azure-native/managedidentity");
const keyvault = require("@pulumi/azure-native/keyvault");
const network = require("@pulumi/azure-native/network");
const batch = require("pulumi-azure-batch");
const group = new resources.ResourceGroup("g", { location: "westeurope" });
const resourceGroupName = group.name;
const identity = new identities.UserAssignedIdentity("account", { resourceGroupName });
const vault = new keyvault.Vault("v", { resourceGroupName, properties: {
    tenantId: "00000000-0000-0000-0000-000000000002", sku: { family: "A", name: "standard" }, enableRbacAuthorization: true } });
const net = new network.VirtualNetwork("n", { resourceGroupName, addressSpace: { addressPrefixes: ["10.0.0.0/16"] },
    subnets: [{ name: "nodes", addressPrefix: "10.0.0.0/24" }] });
const workspaceId = group.id.apply((id) => id + "/providers/Microsoft.OperationalInsights/workspaces/w");

const account = new batch.BatchAccount("full", { resourceGroupName, tags: { team: "render" }, allowFrom: ["203.0.113.0/24", "127.0.0.1"],
    diagnostics: { workspaceId } });
const keys = new batch.BatchAccount("keys", { resourceGroupName, sharedKeys: true, storageKeys: true });
new batch.BatchAccount("encrypted", { resourceGroupName, storage: "none", identity, encryptionKey: { uri: "https://v.vault.azure.net/keys/k", vault } });
new batch.BatchAccount("own", { resourceGroupName, storage: "none",
    userSubscription: { vaultId: vault.id, vaultUri: vault.properties.vaultUri } });
batch.BatchAccount.private("private", { resourceGroupName, storage: "none",
    privateNetwork: { subnetId: net.id.apply((id) => id + "/subnets/nodes"), virtualNetworkId: net.id } });
account.grantRead("auditor", { principalId: "11111111-0000-0000-0000-000000000001" });

const pool = new batch.Pool("pool", { account, image: batch.VmImage.ubuntu2404(), vmSize: "Standard_D2s_v5", scale: batch.Scale.dedicated(1) });
const shell = (line) => batch.shell(line);
const job = new batch.Job("defined", { pool, priority: 10, usesTaskDependencies: true, environment: { COMMON: "yes" },
    preparation: { commandLine: shell("echo prepared >$AZ_BATCH_NODE_SHARED_DIR/prepared") },
    release: { commandLine: shell("true") }, constraints: { maxWallClockTime: "1h" }, onTaskFailure: "performexitoptionsjobaction" });
const tasks = new batch.TaskCollection("tasks", { job, wait: { timeout: "3m", onFailure: "report" }, tasks: [
    { id: "first", commandLine: shell('test "$COMMON" = yes && test -f $AZ_BATCH_NODE_SHARED_DIR/prepared') },
    { id: "second", commandLine: shell("true"), dependsOn: { taskIds: ["first"] } },
    { id: "retried", commandLine: shell("f=$AZ_BATCH_NODE_SHARED_DIR/tries; echo x >>$f; test $(wc -l <$f) -ge 3"), constraints: { maxRetries: 3 } },
    { id: "failing", commandLine: shell("exit 7"), exitConditions: { exitCodes: [{ code: 7, exitOptions: { jobAction: "none" } }] } },
] });
exports.counts = tasks.counts;
const auto = new batch.Job("auto", { account, autoPool: batch.AutoPool.of({ image: batch.VmImage.ubuntu2404(), vmSize: "Standard_D2s_v5",
    scale: batch.Scale.dedicated(1), taskSlotsPerNode: 2 }) });
const own = new batch.TaskCollection("auto", { job: auto, wait: { timeout: "3m" }, tasks: [{ id: "one", commandLine: shell("true"), requiredSlots: 2 }] });
exports.own = own.counts;
const schedule = new batch.JobSchedule("hourly", { schedule: { recurrenceInterval: "1h" },
    job: { pool, jobManager: { id: "manager", commandLine: shell("true") } } });
exports.schedule = schedule.url;
exports.same = batch.BatchAccount.fromExisting("again", account.id).endpoint.apply((endpoint) => account.endpoint.apply((own) => own === endpoint));
exports.found = batch.Pool.fromExisting("found", { account, poolId: pool.poolId }).taskSlotsPerNode;
${more}
`;

const big = `
new batch.Pool("big", { account, image: batch.VmImage.ubuntu2404(), vmSize: "Standard_D96s_v5", scale: batch.Scale.dedicated(1000),
    price: { perNodeHour: 5 } });
`;

const wrong = `
const bad = (name, args) => new batch.Pool(name, { account, image: batch.VmImage.ubuntu2404(), vmSize: "Standard_D2s_v5", ...args });
bad("arm", { vmSize: "Standard_D2ps_v5" });
bad("old", { image: batch.VmImage.named("ubuntu2004") });
bad("near", { image: batch.VmImage.named("windowsServer2016") });
bad("formula", { scale: batch.Scale.auto("$TargetDedicatedNodes = $Nonsense;") });
bad("agent", { image: batch.VmImage.fromMarketplace({ publisher: "canonical", offer: "ubuntu-24_04-lts", sku: "server" }, "batch.node.ubuntu 22.04") });
new batch.TaskCollection("slots", { job: auto, closesJob: false, tasks: [{ id: "three", commandLine: "x", requiredSlots: 3 }] });
`;

interface State {
    deployment: { resources: { urn: string; type: string; outputs?: Record<string, unknown> }[] };
}

describe("the features of accounts and jobs", function () {
    this.timeout(600_000);
    let stack: TestStack;
    let state: State;
    let outputs: Record<string, unknown>;

    /** What the service said of a resource when it was last asked. */
    const shown = (type: string, name: string): Record<string, unknown> => {
        const found = state.deployment.resources.find(
            (one) => one.type === `azure-native:${type}` && one.urn.endsWith(`::${name}`),
        );
        assert.ok(found?.outputs !== undefined, `${type} ${name}`);
        return found.outputs;
    };
    const account = (name: string): Record<string, unknown> => shown("batch:BatchAccount", name);

    before(async () => {
        stack = new TestStack(program(""));
        await stack.start();
        await stack.up();
        await stack.succeed(["refresh", "--yes", "--skip-preview", "--expect-no-changes"]);
        outputs = await stack.outputs();
        state = JSON.parse(await stack.succeed(["stack", "export"])) as State;
    });
    after(() => stack.close());

    it("create an account with tags", () => {
        assert.deepEqual(account("full")["tags"], { team: "render" });
        assert.equal(account("full")["provisioningState"], "Succeeded");
    });
    it("link storage, by identity or by keys", () => {
        const mode = (name: string): unknown =>
            (account(name)["autoStorage"] as Record<string, unknown>)["authenticationMode"];
        assert.deepEqual([mode("full"), mode("keys")], ["BatchAccountManagedIdentity", "StorageKeys"]);
    });
    it("take Entra ID only, unless keys are asked for", () => {
        const modes = (name: string): unknown => account(name)["allowedAuthenticationModes"];
        assert.deepEqual(modes("full"), ["AAD"]);
        assert.deepEqual([...(modes("keys") as string[])].sort(), ["AAD", "SharedKey"]);
    });
    it("make nodes in the subscription of the user, with its vault", () => {
        assert.equal(account("own")["poolAllocationMode"], "UserSubscription");
        assert.match(JSON.stringify(account("own")["keyVaultReference"]), /Microsoft.KeyVault\/vaults/);
    });
    it("encrypt with a key of the user", () => {
        assert.match(JSON.stringify(account("encrypted")["encryption"]), /"keySource":"Microsoft.KeyVault"/);
    });
    it("let only some addresses in", () => {
        const { accountAccess } = account("full")["networkProfile"] as {
            accountAccess: { defaultAction: string; ipRules: unknown[] };
        };
        assert.deepEqual([accountAccess.defaultAction, accountAccess.ipRules.length], ["Deny", 2]);
    });
    it("reach an account by private endpoints and their names only", () => {
        assert.equal(account("private")["publicNetworkAccess"], "Disabled");
        assert.equal(shown("network:PrivateEndpoint", "private")["provisioningState"], "Succeeded");
        shown("network:PrivateDnsZoneGroup", "private");
        shown("privatedns:VirtualNetworkLink", "private-link");
    });
    it("give roles on the account, and the pool's identities none that they do not need", () => {
        assert.match(
            String(shown("authorization:RoleAssignment", "full-auditor")["roleDefinitionId"]),
            /11076f67-66f6-4be0-8f6b-f0609fd05cc9$/,
        );
    });
    it("send logs and metrics to a workspace", () => {
        assert.match(String(shown("monitor:DiagnosticSetting", "full")["workspaceId"]), /workspaces\/w$/);
    });
    it("define jobs with preparation, release, dependencies, retries and exit conditions, and run them", () => {
        const { succeeded, failed } = outputs["counts"] as Record<string, number>;
        assert.deepEqual([succeeded, failed], [3, 1]);
    });
    it("run a job on a pool of its own", () => {
        assert.equal((outputs["own"] as Record<string, number>)["succeeded"], 1);
    });
    it("make jobs by a schedule", () => {
        assert.match(String(outputs["schedule"]), /\/jobschedules\/hourly-/);
    });
    it("find what exists already", () => {
        assert.deepEqual([outputs["same"], outputs["found"]], [true, 1]);
    });
    it("tell cost and quota at preview", async () => {
        stack.program(program(big));
        const { stdout, stderr } = await stack.pulumi(["preview"]);
        assert.match(stdout + stderr, /Pool 'big' costs about 5,?000/);
        assert.match(stdout + stderr, /BATCH2004/);
    });
    it("refuse at preview what does not fit: size, image, agent, formula, slots, each with its code", async () => {
        stack.program(program(wrong));
        const { code, stdout, stderr } = await stack.pulumi(["preview"]);
        assert.notEqual(code, 0);
        for (const expected of [
            /vmSize: BATCH1010: Standard_D2ps_v5 has arm64/,
            /image: BATCH1011: support for ubuntu 20.04 ended/,
            /image: BATCH1009: /,
            /scale\.formula: BATCH1040: /,
            /'three' takes 3 task slots and the nodes of the pool have 2/,
            /BATCH2001: .*windows server 2016 ends on 2027-01-12/,
        ])
            assert.match(stdout + stderr, expected);
    });
});
