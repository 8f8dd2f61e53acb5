// Submission against Batch Local whose calls fail in every way that a service or a network knows.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { submitTasks } from "../../client";
import type { BatchClient, BatchTaskCreateOptions } from "../../client";
import { Life } from "../durability/service";
import { temporaryFolders } from "../support/folder";

const count = process.env["FULL"] ? 100_000 : 20_000;

/** One in five calls, by ten rules of which each takes its share of what the ones before have left. */
function oneInFive(): object[] {
    const kinds = [
        ...[429, 503, 500].map((status) => ({ fail: { status } })),
        { fail: { status: 500 }, when: "after" },
        { fail: { status: 503 }, when: "after" },
        ...["before", "after"].flatMap((when) => ["timeout", "reset"].map((fail) => ({ fail, when }))),
        { fail: { status: 429, retryAfter: 1 } },
    ];
    const share = 0.2 / kinds.length;
    return kinds.map((kind, index) => ({ path: "/jobs/**", rate: share / (1 - share * index), ...kind }));
}

const tasks: BatchTaskCreateOptions[] = Array.from({ length: count }, (_, index) => ({
    id: `task-${index}`,
    commandLine: `echo ${index}`,
}));

describe("a submission to a service whose calls fail, one in five", function () {
    this.timeout(process.env["FULL"] ? 1_200_000 : 240_000);
    const folder = temporaryFolders();
    let life: Life | undefined;
    afterEach(() => life?.end());

    /** Ids of all tasks that the service lists, as often as it does. */
    async function listed(client: BatchClient, job: string): Promise<string[]> {
        const ids: string[] = [];
        for await (const { id } of client.tasks.list(job, { select: "id" })) ids.push(id ?? "");
        return ids;
    }

    it(`ends with exactly ${count.toLocaleString("en")} tasks, none twice and none missing`, async () => {
        const data = folder();
        const faults = path.join(folder(), "faults.json");
        fs.writeFileSync(faults, JSON.stringify({ seed: 7, requests: oneInFive() }));
        life = await Life.begin(data, ["--faults", faults]);
        await Life.makePool(data, "none", 0, 1);
        const retry = { attempts: 30, baseDelay: 20, maxDelay: 500 };
        const client = life.client({ retry, timeout: 3000 });
        try {
            await client.jobs.add({ id: "j", poolInfo: { poolId: "none" } });
            const result = await submitTasks(client, "j", tasks, { retry });
            const ids = await listed(client, "j");
            const log = fs.readFileSync(path.join(data, "logs", "service.log"), "utf8");
            const faultsSeen = log.split("injected a fault").length - 1;
            process.stdout.write(
                `      ${ids.length} tasks, ${faultsSeen} faults: ${JSON.stringify(result)}\n`,
            );
            assert.equal(ids.length, count);
            assert.deepEqual(new Set(ids), new Set(tasks.map(({ id }) => id)));
            assert.equal(result.submitted, count);
            // Answers were lost after the service had taken the tasks, and calls were refused.
            assert.ok(result.existing > 0 && result.retried > 0 && result.throttled > 0);
        } finally {
            client.close();
        }
    });
});
