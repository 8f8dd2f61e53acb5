import assert from "node:assert/strict";
import fc from "fast-check";
import { checkDependencies } from "../../components/dependencies";
import type { Dependencies } from "../../components/dependencies";

interface Task extends Dependencies {
    id: string;
}

function look(tasks: readonly Task[]): { missing: string[]; cycle: string[] | undefined } {
    const places = new Map(tasks.map(({ id }, place) => [id.toLowerCase(), place]));
    const { missing, cycle } = checkDependencies(
        new Map(
            tasks.flatMap((task, place) => ((task.taskIds ?? task.ranges) ? [[place, task] as const] : [])),
        ),
        {
            count: tasks.length,
            placeOf: (id) => places.get(id.toLowerCase()),
            numbered: tasks.flatMap(({ id }, task) =>
                /^\d+$/.test(id) ? [{ number: Number(id), task }] : [],
            ),
            elsewhere: () => false,
        },
    );
    return {
        missing: missing.map(({ task, what }) => `${tasks[task]?.id}: ${what}`),
        cycle: cycle?.map((place) => tasks[place]?.id ?? ""),
    };
}

/** Ids that a task depends on, the slow way. */
const targets = (tasks: readonly Task[], { taskIds = [], ranges = [] }: Task): string[] => [
    ...taskIds,
    ...tasks
        .filter(({ id }) => /^\d+$/.test(id))
        .filter(({ id }) => ranges.some(({ start, end }) => Number(id) >= start && Number(id) <= end))
        .map(({ id }) => id),
];

describe("dependencies of tasks", () => {
    it("name a cycle by its ids in order, whether by ids or by ranges", () => {
        assert.deepEqual(
            look([
                { id: "start", taskIds: ["a"] },
                { id: "a", taskIds: ["B"] },
                { id: "b", taskIds: ["c"] },
                { id: "c", taskIds: ["a"] },
            ]).cycle,
            ["a", "b", "c"],
        );
        const byRange = [
            { id: "1" },
            { id: "007", taskIds: ["merge"] },
            { id: "merge", ranges: [{ start: 5, end: 9 }] },
        ];
        assert.deepEqual(look(byRange).cycle, ["007", "merge"]);
    });

    it("name ids and ranges that no task has", () => {
        const { missing, cycle } = look([
            { id: "1", taskIds: ["nobody"] },
            { id: "2", ranges: [{ start: 3, end: 9 }] },
            { id: "4x", ranges: [{ start: 0, end: 1 }] },
        ]);
        assert.deepEqual(missing, ["1: the id 'nobody'", "2: an id from 3 to 9"]);
        assert.equal(cycle, undefined);
    });

    it("are found to hold together exactly when tasks can be put in an order, and a named cycle is one", () => {
        const id = fc.constantFrom("a", "b", "c", "0", "1", "2", "3", "07", "8");
        const ends = fc.tuple(fc.nat(9), fc.nat(9)).map(([one, other]) => ({
            start: Math.min(one, other),
            end: Math.max(one, other),
        }));
        const task = fc.record({
            id,
            taskIds: fc.array(id, { maxLength: 2 }),
            ranges: fc.array(ends, { maxLength: 1 }),
        });
        fc.assert(
            fc.property(fc.uniqueArray(task, { selector: (one) => one.id }), (tasks) => {
                const { cycle } = look(tasks);
                const byId = new Map<string, Task>(tasks.map((one) => [one.id, one]));
                if (cycle !== undefined) {
                    cycle.forEach((name, at) => {
                        const next = cycle[(at + 1) % cycle.length] ?? "";
                        const from = byId.get(name);
                        assert.ok(
                            from !== undefined && targets(tasks, from).includes(next),
                            cycle.join(" -> "),
                        );
                    });
                    return;
                }
                let left = tasks;
                for (let before = -1; left.length !== before;) {
                    before = left.length;
                    const names = new Set<string>(left.map((one) => one.id));
                    left = left.filter((one) => targets(tasks, one).some((to) => names.has(to)));
                }
                assert.deepEqual(left, []);
            }),
            { numRuns: 2000 },
        );
    });

    it("are looked at without recursion and in linear time: a chain of 200,000 tasks that ends in a circle, and ranges over all", () => {
        const tasks: Task[] = Array.from({ length: 200_000 }, (_, n) => ({
            id: String(n),
            taskIds: [String(n + 1)],
            ranges: [{ start: n + 1, end: 200_000 }],
        }));
        assert.equal(look([...tasks, { id: "200000" }]).cycle, undefined);
        assert.equal(look([...tasks, { id: "200000", taskIds: ["199990"] }]).cycle?.length, 11);
    }).timeout(60_000);
});
