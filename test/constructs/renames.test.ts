// A component that is renamed, with its old name as an alias, keeps all that it is made of: nothing is replaced, deleted or made.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { TestStack } from "./stack";
import type { Step } from "./stack";

interface Row {
    /** Makes the construct `name` with `opts`, in the program below. */
    readonly make: string;
    /** Round in which it is renamed. @default 3 */
    readonly round?: 2;
    /** What shows its logical name and changes in place with it, by type of the resource. @default nothing */
    readonly updates?: readonly string[];
}

/** Every construct. What others are named after is renamed a round before them. */
const rows: Readonly<Record<string, Row>> = {
    storage: { round: 2, make: "new batch.LinkedStorage(name, { resourceGroupName }, opts)" },
    container: { round: 2, make: "new batch.Container(name, { storage }, opts)" },
    account: {
        make: "new batch.BatchAccount(name, { resourceGroupName, storage, diagnostics: { workspaceId: workspace.id } }, opts)",
    },
    whole: { make: "new batch.BatchAccount(name, { resourceGroupName }, opts)" },
    closed: {
        make: `batch.BatchAccount.private(name, { resourceGroupName, storage: "none", privateNetwork: {
            virtualNetworkId: vnet.id, subnetId: vnet.id.apply((id) => id + "/subnets/endpoints") } }, opts)`,
    },
    principal: {
        updates: ["azuread:index/application:Application"],
        make: `new batch.BatchServicePrincipal(name, { federations: {
            main: batch.FederatedIdentity.githubActions({ repository: "me/it", branch: "main" }) } }, opts)`,
    },
    alerts: {
        updates: ["azure-native:monitor:ActionGroup"],
        make: 'new batch.AccountAlerts(name, { account, notify: { emails: ["a@example.com"] }, workspaceId: workspace.id }, opts)',
    },
    dashboard: {
        updates: ["azure-native:portal:Dashboard"],
        make: "new batch.AccountDashboard(name, { account }, opts)",
    },
    application: {
        make: 'new batch.Application(name, { applicationName: "application", account, versions: { "1": "tool" } }, opts)',
    },
    files: { make: 'new batch.UploadedFiles(name, { container, files: ["index.js"] }, opts)' },
    pool: {
        make: `new batch.Pool(name, { account, ...machine, scale: batch.Scale.dedicated(1), taskSlotsPerNode: 4, identities: [identity.id],
            packages: [application.version("1")], userAccounts: [batch.UserAccount.linux("me")], rollout: "reboot" }, opts)`,
    },
    certified: {
        make: `new batch.Pool(name, { account, ...machine, certificates: [batch.Certificate.fromKeyVault({
            vault, name: "c", identity })] }, opts)`,
    },
    replaced: { make: "new batch.Pool(name, { account, ...machine, taskSlotsPerNode: slots }, opts)" },
    job: { make: "new batch.Job(name, { pool, triggers: [files.digest] }, opts)" },
    tasks: {
        make: 'new batch.TaskCollection(name, { job, tasks: [{ id: "one", commandLine: command }], wait: { timeout: "5m" } }, opts)',
    },
    open: { make: 'new batch.Job(name, { pool, onAllTasksComplete: "noaction" }, opts)' },
    task: { make: 'new batch.Task(name, { job: open, id: "one", commandLine: "/bin/true" }, opts)' },
    wait: { make: 'new batch.TaskWait(name, { job: open, timeout: "5m" }, { ...opts, dependsOn: [task] })' },
    results: { make: "batch.Container.forJob(name, { storage, job }, opts)" },
    schedule: {
        make: `new batch.JobSchedule(name, { schedule: { recurrenceInterval: "1d" },
            job: { pool, jobManager: { id: "manager", commandLine: "/bin/true" } } }, opts)`,
    },
    downloads: { make: 'container.downloadTo(name, "out", {}, { ...opts, dependsOn: [files] })' },
};

const made = Object.entries(rows).map(
    ([name, { make, round = 3 }]) => `const ${name} = named("${name}", ${round}, (name, opts) => ${make});`,
);

const program = `
const resources = require("@pulumi/azure-native/resources");
const identities = require("@pulumi/azure-native/managedidentity");
const keyvault = require("@pulumi/azure-native/keyvault");
const insights = require("@pulumi/azure-native/operationalinsights");
const network = require("@pulumi/azure-native/network");
const authorization = require("@pulumi/azure-native/authorization");
const batch = require("pulumi-azure-batch");
const round = Number(process.env.ROUND ?? "1");
const [slots, command] = round < 4 ? [1, "/bin/true"] : [2, "/bin/echo"];
const named = (name, since, make) => (round < since ? make(name, {}) : make("new-" + name, { aliases: [{ name }] }));
const group = new resources.ResourceGroup("g", { location: "westeurope" });
const resourceGroupName = group.name;
const { tenantId } = authorization.getClientConfigOutput();
const vault = new keyvault.Vault("v", { resourceGroupName, properties: { tenantId, sku: { family: "A", name: "standard" } } });
const identity = new identities.UserAssignedIdentity("i", { resourceGroupName });
const workspace = new insights.Workspace("w", { resourceGroupName });
const vnet = new network.VirtualNetwork("n", { resourceGroupName, addressSpace: { addressPrefixes: ["10.0.0.0/16"] },
    subnets: [{ name: "endpoints", addressPrefix: "10.0.0.0/24" }] });
const machine = { image: batch.VmImage.ubuntu2404(), vmSize: "Standard_D2s_v5" };
${made.join("\n")}
const unnamed = named("unnamed", 4, (name, opts) => new batch.Application(name, { account, versions: { "1": "tool" } }, opts));
const user = new batch.Pool("user", { account, ...machine, packages: [unnamed.version("1")] });
container.grantWrite("write", identity);
account.grantSubmit("submit", { principalId: "11111111-0000-0000-0000-000000000001" });
pool.grantRead(container);
exports.endpoint = account.endpoint;
exports.names = { account: account.name, whole: whole.name, closed: closed.name, storage: storage.name, container: container.containerName,
    results: results.containerName, application: application.application.name, pool: pool.poolId, certified: certified.poolId,
    job: job.jobId, open: open.jobId, schedule: schedule.scheduleId, endpoint: closed.privateEndpoints[0].name,
    dashboard: dashboard.dashboard.name, principal: principal.clientId, alert: alerts.alerts.get("idleNodes").name };
exports.replaced = replaced.poolId;
exports.user = user.poolId;
`;

