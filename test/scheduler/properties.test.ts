import assert from "node:assert/strict";
import fc from "fast-check";
import { recordKey } from "../../local/model/ids";
import type { JobRecord } from "../../local/model/job";
import type { NodeRecord } from "../../local/model/pool";
import type { JobSpec } from "../../local/model/spec";
import type { TaskRecord } from "../../local/model/task";
import { beginDraining } from "../../local/scheduler";
import { World } from "./given";

const jobIds = ["plain", "prepared", "managed"] as const;
const options = ["requeue", "terminate", "taskcompletion", "retaineddata"] as const;
const index = fc.nat(20);
const job = fc.constantFrom(...jobIds);

/** What clients, nodes and time do, in any order. */
const action = fc.oneof(
    { weight: 8, arbitrary: fc.record({ do: fc.constant("add" as const), job, slots: fc.integer({ min: 1, max: 2 }), kind: fc.nat(9) }) },
    { weight: 12, arbitrary: fc.record({ do: fc.constant("end" as const), index, exitCode: fc.constantFrom(0, 0, 0, 1, undefined) }) },
    { weight: 6, arbitrary: fc.record({ do: fc.constant("answer" as const) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("lose" as const), index }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant("drain" as const), index, option: fc.constantFrom(...options), then: fc.constantFrom("reboot" as const, "reimage" as const, "deallocate" as const, "offline" as const) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant("revive" as const), index }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("preempt" as const), index }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("resize" as const), dedicated: fc.nat(3), spot: fc.nat(2), option: fc.constantFrom(...options) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("stopResize" as const) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant("job" as const), job, to: fc.constantFrom("disabling" as const, "enabling" as const, "terminating" as const), tasks: fc.constantFrom("requeue" as const, "terminate" as const, "wait" as const) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("endTask" as const), job, index, how: fc.constantFrom("terminate" as const, "delete" as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("reactivate" as const), job, index }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("pass" as const), minutes: fc.integer({ min: 1, max: 30 }) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("restart" as const) }) },
); // prettier-ignore
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;

interface Setting {
    slots: number;
    nodes: number;
    spot: number;
    startTask: boolean;
    parallel: number;
}

const setting: fc.Arbitrary<Setting> = fc.record({
    slots: fc.integer({ min: 1, max: 3 }),
    nodes: fc.integer({ min: 1, max: 3 }),
    spot: fc.nat(1),
    startTask: fc.boolean(),
    parallel: fc.constantFrom(-1, -1, 2),
});

/** A pool with three jobs, and what was seen of their tasks. */
class Run {
    world = new World();
    private added = 0;
    /** Attempts of tasks when they completed, by job number and sequence. */
    private readonly finished = new Map<string, number>();
    private readonly released = new Map<string, number>();

    constructor(private readonly setting: Setting) {}

    async begin(): Promise<void> {
        const { slots, nodes, spot, startTask, parallel } = this.setting;
        this.world.host.slow = true;
        await this.world.pool({
            targetDedicatedNodes: nodes,
            targetLowPriorityNodes: spot,
            taskSlotsPerNode: slots,
            enableInterNodeCommunication: true,
            ...(startTask && { startTask: { commandLine: "s", maxTaskRetryCount: 1 } }),
        });
        await this.world.job({ maxParallelTasks: parallel, usesTaskDependencies: true }, "plain");
        const special = { jobPreparationTask: { commandLine: "p" }, jobReleaseTask: { commandLine: "r" } };
        await this.world.job({ ...special, priority: 5 }, "prepared");
        const jobManagerTask = { id: "jm", commandLine: "m", killJobOnCompletion: false };
        await this.world.job({ ...special, jobManagerTask, allowTaskPreemption: true }, "managed");
    }

    private job(id: string): JobRecord | undefined {
        return this.world.store.jobs.get(recordKey("acct", id));
    }

    private node(index: number): NodeRecord | undefined {
        const nodes = this.world.nodes();
        return nodes[index % Math.max(1, nodes.length)];
    }

    private task(job: JobRecord, index: number): TaskRecord | undefined {
        const tasks = this.world.store.tasks.page(job.number, { limit: 1000 });
        return tasks[index % Math.max(1, tasks.length)];
    }

