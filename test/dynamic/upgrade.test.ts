// State of version 0.1.0, with that version's own closures in it, goes on under this version.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import type { BatchClient, BatchJobCreateOptions, BatchJobScheduleCreateOptions } from "../../client";
import { isServiceError } from "../../client";
import { servicePool } from "../support/servicePool";
import { Stack } from "./stack";
import type { State } from "./stack";

const folder = path.join(__dirname, "upgrade");

/** What 0.1.0 had made, made again: its state says with which values. */
async function remake(client: BatchClient, state: State): Promise<void> {
    const inputsOf = (type: string): Record<string, unknown> =>
        state.deployment.resources?.find((one) => one.type.endsWith(`/pulumi-azure-batch:${type}`))?.inputs ??
        {};
    const metadata = (name: string) => [
        { name: "pulumi-azure-batch:owner", value: `organization/stack/test/${name}` },
    ];
    await client.core.send({ method: "POST", path: "/pools", body: servicePool("old-pool"), options: {} });
    const { jobId } = inputsOf("Job") as { jobId: string };
    const job = {
        id: jobId,
        usesTaskDependencies: true,
        poolInfo: { poolId: "old-pool" },
        commonEnvironmentSettings: [{ name: "SECRET", value: "hidden" }],
        metadata: [{ name: "made", value: "0.1.0" }, ...metadata("old")],
    };
    await client.jobs.add(job as BatchJobCreateOptions);
    const { task } = inputsOf("Task") as { task: { id: string; commandLine: string } };
    await client.tasks.add(jobId, task);
    for (let number = 1; number <= 12; number++)
        await client.tasks.add(jobId, { id: String(number), commandLine: "true" });
    await client.tasks.add(jobId, { id: "merge", commandLine: "true" });
    const { jobSchedule, scheduleId } = inputsOf("JobSchedule") as {
        jobSchedule: object;
        scheduleId: string;
    };
    await client.jobSchedules.add({
        ...jobSchedule,
        id: scheduleId,
        metadata: metadata("old"),
    } as BatchJobScheduleCreateOptions);
}

describe("a stack that version 0.1.0 has made", function () {
    this.timeout(240_000);
    let stack: Stack;
    let client: BatchClient;
    let env: Record<string, string>;

    before(async () => {
        stack = await Stack.open(path.join(folder, "program.js"));
        client = await stack.client();
        const { endpoint } = await stack.service();
        env = { OLD_ENDPOINT: endpoint };
        const text = fs
            .readFileSync(path.join(folder, "state-0.1.0.json"), "utf8")
            .replaceAll("@ENDPOINT@", endpoint);
        const state = JSON.parse(text) as State;
        const salt = /encryptionsalt: (\S+)/.exec(
            fs.readFileSync(path.join(stack.project, "Pulumi.test.yaml"), "utf8"),
        );
        const secrets = { type: "passphrase", state: { salt: salt?.[1] } };
        Object.assign(state.deployment, { secrets_providers: secrets });
        const file = path.join(stack.folder, "old.json");
        fs.writeFileSync(file, JSON.stringify(state));
        await remake(client, state);
        await stack.must(["stack", "import", "--file", file]);
    });

    after(() => stack.close());

    it("is refreshed by its old closures without drift", async () => {
        await stack.must(["refresh", "--yes", "--skip-preview", "--expect-no-changes"], {}, env);
    });

    it("is changed by nothing but a change: this version and its closures plan none", async () => {
        await stack.must(["preview", "--expect-no-changes"], {}, env);
        await stack.must(["up", "--yes", "--skip-preview", "--expect-no-changes"], {}, env);
    });

    it("is destroyed by its old closures, with everything that it had made", async () => {
        // The state as 0.1.0 wrote it, so that no closure of this version is in it.
        const file = path.join(stack.folder, "old.json");
        await stack.must(["stack", "import", "--file", file]);
        const text = await stack.must(["destroy", "--yes", "--skip-preview"], {}, env);
        assert.match(text, /10 deleted/);
        const gone = (error: unknown): boolean => isServiceError(error, "JobNotFound", "JobScheduleNotFound");
        await assert.rejects(client.jobs.get("old-job"), gone);
        await assert.rejects(client.jobSchedules.get("old-schedule"), gone);
        assert.deepEqual((await stack.state()).deployment.resources ?? [], []);
    });
});