// Run beside Batch Local: what the service itself says.
const look = ({ endpoint, names }: Record<string, unknown>): string => `
const { BatchClient, entraCredential, signIn } = require("pulumi-azure-batch/client");
(async () => {
    const { credential, batchScope } = await signIn();
    const client = new BatchClient(${JSON.stringify(endpoint)}, entraCredential(credential, batchScope));
    const { pool, open } = ${JSON.stringify(names)};
    const found = { nodes: [], tasks: [] };
    for await (const node of client.pools.nodes(pool)) found.nodes.push([node.id, node.lastBootTime]);
    for await (const task of client.tasks.list(open)) found.tasks.push([task.id, task.creationTime]);
    console.log(JSON.stringify(found));
})();
`;

// What is only read is not anybody's: it is read under its new name.
const reads = new Set(["same", "read", "refresh", "discard"]);
const moved = (steps: readonly Step[]): string[] =>
    steps
        .filter(({ op }) => !reads.has(op))
        .map(({ op, urn }) => `${op} ${urn.split("::").slice(-2).join(" ").replace(/^.*\$/, "")}`)
        .sort();

const updatesOf = (round: 2 | 3): string[] =>
    Object.entries(rows)
        .filter(([, row]) => (row.round ?? 3) === round)
        .flatMap(([name, { updates = [] }]) => updates.map((type) => `update ${type} new-${name}`))
        .sort();

describe("a rename with an alias", function () {
    this.timeout(900_000);
    let stack: TestStack;
    let first: Record<string, unknown>;
    let seen: string;

    const lookAt = async (): Promise<string> => {
        const run = await stack.local(["exec", "--", process.execPath, "-e", look(await stack.outputs())]);
        assert.notEqual(run.stdout, "", run.stderr);
        return run.stdout;
    };

    before(async () => {
        stack = new TestStack(program);
        fs.mkdirSync(path.join(stack.project, "tool"));
        fs.writeFileSync(path.join(stack.project, "tool", "data"), "hello\n");
        await stack.start();
        await stack.up();
        first = await stack.outputs();
        seen = await lookAt();
        assert.match(seen, /"nodes":\[\["[^\]]+\]\],"tasks":\[\["one"/);
    });
    after(() => stack.close());

    for (const round of [2, 3] as const) {
        const names = Object.keys(rows).filter((name) => (rows[name]?.round ?? 3) === round);
        it(`replaces nothing of ${names.join(", ")}`, async () => {
            const env = { ROUND: String(round) };
            assert.deepEqual(moved(await stack.plan(env)), updatesOf(round));
            await stack.up(env);
            assert.deepEqual(await stack.outputs(), first);
            assert.equal(
                await lookAt(),
                seen,
                "nodes and tasks are those of before, and have not been rebooted",
            );
            await stack.up(env, "--expect-no-changes");
        });
    }

    it("leaves what is made anew later its first name, runs a completed job anew beside the old one, and nodes take over an application", async () => {
        const env = { ROUND: "4" };
        const said = await stack.up(env);
        const { names, replaced, user } = (await stack.outputs()) as {
            names: Record<string, string>;
            replaced: string;
            user: string;
        };
        const isBefore = (...lines: readonly string[]): void => {
            const at = lines.map((line) => said.indexOf(line));
            assert.ok(
                at.every((place, index) => place > (at[index - 1] ?? -1)),
                `${lines.join(", ")} in\n${said}`,
            );
        };
        assert.match(replaced, /^replaced-[a-z0-9]{8}$/);
        assert.notEqual(replaced, first["replaced"]);
        isBefore("batch:Pool new-replaced created replacement", "batch:Pool new-replaced deleting original");
        // The job had completed, so its other tasks run in the next one.
        assert.equal(names["job"], `${(first["names"] as typeof names)["job"]}-2`);
        // Without a name of its own an application has the logical one.
        isBefore(
            "batch:Application new-unnamed created replacement",
            "batch:Pool user updated",
            "batch:Application unnamed deleting original",
        );
        assert.equal(user, first["user"]);
        await stack.leave(env);
    });
});
