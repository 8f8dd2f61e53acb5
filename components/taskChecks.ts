import { ID_PATTERN, limits } from "../catalog";
import { IdSet } from "../client";
import type { BatchTaskCreateOptions } from "../client";
import { checkDependencies } from "./dependencies";
import type { Dependencies } from "./dependencies";
import type { Problems } from "./diagnostics";
import { readDuration } from "./durations";
import { Faults } from "./dynamic/faults";
import { unsure } from "./dynamic/known";
import { checkTask } from "./dynamic/taskFaults";
import type { JobRules } from "./dynamic/taskFaults";
import { taskBody } from "./raw/task";
import type { TaskArgs } from "./taskCollection";
import { checkShape, isOutputText, kindOf, notAnId } from "./taskShape";

/** What of a job its tasks are checked against. */
export interface TaskRules {
    readonly rules: JobRules;
    /** Whether the job has a task of this id already. */
    hasTask(id: string): boolean;
    /** Whether tasks may depend on ones that are not declared, since a job manager adds them. */
    readonly addsTasksItself?: boolean;
}

/** Names of the service, by those of the arguments. */
const argumentNames: [RegExp, string][] = [
    [/\btaskIdRanges\b/, "ranges"],
    [/\bmaxTaskRetryCount\b/, "maxRetries"],
    [/\benvironmentSettings\[\d+\]\.name$/, "environment"],
    [/\buserIdentity\b/, "user"],
];

function idFault(id: unknown): string {
    const rule = `use 1 to ${limits.idLength.value} letters, digits, hyphens and underscores`;
    if (id === undefined) return `it is missing: ${rule}`;
    return typeof id === "string" && !isOutputText(id) ? `'${id.slice(0, 80)}': ${rule}` : notAnId(id);
}

/**
 * Finds what is wrong with tasks of a job, one by one, so that any number of them needs little memory.
 * @internal
 */
export class TaskChecker {
    readonly #job: TaskRules;
    readonly #problems: Problems;
    readonly #closed: boolean;
    readonly #ids = new IdSet();
    readonly #numbered: { number: number; task: number }[] = [];
    readonly #dependent = new Map<number, Dependencies & { path: string; id: string }>();
    #largest: { taskId: string; needed: number } | undefined;

    /** @param options.closed they depend on each other and on tasks that the job has already */
    constructor(job: TaskRules, problems: Problems, { closed } = { closed: true }) {
        this.#job = job;
        this.#problems = problems;
        this.#closed = closed && job.addsTasksItself !== true;
    }

    /** Number of tasks with a good id of their own. */
    get count(): number {
        return this.#ids.size;
    }

    /** The task that takes the most slots of a node; undefined when none takes more than one. */
    get largest(): { readonly taskId: string; readonly needed: number } | undefined {
        return this.#largest;
    }

    has(id: string): boolean {
        return this.#ids.has(id);
    }

    /**
     * @param path where the task is, such as `tasks[3]`
     * @returns the task as the service takes it; undefined for one that has no good id
     */
    add(task: TaskArgs, path: string): unknown {
        const problems = this.#problems;
        if (typeof task !== "object" || (task as unknown) === null) {
            problems.add("BATCH1030", path, `it is ${kindOf(task)}, not a task: leave it out`);
            return undefined;
        }
        if (typeof task.id !== "string" || !ID_PATTERN.test(task.id)) {
            problems.add("BATCH1030", `${path}.id`, idFault(task.id));
            return undefined;
        }
        let wellFormed = true;
        checkShape(task, (inner, reason) => {
            wellFormed = false;
            problems.add("BATCH1030", `${path}${inner}`, reason);
        });
        // What is not of the right kind is not looked into.
        if (!wellFormed) return undefined;
        const body = this.#checkBody(task, path);
        const place = this.#ids.size;
        if (!this.#ids.add(task.id)) {
            const reason = `'${task.id}' is the id of task ${this.#ids.orderOf(task.id)} too (counted from 0); ids are compared without case`;
            problems.add("BATCH1030", `${path}.id`, reason);
            return body;
        }
        if (this.#job.hasTask(task.id))
            problems.add(
                "BATCH1030",
                `${path}.id`,
                `'${task.id}' is the id of a task that the job has already by another collection or Task; ids are compared without case`,
            );
        const { id, requiredSlots = 1, dependsOn } = task;
        if (requiredSlots > (this.#largest?.needed ?? 1))
            this.#largest = { taskId: id, needed: requiredSlots };
        if (/^\d{1,15}$/.test(id)) this.#numbered.push({ number: Number(id), task: place });
        if (dependsOn !== undefined) this.#dependent.set(place, { ...dependsOn, path, id });
        return body;
    }

    #checkBody(task: TaskArgs, path: string): unknown {
        const { constraints } = task;
        let body: BatchTaskCreateOptions;
        try {
            body = taskBody(task) as BatchTaskCreateOptions;
        } catch (error) {
            this.#problems.add("BATCH1030", path, `it cannot be read as a task: ${(error as Error).message}`);
            return undefined;
        }
        for (const name of ["maxWallClockTime", "retentionTime"] as const) {
            const given = constraints?.[name];
            const read = readDuration(given, `${path}.constraints.${name}`, this.#problems);
            // What cannot be read needs no second complaint.
            if (given !== undefined && read === undefined) return body;
        }
        const faults = new Faults();
        checkTask(unsure(body), `${path}.`, this.#job.rules, faults);
        for (const { property, reason } of faults.found) {
            const place = argumentNames.reduce((text, [from, to]) => text.replace(from, to), property);
            this.#problems.add("BATCH1030", place, reason);
        }
        return body;
    }

    /** Looks at what only the whole tells. */
    finish(): void {
        const { missing, cycle } = checkDependencies(this.#dependent, {
            count: this.count,
            placeOf: (id) => this.#ids.orderOf(id),
            numbered: this.#dependent.size === 0 ? [] : this.#numbered,
            elsewhere: (id) => !this.#closed || this.#job.hasTask(id),
        });
        for (const { task, what } of missing) {
            const path = `${this.#dependent.get(task)?.path}.dependsOn`;
            this.#problems.add("BATCH1030", path, `no task of the job has ${what}`);
        }
        if (cycle === undefined) return;
        const ids = cycle.map((task) => this.#dependent.get(task)?.id ?? "");
        const shown =
            ids.length > 20 ? [...ids.slice(0, 19), `... ${ids.length - 20} more ...`, ids.at(-1)] : ids;
        this.#problems.add(
            "BATCH1030",
            `${this.#dependent.get(cycle[0] ?? 0)?.path}.dependsOn`,
            `tasks wait for each other: ${[...shown, ids[0]].join(" -> ")}; take one of the dependencies away`,
        );
    }
}

/**
 * Adds what is wrong with tasks of a job.
 * @returns what was found out about them
 * @internal
 */
export function checkTasks(
    tasks: Iterable<TaskArgs>,
    job: TaskRules,
    problems: Problems,
    options = { closed: true },
): TaskChecker {
    const checker = new TaskChecker(job, problems, options);
    let index = 0;
    for (const task of tasks) checker.add(task, `tasks[${index++}]`);
    checker.finish();
    return checker;
}
