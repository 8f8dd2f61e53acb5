import type { NodeCommand, NodeEvent, NodeHost, RunCommand } from "../../local/model/agent";
import type { AccountRecord } from "../../local/model/account";
import { recordKey } from "../../local/model/ids";
import type { JobRecord, ScheduleRecord } from "../../local/model/job";
import type { JsonObject } from "../../local/model/json";
import { newJob, newJobManagerTask } from "../../local/model/newJob";
import { newPool } from "../../local/model/newPool";
import { newTask } from "../../local/model/newTask";
import type { NodeRecord, PoolRecord } from "../../local/model/pool";
import type { TaskRecord } from "../../local/model/task";
import { beginDraining, createScheduler, type Scheduler } from "../../local/scheduler";
import { openStore, type Store } from "../../local/store";

const account: AccountRecord = {
    key: "acct",
    name: "acct",
    location: "westus2",
    subscriptionId: "s",
    resourceGroup: "g",
    armId: "/subscriptions/s/resourceGroups/g/providers/Microsoft.Batch/batchAccounts/acct",
    port: 1,
    keys: { primary: "", secondary: "" },
    allowedAuthenticationModes: ["AAD"],
    poolAllocationMode: "BatchService",
    provisioningState: "Succeeded",
    quotas: { dedicatedCores: 100, spotCores: 20, pools: 10, activeJobsAndSchedules: 10 },
    createdAt: 0,
    lastModified: 0,
    eTag: "",
    declared: {},
};

/** Nodes without processes: the test says when and how each run ends, so that every order of events can be had. */
export class ScriptedHost implements NodeHost {
    readonly running = new Map<string, RunCommand>();
    readonly removed: string[] = [];
    /** Attempts whose left-overs were to be ended. */
    readonly endedLeft: string[] = [];
    readonly dropped: string[] = [];
    /** How many runs each directory had on each node, `node directory`. */
    readonly runs = new Map<string, number>();
    /** Stops are kept until `answerStop`, so that much can happen before a process is gone. */
    slow = false;
    readonly stopping: string[] = [];
    private listener: (events: readonly NodeEvent[]) => void = () => undefined;

    perform(commands: readonly NodeCommand[]): void {
        for (const command of commands) this.take(command);
    }

    listen(listener: (events: readonly NodeEvent[]) => void): void {
        this.listener = listener;
    }

    rootOf(node: string): string {
        return `/nodes/${node}`;
    }

    close(): Promise<void> {
        return Promise.resolve();
    }

    end(attempt: string, end: Partial<Extract<NodeEvent, { event: "ended" }>> = { exitCode: 0 }): void {
        if (!this.running.delete(attempt)) throw new Error(`${attempt} does not run`);
        this.listener([{ event: "ended", attempt, at: 0, ...end }]);
    }

    /** Of the oldest stop that waits; one that ended meanwhile is answered as the nodes do. */
    answerStop(): void {
        const attempt = this.stopping.shift();
        if (attempt === undefined) return;
        if (this.running.has(attempt)) this.end(attempt, { exitCode: 137, stopped: true });
        else this.listener([{ event: "ended", attempt, at: 0, stopped: true }]);
    }

    report(event: NodeEvent): void {
        this.listener([event]);
    }

    /** Attempts that run, of one kind. */
    of(kind: RunCommand["kind"]): RunCommand[] {
        return [...this.running.values()].filter((run) => run.kind === kind);
    }

    private count(what: string): void {
        this.runs.set(what, (this.runs.get(what) ?? 0) + 1);
    }

    private take(command: NodeCommand): void {
        switch (command.do) {
            case "openNode":
                this.listener([{ event: "nodeOpened", node: command.node }]);
                return;
            case "setUpNode":
                this.listener([{ event: "nodeSetUp", node: command.node, boot: command.boot }]);
                return;
            case "renewCertificates":
                return;
            case "clearNode":
                this.listener([{ event: "nodeCleared", node: command.node, boot: command.boot }]);
                return;
            case "run":
                this.running.set(command.run.attempt, command.run);
                this.count(`${command.run.node} ${command.run.directory}`);
                return;
            case "endLeft":
                this.endedLeft.push(command.attempt);
                return;
            case "stop":
                this.stopping.push(command.attempt);
                if (!this.slow) this.answerStop();
                return;
            case "removeFiles":
                this.removed.push(command.directory);
                return;
            case "dropNode":
                this.dropped.push(command.node);
                return;
        }
    }
}

/** A store, a scheduler and a clock that stands still until the test moves it. */
export class World {
    time = Date.parse("2026-01-05T08:00:00Z");
    readonly host = new ScriptedHost();
    scheduler: Scheduler;

