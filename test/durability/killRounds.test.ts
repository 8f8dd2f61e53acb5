import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { recount } from "../store/recount";
import { leftOver, Life, processesOf } from "./service";

const rounds = process.env.FULL ? 50 : 3;
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const digest = (content: Buffer | string) => createHash("sha256").update(content).digest("hex");

describe("kill -9 at random moments under load", function () {
    this.timeout(60_000 + rounds * 30_000);
    let folder: string;
    let data: string;
    let runs: string;
    let life: Life | undefined;

    before(() => {
        folder = realpathSync(mkdtempSync(path.join(tmpdir(), "kill-rounds-")));
        data = path.join(folder, "data");
        runs = path.join(folder, "runs");
    });
    after(async () => {
        await life?.kill().catch(() => undefined);
        rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    });

    /** How often each task has run: it says so itself, in one write. */
    const timesRun = () => {
        const counts = new Map<string, number>();
        if (!existsSync(runs)) return counts;
        for (const id of readFileSync(runs, "utf8").split("\n"))
            if (id !== "") counts.set(id, (counts.get(id) ?? 0) + 1);
        return counts;
    };

    it("loses nothing that was acknowledged, runs nothing again that was done, leaves no process", async () => {
        /** Tasks whose adding was answered with success. */
        const added = new Set<string>();
        /** Blobs whose upload was answered with success, with their content's digest. */
        const put = new Map<string, string>();
        /** Tasks that were shown as completed, and how often they had run then. */
        const done = new Map<string, number>();
        let leftAfterKill = 0;
        let inFlight = 0;
        let escaped = 0;
        let slowestStart = 0;

        const load = async (now: Life, round: number, over: { yes: boolean }): Promise<void> => {
            const container = now.blobs.getContainerClient("kept");
            const adding = async () => {
                for (let batch = 0; !over.yes; batch += 1) {
                    const ids = Array.from({ length: 10 }, (_, index) => `r${round}b${batch}t${index}`);
                    const commandLine = (id: string) =>
                        `/bin/sh -c 'echo ${id} >> ${runs}; sleep 0.0${randomBytes(1)[0] ?? 1}'`;
                    const answer = await now.batch.tasks.addCollection(
                        "load",
                        ids.map((id) => ({ id, commandLine: commandLine(id) })),
                    );
                    for (const { taskId, status } of answer) if (status === "success") added.add(taskId);
                    await pause(30);
                }
            };
            const uploading = async (who: string) => {
                for (let index = 0; !over.yes; index += 1) {
                    const content = randomBytes(10 + Math.floor(Math.random() * 20_000));
                    const name = `r${round}/${who}${index}`;
                    await container.getBlockBlobClient(name).uploadData(content);
                    put.set(name, digest(content));
                }
            };
            const watching = async () => {
                while (!over.yes) {
                    const filter = "state eq 'completed'";
                    const seen: string[] = [];
                    for await (const { id } of now.batch.tasks.list("load", { filter, select: "id" }))
                        if (id !== undefined && !done.has(id)) seen.push(id);
                    const counts = timesRun();
                    for (const id of seen) done.set(id, counts.get(id) ?? 0);
                    await pause(20);
                }
            };
            // Each ends with the service, by an error that is expected then and at no other time.
            const outcomes = await Promise.allSettled([adding(), uploading("a"), uploading("b"), watching()]);
            for (const outcome of outcomes)
                if (outcome.status === "rejected" && !over.yes) throw outcome.reason;
        };

        const check = async (now: Life): Promise<void> => {
            const states = new Map<string, string>();
            for await (const { id, state } of now.batch.tasks.list("load", { select: "id,state" }))
                states.set(id ?? "", state ?? "");
            assert.deepEqual(
                [...added].filter((id) => !states.has(id)),
                [],
                "acknowledged tasks are lost",
            );
            assert.deepEqual(
                [...done.keys()].filter((id) => states.get(id) !== "completed"),
                [],
                "tasks that were done are not any more",
            );
            const kept = new Set<string>();
            for await (const { name } of now.blobs.getContainerClient("kept").listBlobsFlat()) kept.add(name);
            assert.deepEqual(
                [...put.keys()].filter((name) => !kept.has(name)),
                [],
                "acknowledged blobs are lost",
            );
        };

        for (let round = 0; round < rounds; round += 1) {
            life = await Life.begin(data);
            slowestStart = Math.max(slowestStart, life.startTime);
            if (round === 0) {
                await life.blobs.createContainer("kept");
                await Life.makePool(data, "pool", 2, 4);
                await life.batch.jobs.add({ id: "load", poolInfo: { poolId: "pool" } });
                await life.batch.jobs.add({ id: "stubborn", poolInfo: { poolId: "pool" } });
                // Gets away from its parents and its session, and sleeps on.
                const commandLine =
                    "/bin/sh -c '(setsid sleep 1000 &) ; (setsid setsid sleep 1000 &) ; sleep 1000'";
                await life.batch.tasks.add("stubborn", { id: "one", commandLine });
            }
            await check(life);
            const over = { yes: false };
            const loading = load(life, round, over);
            await pause(200 + Math.random() * 1_800);
            over.yes = true;
            const present = processesOf(data);
            inFlight += present.length;
            escaped += present.filter(({ command }) => command === "sleep 1000").length;
            await life.kill();
            await loading;
            const left = await leftOver(data);
            leftAfterKill += left.length;
            assert.deepEqual(left, [], "processes outlived the service");
            const { kept, counted } = recount(path.join(data, "store", "state.db"));
            assert.deepEqual(kept, counted, "the counts that were kept are not those of the tasks");
        }

        life = await Life.begin(data);
        await check(life);
        for (let waited = 0; ; waited += 100) {
            const { active = 0, running = 0 } = (await life.batch.jobs.taskCounts("load")).taskCounts ?? {};
            if (active + running === 0) break;
            assert.ok(waited < 60_000, `${active} tasks wait and ${running} run still`);
            await pause(100);
        }
        await check(life);
        const counts = timesRun();
        const again = [...done].filter(([id, times]) => (counts.get(id) ?? 0) !== times);
        assert.deepEqual(again, [], "tasks ran again after they were done");
        assert.deepEqual(
            [...added].filter((id) => !counts.has(id)),
            [],
            "tasks never ran",
        );
        const container = life.blobs.getContainerClient("kept");
        for (const [name, expected] of put) {
            const content = await container.getBlobClient(name).downloadToBuffer();
            assert.equal(digest(content), expected, `content of ${name}`);
        }
        const stubborn = await life.batch.tasks.get("stubborn", "one");
        assert.equal(stubborn.state, "running");
        await life.end();
        life = undefined;
        assert.deepEqual(await leftOver(data), [], "processes outlived a clean end");

        const twice = [...counts.values()].filter((times) => times > 1).length;
        assert.ok(added.size > rounds * 10 && put.size > rounds * 3 && done.size > 0, "there was no load");
        if (existsSync("/proc")) assert.ok(escaped >= rounds, "nothing tried to get away");
        process.stdout.write(
            `      ${rounds} kills with ${inFlight} processes (${escaped} of a task that had double-forked): ${added.size} tasks acknowledged, 0 lost; ${done.size} seen done before a kill, 0 run again; ` +
                `${put.size} blobs acknowledged, 0 lost; ${twice} tasks cut short and run again; ` +
                `${leftAfterKill} processes left; slowest start ${slowestStart} ms\n`,
        );
    });
});
