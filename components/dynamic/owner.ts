import type { BatchMetadataItem } from "../../client";
import { unsure } from "./known";
import type { Unsure } from "./known";

/** Name of the metadata item that says whose a job or schedule is. */
const OWNER = "pulumi-azure-batch:owner";

/** True for names of metadata items that are kept for this library. */
export const isOurs = (name: string | undefined): boolean => name?.startsWith("pulumi-azure-batch:") === true;

/** Whose it is: organization, project, stack and name; undefined for what no stack of this library has made. */
export function ownerOf(found: { metadata?: readonly BatchMetadataItem[] }): string | undefined {
    return found.metadata?.find(({ name }) => name === OWNER)?.value;
}

/** Whether two owners are of one stack: a component has another name when it was renamed. */
export function ofOneStack(one: string | undefined, other: string | undefined): boolean {
    const stackOf = (owner: string): string => owner.split("/", 3).join("/");
    return one !== undefined && other !== undefined && stackOf(one) === stackOf(other);
}

/** Whose it stays when its component is renamed, or its stack: so that is no change. An import knows of no owner. */
export const keptOwner = (olds: { readonly owner?: string }): { readonly owner?: Unsure<string> } =>
    olds.owner === undefined || olds.owner === "" ? {} : { owner: unsure(olds.owner) };

/** The metadata that is sent: what the user says and whose it is. */
export function withOwner(
    metadata: readonly BatchMetadataItem[] | undefined,
    owner: string,
): BatchMetadataItem[] {
    return [...(metadata ?? []), { name: OWNER, value: owner }];
}

/** The metadata without what this library adds; undefined when nothing is left. */
export function withoutOwner(
    metadata: readonly BatchMetadataItem[] | undefined,
): BatchMetadataItem[] | undefined {
    const rest = (metadata ?? []).filter(({ name }) => !isOurs(name));
    return rest.length === 0 ? undefined : rest;
}

/**
 * Refuses to take over what is not this stack's.
 * @param what `job frames`, `job schedule nightly`
 */
export function refuseForeign(
    what: string,
    found: { metadata?: readonly BatchMetadataItem[] },
    wanted: { readonly owner: string; readonly adopt?: boolean },
): void {
    const owner = ownerOf(found);
    if (owner === wanted.owner || wanted.adopt === true) return;
    throw new Error(
        `${what} exists and is ${owner === undefined ? "not of a Pulumi stack" : `that of ${owner}`}: choose another id, delete it, or adopt it with \`adopt: true\` in the arguments of this resource`,
    );
}
