import type { PolicyResource } from "@pulumi/policy";
import type { Kind } from "./kinds";
import { kindOf } from "./kinds";
import type { UnknownValue } from "./known";
import { Facts } from "./known";
import { withoutGuard } from "./library";

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
        this.facts = new Facts(withoutGuard(resource.props), "", skip);
    }

    get name(): string {
        return this.resource.name;
    }

    get urn(): string {
        return this.resource.urn;
    }

    /** Whether a property was made from an output of the other resource. */
    derives(property: string, other: StackResource): boolean {
        return this.resource.propertyDependencies[property]?.includes(other.resource) === true;
    }
}

/** What a rule about the stack gets to see: the resources that some rule is about. */
export class Stack {
    private readonly byKind = new Map<Kind, StackResource[]>();

    constructor(
        resources: readonly PolicyResource[],
        skip: (resource: PolicyResource, unknown: UnknownValue) => void,
    ) {
        for (const resource of resources) {
            const kind = kindOf(resource.type);
            if (kind === undefined) continue;
            const entry = new StackResource(kind, resource, (unknown) => skip(resource, unknown));
            this.byKind.set(kind, [...this.of(kind), entry]);
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
    referred(from: StackResource, path: string, kind: Kind): StackResource[] {
        const candidates = this.of(kind);
        const property = path.split(".", 1)[0] ?? path;
        const derived = candidates.filter((candidate) => from.derives(property, candidate));
        if (derived.length > 0) return derived;
        const value = from.facts.text(path)?.toLowerCase();
        if (value === undefined) return [];
        return candidates.filter((candidate) => idsOf(candidate).includes(value));
    }

    /** The resources of a kind that refer to a resource by a property. */
    referring(to: StackResource, kind: Kind, path: string): StackResource[] {
        return this.of(kind).filter((from) => this.referred(from, path, to.kind).includes(to));
    }
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
