// Scheduler of Batch Local alone: microseconds a task, with its store on disk, without processes and HTTP.
//
// 20,000 tasks on 4 nodes of 8 slots; each run ends as soon as it is asked for. What is timed: assignment, every write of every
// task's life with its journal, group commits. BENCH_TASKS and BENCH_ROUNDS change the size.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NodeCommand, NodeEvent, NodeHost } from "../local/model/agent";
import { newJob } from "../local/model/newJob";
import { newPool } from "../local/model/newPool";
import { newTask } from "../local/model/newTask";
import { createScheduler } from "../local/scheduler";
import { openStore } from "../local/store";

const tasks = Number(process.env["BENCH_TASKS"] ?? 20_000);
const rounds = Number(process.env["BENCH_ROUNDS"] ?? 3);

/** Says of each run that it has ended: all at once in the next turn of the event loop, or one a turn, as rare events come. */
class InstantHost implements NodeHost {
    constructor(private readonly together: boolean) {}

    private listener: (events: readonly NodeEvent[]) => void = () => undefined;
    private events: NodeEvent[] = [];

    perform(commands: readonly NodeCommand[]): void {
        for (const command of commands) {
            if (command.do === "openNode") this.say({ event: "nodeOpened", node: command.node });
            if (command.do === "run")
                this.say({ event: "ended", attempt: command.run.attempt, at: Date.now(), exitCode: 0 });
        }
    }

    private say(event: NodeEvent): void {
        this.events.push(event);
        if (this.events.length === 1) setImmediate(this.tell);
    }

    private readonly tell = (): void => {
        const events = this.together ? this.events.splice(0) : this.events.splice(0, 1);
        this.listener(events);
        if (this.events.length > 0) setImmediate(this.tell);
    };

    listen(listener: (events: readonly NodeEvent[]) => void): void {
        this.listener = listener;
    }

    rootOf(node: string): string {
        return `/nodes/${node}`;
    }

    close(): Promise<void> {
        return Promise.resolve();
    }
}

interface Measured {
    /** Microseconds a task: on the clock, and of processor time, which a busy machine does not change. */
    wall: number;
    processor: number;
}

async function round(together: boolean): Promise<Measured> {
    const folder = mkdtempSync(join(tmpdir(), "bench-scheduler-"));
    const store = openStore(join(folder, "state.db"));
    const scheduler = createScheduler({
        store,
        host: new InstantHost(together),
        now: Date.now,
        resolve: {
            autoStorageContainer: () => undefined,
            applicationPackage: () => undefined,
            identityOfPool: () => ({ fault: "none" }),
            vaultSecret: () => ({ fault: "none" }),
            accountUrl: () => "https://127.0.0.1:1",
        },
    });
    const now = Date.now();
    const pool = newPool({
        account: "acct",
        id: "pool",
        spec: { vmSize: "standard_d2s_v5", targetDedicatedNodes: 4, taskSlotsPerNode: 8 },
        now,
        eTag: "0x1",
    });
    store.pools.put(pool);
    scheduler.wake({ pool: pool.key });
    const job = newJob({
        account: "acct",
        id: "job",
        number: store.nextNumber(),
        spec: { id: "job", poolInfo: { poolId: "pool" } },
        now,
        eTag: "0x1",
    });
    store.jobs.put({ ...job, state: "disabled" });
    for (let index = 0; index < tasks; index += 1) {
        const id = `task-${String(index).padStart(6, "0")}`;
        store.tasks.add(newTask(job, { id, commandLine: `/bin/echo ${id}` }, now));
        if (index % 1000 === 0) await store.committed();
    }
    await store.committed();
    const start = performance.now();
    const used = process.cpuUsage();
    store.jobs.put(job);
    scheduler.wake({ job: job.key });
    while (store.tasks.counts(job.number).completed < tasks)
        await new Promise((resolve) => setImmediate(resolve));
    await store.committed();
    const took = performance.now() - start;
    const { user, system } = process.cpuUsage(used);
    scheduler.close();
    store.close();
    rmSync(folder, { recursive: true, force: true });
    return { wall: (took * 1000) / tasks, processor: (user + system) / tasks };
}

async function main(): Promise<void> {
    for (const together of [true, false]) {
        const found: Measured[] = [];
        for (let number = 0; number < rounds; number += 1) found.push(await round(together));
        const middle = (name: keyof Measured) =>
            Math.round(found.map((one) => one[name]).sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0);
        const how = together ? "ends reported together" : "each end by itself";
        console.log(`${how}: ${middle("wall")} us a task, ${middle("processor")} of them processor time`);
    }
    console.log(`(middle of ${rounds} rounds of ${tasks} tasks)`);
}

void main();
