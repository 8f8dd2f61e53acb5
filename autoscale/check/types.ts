import type { Diagnostic } from "../language/source";
import type { Formula } from "../language/ast";

/** What is known about the pool and the account a formula is for. All of it is optional; the linter uses what it gets. */
export interface CheckContext {
    /** Task slots of a node of the pool. */
    readonly taskSlotsPerNode?: number;
    /** Nodes of each kind that the account's quota allows for the pool's VM size. */
    readonly maxDedicatedNodes?: number;
    readonly maxSpotNodes?: number;
    /** Time between two evaluations, in seconds. @default 900 */
    readonly evaluationIntervalSeconds?: number;
    /** Codes of findings that are known and accepted. */
    readonly acknowledge?: readonly string[];
}

export interface CheckResult {
    /** False when the service would refuse the formula or its evaluation must fail. Warnings do not count. */
    readonly ok: boolean;
    readonly diagnostics: Diagnostic[];
    /** Every variable the formula assigns, as written, in order of first assignment. */
    readonly assigns: string[];
    readonly formula: Formula;
}
