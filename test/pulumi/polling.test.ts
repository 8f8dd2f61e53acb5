import * as assert from "node:assert/strict";
import type { Reply } from "../../local/pulumi/azure/http";
import { settle } from "../../local/pulumi/azure-native/polling";

const RESOURCE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Batch/batchAccounts/a";
const OPERATION = "https://arm.test/operations/1";
const SOON = { "retry-after-ms": "1" };

function reply(status: number, body?: unknown, headers: Record<string, string> = {}): Reply {
    return { status, body, headers: { ...SOON, ...headers } };
}
const inState = (provisioningState: string) => ({ id: RESOURCE, properties: { provisioningState } });
const resource = inState("Succeeded");

interface Case {
    what: string;
    kind?: "delete";
    first: Reply;
    /** Each GET that follows, with its answer. */
    then: [string, Reply][];
    result: unknown;
}

const cases: Case[] = [
    {
        what: "a resource that is up at once: no poll",
        first: reply(200, resource),
        then: [],
        result: resource,
    },
    { what: "an empty answer: no poll, no outputs", first: reply(200), then: [], result: undefined },
    {
        what: "an operation whose resource is up already: only the resource is read",
        first: reply(201, resource, { "azure-asyncoperation": OPERATION }),
        then: [[RESOURCE, reply(200, resource)]],
        result: resource,
    },
    {
        what: "an operation: asked until it succeeded, then the resource is read",
        first: reply(201, inState("Creating"), { "azure-asyncoperation": OPERATION }),
        then: [
            [OPERATION, reply(200, { status: "InProgress" })],
            [OPERATION, reply(200, { status: "Succeeded", properties: { ignored: true } })],
            [RESOURCE, reply(200, resource)],
        ],
        result: resource,
    },
    {
        what: "a location: followed, also to a new one, until it gives the resource",
        first: reply(202, undefined, { location: "/later/1?api-version=x" }),
        then: [
            ["/later/1?api-version=x", reply(202)],
            ["/later/1?api-version=x", reply(202, undefined, { location: "/later/2" })],
            ["/later/2", reply(200, resource)],
        ],
        result: resource,
    },
    {
        what: "accepted without any header: the resource itself is asked",
        first: reply(202),
        then: [
            [RESOURCE, reply(200, inState("Updating"))],
            [RESOURCE, reply(200, resource)],
        ],
        result: resource,
    },
    {
        what: "created but not up: the resource itself is asked until it is",
        first: reply(201, inState("Creating")),
        then: [
            [RESOURCE, reply(200, inState("Creating"))],
            [RESOURCE, reply(200, resource)],
        ],
        result: resource,
    },
    {
        what: "a deletion by location: followed until nothing is there",
        kind: "delete",
        first: reply(202, undefined, { location: "/later/3" }),
        then: [
            ["/later/3", reply(202)],
            ["/later/3", reply(204)],
        ],
        result: undefined,
    },
    { what: "a deletion that is done", kind: "delete", first: reply(200), then: [], result: undefined },
];

function poller(then: [string, Reply][]): { poller: Parameters<typeof settle>[2]; asked: string[] } {
    const asked: string[] = [];
    const get = (url: string) => {
        const next = then[asked.length];
        asked.push(url);
        if (!next) throw new Error(`nothing is prescribed for ${url}`);
        return Promise.resolve(next[1]);
    };
    return { poller: { resource: RESOURCE, signal: AbortSignal.timeout(5000), get }, asked };
}

describe("the stand-in's polling", () => {
    for (const { what, kind, first, then, result } of cases) {
        it(`follows ${what}`, async () => {
            const { poller: following, asked } = poller(then);
            assert.deepEqual(await settle(first, kind ?? "write", following), result);
            assert.deepEqual(
                asked,
                then.map(([url]) => url),
            );
        });
    }

    it("fails with the operation's own error", async () => {
        const error = { code: "QuotaExceeded", message: "no cores are left" };
        const { poller: following } = poller([[OPERATION, reply(200, { status: "Failed", error })]]);
        const first = reply(201, inState("Creating"), { "azure-asyncoperation": OPERATION });
        await assert.rejects(settle(first, "write", following), {
            code: "QuotaExceeded",
            message: 'the operation ended Failed: Code="QuotaExceeded" Message="no cores are left"',
        });
    });

    it("fails when the resource ends in failure", async () => {
        const { poller: following } = poller([[RESOURCE, reply(200, inState("Failed"))]]);
        await assert.rejects(settle(reply(201, inState("Creating")), "write", following), /ended Failed/);
    });

    it("waits for the first poll as long as the answer asks, and no time when it asks nothing", async () => {
        const waiting = reply(202, undefined, { location: "/later/4", "retry-after-ms": "80" });
        const { poller: following } = poller([["/later/4", reply(200, resource)]]);
        const start = performance.now();
        await settle(waiting, "write", following);
        assert.ok(performance.now() - start >= 75);
        const eager = { status: 202, body: undefined, headers: { location: "/later/4" } };
        const { poller: other } = poller([["/later/4", reply(200, resource)]]);
        assert.equal(await settle(eager, "write", other), resource); // within the poller's 5 s, not after 10
    });

    it("ends when it is told to", async () => {
        const { poller: following } = poller([]);
        const first = reply(202, undefined, { location: "/later/5", "retry-after-ms": "600000" });
        const signal = AbortSignal.timeout(20);
        await assert.rejects(settle(first, "write", { ...following, signal }), /abort/i);
    });
});
