import * as assert from "node:assert/strict";
import { createRequire } from "node:module";
import type { PolicyPackArgs, StackValidationArgs } from "@pulumi/policy";
import { AnalyzeStackRequest } from "@pulumi/pulumi/proto/analyzer_pb";
import { analyzeByKind, analyzeStackOnce, dispatchByKind, resourcesOf } from "../../policy/core/dispatch";
import { goodJob, goodPool, goodStack, JOB, jobWithOwnPool, POOL, SCHEDULE } from "./support/estate";
import type { Call, Declared } from "./support/judge";
import { call, handlers, judge, requestOf } from "./support/judge";

type Policy = PolicyPackArgs["policies"][number];
type Handler = Call<unknown>;

const KINDS = ["account", "pool", "job", "stack"] as const;
const rules = KINDS.map((on) => ({ name: `about-${on}`, on }));
const OTHER = { type: "other:index:Type", properties: {} };
const decode = (properties: object): object => (properties as { toJavaScript: () => object }).toJavaScript();

/** Policies that note when they are called. */
function noting(calls: string[]): Policy[] {
    return rules.map(({ name, on }): Policy => {
        const common = { name, description: name, enforcementLevel: "advisory" as const };
        return on === "stack"
            ? { ...common, validateStack: () => void calls.push(name) }
            : { ...common, validateResource: () => void calls.push(name) };
    });
}

const ask = async (handler: Handler, request: unknown): Promise<void> => {
    await call(handler, request);
};

async function called(handler: Handler, calls: string[], resource: Declared): Promise<string[]> {
    calls.length = 0;
    await ask(handler, requestOf(resource));
    return [...calls];
}

describe("rules about resources", () => {
    it("are all called for the first, and then for those of their kind alone", async () => {
        const calls: string[] = [];
        const handler = analyzeByKind(
            handlers as never,
            decode,
            rules,
            "pack",
            "1.0.0",
            "advisory",
            noting(calls),
        ) as Handler;
        assert.deepEqual(await called(handler, calls, OTHER), ["about-account", "about-pool", "about-job"]);
        assert.deepEqual(await called(handler, calls, OTHER), []);
        assert.deepEqual(await called(handler, calls, { type: POOL, properties: goodPool }), ["about-pool"]);
        assert.deepEqual(await called(handler, calls, { type: JOB, properties: goodJob }), ["about-job"]);
        const both = ["about-pool", "about-job"];
        assert.deepEqual(await called(handler, calls, { type: JOB, properties: jobWithOwnPool({}) }), both);
        const schedule = { jobSchedule: { jobSpecification: jobWithOwnPool({}).job } };
        assert.deepEqual(await called(handler, calls, { type: SCHEDULE, properties: schedule }), both);
    });
});

describe("rules about a stack", () => {
    const request = (): AnalyzeStackRequest => new AnalyzeStackRequest();

    it("are shown resources that were decoded once", async () => {
        const seen: unknown[] = [];
        const see = (name: string): Policy => ({
            name,
            description: name,
            enforcementLevel: "advisory",
            validateStack: async (args: StackValidationArgs) => {
                await Promise.resolve();
                seen.push(resourcesOf(args));
            },
        });
        const handler = analyzeStackOnce(handlers as never, "pack", "1.0.0", "advisory", [
            see("one"),
            see("two"),
        ]) as Handler;
        await ask(handler, request());
        await ask(handler, request());
        assert.equal(seen.length, 4);
        assert.equal(seen[0], seen[1]);
        assert.equal(seen[2], seen[3]);
        assert.notEqual(seen[0], seen[2]);
        const args = { resources: [] } as unknown as StackValidationArgs;
        assert.equal(resourcesOf(args), args.resources);
    });

    it("pass on what the library says of resources that it cannot decode", async () => {
        const broken = { getResourcesList: () => [{ getType: () => assert.fail("no type") }] };
        const handler = analyzeStackOnce(handlers as never, "pack", "1.0.0", "advisory", []) as Handler;
        await assert.rejects(ask(handler, broken), /no type/);
    });

    it("are called as ever by a library that decodes otherwise", async () => {
        const calls: string[] = [];
        const make = (_pack: string, _version: string, _level: string, policies: readonly Policy[]) =>
            ((_call, answer) => {
                calls.push(policies.map(({ name }) => name).join());
                answer(undefined);
            }) as Handler;
        const other = { makeAnalyzeStackRpcFun: make };
        const handler = analyzeStackOnce(other as never, "pack", "1.0.0", "advisory", noting([])) as Handler;
        await ask(handler, request());
        assert.deepEqual(calls, [
            "decode",
            noting([])
                .map(({ name }) => name)
                .join(),
        ]);
    });
});

describe("a pack that is served", () => {
    const require = createRequire(__filename);
    const grpc = createRequire(require.resolve("@pulumi/policy/server"))("@grpc/grpc-js") as {
        Server: { prototype: { addService: unknown; bindAsync: unknown } };
    };

    it("calls rules by kind, and leaves the library as it was for others", async () => {
        // The library serves one pack in a process: this is a copy of it, so that the test can run again.
        const id = require.resolve("@pulumi/policy/server");
        const usual = require.cache[id];
        Reflect.deleteProperty(require.cache, id);
        const server = require(id) as { serve: (...args: unknown[]) => void };
        const { addService, bindAsync } = grpc.Server.prototype;
        const added: Record<string, Handler>[] = [];
        const note = (_service: object, found: Record<string, Handler>): void => void added.push(found);
        grpc.Server.prototype.addService = note;
        grpc.Server.prototype.bindAsync = (): void => {};
        try {
            const calls: string[] = [];
            dispatchByKind(rules);
            server.serve("pack", "1.0.0", "advisory", { policies: noting(calls) });
            assert.equal(grpc.Server.prototype.addService, note);
            const [found] = added;
            assert.ok(found?.analyze && found.analyzeStack && found.remediate);
            assert.equal((await called(found.analyze, calls, OTHER)).length, 3);
            assert.deepEqual(await called(found.analyze, calls, { type: POOL, properties: goodPool }), [
                "about-pool",
            ]);
            calls.length = 0;
            await ask(found.analyzeStack, new AnalyzeStackRequest());
            assert.deepEqual(calls, ["about-stack"]);
        } finally {
            require.cache[id] = usual;
            Object.assign(grpc.Server.prototype, { addService, bindAsync });
        }
    });

    it("finds nothing in a good stack", async () => {
        assert.deepEqual(await judge(goodStack, { dispatched: true }), { findings: [], said: [] });
    });
});
