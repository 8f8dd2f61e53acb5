import assert from "node:assert/strict";
import fc from "fast-check";
import { dataPlaneVersions } from "../../local/service";
import { operations } from "../../local/service/operations";
import { valueOf } from "./bodies";
import { Service, items, poolBody } from "./support";

/** What ids, values and bodies may be: mostly of things that are there, so that the noise gets far in. */
const ids = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom("a", "job", "pool", "task", "nightly", "none") },
    fc.string({ minLength: 1 }),
    fc.constantFrom("__proto__", "constructor", "..", "%", "job:job-1", "a".repeat(70)),
);
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

const requests = fc.constantFrom(...operations).chain((operation) =>
    fc.record({
        operation: fc.constant(operation),
        params: fc.array(ids, { minLength: 4, maxLength: 4 }),
        query: queries,
        headers,
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
            await service.post("/pools", { ...poolBody("pool"), targetDedicatedNodes: 0 });
            await service.job("job", { usesTaskDependencies: true });
            await service.task("job", "task", "true");
            const seen = new Map<number, number>();
            await fc.assert(
                fc.asyncProperty(requests, async ({ operation, params, query, headers, version, body }) => {
                    let count = 0;
                    const path = operation.path
                        .replace(
                            /:certificate\([^)]*\)\$?\)?/,
                            "certificates(thumbprintAlgorithm=a,thumbprint=b)",
                        )
                        .replace(/:\w+|\*/g, () => encodeURIComponent(params[count++] ?? "a"));
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
            assert.ok((seen.get(200) ?? 0) > 50 && (seen.get(400) ?? 0) > 50, JSON.stringify([...seen]));
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
