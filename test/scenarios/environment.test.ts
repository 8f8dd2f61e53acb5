import assert from "node:assert/strict";
import { environmentVariables, type EnvironmentVariable, type TaskKind } from "../../catalog";
import { Local } from "./local";

/** Names of the service's variables in what `env` printed. */
const seen = (text: string) =>
    text
        .split("\n")
        .map((line) => line.split("=", 1)[0] ?? "")
        .filter((name) => /^(AZ_BATCH_|CCP_NODES)/.test(name))
        .sort();

/** Names that the catalogue says the service sets. */
const documented = (kind: TaskKind, multiInstance: boolean) =>
    Object.values<EnvironmentVariable>(environmentVariables)
        .filter(({ retired }) => retired === undefined)
        .filter((row) => (row.tasks ?? [kind]).includes(kind) && (multiInstance || !row.multiInstance))
        .map(({ name }) => name)
        .sort();

describe("scenario: environment", function () {
    this.timeout(60_000);
    let local: Local;
    let files: string;
    before(async () => {
        local = await Local.start();
        const [node] = await local.pool("p", { startTask: { commandLine: "env", waitForSuccess: true } });
        files = `/pools/p/nodes/${String(node?.["id"])}/files`;
        await local.job("j", "p", {
            jobManagerTask: { id: "manager", commandLine: "env", killJobOnCompletion: false },
            jobPreparationTask: { commandLine: "env" },
            jobReleaseTask: { commandLine: "env" },
        });
    });
    after(() => local.close());

    it("start task, preparation, release, job manager and task see the service's variables, those that are documented and no other", async () => {
        await local.done("j", "manager");
        await local.task("j", "task", "env");
        await local.done("j", "task");
        await local.post("/jobs/j/terminate");
        await local.untilState("/jobs/j", "completed");
        const [status] = await local.list("/jobs/j/jobpreparationandreleasetaskstatus");
        const special = async (part: string) =>
            local.text(`${files}/${String(status?.[part]?.["taskRootDirectory"])}/stdout.txt`);
        const printed: [TaskKind, string][] = [
            ["startTask", await local.text(`${files}/startup/stdout.txt`)],
            ["jobPreparation", await special("jobPreparationTaskExecutionInfo")],
            ["jobRelease", await special("jobReleaseTaskExecutionInfo")],
            ["jobManager", await local.output("j", "manager")],
            ["task", await local.output("j", "task")],
        ];
        for (const [kind, text] of printed) assert.deepEqual(seen(text), documented(kind, false), kind);
    });

    it("a multi-instance task has those of its nodes too, its coordination command the same", async () => {
        await local.pool("gang", { targetDedicatedNodes: 2, enableInterNodeCommunication: true });
        await local.job("gang", "gang", { jobPreparationTask: { commandLine: "true" } });
        await local.task("gang", "t", "env", {
            multiInstanceSettings: { numberOfInstances: 2, coordinationCommandLine: "env" },
        });
        assert.equal((await local.done("gang", "t"))["exitCode"], 0);
        const primary = await local.output("gang", "t");
        assert.deepEqual(seen(primary), documented("task", true));
        const values = (text: string) =>
            new Map(text.split("\n").map((line): [string, string] => [line.split("=", 1)[0] ?? "", line.replace(/^[^=]*=/, "")])); // prettier-ignore
        const own = values(primary);
        const nodes = await local.list("/pools/gang/nodes");
        const addresses = nodes.map((node) => String(node["ipAddress"])).sort();
        assert.deepEqual(own.get("AZ_BATCH_HOST_LIST")?.split(",").sort(), addresses);
        assert.deepEqual(own.get("AZ_BATCH_NODE_LIST")?.split(";").sort(), addresses);
        assert.equal(
            own.get("AZ_BATCH_MASTER_NODE"),
            `${own.get("AZ_BATCH_HOST_LIST")?.split(",")[0] ?? ""}:6000`,
        );
        assert.match(own.get("CCP_NODES") ?? "", /^2 127\.\d+\.\d+\.\d+ 2 127\.\d+\.\d+\.\d+ 2$/);
        assert.equal(own.get("AZ_BATCH_IS_CURRENT_NODE_MASTER"), "true");
        const [subtask] = await local.list("/jobs/gang/tasks/t/subtasksinfo");
        const { nodeInfo } = { nodeInfo: subtask?.["nodeInfo"] };
        const path = `/pools/gang/nodes/${String(nodeInfo?.["nodeId"])}/files/${String(nodeInfo?.["taskRootDirectory"])}`;
        const other = await local.text(`${path}/stdout.txt`);
        assert.deepEqual(seen(other), documented("task", true));
        assert.equal(values(other).get("AZ_BATCH_IS_CURRENT_NODE_MASTER"), "false");
    });
});
