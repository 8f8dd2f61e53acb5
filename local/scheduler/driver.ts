import type { AutoScaleRun } from "../../autoscale";
import type { NodeCommand, NodeEvent, NodeHost } from "../model/agent";
import { idKey } from "../model/ids";
import type { Instant } from "../model/instant";
import type { JobRecord } from "../model/job";
import type { PoolRecord } from "../model/pool";
import type { TaskRecord } from "../model/task";
import type { Store } from "../store/store";
import { evaluateFor } from "./autoscale";
import { Deadlines } from "./deadlines";
import { preempt } from "./nodes";
import { recover } from "./recovery";
import { expireRetained } from "./retention";
import { step } from "./step";
import { completeTask, removeTask, type TaskEnd } from "./taskEnd";
import { stopFlight } from "./stop";
import { Turn, type Resolver, type Settings } from "./turn";
import { World } from "./world";

export interface SchedulerOptions {
    store: Store;
    host: NodeHost;
    resolve: Resolver;
    /** The service's clock. */
    now: () => Instant;
    settings?: Partial<Settings>;
    log?: { error(fields: object, message: string): void };
}

export interface Scheduler {
    /** Something about this pool, job or schedule (record keys) changed: look again. */
    wake(subject: { pool?: string; job?: string; schedule?: string }): void;
    now(): Instant;
    readonly host: NodeHost;
    /** Evaluates a formula for a pool without applying it. */
    evaluate(pool: PoolRecord, formula: string): AutoScaleRun;
    /** Ends a task: at once when it does not run, else its process first. */
    endTask(task: TaskRecord, job: JobRecord, how: "terminate" | "delete"): void;
    /** Takes a spot node (record key) away, as Azure does when it needs the capacity. Throws for a dedicated or unknown one. */
    preempt(node: string): void;
    /** What runs where. */
    readonly world: World;
    /** One turn with its writes, for operations that share the scheduler's rules. */
    within<T>(work: (turn: Turn) => T): T;
    /** What is left undone ends here; processes are the host's to end. */
    close(): void;
}

/** The only impure file of the scheduler: it has the clock, the timer and the nodes; the rules have none of them. */
export function createScheduler(options: SchedulerOptions): Scheduler {
    const { store, host, resolve, now } = options;
    const settings: Settings = { resizeDelay: 0, bootDelay: 0, speed: 1, ...options.settings };
    const world = new World(store);
    const deadlines = new Deadlines();
    const touched = { pools: new Set<string>(), jobs: new Set<string>(), schedules: new Set<string>() };
    const events: NodeEvent[] = [];
    let planned = false;
    let timer: NodeJS.Timeout | undefined;
    let last = 0;
    let closed = false;

    /** Never goes backwards, whatever the machine's clock does. */
    const instant = (): Instant => (last = Math.max(last, now()));

    const plan = () => {
        if (planned || closed) return;
        planned = true;
        setImmediate(() => {
            planned = false;
            if (closed) return;
            // A turn that fails has written nothing, but what is kept in memory may be wrong now: only a new life puts that right.
            guarded("a turn", () => {
                run(() => undefined);
            });
        });
    };

    const newTurn = () => new Turn(instant(), store, world, resolve, settings);

    function run<T>(work: (turn: Turn) => T): T {
        const turn = newTurn();
        const result = store.atomically(() => {
            const value = work(turn);
            for (const subject of deadlines.due(turn.now)) touch(subject);
            for (const key of touched.schedules) turn.touchSchedule(key);
            for (const key of touched.jobs) turn.touchJob(key);
            for (const key of touched.pools) turn.touchPool(key);
            for (const keys of Object.values(touched)) keys.clear();
            step(turn, events.splice(0));
            // After what has just completed, so that its end of retention is waited for.
            expireRetained(turn);
            return value;
        });
        for (const { subject, at } of turn.takeDeadlines()) deadlines.add(subject, at);
        arm();
        if (turn.commands.length > 0) perform(turn.commands);
        return result;
    }

    function touch(subject: string): void {
        const [kind, key = ""] = [
            subject.slice(0, subject.indexOf(":")),
            subject.slice(subject.indexOf(":") + 1),
        ];
        if (kind === "pool") touched.pools.add(key);
        else if (kind === "job") touched.jobs.add(key);
        else if (kind === "schedule") touched.schedules.add(key);
    }

    /** First durable, then done. */
    function perform(commands: NodeCommand[]): void {
        store.committed().then(
            () => {
                if (!closed) host.perform(commands);
            },
            (problem: unknown) => {
                options.log?.error({ err: problem }, "commands dropped: their writes could not be kept");
            },
        );
    }

    function arm(): void {
        clearTimeout(timer);
        const next = deadlines.next();
        if (next === undefined || closed) return;
        // Timers count to 2^31 ms at most; waking early only looks again.
        timer = setTimeout(plan, Math.min(Math.max(1, (next - instant()) / settings.speed), 2 ** 30));
    }

    const guarded = (what: string, work: () => void): void => {
        try {
            work();
        } catch (problem) {
            options.log?.error({ err: problem }, `${what} failed`);
            throw problem;
        }
    };

    host.listen((batch) => {
        events.push(...batch);
        plan();
    });
    guarded("recovery", () => {
        run((turn) => {
            recover(turn);
        });
    });

    return {
        host,
        world,
        now: instant,
        wake(subject) {
            if (subject.schedule !== undefined) touched.schedules.add(subject.schedule);
            if (subject.job !== undefined) touched.jobs.add(subject.job);
            if (subject.pool !== undefined) touched.pools.add(subject.pool);
            plan();
        },
        evaluate: (pool, formula) => evaluateFor(newTurn(), pool, formula),
        endTask(task, job, how) {
            run((turn) => {
                const flight = [...world.ofJob(job.key)].find(
                    (candidate) => candidate.task && idKey(candidate.task.id) === idKey(task.id),
                );
                if (flight) stopFlight(turn, flight, how);
                else if (how === "delete") removeTask(turn, job, task);
                else
                    completeTask(turn, task, job, {
                        failureInfo: {
                            category: "usererror",
                            code: "TaskEnded",
                            message: "Task Was Ended by User Request",
                        },
                    } satisfies TaskEnd);
            });
        },
        preempt(node) {
            run((turn) => {
                preempt(turn, node);
            });
        },
        within: (work) => run(work),
        close() {
            closed = true;
            clearTimeout(timer);
        },
    };
}
