import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { idKey } from "../../model/ids";
import type { TaskRecord, TaskState } from "../../model/task";
import type { NewTask, TaskCounts, TaskDependencies, TaskQuery, Tasks } from "../store";
import { Dependencies } from "./dependencies";
import type { CommitGroup } from "./group";
import { copyOf, CountsByJob, type Counted } from "./taskCounts";
import { sqlOf } from "./taskFilter";
import { lifeText, stateCodes, taskOf, type TaskRow } from "./taskRow";

/** Rows of one statement: a row costs about half of what it costs alone, and more of them save little more. */
const insertedTogether = 25;

const columns =
    "sequence, job, idKey, id, state, blockedBy, slots, created, modified, stateTime, startTime, endTime, exitCode, result, retention, spec, life";
const row = `(${columns.replace(/\w+/g, "?")})`;

/** More than run at once on the nodes of a machine; beyond it they are read again. */
const mostHot = 20_000;

function hotKey(job: number, id: string): string {
    return `${job}/${idKey(id)}`;
}

export class SqliteTasks implements Tasks {
    private readonly totals: CountsByJob;
    private readonly dependencies: Dependencies;
    private readonly pages = new Map<string, StatementSync>();
    private readonly insert: StatementSync;
    private readonly insertMany: StatementSync;
    private readonly change: StatementSync;
    private readonly changeSpec: StatementSync;
    private readonly counted: StatementSync;
    private readonly byId: StatementSync;
    private readonly bySequence: StatementSync;
    private readonly unblock: StatementSync;
    private readonly remove: StatementSync;
    private readonly removeJob: StatementSync;
    private readonly readyAfter: StatementSync;
    private readonly flying: StatementSync;
    private readonly flyingOfJob: StatementSync;
    private readonly expired: StatementSync;
    private readonly firstExpiry: StatementSync;
    private last: number;
    /** Tasks that are about to start or run, as they are on disk: each is looked at several times in its life. */
    private readonly hot = new Map<string, TaskRecord>();

    constructor(
        private readonly database: DatabaseSync,
        private readonly group: CommitGroup,
    ) {
        this.totals = new CountsByJob(database, group);
        this.dependencies = new Dependencies(database);
        const sql = (text: string) => database.prepare(text);
        this.insert = sql(`INSERT OR IGNORE INTO tasks (${columns}) VALUES ${row}`);
        this.insertMany = sql(
            `INSERT INTO tasks (${columns}) VALUES ${Array<string>(insertedTogether).fill(row).join(", ")}`,
        );
        this.change = sql(
            "UPDATE tasks SET state = ?, blockedBy = ?, slots = ?, modified = ?, stateTime = ?, startTime = ?, endTime = ?, exitCode = ?, result = ?, retention = ?, life = ? WHERE sequence = ?",
        );
        this.changeSpec = sql("UPDATE tasks SET spec = ? WHERE sequence = ?");
        this.counted = sql("SELECT idKey, state, result, slots, blockedBy FROM tasks WHERE sequence = ?");
        this.byId = sql("SELECT * FROM tasks WHERE job = ? AND idKey = ?");
        this.bySequence = sql("SELECT * FROM tasks WHERE sequence = ?");
        this.unblock = sql("UPDATE tasks SET blockedBy = blockedBy - 1 WHERE sequence = ? AND blockedBy > 0");
        this.remove = sql("DELETE FROM tasks WHERE sequence = ?");
        this.removeJob = sql("DELETE FROM tasks WHERE job = ?");
        this.readyAfter = sql(
            "SELECT * FROM tasks INDEXED BY tasksReady WHERE job = ? AND state = 0 AND blockedBy = 0 AND sequence > ? ORDER BY sequence LIMIT ?",
        );
        this.flying = sql(
            "SELECT * FROM tasks INDEXED BY tasksInFlight WHERE state IN (1, 2) ORDER BY job, sequence",
        );
        this.flyingOfJob = sql(
            "SELECT * FROM tasks INDEXED BY tasksInFlight WHERE job = ? AND state IN (1, 2) ORDER BY sequence",
        );
        this.expired = sql(
            "SELECT * FROM tasks WHERE retention IS NOT NULL AND retention <= ? ORDER BY retention LIMIT ?",
        );
        this.firstExpiry = sql("SELECT MIN(retention) AS first FROM tasks WHERE retention IS NOT NULL");
        this.last = Number(database.prepare("SELECT MAX(sequence) AS last FROM tasks").get()?.["last"] ?? 0);
    }

