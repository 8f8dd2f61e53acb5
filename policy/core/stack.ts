import type { PolicyResource } from "@pulumi/policy";
import type { Kind } from "./kinds";
import { kindOf } from "./kinds";
import { Facts, UnknownValue } from "./known";
import { withoutGuard } from "./library";
import { originOf, viewOf } from "./views";

/** A finding of a rule about the stack: where, and what. */
export interface StackFinding {
    readonly at: StackResource;
    readonly message: string;
}

/** A resource among the others of its stack. */
export class StackResource {
    readonly facts: Facts;

    constructor(
        readonly kind: Kind,
        readonly resource: PolicyResource,
        skip: (unknown: UnknownValue) => void,
    ) {
        this.facts = new Facts(viewOf(resource.type, withoutGuard(resource.props)), "", skip);
    }

    get name(): string {
        return this.resource.name;
    }

    get urn(): string {
        return this.resource.urn;
    }

    /** Whether a property was made from an output of the other resource. */
    derives(property: string, other: StackResource): boolean {
        return this.madeFrom(property).includes(other.resource);
    }

    /** The resources that a property was made from. */
    madeFrom(property: string): readonly PolicyResource[] {
        return this.resource.propertyDependencies[originOf(this.resource.type, property)] ?? [];
    }
}

/** What a rule about the stack gets to see: the resources that some rule is about. */
export class Stack {
    private readonly byKind = new Map<Kind, StackResource[]>();
    private readonly relations = new Map<string, Relation>();

    constructor(
        resources: readonly PolicyResource[],
        skip: (resource: PolicyResource, unknown: UnknownValue) => void,
    ) {
        for (const resource of resources) {
            const kind = kindOf(resource.type);
            if (kind === undefined) continue;
            const entry = new StackResource(kind, resource, (unknown) => skip(resource, unknown));
            add(this.byKind, kind, entry);
        }
    }

    of(kind: Kind): readonly StackResource[] {
        return this.byKind.get(kind) ?? [];
    }

    /** Findings about each resource of a kind; an unknown value ends the judgement of that resource alone. */
    judge(kind: Kind, judge: (resource: StackResource) => string | undefined): StackFinding[] {
        return this.of(kind).flatMap((at) => {
            const message = at.facts.attempt(() => judge(at));
            return typeof message === "string" ? [{ at, message }] : [];
        });
    }

    /**
     * The resources of a kind that a property of another one refers to: made from their outputs, or naming them by id or name.
     * @param path the property's path; the engine knows what its first part was made from
     */
    referred(from: StackResource, path: string, kind: Kind): readonly StackResource[] {
        const { targets, unknown } = this.relation(from.kind, path, kind);
        const reason = unknown.get(from);
        if (reason !== undefined) throw reason;
        return targets.get(from) ?? [];
    }

    /** The resources of a kind that refer to a resource by a property; one of which that is not known may be any of them. */
    referring(to: StackResource, kind: Kind, path: string): readonly StackResource[] {
        const { sources, unknown } = this.relation(kind, path, to.kind);
        const [reason] = unknown.values();
        if (reason !== undefined) throw reason;
        return sources.get(to) ?? [];
    }

    /** Who refers to whom, found once: stacks have thousands of resources. */
    private relation(from: Kind, path: string, to: Kind): Relation {
        const key = `${from} ${path} ${to}`;
        let relation = this.relations.get(key);
        if (relation === undefined) {
            relation = relate(this.of(from), path, this.of(to));
            this.relations.set(key, relation);
        }
        return relation;
    }
}

interface Relation {
    readonly targets: ReadonlyMap<StackResource, readonly StackResource[]>;
    readonly sources: ReadonlyMap<StackResource, readonly StackResource[]>;
    readonly unknown: ReadonlyMap<StackResource, UnknownValue>;
}

function add<K, V>(map: Map<K, V[]>, key: K, value: V): void {
    const values = map.get(key);
    if (values === undefined) map.set(key, [value]);
    else values.push(value);
}

function relate(
    froms: readonly StackResource[],
    path: string,
    candidates: readonly StackResource[],
): Relation {
    const targets = new Map<StackResource, StackResource[]>();
    const sources = new Map<StackResource, StackResource[]>();
    const unknown = new Map<StackResource, UnknownValue>();
    const byResource = new Map(candidates.map((candidate) => [candidate.resource, candidate]));
    const byId = new Map<string, StackResource[]>();
    for (const candidate of candidates) for (const id of idsOf(candidate)) add(byId, id, candidate);
    const property = path.split(".", 1)[0] ?? path;
    for (const from of froms) {
        let found = from.madeFrom(property).flatMap((resource) => byResource.get(resource) ?? []);
        try {
            if (found.length === 0) found = byId.get(from.facts.text(path)?.toLowerCase() ?? "") ?? [];
        } catch (error) {
            if (!(error instanceof UnknownValue)) throw error;
            unknown.set(from, error);
        }
        for (const target of new Set(found)) {
            add(targets, from, target);
            add(sources, target, from);
        }
    }
    return { targets, sources, unknown };
}

const NAMES: Partial<Record<Kind, readonly string[]>> = {
    account: ["id", "accountName", "name"],
    pool: ["id", "poolName", "name"],
    application: ["id", "applicationName", "name"],
    job: ["jobId"],
    privateEndpoint: ["id", "privateEndpointName", "name"],
};

/** Ids and names by which another resource may refer to this one, as far as they are known. */
function idsOf({ kind, facts }: StackResource): string[] {
    return (NAMES[kind] ?? []).flatMap((path) => {
        try {
            return facts.text(path)?.toLowerCase() ?? [];
        } catch {
            return [];
        }
    });
}
