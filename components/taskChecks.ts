import { ID_PATTERN, limits } from "../catalog";
import { IdSet } from "../client";
import type { Problems } from "./diagnostics";
import { readDuration } from "./durations";
import type { TaskArgs } from "./taskCollection";

/** What of a job its tasks are checked against. */
export interface TaskRules {
    readonly usesTaskDependencies: boolean;
}

/**
 * Finds what is wrong with tasks of a job, one by one, so that any number of them needs little memory.
 * @internal
 */
export class TaskChecker {
    readonly #rules: TaskRules;
    readonly #problems: Problems;
    readonly #closed: boolean;
    readonly #ids = new IdSet();
    readonly #dependent: { path: string; ids: readonly string[] }[] = [];

    /** @param options.closed they depend on each other alone */
    constructor(rules: TaskRules, problems: Problems, { closed } = { closed: true }) {
        this.#rules = rules;
        this.#problems = problems;
        this.#closed = closed;
    }

    /** Number of tasks with a good id of their own. */
    get count(): number {
        return this.#ids.size;
    }

    /** @param path where the task is, such as `tasks[3]` */
    add(task: TaskArgs, path: string): void {
        const problems = this.#problems;
        if (typeof task.id !== "string" || !ID_PATTERN.test(task.id)) {
            problems.add(
                "BATCH1030",
                `${path}.id`,
                `'${String(task.id).slice(0, 80)}': use 1 to ${limits.idLength.value} letters, digits, hyphens and underscores`,
            );
            return;
        }
        if (!this.#ids.add(task.id)) {
            const reason = `'${task.id}' is the id of task ${this.#ids.orderOf(task.id)} too (counted from 0); ids are compared without case`;
            problems.add("BATCH1030", `${path}.id`, reason);
        }
        const { requiredSlots, constraints, dependsOn } = task;
        if (requiredSlots !== undefined && !(Number.isInteger(requiredSlots) && requiredSlots >= 1))
            problems.add("BATCH1030", `${path}.requiredSlots`, `${requiredSlots}: it can be 1 and above`);
        readDuration(constraints?.maxWallClockTime, `${path}.constraints.maxWallClockTime`, problems);
        readDuration(constraints?.retentionTime, `${path}.constraints.retentionTime`, problems);
        if (dependsOn === undefined) return;
        if (!this.#rules.usesTaskDependencies) {
            const reason = "the job does not allow dependencies: set usesTaskDependencies on the Job";
            problems.add("BATCH1030", `${path}.dependsOn`, reason);
        }
        this.#dependent.push({ path, ids: dependsOn.taskIds ?? [] });
    }

    /** Looks at what only the whole tells. */
    finish(): void {
        if (!this.#closed) return;
        for (const { path, ids } of this.#dependent)
            for (const id of ids)
                if (!this.#ids.has(id))
                    this.#problems.add(
                        "BATCH1030",
                        `${path}.dependsOn.taskIds`,
                        `no task of the collection has the id '${id}'`,
                    );
    }
}

/**
 * Adds what is wrong with tasks of a job.
 * @internal
 */
export function checkTasks(
    tasks: Iterable<TaskArgs>,
    rules: TaskRules,
    problems: Problems,
    options = { closed: true },
): void {
    const checker = new TaskChecker(rules, problems, options);
    let index = 0;
    for (const task of tasks) checker.add(task, `tasks[${index++}]`);
    checker.finish();
}