    async act(action: Action): Promise<void> {
        const { world } = this;
        switch (action.do) {
            case "add":
                return this.add(action);
            case "end": {
                const runs = [...world.host.running.values()];
                const run = runs[action.index % Math.max(1, runs.length)];
                if (run) this.end(run.attempt, action.exitCode);
                break;
            }
            case "answer":
                world.host.answerStop();
                break;
            case "lose": {
                const node = this.node(action.index)?.key;
                if (node === undefined) break;
                for (const run of [...world.host.running.values()])
                    if (run.node === node) world.host.running.delete(run.attempt);
                world.host.report({ event: "nodeLost", node, reason: "property" });
                break;
            }
            case "drain":
                this.drain(action);
                break;
            case "revive":
                this.revive(this.node(action.index));
                break;
            case "preempt": {
                const node = this.node(action.index);
                if (node && !node.dedicated) world.scheduler.preempt(node.key);
                break;
            }
            case "resize": {
                const pool = world.poolNow();
                if (pool.allocationState !== "steady") break;
                world.store.pools.put({
                    ...pool,
                    targetDedicatedNodes: action.dedicated,
                    targetSpotNodes: action.spot,
                    allocationState: "resizing",
                    resize: {
                        startedAt: world.time,
                        deadline: world.time + 900_000,
                        deallocation: action.option,
                    },
                });
                world.scheduler.wake({ pool: pool.key });
                break;
            }
            case "stopResize": {
                const pool = world.poolNow();
                if (pool.allocationState === "resizing")
                    world.store.pools.put({ ...pool, allocationState: "stopping" });
                world.scheduler.wake({ pool: pool.key });
                break;
            }
            case "job":
                return this.moveJob(action.job, action.to, action.tasks);
            case "endTask": {
                const job = this.job(action.job);
                const task = job && this.task(job, action.index);
                if (!job || !task || (task.state === "completed" && action.how === "terminate")) break;
                world.scheduler.endTask(task, job, action.how);
                break;
            }
            case "reactivate": {
                const job = this.job(action.job);
                const task = job && this.task(job, action.index);
                if (job?.state !== "active" || task?.state !== "completed" || task.result === "success")
                    break;
                this.finished.delete(`${job.number}/${task.sequence}`);
                const { node: _n, endTime: _e, result: _r, failureInfo: _f, ...rest } = task;
                world.store.tasks.update({ ...rest, state: "active", retryCount: 0 });
                world.scheduler.wake({ job: job.key });
                break;
            }
            case "pass":
                await world.pass(action.minutes * 60_000);
                break;
            case "restart":
                world.close();
                this.world = new World(world.store);
                this.world.time = world.time;
                this.world.host.slow = true;
                break;
        }
        await this.world.settle();
    }

    private async add({ job: id, slots, kind }: Extract<Action, { do: "add" }>): Promise<void> {
        const job = this.job(id);
        if (!job || job.state === "completed" || job.state === "terminating") return;
        this.added += 1;
        const before = this.added - 1;
        await this.world.tasks(job, [
            {
                id: String(this.added),
                requiredSlots: Math.min(slots, this.setting.slots),
                constraints: { maxTaskRetryCount: kind % 3 },
                ...(kind === 9 && {
                    requiredSlots: 1,
                    multiInstanceSettings: { numberOfInstances: 2, coordinationCommandLine: "c" },
                }),
                ...(kind === 8 &&
                    id === "plain" &&
                    before > 0 && { dependsOn: { taskIds: [String(before)] } }),
            },
        ]);
    }

    private end(attempt: string, exitCode: number | undefined): void {
        const run = this.world.host.running.get(attempt);
        if (run?.kind === "release") {
            const key = `${run.node} ${run.directory}`;
            this.released.set(key, (this.released.get(key) ?? 0) + 1);
            assert.equal(this.released.get(key), 1, `${key} was released twice`);
        }
        const failureInfo = { category: "usererror" as const, code: "BlobNotFound", message: "" };
        this.world.host.end(attempt, exitCode === undefined ? { failureInfo } : { exitCode });
    }

