import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { Life } from "../durability/service";
import { servicePool } from "../support/servicePool";
import { begin, remove, run, temporaryFolder } from "./support";

const faults = {
    startTasks: [
        { pool: "start*", rate: 0.4, exitCode: 3 },
        { pool: "start*", rate: 0.3, exitCode: 4 },
    ],
    nodes: [
        { pool: "fleeting", rate: 0.5, afterSeconds: 0.2 },
        { pool: "spot", rate: 0.5, afterSeconds: 0.2, preempt: true },
        { pool: "last", afterSeconds: 0.2 },
    ],
};
const nodesOfPool = 6;

describe("cli: the same faults of nodes again", function () {
    this.timeout(180_000);
    let folder: string;
    let life: Life | undefined;
    beforeEach(() => (folder = temporaryFolder()));
    afterEach(async () => {
        await life?.kill();
        life = undefined;
        remove(folder);
    });

    async function addPool({ batch }: Life, id: string): Promise<void> {
        const body = {
            ...servicePool(id),
            ...(id === "spot"
                ? { targetDedicatedNodes: 0, targetLowPriorityNodes: nodesOfPool }
                : { targetDedicatedNodes: nodesOfPool }),
            ...(id.startsWith("start") && {
                startTask: { commandLine: "/bin/true", waitForSuccess: true, maxTaskRetryCount: 2 },
            }),
        };
        await batch.core.send({ method: "POST", path: "/pools", body });
    }

    /** Exit code and retries of the start tasks of a pool, in order of its nodes; they end in any order. */
    async function startTasks({ batch }: Life, pool: string): Promise<(number | undefined)[][]> {
        for (;;) {
            const nodes = [];
            for await (const node of batch.pools.nodes(pool)) nodes.push(node);
            const isOver = nodes.every(({ state }) => state === "idle" || state === "starttaskfailed");
            if (nodes.length === nodesOfPool && isOver) {
                const number = (address = "") => Number(address.split(".").at(-1));
                return nodes
                    .sort((one, other) => number(one.ipAddress) - number(other.ipAddress))
                    .map(({ startTaskInfo }) => [startTaskInfo?.exitCode, startTaskInfo?.retryCount]);
            }
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
    }

    /** What the nodes of a fresh directory met; each fault with the pool's name and the node's number in it, which is all that lasts. */
    async function lifeWith(name: string, seed: number, pools: readonly string[]) {
        const [file, data] = [path.join(folder, `${name}.json`), path.join(folder, name)];
        writeFileSync(file, JSON.stringify({ ...faults, seed }));
        life = await Life.begin(data, ["--faults", file]);
        // All at once: which of them comes first is no matter of the seed.
        const now = life;
        await Promise.all(pools.map((pool) => addPool(now, pool)));
        const [one, two] = [await startTasks(now, "start1"), await startTasks(now, "start2")];
        // Those that are to go after the same time go in the order in which they came.
        const log = begin(["logs", "-f", "--data", data]);
        await addPool(now, "last");
        await log.said(`vanishes node=batchlocal/last/`);
        await now.end();
        life = undefined;
        await log.ended;
        const injected = (await run(["logs", "--data", data])).stdout
            .split("\n")
            .map((line) => / injected a fault: (.*) node=\w+\/(\w+)\/\w+ number=(\d+)(.*)/.exec(line))
            .filter((found) => found !== null)
            // Spot nodes that come in place of others are met too, for as long as this life lasts.
            .filter(([, , pool, number]) => pool !== "last" && Number(number) <= nodesOfPool)
            .map(([, what, pool, number, more]) => `${pool} ${number}: ${what}${more}`)
            .sort();
        return { one, two, injected };
    }

    it("meet the same nodes of each pool with the same seed, whichever boots first, and others with another seed", async () => {
        const pools = ["start1", "fleeting", "spot", "start2"];
        const first = await lifeWith("first", 3, pools);
        const again = await lifeWith("again", 3, [...pools].reverse());
        const other = await lifeWith("other", 4, pools);
        assert.deepEqual(again, first);
        assert.notDeepEqual(other.injected, first.injected);
        const text = first.injected.join("\n");
        for (const part of [
            /^start1 \d: the start task fails exitCode=3$/m,
            /^start2 \d: the start task fails exitCode=4$/m,
            /^fleeting \d: the node vanishes$/m,
            /^spot \d: the node is preempted$/m,
        ])
            assert.match(text, part);
        for (const pool of ["fleeting", "spot"]) {
            const met = first.injected.filter((line) => line.startsWith(pool)).length;
            assert.ok(met > 0 && met < nodesOfPool, text);
        }
        // The pools do not fail alike.
        assert.notDeepEqual(first.one, first.two);
        for (const [exitCode, retries = 0] of [...first.one, ...first.two])
            assert.ok(exitCode === 0 || retries === 2, `${exitCode} after ${retries} retries`);
    });
});
