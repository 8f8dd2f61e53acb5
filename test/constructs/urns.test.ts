import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as batch from "../../components";
import { run, value } from "../components/program";

const golden = path.join(__dirname, "urns.golden.txt");
const at = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/g/providers";
const identity = { id: `${at}/i`, principalId: "principal", clientId: "client" };
const vault = { id: `${at}/v`, uri: "https://v.vault.azure.net" };

/** Every construct, with all that it makes besides. */
function everything(): void {
    const resourceGroupName = "g";
    const deployer = { principalId: "deployer" };
    const storage = new batch.LinkedStorage("storage", { resourceGroupName, deployer });
    const container = new batch.Container("container", { storage });
    container.grantRead("read", identity);
    container.grantWrite("write", identity);
    const account = new batch.BatchAccount("account", {
        resourceGroupName,
        storage,
        diagnostics: { workspaceId: `${at}/w` },
    });
    account.grantSubmit("submit", { principalId: "p" });
    account.grantRead("reader", { principalId: "p" });
    account.grantManage("manager", { principalId: "p" });
    batch.BatchAccount.private("private", {
        resourceGroupName,
        storage: "none",
        privateNetwork: { subnetId: `${at}/s`, virtualNetworkId: `${at}/n` },
    });
    new batch.BatchServicePrincipal("principal", {
        federations: { main: batch.FederatedIdentity.githubActions({ repository: "me/it", branch: "main" }) },
    });
    new batch.AccountAlerts("alerts", {
        account,
        notify: { emails: ["a@example.com"] },
        workspaceId: `${at}/w`,
    });
    new batch.AccountDashboard("dashboard", { account });
    const application = new batch.Application("application", { account, versions: { "1": __dirname } });
    const files = new batch.UploadedFiles("files", { container, files: [__filename] });
    const pool = new batch.Pool("pool", {
        account,
        image: batch.VmImage.ubuntu2404(),
        vmSize: "Standard_D2s_v5",
        identities: [identity.id],
        packages: [application.version("1")],
        userAccounts: [batch.UserAccount.linux("me")],
        certificates: [batch.Certificate.fromKeyVault({ vault, name: "c", identity })],
        startTask: batch.StartTask.script("true"),
        rollout: "reboot",
    });
    const job = new batch.Job("job", { pool, triggers: [files.digest] });
    new batch.TaskCollection("tasks", {
        job,
        tasks: [{ id: "one", commandLine: "x" }],
        wait: {},
    });
    const open = new batch.Job("open", { pool, onAllTasksComplete: "noaction" });
    new batch.Task("task", { job: open, id: "one", commandLine: "x" });
    new batch.TaskWait("wait", { job: open });
    batch.Container.forJob("results", { storage, job });
    new batch.JobSchedule("schedule", {
        schedule: { recurrenceInterval: "1h" },
        job: { pool, jobManager: { id: "manager", commandLine: "x" } },
    });
    container.downloadTo("downloads", "out");
}

describe("the public names", function () {
    this.timeout(60_000);
    let urns: string[];

    before(async () => {
        const resources: pulumi.Resource[] = [];
        await run(() => {
            pulumi.runtime.registerStackTransformation(({ resource }) => {
                resources.push(resource);
                return undefined;
            });
            everything();
        });
        urns = await Promise.all(resources.map(({ urn }) => value(urn)));
    });

    it("of all resources are those of before: a new URN would make every one of its resources anew", () => {
        const lines = urns
            .map((urn) => urn.replace(/^urn:pulumi:stack::project::(pulumi:pulumi:Stack\$)?/, ""))
            .sort();
        const text = `${lines.join("\n")}\n`;
        if (process.env["UPDATE_GOLDEN"] === "1") fs.writeFileSync(golden, text);
        // Whoever changes a name on purpose gives the resource an alias, and writes the file anew with UPDATE_GOLDEN=1.
        assert.equal(text, fs.readFileSync(golden, "utf8"));
    });

    it("have every construct among them", () => {
        const constructs = Object.entries(batch)
            .filter(
                ([, one]) =>
                    typeof one === "function" &&
                    (one.prototype as unknown) instanceof pulumi.ComponentResource,
            )
            .map(([name]) => name);
        assert.ok(constructs.length >= 10);
        const types = new Set(urns.map((urn) => urn.split("::")[2]?.split("$").at(-1)));
        assert.deepEqual(
            constructs.filter((name) => !types.has(`pulumi-azure-batch:index:${name}`)),
            [],
        );
    });
});
