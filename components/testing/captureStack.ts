import fs from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import type { BatchTaskCreateOptions } from "../../client";
import { listenTo } from "../diagnostics";
import type { Diagnostic } from "../diagnostics";
import { isKnown } from "../unknowns";
import { idOf, outputsOf } from "./cloud";

/** A resource that a program declares. */
export interface CapturedResource<Inputs = Readonly<Record<string, unknown>>> {
    /** Type token, such as `azure-native:batch:Pool`. */
    readonly type: string;
    /** Logical name. */
    readonly name: string;
    /** What the program says of it, with all Outputs resolved; what is not known at preview is left out. */
    readonly inputs: Inputs;
}

/** A resource class of any SDK, or of this library. */
export type ResourceClass<Args> = (abstract new (
    name: string,
    args: Args,
    opts?: never,
) => pulumi.Resource) & { readonly name: string };

/** A class of components, of this library or of yours. Its arguments are its own: the engine has none of them. */
export type ComponentClass<Component extends pulumi.ComponentResource> = (abstract new (
    ...given: never[]
) => Component) & { readonly name: string };

/** A resource that the program has made, with its logical name. */
interface Made {
    readonly name: string;
    readonly resource: pulumi.Resource;
}

/** Inputs as a class takes them, without Outputs. */
export type InputsOf<Args> = Partial<pulumi.Unwrap<NonNullable<Args>>>;

/** Options of {@link captureStack}. */
export interface CaptureOptions {
    /**
     * As `pulumi preview` runs the program: ids and outputs of the cloud are not known, and errors of components do not end it but come
     * in `diagnostics`.
     * @default false
     */
    readonly preview?: boolean;
    /** @default "project" */
    readonly project?: string;
    /** @default "stack" */
    readonly stack?: string;
    /** The stack's configuration, such as `{ "azure-native:location": "westeurope" }`. @default none */
    readonly config?: Readonly<Record<string, string>>;
    /** Outputs of single resources, in place of those that are made up. @default none */
    readonly outputs?: (resource: CapturedResource) => Readonly<Record<string, unknown>> | undefined;
}

/** What a program declares. */
export class CapturedStack<Result = unknown> {
    readonly #made: readonly Made[];

    constructor(
        /** All resources, in the order in which they were registered. */
        readonly resources: readonly CapturedResource[],
        /** Errors (at preview) and warnings of the components. */
        readonly diagnostics: readonly Diagnostic[],
        /** What the program returned. */
        readonly result: Result,
        made: readonly Made[] = [],
    ) {
        this.#made = made;
    }

    /** All resources of a class, or of a type token. */
    all(of: ComponentClass<pulumi.ComponentResource>): CapturedResource<Readonly<Record<string, never>>>[];
    all<Args>(of: ResourceClass<Args>): CapturedResource<InputsOf<Args>>[];
    all(of: string): CapturedResource[];
    all(of: { readonly name: string } | string): CapturedResource[] {
        return this.#all(of);
    }

    #all(of: { readonly name: string } | string): CapturedResource[] {
        const type = typeof of === "string" ? of : typeOf(of);
        return this.resources.filter((resource) => resource.type === type);
    }

    /**
     * The one resource of a class, or of a class and logical name.
     * @throws when there is none, or more than one
     */
    one(
        of: ComponentClass<pulumi.ComponentResource>,
        name?: string,
    ): CapturedResource<Readonly<Record<string, never>>>;
    one<Args>(of: ResourceClass<Args>, name?: string): CapturedResource<InputsOf<Args>>;
    one(of: string, name?: string): CapturedResource;
    one(of: { readonly name: string } | string, name?: string): CapturedResource {
        const all = this.#all(of);
        const found = name === undefined ? all : all.filter((resource) => resource.name === name);
        const [first] = found;
        if (first !== undefined && found.length === 1) return first;
        const what = `${typeof of === "string" ? of : of.name}${name === undefined ? "" : ` '${name}'`}`;
        const there = this.resources.map((resource) => `${resource.type} '${resource.name}'`).join(", ");
        throw new Error(`${found.length} resources are ${what}, not one; the program declares ${there}`);
    }

    /**
     * The one component of a class, or of a class and logical name: the very object that the program has made, with all that the class has.
     * @throws when there is none, or more than one; one that was refused at preview is none
     * @example
     * const pool = stack.component(Pool, "cpu");
     * assert.equal(await stack.value(pool.taskSlotsPerNode), 4);
     */
    component<Component extends pulumi.ComponentResource>(
        of: ComponentClass<Component>,
        name?: string,
    ): Component {
        const isOne = (resource: pulumi.Resource): resource is Component => resource instanceof of;
        const found = this.#made
            .filter((made) => name === undefined || made.name === name)
            .flatMap(({ resource }) => (isOne(resource) ? [resource] : []));
        const [first] = found;
        if (first !== undefined && found.length === 1) return first;
        const what = `${of.name}${name === undefined ? "" : ` '${name}'`}`;
        const there = this.#made
            .filter(({ resource }) => resource instanceof pulumi.ComponentResource)
            .map((made) => `${made.resource.constructor.name} '${made.name}'`)
            .join(", ");
        throw new Error(`${found.length} components are ${what}, not one; the program makes ${there}`);
    }

    /** What an Output holds; undefined when that is not known, as most is at preview. */
    async value<Value>(output: pulumi.Output<Value>): Promise<Value | undefined> {
        if (!(await isKnown(output))) return undefined;
        return new Promise((resolve) => output.apply(resolve));
    }

    /** Tasks of a task collection, as they are submitted; not at preview. @param name logical name of the collection */
    tasks(name: string): BatchTaskCreateOptions[] {
        const { inputs } = this.one("pulumi-nodejs:dynamic/pulumi-azure-batch:TaskCollection", name);
        return fs
            .readFileSync(String(inputs["spool"]), "utf8")
            .split("\n")
            .filter((line) => line !== "")
            .map((line) => JSON.parse(line) as BatchTaskCreateOptions);
    }
}

