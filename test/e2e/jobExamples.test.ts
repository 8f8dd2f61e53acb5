import assert from "node:assert/strict";
import { TestStack } from "../constructs/stack";
import { processesOf } from "./support";

/** Deploys an example, lets it be looked at, and sees that nothing changes afterwards, nothing drifts and nothing is left. */
async function runExample(
    name: string,
    config: Readonly<Record<string, string>>,
    look: (outputs: Record<string, unknown>) => void,
): Promise<void> {
    const stack = new TestStack({ copyOf: `examples/${name}` });
    try {
        await stack.start();
        for (const [key, value] of Object.entries(config)) await stack.config(key, value);
        await stack.up();
        look(await stack.outputs());
        await stack.up({}, "--expect-no-changes");
        await stack.leave();
    } finally {
        await stack.close();
    }
    assert.deepEqual(processesOf(stack.folder), []);
}

describe("examples of jobs", function () {
    this.timeout(900_000);

    it("job-prep-release prints the shared file of both nodes, and the exit codes of preparation and release", () =>
        runExample("job-prep-release", {}, (outputs) => {
            const files = outputs["files"] as { nodeId: string; lines: string[] }[];
            assert.equal(files.length, 2);
            const written: string[] = [];
            for (const { nodeId, lines } of files) {
                assert.match(lines[0] ?? "", /^prepared for prep-\w+$/);
                for (const line of lines.slice(1)) {
                    const [, task, node] = /^(task-\d) on (\S+)$/.exec(line) ?? [];
                    assert.equal(node, nodeId);
                    written.push(task ?? "");
                }
            }
            assert.deepEqual(
                written.sort(),
                Array.from({ length: 8 }, (_, index) => `task-${index}`),
            );
            const nodes = outputs["nodes"] as { nodeId: string }[];
            assert.deepEqual(
                nodes,
                files.map(({ nodeId }) => ({ nodeId, preparation: 0, release: 0 })),
            );
        }));

    it("sweep-and-merge finds pi from every slice of a sweep", () => {
        const slices = process.env["FULL"] === "1" ? 10_000 : 60;
        return runExample("sweep-and-merge", { "sweep-and-merge:slices": String(slices) }, (outputs) => {
            assert.equal(outputs["found"], slices);
            assert.ok(Math.abs(Number(outputs["pi"]) - Math.PI) < 1e-6, String(outputs["pi"]));
            const { succeeded, failed } = outputs["counts"] as Record<string, number>;
            assert.deepEqual([succeeded, failed], [slices + 1, 0]);
        });
    });
});