    private drain({ index, option, then }: Extract<Action, { do: "drain" }>): void {
        const node = this.node(index);
        if (!node || node.draining || !["idle", "running", "starttaskfailed"].includes(node.state)) return;
        if (then === "offline" && (option === "retaineddata" || node.schedulingState === "disabled")) return;
        const before: NodeRecord = then === "offline" ? { ...node, schedulingState: "disabled" } : node;
        this.world.scheduler.within((turn) => {
            beginDraining(turn, before, { option, then });
        });
    }

    /** Starts it again, or lets it take tasks again. */
    private revive(node: NodeRecord | undefined): void {
        if (!node) return;
        this.world.scheduler.within((turn) => {
            const { draining, ...rest } = node;
            const kept = draining && draining.then !== "offline" ? node : rest;
            const up =
                node.state === "deallocated" ? ({ state: "starting", readyAt: turn.now } as const) : {};
            const online = node.state === "offline" ? ({ state: "idle" } as const) : {};
            turn.putNode(node, { ...kept, schedulingState: "enabled", ...up, ...online }, "revive");
            turn.touchPool(recordKey(node.account, node.pool));
        });
    }

    private async moveJob(
        id: string,
        to: "disabling" | "enabling" | "terminating" | "deleting",
        disableTasks: NonNullable<JobRecord["disableTasks"]>,
    ): Promise<void> {
        const state = this.job(id)?.state;
        const from = {
            disabling: ["active", "disabling"],
            enabling: ["disabled", "disabling"],
            terminating: ["active", "disabling", "disabled", "enabling"],
            deleting: ["active", "disabling", "disabled", "enabling", "terminating", "completed"],
        }[to];
        if (state === undefined || !from.includes(state)) return;
        await this.world.change(id, { state: to, ...(to === "disabling" && { disableTasks }) });
    }

    check(): void {
        this.checkFlights();
        this.checkProgress();
        for (const id of jobIds) {
            const job = this.job(id);
            if (job) this.checkTasks(job);
        }
        this.checkIdleNodes();
    }

    private checkFlights(): void {
        const { world } = this;
        const { flights } = world.scheduler.world;
        const used = new Map<string, number>();
        const live = new Map<string, number>();
        for (const flight of flights.values()) {
            assert.ok(world.store.nodes.get(flight.node), `${flight.attempt} flies on a node that is gone`);
            used.set(flight.node, (used.get(flight.node) ?? 0) + flight.slots);
            if (flight.kind !== "task" || !flight.task) continue;
            const task = world.store.tasks.get(flight.task.job, flight.task.id);
            assert.ok(
                task && ["running", "preparing"].includes(task.state),
                `${flight.attempt} is an orphan`,
            );
            const key = `${flight.task.job}/${flight.task.id}`;
            live.set(key, (live.get(key) ?? 0) + 1);
            assert.equal(live.get(key), 1, `${key} has two attempts`);
        }
        for (const [node, slots] of used) {
            assert.ok(slots <= this.setting.slots, `${node} has ${slots} slots in use`);
            assert.equal(slots, world.scheduler.world.slotsUsed(node));
        }
        for (const attempt of world.host.running.keys())
            assert.ok(flights.has(attempt), `nobody knows of ${attempt}`);
        for (const task of world.store.tasks.inFlight())
            assert.ok(live.has(`${task.job}/${task.id}`), `${task.id} runs without an attempt`);
    }

    /** Nobody waits for what has happened already. */
    private checkProgress(): void {
        const { world } = this;
        for (const node of world.nodes()) {
            const drains = node.draining !== undefined && world.scheduler.world.onNode(node.key).size === 0;
            const forData =
                node.draining?.option === "retaineddata" && (node.dataRetainedUntil ?? 0) > world.time;
            assert.ok(!drains || forData, `${node.id} drains, and nothing runs on it`);
        }
        for (const id of jobIds) {
            const job = this.job(id);
            if (job?.state !== "disabling") continue;
            assert.ok(world.scheduler.world.tasksRunning(job.key) > 0, `${id} is disabling for nothing`);
        }
    }