// The class itself says its token; for those of this library it is their name.
function typeOf(of: { readonly name: string }): string {
    const own = (of as { __pulumiType?: unknown }).__pulumiType;
    return typeof own === "string" ? own : `pulumi-azure-batch:index:${of.name}`;
}

// The SDK has one set of mocks a process.
let last: Promise<unknown> = Promise.resolve();

/**
 * Runs a program without an engine or a cloud and gives what it declares: for tests of your own stacks, with no mock to write.
 * @param program makes the resources; it may be asynchronous
 * @throws what the program throws, such as `pulumi.InputPropertiesError` for wrong arguments
 * @example
 * const stack = await captureStack(() => makePools());
 * assert.equal(stack.one(azure.batch.Pool).inputs.vmSize, "Standard_D4s_v5");
 */
export function captureStack<Result>(
    program: () => Result | Promise<Result>,
    options: CaptureOptions = {},
): Promise<CapturedStack<Result>> {
    const run = last.then(() => capture(program, options));
    last = run.catch(() => undefined);
    return run;
}

async function capture<Result>(
    program: () => Result | Promise<Result>,
    options: CaptureOptions,
): Promise<CapturedStack<Result>> {
    const resources: CapturedResource[] = [];
    const diagnostics: Diagnostic[] = [];
    const made: Made[] = [];
    const preview = options.preview ?? false;
    await pulumi.runtime.setMocks(
        {
            newResource: ({ type, name, inputs, id }) => {
                const { __provider: _closure, ...own } = withoutUnknowns(inputs) as Record<string, unknown>;
                const resource = { type, name, inputs: own };
                if (type !== "pulumi:pulumi:Stack") resources.push(resource);
                const custom = options.outputs?.(resource);
                const added = preview ? {} : outputsOf(type, name, own);
                return {
                    id: id || (preview ? undefined : idOf(type, name, own)),
                    state: { ...inputs, ...added, ...custom },
                };
            },
            call: ({ token, inputs }) =>
                token === "azure-native:authorization:getClientConfig"
                    ? {
                          clientId: "client",
                          objectId: "deployer",
                          subscriptionId: "00000000-0000-0000-0000-000000000001",
                          tenantId: "tenant",
                      }
                    : inputs,
        },
        options.project ?? "project",
        options.stack ?? "stack",
        preview,
        "organization",
    );
    pulumi.runtime.setAllConfig({ ...options.config });
    const stop = listenTo((diagnostic) => diagnostics.push(diagnostic));
    try {
        let result: { value: Result } | undefined;
        await pulumi.runtime.runInPulumiStack(async () => {
            pulumi.runtime.registerStackTransformation(({ resource, name }) => {
                made.push({ name, resource });
                return undefined;
            });
            result = { value: await program() };
            return {};
        });
        await settled();
        return new CapturedStack(
            resources,
            diagnostics,
            (result as unknown as { value: Result }).value,
            made,
        );
    } finally {
        stop();
    }
}

function withoutUnknowns(value: unknown): unknown {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.filter((item) => !pulumi.isUnknown(item)).map(withoutUnknowns);
    const known = Object.entries(value).filter(([, inner]) => !pulumi.isUnknown(inner));
    return Object.fromEntries(known.map(([name, inner]) => [name, withoutUnknowns(inner)]));
}

// Resources are registered in later turns, after their inputs; when nothing new comes for some turns, all are.
async function settled(): Promise<void> {
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
}
