import assert from "node:assert/strict";
import fc from "fast-check";
import { dataPlaneVersions } from "../../local/service";
import { operations } from "../../local/service/operations";
import { valueOf } from "./bodies";
import { Service, items } from "./support";
import { servicePool } from "../support/servicePool";

/** What ids, values and bodies may be: mostly of things that are there, so that the noise gets far in. */
const strange = fc.oneof(
    fc.string({ minLength: 1 }),
    fc.constantFrom("__proto__", "constructor", "..", "%", "job:job-1", "a".repeat(70)),
);
const there: Record<string, string> = {
    jobId: "job",
    poolId: "pool",
    taskId: "task",
    jobScheduleId: "nightly",
};

/** The path with ids in it. */
function pathOf(template: string): fc.Arbitrary<string> {
    const path = template.replace(
        /:certificate\(.*?\$\)/,
        "certificates(thumbprintAlgorithm=a,thumbprint=b)",
    );
    const names = [...path.matchAll(/:(\w+)|\*/g)].map(([, name = "*"]) => name);
    const values = names.map((name) =>
        fc.oneof(
            { weight: 12, arbitrary: fc.constant(there[name] ?? "a") },
            { weight: 2, arbitrary: fc.constantFrom("a", "b1", "none") },
            strange,
        ),
    );
    return fc.tuple(...values).map((chosen) => {
        let count = 0;
        return path.replace(/:\w+|\*/g, () => encodeURIComponent(chosen[count++] ?? "a"));
    });
}
const queries = fc.dictionary(
    fc.constantFrom(
        "$filter",
        "$select",
        "$expand",
        "maxresults",
        "$skiptoken",
        "recursive",
        "timeOut",
        "force",
        "starttime",
    ),
    fc.oneof(
        fc.string(),
        fc.constantFrom(
            "true",
            "1",
            "stats",
            "id,state",
            "state eq 'active'",
            "startswith(id,'a')",
            "2025-01-01T00:00:00Z",
        ),
    ),
    { maxKeys: 3 },
);
const headers = fc.dictionary(
    fc.constantFrom(
        "If-Match",
        "If-None-Match",
        "If-Modified-Since",
        "ocp-range",
        "client-request-id",
        "return-client-request-id",
    ),
    fc.constantFrom("*", "0x1", "bytes=0-5", "bytes=-", "true", "Fri, 01 Jan 2100 00:00:00 GMT"),
    { maxKeys: 2 },
);

function mostly<T>(usual: T, otherwise: fc.Arbitrary<T>): fc.Arbitrary<T> {
    return fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, otherwise);
}

/** The noise deletes and ends what it finds; it is made again, so that there is something to be noisy about. */
async function restore(service: Service): Promise<void> {
    const { pools, jobs, schedules, tasks } = service.store;
    if (!pools.get("acct/pool"))
        await service.post("/pools", { ...servicePool("pool"), targetDedicatedNodes: 0 });
    if (jobs.get("acct/job")?.state === "completed") await service.call("DELETE", "/jobs/job");
    if (!jobs.get("acct/job")) {
        await service.post("/jobs", { id: "job", poolInfo: { poolId: "pool" }, usesTaskDependencies: true });
    }
    const job = jobs.get("acct/job");
    if (job && !tasks.get(job.number, "task")) {
        await service.post("/jobs/job/tasks", { id: "task", commandLine: "true" });
    }
    if (schedules.get("acct/nightly")?.state === "completed")
        await service.call("DELETE", "/jobschedules/nightly");
    if (!schedules.get("acct/nightly")) {
        const jobSpecification = { poolInfo: { poolId: "pool" } };
        await service.post("/jobschedules", { id: "nightly", schedule: {}, jobSpecification });
    }
}

const requests = fc.constantFrom(...operations).chain((operation) =>
    fc.record({
        operation: fc.constant(operation),
        path: pathOf(operation.path),
        query: mostly({}, queries),
        headers: mostly({}, headers),
        version: fc.constantFrom(...dataPlaneVersions),
        body: operation.body
            ? fc.oneof(
                  {
                      weight: 8,
                      arbitrary: valueOf(
                          operation.body === "TaskCollection" ? "BatchTaskGroup" : operation.body,
                          3,
                      ),
                  },
                  fc.jsonValue(),
                  fc.constant(undefined),
              )
            : fc.constant(undefined),
    }),
);

describe("data plane, under noise", function () {
    this.timeout(60_000);

    it("never answers with a fault of its own", async () => {
        // No cores: whatever command lines the noise holds, nothing is ever run.
        const quotas = { dedicatedCores: 0, spotCores: 0, pools: 20, activeJobsAndSchedules: 50 };
        const service = await Service.open({ quotas });
        try {
            const seen = new Map<number, number>();
            await fc.assert(
                fc.asyncProperty(requests, async ({ operation, path, query, headers, version, body }) => {
                    await restore(service);
                    const text = new URLSearchParams(query).toString();
                    const sent = ["GET", "HEAD", "DELETE"].includes(operation.method)
                        ? undefined
                        : (body ?? "");
                    const answer = await service.call(operation.method, `${path}?${text}`, sent, {
                        version,
                        headers,
                    });
                    seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
                    assert.ok(
                        answer.status < 500 || answer.status === 503,
                        `${operation.id}: ${answer.text}`,
                    );
                    assert.deepEqual(service.errors, []);
                }),
                { numRuns: 2500 },
            );
            // Noise that is only ever refused at the door would prove nothing.
            for (const status of [200, 201, 202, 204, 400, 404, 409]) {
                assert.ok((seen.get(status) ?? 0) > 5, JSON.stringify([...seen]));
            }
            // Everything that was kept can still be shown.
            for (const list of ["/pools", "/jobs", "/jobschedules"]) {
                assert.equal((await service.get(`${list}?$expand=stats`)).status, 200);
            }
            for (const job of items(await service.get("/jobs"))) {
                assert.equal((await service.get(`/jobs/${String(job["id"])}/tasks`)).status, 200);
            }
        } finally {
            await service.close();
        }
    });
});
