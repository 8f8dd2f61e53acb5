// How the library comes to call a rule. It calls each rule for each resource, and decodes the resource, or the whole stack, anew for each
// of them: with some seventy rules and a thousand resources that is nearly all that the pack would cost. Here its own handlers get the
// rules that have something to judge, and a stack is decoded once. What they do with each rule stays theirs: level, configuration, report.
// All of it goes beyond the library's documented face, and does without when that has changed inside.

import { AsyncLocalStorage } from "node:async_hooks";
import { createRequire } from "node:module";
import type { PolicyPackArgs, PolicyResource, StackValidationArgs } from "@pulumi/policy";
import type { Rule } from "./rule";
import { concerned } from "./views";

type Policy = PolicyPackArgs["policies"][number];

type Answer = (error: unknown, response?: unknown) => void;
type Handler<Request> = (call: { request: Request }, answer: Answer) => void;
type Make<Request> = (
    pack: string,
    version: string,
    level: string,
    policies: readonly Policy[],
) => Handler<Request>;

interface ResourceRequest {
    getType(): string;
    getName(): string;
    getUrn(): string;
    getProperties(): object;
    getProvider(): object | undefined;
}

interface StackRequest {
    getResourcesList(): readonly unknown[];
}

interface Handlers {
    analyze: Handler<ResourceRequest>;
    analyzeStack: Handler<StackRequest>;
}

interface Library {
    serve(pack: string, version: string, level: string, args: PolicyPackArgs, ...rest: unknown[]): void;
    makeAnalyzeRpcFun: Make<ResourceRequest>;
    makeAnalyzeStackRpcFun: Make<StackRequest>;
}

interface Deserializer {
    deserializeProperties(properties: object, secrets: boolean): object;
}

interface Grpc {
    Server: { prototype: { addService(service: object, handlers: Partial<Handlers>): void } };
}

/** Resources of the stack that is judged now, decoded once for all rules. */
const decoded = new AsyncLocalStorage<PolicyResource[]>();

/** The resources that a rule about the stack is to look at. */
export const resourcesOf = (args: StackValidationArgs): PolicyResource[] =>
    decoded.getStore() ?? args.resources;

/** Judges a resource by the rules that are about something in it. */
export function analyzeByKind(
    library: Pick<Library, "makeAnalyzeRpcFun">,
    decode: (properties: object) => object,
    rules: readonly Pick<Rule, "name" | "on">[],
    pack: string,
    version: string,
    level: string,
    policies: readonly Policy[],
): Handler<ResourceRequest> {
    const subject = new Map(rules.map(({ name, on }) => [name, on]));
    const handlers = new Map<string, Handler<ResourceRequest>>();
    const make = (wanted: readonly Policy[]): Handler<ResourceRequest> =>
        library.makeAnalyzeRpcFun(pack, version, level, wanted);
    const all = make(policies);
    let first = true;
    return (call, answer) => {
        if (first) {
            // Rules look at their configuration when they are first called, and it may be broken where no resource is for them.
            first = false;
            return all(call, answer);
        }
        const { request } = call;
        const kinds = concerned(request.getType(), () => decode(request.getProperties()));
        const key = kinds.join();
        let handler = handlers.get(key);
        if (handler === undefined) {
            handler = make(policies.filter(({ name }) => kinds.some((kind) => kind === subject.get(name))));
            handlers.set(key, handler);
        }
        // Rules do not look at the provider, which the library decodes for each of them.
        request.getProvider = () => undefined;
        handler(call, answer);
    };
}

/** Judges a stack whose resources are decoded once. */
export function analyzeStackOnce(
    library: Pick<Library, "makeAnalyzeStackRpcFun">,
    pack: string,
    version: string,
    level: string,
    policies: readonly Policy[],
): Handler<StackRequest> {
    const judge = library.makeAnalyzeStackRpcFun(pack, version, level, policies);
    return (call, answer) => {
        let found: PolicyResource[] | undefined;
        const only: Policy = {
            name: "decode",
            description: "Takes the resources, and judges nothing.",
            enforcementLevel: "advisory",
            validateStack: ({ resources }) => void (found = resources),
        };
        library.makeAnalyzeStackRpcFun(pack, version, level, [only])(call, (error) => {
            if (error) return answer(error);
            if (found === undefined) return judge(call, answer);
            decoded.run(found, () => judge({ request: { getResourcesList: () => [] } }, answer));
        });
    };
}

/** Lets the next pack be served so. */
export function dispatchByKind(rules: readonly Pick<Rule, "name" | "on">[]): void {
    let library: Library;
    let deserializer: Deserializer;
    let grpc: Grpc;
    try {
        /* eslint-disable @typescript-eslint/no-require-imports -- they may not be there */
        library = require("@pulumi/policy/server") as Library;
        deserializer = require("@pulumi/policy/deserialize") as Deserializer;
        /* eslint-enable @typescript-eslint/no-require-imports */
        grpc = createRequire(require.resolve("@pulumi/policy/server"))("@grpc/grpc-js") as Grpc;
    } catch {
        return;
    }
    const { serve, makeAnalyzeRpcFun, makeAnalyzeStackRpcFun } = library;
    const server = grpc.Server?.prototype;
    const addService = server?.addService;
    const inside = [serve, makeAnalyzeRpcFun, makeAnalyzeStackRpcFun, addService];
    if ([...inside, deserializer.deserializeProperties].some((part) => typeof part !== "function")) return;
    const decode = (properties: object): object => deserializer.deserializeProperties(properties, false);
    const parts = { makeAnalyzeRpcFun, makeAnalyzeStackRpcFun };
    library.serve = (pack, version, level, args, ...rest) => {
        const about = [pack, version, level, args.policies] as const;
        server.addService = function (service, handlers) {
            const changed: Partial<Handlers> = {};
            if (typeof handlers.analyze === "function")
                changed.analyze = analyzeByKind(parts, decode, rules, ...about);
            if (typeof handlers.analyzeStack === "function")
                changed.analyzeStack = analyzeStackOnce(parts, ...about);
            addService.call(this, service, { ...handlers, ...changed });
        };
        try {
            serve(pack, version, level, args, ...rest);
        } finally {
            server.addService = addService;
        }
    };
}