    add(task: NewTask["task"], dependencies?: TaskDependencies): TaskRecord | undefined {
        this.group.begin();
        const record: TaskRecord = { ...task, sequence: this.last + 1 };
        if (!this.insert.run(...valuesOf(record)).changes) return undefined;
        return this.added(record, dependencies);
    }

    addAll(tasks: readonly NewTask[]): (TaskRecord | undefined)[] {
        this.group.begin();
        const results: (TaskRecord | undefined)[] = [];
        for (let at = 0; at < tasks.length; at += insertedTogether) {
            const part = tasks.slice(at, at + insertedTogether);
            results.push(
                ...(this.addTogether(part) ??
                    part.map(({ task, dependencies }) => this.add(task, dependencies))),
            );
        }
        return results;
    }

    /** Undefined, with nothing added, where they are not as many as one statement takes or where one of them exists. */
    private addTogether(tasks: readonly NewTask[]): TaskRecord[] | undefined {
        if (tasks.length !== insertedTogether) return undefined;
        const records = tasks.map(({ task }, index) => ({ ...task, sequence: this.last + 1 + index }));
        try {
            this.insertMany.run(...records.flatMap(valuesOf));
        } catch (problem) {
            if (isConflict(problem)) return undefined;
            throw problem;
        }
        return records.map((record, index) => this.added(record, tasks[index]?.dependencies));
    }

    private added(record: TaskRecord, dependencies: TaskDependencies | undefined): TaskRecord {
        this.last = record.sequence;
        if (dependencies) {
            const { blockedBy } = record;
            record.blockedBy = this.dependencies.add(record.job, record.sequence, dependencies);
            if (record.blockedBy !== blockedBy) this.write(record);
        }
        this.totals.change(record.job, undefined, record);
        return record;
    }

    get(job: number, id: string): TaskRecord | undefined {
        const known = this.hot.get(hotKey(job, id));
        if (known) return known;
        const row = this.byId.get(job, idKey(id));
        return row && taskOf(row);
    }

    update(task: TaskRecord, withSpec = false): void {
        this.group.begin();
        const key = hotKey(task.job, task.id);
        const known = this.hot.get(key);
        const before = known?.sequence === task.sequence ? known : this.countedBefore(task.sequence);
        if (!before) return;
        this.write(task);
        if (withSpec) this.changeSpec.run(JSON.stringify(task.spec), task.sequence);
        this.totals.change(task.job, before, task);
        // Without `withSpec` what is on disk keeps its spec, so the record given may differ from it.
        if (task.state === "completed" || withSpec) this.hot.delete(key);
        else this.keepHot(known && known.spec !== task.spec ? { ...task, spec: known.spec } : task);
    }

    delete(job: number, id: string): void {
        const task = this.get(job, id);
        if (!task) return;
        this.group.begin();
        this.hot.delete(hotKey(job, id));
        this.remove.run(task.sequence);
        this.dependencies.forget(job, task.sequence);
        this.totals.change(job, task, undefined);
    }

    deleteJob(job: number): void {
        this.group.begin();
        this.hot.clear();
        this.removeJob.run(job);
        this.dependencies.forget(job);
        this.totals.clear(job);
    }

    page(job: number, query: TaskQuery): TaskRecord[] {
        const condition = query.filter && sqlOf(query.filter);
        const text = `SELECT * FROM tasks WHERE job = ? AND idKey > ?${condition ? ` AND ${condition.text}` : ""} ORDER BY idKey LIMIT ?`;
        let statement = this.pages.get(text);
        if (!statement) {
            // Filters are the clients' own: their variety is not bounded, the kept statements are.
            if (this.pages.size > 200) this.pages.clear();
            this.pages.set(text, (statement = this.database.prepare(text)));
        }
        const values: SQLInputValue[] = [
            job,
            query.after === undefined ? "" : idKey(query.after),
            ...(condition?.values ?? []),
            query.limit,
        ];
        return statement.all(...values).map(taskOf);
    }

