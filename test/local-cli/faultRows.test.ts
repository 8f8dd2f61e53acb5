import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { begin, remove, run, temporaryFolder } from "./support";

interface Rows {
    batch: (string | number)[];
    resourceManager: number[];
    blobs: string[];
    startTasks: number[];
    nodes: (string | number)[];
}

describe("cli: the same faults again", function () {
    this.timeout(180_000);
    let folder: string;
    before(() => (folder = temporaryFolder()));
    after(() => remove(folder));

    const faults = {
        requests: [
            { plane: "batch", path: "/jobs", method: "GET", rate: 0.4, fail: { status: 503, retryAfter: 1 } },
            { plane: "batch", path: "/jobs", method: "GET", rate: 0.3, fail: "reset" },
            { plane: "resourceManager", path: "/subscriptions", rate: 0.4, fail: { status: 429 } },
            { plane: "storage", method: "PUT", path: "/*/rows/row*", rate: 0.4, fail: { status: 500 } },
            { plane: "storage", method: "GET", path: "/*/rows/input.txt", count: 2, fail: { status: 503 } },
            { plane: "storage", method: "GET", path: "/*/rows/broken.txt", fail: "reset" },
        ],
        startTasks: [{ pool: "start*", rate: 0.5, exitCode: 3 }],
    };

    /** What a program met in a fresh directory, and what the log says of each fault, times and names of nodes left out. */
    async function lifeWith(name: string, seed: number): Promise<{ rows: Rows; injected: string[] }> {
        const [file, data] = [path.join(folder, `${name}.json`), path.join(folder, name)];
        writeFileSync(file, JSON.stringify({ ...faults, seed }));
        const program = [process.execPath, path.join(__dirname, "fault-rows-program.js")];
        const { code, stdout, stderr } = await begin([
            ...["exec", "--faults", file, "--data", data, "--"],
            ...program,
        ]).ended;
        assert.equal(code, 0, stderr);
        const injected = (await run(["logs", "--data", data])).stdout
            .split("\n")
            .filter((line) => line.includes("injected a fault"))
            .map((line) => line.replace(/.*(injected a fault.*)/, "$1"))
            .map((line) => line.replace(/tvmps_\w+/g, "NODE"));
        return { rows: JSON.parse(stdout) as Rows, injected };
    }

    it("come in the same order for Batch, the resource manager, storage and start tasks, in others with another seed", async () => {
        const first = await lifeWith("first", 5);
        const again = await lifeWith("again", 5);
        const other = await lifeWith("other", 6);
        assert.deepEqual(again.rows, first.rows);
        assert.deepEqual(again.injected, first.injected);
        assert.ok(first.injected.length > 20, first.injected.join("\n"));
        const seen = (values: readonly unknown[]) => [...new Set(values)].map(String).sort();
        assert.deepEqual(seen(first.rows.batch), ["503", "TypeError", "done"]);
        assert.deepEqual(seen(first.rows.resourceManager), ["200", "429"]);
        assert.deepEqual(seen(first.rows.blobs), ["InternalError", "done"]);
        assert.deepEqual(seen(first.rows.startTasks), ["0", "3"]);
        for (const plane of ["batch", "resourceManager", "blobs"] as const)
            assert.notDeepEqual(other.rows[plane], first.rows[plane], plane);
    });

    it("of storage meet the files of a node's tasks: what may be tried again gets through, what never answers fails the task", async () => {
        const { rows } = await lifeWith("files", 1);
        assert.deepEqual(rows.nodes, [0, "success", "BlobDownloadMiscError", "failure"]);
    });
});