    constructor(
        readonly store: Store = openStore(":memory:"),
        bootDelay = 0,
    ) {
        if (!store.accounts.get("acct")) store.accounts.put(account);
        this.scheduler = createScheduler({
            store,
            host: this.host,
            now: () => this.time,
            settings: { bootDelay },
            resolve: {
                autoStorageContainer: (_account, container) => `https://storage/${container}?sig=x`,
                applicationPackage: () => undefined,
                identityOfPool: () => ({ fault: "none" }),
                vaultSecret: () => ({ fault: "none" }),
                accountUrl: () => "https://127.0.0.1:1",
            },
        });
    }

    /** Lets turns, commits and scripted answers happen until nothing more does. */
    async settle(): Promise<void> {
        for (let turns = 0; turns < 12; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    }

    async pass(milliseconds: number): Promise<void> {
        this.time += milliseconds;
        this.scheduler.within(() => undefined);
        await this.settle();
    }

    async pool(spec: JsonObject = {}, id = "pool"): Promise<PoolRecord> {
        const pool = newPool({
            account: "acct",
            id,
            spec: { id, vmSize: "standard_d2s_v5", targetDedicatedNodes: 1, ...spec },
            now: this.time,
            eTag: "0x1",
        });
        this.store.pools.put(pool);
        this.scheduler.wake({ pool: pool.key });
        await this.settle();
        return this.poolNow(id);
    }

    poolNow(id = "pool"): PoolRecord {
        return found(this.store.pools.get(recordKey("acct", id)), id);
    }

    nodes(pool = "pool") {
        return this.store.nodes.list(recordKey("acct", pool));
    }

    async job(spec: JsonObject = {}, id = "job"): Promise<JobRecord> {
        const job = newJob({
            account: "acct",
            id,
            number: this.store.nextNumber(),
            spec: { id, poolInfo: { poolId: "pool" }, ...spec },
            now: this.time,
            eTag: "0x1",
        });
        this.store.jobs.put(job);
        const manager = newJobManagerTask(job, this.time);
        if (manager) this.store.tasks.add(manager);
        this.scheduler.wake({ job: job.key });
        await this.settle();
        return job;
    }

    jobNow(id = "job"): JobRecord {
        return found(this.store.jobs.get(recordKey("acct", id)), id);
    }

    async change(id: string, change: Partial<JobRecord>): Promise<void> {
        const job = this.jobNow(id);
        this.store.jobs.put({ ...job, ...change, ...(change.state && { previousState: job.state }) });
        this.scheduler.wake({ job: job.key });
        await this.settle();
    }

    async tasks(job: JobRecord, specs: JsonObject[]): Promise<void> {
        for (const spec of specs) {
            const dependsOn = spec["dependsOn"] as
                { taskIds?: string[]; taskIdRanges?: { start: number; end: number }[] } | undefined;
            this.store.tasks.add(
                newTask(job, { commandLine: "true", ...spec }, this.time),
                dependsOn && { taskIds: dependsOn.taskIds ?? [], taskIdRanges: dependsOn.taskIdRanges ?? [] },
            );
        }
        this.scheduler.wake({ job: job.key });
        await this.settle();
    }

    task(id: string, job = "job"): TaskRecord {
        return found(this.store.tasks.get(this.jobNow(job).number, id), id);
    }

    /** Ids of the tasks that run now. */
    running(): string[] {
        return this.host.of("task").map((run) => run.environment["AZ_BATCH_TASK_ID"] ?? "");
    }

    async end(task: string, end?: Parameters<ScriptedHost["end"]>[1]): Promise<void> {
        const run = this.host
            .of("task")
            .find((candidate) => candidate.environment["AZ_BATCH_TASK_ID"] === task);
        this.host.end(found(run, task).attempt, end);
        await this.settle();
    }

    async endAll(kind: RunCommand["kind"], end?: Parameters<ScriptedHost["end"]>[1]): Promise<number> {
        const runs = this.host.of(kind);
        for (const run of runs) this.host.end(run.attempt, end);
        await this.settle();
        return runs.length;
    }

    async drain(
        node: NodeRecord | undefined,
        draining: NonNullable<NodeRecord["draining"]>,
        change: Partial<NodeRecord> = {},
    ): Promise<void> {
        this.scheduler.within((turn) => {
            beginDraining(turn, { ...found(node, "node"), ...change }, draining);
        });
        // Down, cleared and up again are many steps.
        await this.settle();
        await this.settle();
    }

    async schedule(spec: JsonObject, id = "nightly"): Promise<void> {
        const schedule: ScheduleRecord = {
            key: recordKey("acct", id),
            account: "acct",
            id,
            spec: { id, ...spec },
            state: "active",
            stateTransitionTime: this.time,
            jobCount: 0,
            creationTime: this.time,
            lastModified: this.time,
            eTag: "0x1",
        };
        this.store.schedules.put(schedule);
        this.scheduler.wake({ schedule: schedule.key });
        await this.settle();
    }

    close(): void {
        this.scheduler.close();
    }
}

function found<T>(value: T | undefined, what: string): T {
    if (value === undefined) throw new Error(`no ${what}`);
    return value;
}
