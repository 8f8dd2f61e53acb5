// Every secret that a deployment of tasks uses, searched for in all that it leaves and says.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { ServiceClient } from "../../local/cli/client";
import { findService } from "../../local/cli/discovery";
import { TestStack } from "../constructs/stack";

const COMMAND = "secret-of-a-command-line";
const VARIABLE = "secret-of-a-variable";
const INPUT = "what-the-blob-holds";

const program = `
const resources = require("@pulumi/azure-native/resources");
const pulumi = require("@pulumi/pulumi");
const batch = require("pulumi-azure-batch");
const group = new resources.ResourceGroup("g", { location: "westeurope" });
const account = new batch.BatchAccount("a", { resourceGroupName: group.name });
const pool = new batch.Pool("p", { account, image: batch.VmImage.ubuntu2404(), vmSize: "Standard_D2s_v5", scale: batch.Scale.dedicated(1) });
const inputs = new batch.Container("in", { storage: account.storage, containerName: "inputs" });
const outputs = new batch.Container("out", { storage: account.storage, containerName: "outputs" });
const files = new batch.UploadedFiles("files", { container: inputs, files: "inputs" });
const job = new batch.Job("j", { pool });
const hours = Number(process.env.HOURS ?? 24);
const tasks = new batch.TaskCollection("t", { job, wait: { timeout: "5m" }, tasks: [{
    id: "one",
    commandLine: pulumi.secret("/bin/sh -c 'cmp a.txt all/a.txt && cp a.txt b.txt; : ${COMMAND}'"),
    environment: { TOKEN: pulumi.secret("${VARIABLE}") },
    resourceFiles: [batch.ResourceFile.fromUrl(batch.Sas.read(inputs.blobUrl("a.txt"), { hours }), "a.txt"),
        batch.ResourceFile.fromContainer(batch.Sas.read(inputs, { hours }), { filePath: "all" })],
    outputFiles: [batch.OutputFile.toContainer(batch.Sas.write(outputs, { hours }), "b.txt", { path: "b.txt" })],
}] }, { dependsOn: files });
const reads = [batch.ResourceFile.fromUrl(batch.Sas.read(inputs.blobUrl("a.txt"), { hours }), "a.txt")];
// Each of these would be made anew for another link: a single task, a job's preparation (its id is drawn anew as well), a schedule.
const other = new batch.Job("k", { pool, onAllTasksComplete: "noaction", onDestroy: "terminate",
    preparation: { commandLine: "true", resourceFiles: reads } });
new batch.Task("single", { job: other, id: "single", commandLine: "cat a.txt", resourceFiles: reads }, { dependsOn: files });
const schedule = new batch.JobSchedule("s", { schedule: { doNotRunUntil: "2100-01-01T00:00:00Z" },
    job: { pool, priority: Number(process.env.PRIORITY ?? 1), preparation: { commandLine: "true", resourceFiles: reads },
        jobManager: { id: "m", commandLine: "cat a.txt", resourceFiles: reads } } });
exports.other = other.jobId;
exports.scheduleId = schedule.scheduleId;
exports.jobId = job.jobId;
exports.succeeded = tasks.counts.apply((counts) => counts.succeeded);
`;

/** All texts of a JSON value that are under one of these names. */
function valuesOf(value: unknown, names: RegExp): string[] {
    if (typeof value !== "object" || value === null) return [];
    return Object.entries(value).flatMap(([name, inner]) =>
        typeof inner === "string" && names.test(name) ? [inner] : valuesOf(inner, names),
    );
}