    private checkTasks(job: JobRecord): void {
        const tasks = this.world.store.tasks.page(job.number, { limit: 10_000 });
        const counts = this.world.store.tasks.counts(job.number);
        const of = (...states: string[]) => tasks.filter((task) => states.includes(task.state)).length;
        assert.equal(counts.active, of("active"));
        assert.equal(counts.running, of("running", "preparing"));
        assert.equal(counts.completed, of("completed"));
        assert.equal(counts.succeeded, tasks.filter((task) => task.result === "success").length);
        const blocked = tasks.filter((task) => task.state === "active" && task.blockedBy > 0).length;
        assert.equal(counts.blocked, blocked);
        for (const task of tasks) {
            const key = `${job.number}/${task.sequence}`;
            const before = this.finished.get(key);
            if (before !== undefined) assert.equal(task.attempt, before, `${task.id} ran after its end`);
            if (task.state === "completed") this.finished.set(key, task.attempt);
        }
        const most = (job.spec as unknown as JobSpec).maxParallelTasks ?? -1;
        if (most > 0) assert.ok(counts.running <= most);
    }

    /** A node that could run a ready task does not stand idle. */
    private checkIdleNodes(): void {
        const { world } = this;
        const job = this.job("plain");
        if (job?.state !== "active") return;
        const counts = world.store.tasks.counts(job.number);
        const most = (job.spec as unknown as JobSpec).maxParallelTasks ?? -1;
        const tasks = world.store.tasks.ready(job.number, 0, 1000);
        const simple = tasks.filter((task) => task.spec["multiInstanceSettings"] === undefined);
        if (simple.length < tasks.length || simple.length === 0 || (most > 0 && counts.running >= most))
            return;
        for (const node of world.nodes()) {
            if (node.state !== "idle" || node.schedulingState === "disabled" || node.draining) continue;
            assert.ok(world.scheduler.world.slotsUsed(node.key) > 0, `${node.id} is idle, tasks are ready`);
        }
    }

    /** Whatever happened: jobs come to their end, then their deletion, then the pool's. */
    async finish(): Promise<void> {
        for (const id of jobIds) {
            await this.moveJob(id, "enabling", "requeue");
            await this.moveJob(id, "terminating", "requeue");
        }
        await this.quiet();
        for (const id of jobIds) assert.equal(this.job(id)?.state, "completed", `${id} does not end`);
        for (const id of jobIds) await this.moveJob(id, "deleting", "requeue");
        await this.quiet();
        for (const id of jobIds) assert.equal(this.job(id), undefined, `${id} is not deleted`);
        this.world.store.pools.put({ ...this.world.poolNow(), state: "deleting" });
        this.world.scheduler.wake({ pool: "acct/pool" });
        await this.quiet();
        assert.equal(this.world.store.pools.get("acct/pool"), undefined, "the pool is not deleted");
        assert.equal(this.world.scheduler.world.flights.size, 0);
        assert.equal(this.world.store.jobNodes.count(), 0);
        assert.equal(this.world.host.running.size, 0);
    }

    /** All processes end, all stops are answered. */
    private async quiet(): Promise<void> {
        for (let round = 0; round < 50; round += 1) {
            await this.world.settle();
            const { host } = this.world;
            if (host.running.size === 0 && host.stopping.length === 0) return;
            for (const attempt of [...host.running.keys()]) this.end(attempt, 0);
            while (host.stopping.length > 0) host.answerStop();
        }
        assert.fail("it does not come to rest");
    }
}

describe("Scheduler: whatever happens", function () {
    this.timeout(120_000);

    it("keeps its promises through any sequence of events and operations, and comes to rest", async () => {
        await fc.assert(
            fc.asyncProperty(setting, fc.array(action, { maxLength: 40 }), async (given, actions) => {
                const run = new Run(given);
                try {
                    await run.begin();
                    for (const each of actions) {
                        await run.act(each);
                        run.check();
                    }
                    await run.finish();
                } finally {
                    run.world.close();
                }
            }),
            { numRuns: Number(process.env["PROPERTY_RUNS"] ?? 150) },
        );
    });
});
