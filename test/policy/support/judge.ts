import type { PolicyPackArgs, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import * as server from "@pulumi/policy/server";
import type { AnalyzeResponse, RemediateResponse } from "@pulumi/pulumi/proto/analyzer_pb";
import * as proto from "@pulumi/pulumi/proto/analyzer_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { analyzeByKind, analyzeStackOnce } from "../../../policy/core/dispatch";
import { createPolicies } from "../../../policy/core/policies";
import type { PolicyOptions } from "../../../policy/core/policies";
import { rules } from "../../../policy/rules";
import type { Rule } from "../../../policy/core/rule";

export const TODAY = "2026-11-21";

/** What the engine sends for a value that is not known yet. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export type Properties = Record<string, unknown>;

/** A resource as a test writes it. */
export interface Declared {
    readonly type: string;
    readonly name?: string;
    readonly properties: Properties;
    /** Names of the resources that a property was made from. */
    readonly from?: Record<string, readonly string[]>;
}

export interface Judgement {
    readonly findings: { rule: string; message: string; urn: string; level: string; severity: string }[];
    /** Lines that are no findings. */
    readonly said: string[];
}

type Policy = PolicyPackArgs["policies"][number];
type Answer<T> = (error: Error | null | undefined, answer?: T) => void;
export type Call<T> = (call: { request: unknown }, answer: Answer<T>) => void;
type Make<T> = (name: string, version: string, level: string, policies: readonly Policy[]) => Call<T>;

// The library's own handlers of the engine's calls, which it does not declare.
export const handlers = server as unknown as {
    makeAnalyzeRpcFun: Make<AnalyzeResponse>;
    makeAnalyzeStackRpcFun: Make<AnalyzeResponse>;
    makeRemediateRpcFun: Make<RemediateResponse>;
};

export interface JudgeOptions {
    /** Only this rule. @default all of the profile */
    readonly rule?: string;
    readonly config?: Properties;
    readonly rules?: readonly Rule[];
    readonly profile?: PolicyOptions["profile"];
    readonly options?: Partial<PolicyOptions>;
    /** Whether the library calls only the rules that have something to judge. @default false */
    readonly dispatched?: boolean;
}

export const urnOf = (type: string, name: string): string => `urn:pulumi:dev::test::${type}::${name}`;

const nameOf = ({ name }: Declared): string => name ?? "it";

function policiesOf(options: JudgeOptions, say: (line: string) => void): Policy[] {
    const all = createPolicies(options.rules ?? rules, {
        profile: options.profile ?? "regulated",
        today: TODAY,
        say,
        ...options.options,
    });
    return all
        .filter(
            ({ name }) =>
                options.rule === undefined || name === options.rule || name === "azure-batch-summary",
        )
        .map((policy) => configure(policy, options));
}

/** The configuration comes from the engine in a call of its own, of which the library shows a policy its part. */
function configure(policy: Policy, { rule, config }: JudgeOptions): Policy {
    if (config === undefined || policy.name !== rule) return policy;
    const getConfig = <T extends object>(): T => config as T;
    const { validateResource, remediateResource } = policy as ResourceValidationPolicy;
    const { validateStack } = policy as StackValidationPolicy;
    const changed: Record<string, unknown> = { ...policy };
    if (typeof validateResource === "function")
        changed.validateResource = (args: object, report: never) =>
            validateResource({ ...args, getConfig } as never, report);
    if (remediateResource !== undefined)
        changed.remediateResource = (args: object) => remediateResource({ ...args, getConfig } as never);
    if (validateStack !== undefined)
        changed.validateStack = (args: object, report: never) =>
            validateStack({ ...args, getConfig } as never, report);
    return changed as unknown as Policy;
}

/**
 * Asks a handler. None of them waits for anything outside of this process: one that has not answered after some turns of the event loop
 * never will, and is told from one that is slow.
 */
export function call<T>(handler: Call<T>, request: unknown): Promise<T> {
    return new Promise((resolve, reject) => {
        let turns = 0;
        const watch = (): void => {
            if (turns++ < 100) setImmediate(watch);
            else reject(new Error("the handler does not answer"));
        };
        handler({ request }, (error, answer) => {
            if (error) reject(error);
            else resolve(answer as T);
        });
        watch();
    });
}

function resourceOptions(): proto.AnalyzerResourceOptions {
    const options = new proto.AnalyzerResourceOptions();
    options.setCustomtimeouts(new proto.AnalyzerResourceOptions.CustomTimeouts());
    return options;
}

function findingsOf(answer: AnalyzeResponse, urn: string): Judgement["findings"] {
    return answer.getDiagnosticsList().map((diagnostic) => ({
        rule: diagnostic.getPolicyname(),
        message: diagnostic.getMessage(),
        urn: diagnostic.getUrn() || urn,
        level: ["advisory", "mandatory", "disabled", "remediate"][diagnostic.getEnforcementlevel()] ?? "?",
        severity: ["", "low", "medium", "high", "critical"][diagnostic.getSeverity()] ?? "?",
    }));
}

/** What the engine asks about a resource. */
export function requestOf(resource: Declared): proto.AnalyzeRequest {
    return telling(new proto.AnalyzeRequest(), resource);
}

/** What the engine tells of a resource, alone or within a stack. */
function telling<Message extends proto.AnalyzeRequest | proto.AnalyzerResource>(
    message: Message,
    resource: Declared,
): Message {
    message.setType(resource.type);
    message.setName(nameOf(resource));
    message.setUrn(urnOf(resource.type, nameOf(resource)));
    message.setProperties(Struct.fromJavaScript(resource.properties as never));
    message.setOptions(resourceOptions());
    return message;
}

/** Lets the library judge resources, one by one and then as a stack, as the engine would have it. */
export async function judge(resources: readonly Declared[], options: JudgeOptions = {}): Promise<Judgement> {
    const said: string[] = [];
    const policies = policiesOf(options, (line) => said.push(line));
    const findings: Judgement["findings"] = [];
    const pack = ["azure-batch", "1.0.0", "advisory", policies] as const;
    const decode = (properties: object): object => (properties as Struct).toJavaScript();
    const analyze = (
        options.dispatched
            ? analyzeByKind(handlers as never, decode, options.rules ?? rules, ...pack)
            : handlers.makeAnalyzeRpcFun(...pack)
    ) as Call<AnalyzeResponse>;
    for (const resource of resources) {
        const urn = urnOf(resource.type, nameOf(resource));
        findings.push(...findingsOf(await call(analyze, requestOf(resource)), urn));
    }
    const stack = new proto.AnalyzeStackRequest();
    stack.setResourcesList(resources.map((resource) => analyzerResource(resource, resources)));
    const analyzeStack = (
        options.dispatched
            ? analyzeStackOnce(handlers as never, ...pack)
            : handlers.makeAnalyzeStackRpcFun(...pack)
    ) as Call<AnalyzeResponse>;
    findings.push(...findingsOf(await call(analyzeStack, stack), ""));
    return { findings, said };
}

function analyzerResource(resource: Declared, all: readonly Declared[]): proto.AnalyzerResource {
    const made = telling(new proto.AnalyzerResource(), resource);
    for (const [property, names] of Object.entries(resource.from ?? {})) {
        const dependencies = new proto.AnalyzerPropertyDependencies();
        const others = all.filter((candidate) => names.includes(nameOf(candidate)));
        dependencies.setUrnsList(others.map((other) => urnOf(other.type, nameOf(other))));
        made.getPropertydependenciesMap().set(property, dependencies);
    }
    return made;
}

/** Lets the library apply one rule's remedy; undefined when it changes nothing. */
export async function remedy(
    resource: Declared,
    options: JudgeOptions & { rule: string },
): Promise<Properties | undefined> {
    const policies = policiesOf(options, () => {}).map((policy) => ({
        ...policy,
        enforcementLevel: "remediate" as const,
    }));
    const handler = handlers.makeRemediateRpcFun("azure-batch", "1.0.0", "advisory", policies);
    const [remediation] = (await call(handler, requestOf(resource))).getRemediationsList();
    return remediation?.getProperties()?.toJavaScript() as Properties | undefined;
}

/** A copy of properties with some changed, by path; undefined takes one away. */
export function changed(base: Properties, changes: Record<string, unknown>): Properties {
    const copy = structuredClone(base);
    for (const [path, value] of Object.entries(changes)) {
        const names = path.split(".");
        const last = names.pop() ?? path;
        let place = copy;
        for (const name of names) place = (place[name] ??= {}) as Properties;
        if (value === undefined) Reflect.deleteProperty(place, last);
        else place[last] = value;
    }
    return copy;
}
