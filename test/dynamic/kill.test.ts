// Deployments whose engine is killed, under the real engine: the next ones end in exactly the declared tasks.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import type { BatchClient } from "../../client";
import { findService } from "../../local/cli/discovery";
import { randomNumbers } from "../../local/model/chance";
import { TestStack } from "../constructs/stack";
import { connect, Life } from "../durability/service";

const full = Boolean(process.env["FULL"]);
const count = full ? 100_000 : 10_000;
const kills = full ? 20 : 3;

const program = `
const batch = require("pulumi-azure-batch");
const account = batch.BatchAccount.fromExisting("a", process.env.ACCOUNT);
const pool = batch.Pool.fromExisting("p", { account, poolId: "none" });
const job = new batch.Job("j", { pool, jobId: process.env.JOB, onDestroy: "terminate" });
new batch.TaskCollection("t", { job, tasks: batch.tasks.repeat(${count}, { id: "t-{index}", commandLine: "echo {index}" }) });
`;

describe("a deployment whose engine is killed", function () {
    this.timeout(full ? 3_600_000 : 400_000);
    const stack = new TestStack(program);
    const data = path.join(stack.folder, "data");
    const temporary = path.join(stack.folder, "tmp");
    let client: BatchClient | undefined;
    let environment: NodeJS.ProcessEnv = {};

    const tasks = async (job = "j"): Promise<number> => {
        const counts = await client?.jobs.taskCounts(job).catch(() => undefined);
        return counts?.taskCounts.active ?? 0;
    };
    const engine = (...args: string[]): ChildProcess =>
        spawn("pulumi", [...args, "--non-interactive", "--stack", "test"], {
            cwd: stack.project,
            env: environment,
            stdio: ["ignore", "pipe", "pipe"],
        });
    const ended = (child: ChildProcess): Promise<{ code: number | null; text: string }> =>
        new Promise((resolve) => {
            let text = "";
            for (const stream of [child.stdout, child.stderr])
                stream?.on("data", (chunk: Buffer) => (text += chunk.toString()));
            child.once("close", (code) => resolve({ code, text }));
        });

    before(async () => {
        fs.mkdirSync(temporary);
        // A service that asks to wait now and then takes the tasks slowly enough for a kill to come between them.
        const faults = path.join(stack.folder, "faults.json");
        const fail = { status: 429, retryAfter: 1 };
        const refused = { path: "/jobs/*/addtaskcollection", rate: 0.1, fail };
        fs.writeFileSync(faults, JSON.stringify({ requests: [refused] }));
        await stack.start("--faults", faults);
        await Life.makePool(data, "none", 0, 1);
        const service = findService(data);
        assert.ok(service !== undefined);
        client = (await connect(() => data)).client({});
        const { stdout } = await stack.local(["env", "--shell", "json"]);
        const account = `/subscriptions/${service.subscriptionId}/resourceGroups/batchlocal/providers/Microsoft.Batch/batchAccounts/batchlocal`;
        const found = JSON.parse(stdout) as NodeJS.ProcessEnv;
        environment = { ...process.env, ...found, ACCOUNT: account, JOB: "j", TMPDIR: temporary };
    });
    after(async () => {
        client?.close();
        await stack.close();
    });

    /** Runs until the service has so many tasks, or until the engine says something, and kills the engine then. */
    async function killed(until: number | RegExp): Promise<boolean> {
        const child = engine("up", "--yes", "--skip-preview");
        const end = ended(child);
        let over = false;
        void end.then(() => (over = true));
        const kill = (): boolean => child.kill("SIGKILL");
        if (typeof until === "number") {
            // The only way to hear of a task is to ask.
            while (!over && (await tasks()) < until) await setTimeout(5);
            kill();
        } else {
            child.stdout?.on("data", (chunk: Buffer) => until.test(chunk.toString()) && kill());
        }
        const { code, text } = await end;
        if (code !== null && code !== 0) throw new Error(text);
        // A killed engine leaves its lock, which the next one will not take from it.
        if (code === null) assert.equal((await ended(engine("cancel", "--yes"))).code, 0);
        return code === null;
    }

    /** Operations that the state takes for unfinished. */
    async function pending(): Promise<number> {
        const { text } = await ended(engine("stack", "export"));
        const state = JSON.parse(text) as { deployment: { pending_operations?: unknown[] } };
        return state.deployment.pending_operations?.length ?? 0;
    }

    async function assertDeclared(job: string): Promise<void> {
        const ids: string[] = [];
        for await (const { id } of client?.tasks.list(job, { select: "id" }) ?? []) ids.push(id ?? "");
        assert.equal(ids.length, count);
        const width = String(count - 1).length;
        const declared = Array.from(
            { length: count },
            (_, index) => `t-${String(index).padStart(width, "0")}`,
        );
        assert.deepEqual(new Set(ids), new Set(declared));
    }

    it(`at ${kills} random points ends in exactly ${count.toLocaleString("en")} tasks when it is run again, once without ledger`, async () => {
        const random = randomNumbers(Number(process.env["SEED"] ?? 1));
        const words = (done: number): RegExp => (done === 0 ? /Job j creating/ : /TaskCollection t creating/);
        const at: string[] = [];
        for (let done = 0; done < kills;) {
            const present = await tasks();
            const word = done % 4 === 0 ? words(done) : undefined;
            const threshold = Math.ceil(present + (random() * 2 * (count - present)) / (kills - done + 1));
            if (!(await killed(word ?? Math.max(1, threshold)))) break;
            at.push(`${await tasks()}`);
            done += 1;
            // Another machine has neither ledger nor file of tasks.
            if (done === 2) {
                fs.rmSync(temporary, { recursive: true });
                fs.mkdirSync(temporary);
            }
        }
        process.stdout.write(`      killed with ${at.join(", ")} tasks\n`);
        assert.equal(at.length, kills);
        const last = await ended(engine("up", "--yes", "--skip-preview"));
        assert.equal(last.code, 0, last.text);
        await assertDeclared("j");
        assert.equal((await client?.jobs.get("j"))?.onAllTasksComplete, "terminatejob");
        const again = await ended(engine("up", "--yes", "--skip-preview", "--expect-no-changes"));
        assert.equal(again.code, 0, again.text);
    });

    it("ends by Ctrl-C amid a submission, and the next one goes on with it", async () => {
        environment["JOB"] = "k";
        // Those of the killed ones stay: an engine that is killed cannot know what became of them.
        const before = await pending();
        const child = engine("up", "--yes", "--skip-preview");
        const end = ended(child);
        let over = false;
        void end.then(() => (over = true));
        while (!over && (await tasks("k")) < 1) await setTimeout(5);
        const pressed = Date.now();
        child.kill("SIGINT");
        const { code, text } = await end;
        process.stdout.write(
            `      ended ${Date.now() - pressed} ms after Ctrl-C with ${await tasks("k")} tasks\n`,
        );
        assert.ok(code !== 0 && code !== null, text);
        assert.match(text, /the deployment was cancelled; run it again to go on/);
        assert.ok((await tasks("k")) < count);
        const last = await ended(engine("up", "--yes", "--skip-preview"));
        assert.equal(last.code, 0, last.text);
        await assertDeclared("k");
        assert.equal(await pending(), before);
    });

    it("leaves nothing of what it has added when the next one declares other tasks, be it a first deployment, a change, or the way back", async () => {
        environment["JOB"] = "m";
        const declare = (prefix: string, number: number): void =>
            stack.program(
                program.replace(`repeat(${count}`, `repeat(${number}`).replace("t-{", `${prefix}-{`),
            );
        const listed = async (): Promise<string[]> => {
            const ids: string[] = [];
            for await (const { id } of client?.tasks.list("m", { select: "id" }) ?? []) ids.push(id ?? "");
            return ids;
        };
        for (const [dead, alive, number] of [
            ["a", "b", 200],
            ["c", "d", 300],
            // Back to what the state says: it knows nothing of the deployment between.
            ["e", "d", 300],
        ] as const) {
            declare(dead, count);
            const before = await tasks("m");
            const child = engine("up", "--yes", "--skip-preview");
            const end = ended(child);
            let over = false;
            void end.then(() => (over = true));
            while (!over && (await tasks("m")) <= before) await setTimeout(5);
            child.kill("SIGKILL");
            assert.equal((await end).code, null);
            assert.equal((await ended(engine("cancel", "--yes"))).code, 0);
            const stray = (await listed()).filter((id) => id.startsWith(dead)).length;
            process.stdout.write(`      killed with ${stray} tasks\n`);
            assert.ok(stray > 0 && stray < count);
            declare(alive, number);
            const next = await ended(engine("up", "--yes", "--skip-preview"));
            assert.equal(next.code, 0, next.text);
            const ids = await listed();
            assert.equal(ids.length, number);
            assert.ok(ids.every((id) => id.startsWith(`${alive}-`)));
            const again = await ended(engine("up", "--yes", "--skip-preview", "--expect-no-changes"));
            assert.equal(again.code, 0, again.text);
        }
    });
});
