import { checker } from "../../http/check";
import type { Problem } from "../../http/check";
import { corrections } from "./corrections";
import { enums, shapes } from "./generated/shapes";

/** The shapes of request bodies, and one more: a collection whose tasks are checked one by one, each with its own answer. */
export const check = checker({ ...shapes, TaskCollection: { value: "[raw]!" } }, enums, corrections);

/** The body could not be read as what it should be, whatever its values. */
export function isSyntactic(problem: Problem): boolean {
    return problem.rule === "unknown" || problem.rule === "type";
}

/** Names that a resource has on the wire, for `$select`. */
export function propertiesOf(...names: string[]): ReadonlySet<string> {
    return new Set(names.flatMap((name) => Object.keys(shapes[name] ?? {})));
}