describe("a deployment with secrets, and links that are signed when tasks are sent", function () {
    this.timeout(400_000);
    const stack = new TestStack(program);
    const data = path.join(stack.folder, "data");
    const log = path.join(stack.folder, "events.json");
    const said: string[] = [];
    let temporary = "";

    const run = async (args: string[], env: Record<string, string> = {}): Promise<string> => {
        const { code, stdout, stderr } = await stack.pulumi(args, {
            PULUMI_DEBUG_COMMANDS: "true",
            TMPDIR: temporary,
            ...env,
        });
        said.push(stdout, stderr);
        assert.equal(code, 0, stdout + stderr);
        return stdout;
    };

    before(async () => {
        fs.mkdirSync(path.join(stack.project, "inputs"));
        fs.writeFileSync(path.join(stack.project, "inputs", "a.txt"), INPUT);
        temporary = path.join(stack.folder, "tmp");
        fs.mkdirSync(temporary);
        await stack.start();
    });
    after(() => stack.close());

    it("runs tasks by such links, and no secret is in its output, debug log, event log, state or temporary files", async () => {
        await run(["preview", "--debug"]);
        await run(["up", "--yes", "--skip-preview", "--debug", "--event-log", log]);
        const { jobId, succeeded } = await stack.outputs();
        assert.equal(succeeded, 1);
        const task = await stackTask(String(jobId));
        const links = signaturesOf(task);
        assert.equal(links.length, 3, JSON.stringify(task));
        const { other, scheduleId } = await stack.outputs();
        const single = await stackTask(String(other), "single");
        const schedule = await fromService("client.jobSchedules.get(process.argv[3])", String(scheduleId));
        const more = [signaturesOf(single), signaturesOf(schedule)];
        assert.deepEqual(
            more.map(({ length }) => length),
            [1, 2],
            JSON.stringify([single, schedule]),
        );
        links.push(...more.flat());
        const service = findService(data);
        assert.ok(service !== undefined);
        const identity = JSON.parse(
            fs.readFileSync(path.join(data, "identity", "identity.json"), "utf8"),
        ) as unknown;
        const own = new ServiceClient(service);
        const account = await own.defaultAccount();
        own.close();
        const secrets = [
            COMMAND,
            VARIABLE,
            ...links,
            ...links.map(decodeURIComponent),
            ...valuesOf(identity, /secret|header/i),
            account?.key ?? "",
            account?.storage?.key ?? "",
        ];
        assert.ok(secrets.length > 8 && secrets.every((one) => one.length > 8), secrets.join(" "));
        const state = await run(["stack", "export"]);
        const texts = [...said, state, fs.readFileSync(log, "utf8")];
        for (const entry of fs.readdirSync(temporary, { recursive: true, withFileTypes: true }))
            if (entry.isFile())
                texts.push(fs.readFileSync(path.join(entry.parentPath, entry.name), "latin1"));
        for (const secret of secrets)
            assert.ok(
                texts.every((text) => !text.includes(secret)),
                `a secret of ${secret.length} characters was found`,
            );
        process.stdout.write(`      ${secrets.length} secrets, ${texts.join("").length} characters\n`);
    });

    it("plans no change for links that are to live longer", async () => {
        await run(["up", "--yes", "--skip-preview", "--expect-no-changes"], { HOURS: "48" });
        await run(["refresh", "--yes", "--skip-preview", "--expect-no-changes"], { HOURS: "48" });
    });

    it("signs the links of a schedule anew when what it runs changes", async () => {
        const { scheduleId } = await stack.outputs();
        const ends = async (): Promise<number[]> => {
            const found = await fromService("client.jobSchedules.get(process.argv[3])", String(scheduleId));
            const times = [...JSON.stringify(found).matchAll(/[?&]se=([^&"]+)/g)];
            return times.map((match) => Date.parse(decodeURIComponent(match[1] ?? "")));
        };
        const before = await ends();
        await run(["up", "--yes", "--skip-preview"], { HOURS: "72", PRIORITY: "2" });
        const after = await ends();
        assert.equal(after.length, 2);
        // They live two days longer than those of a day.
        after.forEach((end, at) =>
            assert.ok(end - (before[at] ?? 0) >= 47 * 3_600_000, `${end} ${before[at]}`),
        );
        assert.equal((await stack.outputs())["scheduleId"], scheduleId);
    });

    const signaturesOf = (found: unknown): string[] =>
        [...JSON.stringify(found).matchAll(/sig=([^&"]+)/g)].map((match) => match[1] ?? "");

    /** The task as the service has it. */
    const stackTask = (jobId: string, id = "one"): Promise<unknown> =>
        fromService("client.tasks.get(process.argv[3], process.argv[4])", jobId, id);

    /** What a call of the client gives. */
    async function fromService(call: string, ...args: string[]): Promise<unknown> {
        const script = path.join(stack.project, "task.js");
        fs.writeFileSync(
            script,
            `const { BatchClient, entraCredential, signIn } = require("pulumi-azure-batch/client");
            (async () => {
                const { credential, batchScope } = await signIn();
                const client = new BatchClient(process.argv[2], entraCredential(credential, batchScope));
                console.log(JSON.stringify(await ${call}));
                client.close();
            })();`,
        );
        const state = JSON.parse(await run(["stack", "export"])) as unknown;
        const [endpoint = ""] = valuesOf(state, /^endpoint$/);
        const { stdout, stderr } = await stack.local(["exec", "--", "node", script, endpoint, ...args]);
        assert.ok(stdout.includes("{"), stderr);
        return JSON.parse(stdout.slice(stdout.indexOf("{"))) as unknown;
    }
});
