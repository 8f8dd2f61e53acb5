import type { AccountRecord, ResourceRecord } from "../model/account";
import type { Filter } from "../model/filter";
import type { JobNodeRecord, JobRecord, ScheduleRecord } from "../model/job";
import type { NodeRecord, PoolRecord } from "../model/pool";
import type { TaskRecord } from "../model/task";

/**
 * What Batch Local keeps. One writer; no rules inside. All calls are synchronous; writes made between two turns of the event
 * loop form one group, which is durable (against kill -9) when `committed()` resolves. Nothing is acknowledged before that.
 */
export interface Store {
    readonly accounts: Records<AccountRecord>;
    /** Other ARM resources, by lower-cased id. */
    readonly resources: Records<ResourceRecord>;
    readonly pools: Records<PoolRecord>;
    readonly nodes: Records<NodeRecord>;
    readonly jobs: Records<JobRecord>;
    readonly schedules: Records<ScheduleRecord>;
    readonly jobNodes: Records<JobNodeRecord>;
    readonly tasks: Tasks;
    /** Runs `work` so that its writes happen all or (when it throws) not at all. */
    atomically<T>(work: () => T): T;
    /** Resolves when all that was written so far is durable; rejects when it could not be kept (full disk). */
    committed(): Promise<void>;
    /** Groups of writes made durable in this life, and how long that took. */
    commits(): { commits: number; seconds: number };
    /** A number never given before, also not in a former life. */
    nextNumber(): number;
    journal(entry: JournalEntry): void;
    readJournal(query: { subject?: string; limit: number }): JournalEntry[];
    /** Small settings of the data directory itself: ports, ids, version. */
    setting(name: string): string | undefined;
    setSetting(name: string, value: string): void;
    close(): void;
}

/** Records of one kind, kept whole in memory too, so that reading is a map look-up. They are values: put a new one to change one. */
export interface Records<R extends { key: string }> {
    get(key: string): R | undefined;
    put(record: R): void;
    delete(key: string): void;
    /** All whose key starts with `prefix` + "/" (all at all without one), in order of key. */
    list(prefix?: string): R[];
    /** How many that is. */
    count(prefix?: string): number;
}

/** The tasks of all jobs, on disk; a job is named by its number. */
export interface Tasks {
    /** False when a task of that id (without case) exists. Gives the task its `sequence`. */
    add(task: NewTask["task"], dependencies?: TaskDependencies): TaskRecord | undefined;
    /** The same for many at once, which costs little more than half. */
    addAll(tasks: readonly NewTask[]): (TaskRecord | undefined)[];
    get(job: number, id: string): TaskRecord | undefined;
    /** Writes everything but id, job and sequence; `spec` only when `withSpec`. */
    update(task: TaskRecord, withSpec?: boolean): void;
    delete(job: number, id: string): void;
    deleteJob(job: number): void;
    /** In order of id, after the id given. */
    page(job: number, query: TaskQuery): TaskRecord[];
    /** Active tasks with nothing to wait for, in order of arrival, after that sequence number. */
    ready(job: number, afterSequence: number, limit: number): TaskRecord[];
    /** All tasks that are preparing or running, of one job or of all. */
    inFlight(job?: number): TaskRecord[];
    /** Completed tasks whose retention has ended by then. */
    retained(before: number, limit: number): TaskRecord[];
    nextRetentionEnd(): number | undefined;
    counts(job: number): TaskCounts;
    /**
     * Notes that a task with that id satisfied its dependants and gives back those tasks that have nothing left to wait for.
     * Ids are also read as integers for ranges; the first one satisfies.
     */
    satisfy(job: number, id: string): TaskRecord[];
}

export interface NewTask {
    task: Omit<TaskRecord, "sequence">;
    dependencies?: TaskDependencies | undefined;
}

export interface TaskDependencies {
    taskIds: string[];
    taskIdRanges: { start: number; end: number }[];
}

export interface TaskQuery {
    after?: string;
    limit: number;
    filter?: Filter;
}

export interface TaskCounts {
    active: number;
    /** Preparing ones included. */
    running: number;
    completed: number;
    succeeded: number;
    failed: number;
    slots: { active: number; running: number; completed: number; succeeded: number; failed: number };
    /** Active ones that still wait for others. */
    blocked: number;
}

export interface JournalEntry {
    at: number;
    /** Key of the record, such as `account/job/task`. */
    subject: string;
    from?: string;
    to: string;
    cause: string;
    requestId?: string;
}