    ready(job: number, afterSequence: number, limit: number): TaskRecord[] {
        const tasks = this.readyAfter.all(job, afterSequence, limit).map(taskOf);
        for (const task of tasks) this.keepHot(task);
        return tasks;
    }

    inFlight(job?: number): TaskRecord[] {
        return (job === undefined ? this.flying.all() : this.flyingOfJob.all(job)).map(taskOf);
    }

    retained(before: number, limit: number): TaskRecord[] {
        return this.expired.all(before, limit).map(taskOf);
    }

    nextRetentionEnd(): number | undefined {
        const first = this.firstExpiry.get()?.["first"];
        return typeof first === "number" ? first : undefined;
    }

    counts(job: number): TaskCounts {
        return copyOf(this.totals.of(job));
    }

    satisfy(job: number, id: string): TaskRecord[] {
        this.group.begin();
        const freed: TaskRecord[] = [];
        for (const child of this.dependencies.satisfy(job, id)) {
            const before = this.countedBefore(child);
            if (!before) continue;
            this.unblock.run(child);
            this.hot.delete(hotKey(job, before.idKey));
            const after = { ...before, blockedBy: Math.max(0, before.blockedBy - 1) };
            this.totals.change(job, before, after);
            if (before.blockedBy !== 1) continue;
            const row = this.bySequence.get(child);
            if (row) freed.push(taskOf(row));
        }
        return freed;
    }

    startUndo(): void {
        this.totals.startUndo();
    }

    endUndo(): void {
        this.totals.endUndo();
    }

    /** After a rollback what memory has of tasks is no longer sure. */
    undo(): void {
        this.totals.undo();
        this.hot.clear();
        this.last = Number(
            this.database.prepare("SELECT MAX(sequence) AS last FROM tasks").get()?.["last"] ?? 0,
        );
    }

    private keepHot(task: TaskRecord): void {
        if (this.hot.size >= mostHot) this.hot.clear();
        this.hot.set(hotKey(task.job, task.id), task);
    }

    private countedBefore(sequence: number): (Counted & { idKey: string }) | undefined {
        const row: TaskRow | undefined = this.counted.get(sequence);
        if (!row) return undefined;
        return {
            idKey: String(row["idKey"]),
            state: (Object.keys(stateCodes) as TaskState[])[Number(row["state"])] ?? "active",
            result: row["result"] === "success" || row["result"] === "failure" ? row["result"] : undefined,
            requiredSlots: Number(row["slots"]),
            blockedBy: Number(row["blockedBy"]),
        };
    }

    private write(task: TaskRecord): void {
        this.change.run(
            stateCodes[task.state], task.blockedBy, task.requiredSlots, task.lastModified, task.stateTransitionTime,
            task.startTime ?? null, task.endTime ?? null, task.exitCode ?? null, task.result ?? null, task.retentionEnds ?? null,
            lifeText(task), task.sequence,
        ); // prettier-ignore
    }
}

/** In order of {@link columns}. */
function valuesOf(task: TaskRecord): SQLInputValue[] {
    return [
        task.sequence, task.job, idKey(task.id), task.id,
        stateCodes[task.state], task.blockedBy, task.requiredSlots,
        task.creationTime, task.lastModified, task.stateTransitionTime,
        task.startTime ?? null, task.endTime ?? null, task.exitCode ?? null, task.result ?? null, task.retentionEnds ?? null,
        JSON.stringify(task.spec), lifeText(task),
    ]; // prettier-ignore
}

/** SQLITE_CONSTRAINT: a task of that id exists. The statement has then done nothing. */
function isConflict(problem: unknown): boolean {
    return (Number((problem as { errcode?: number }).errcode) & 0xff) === 19;
}
