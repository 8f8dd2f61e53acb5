import { check } from "../check/check";
import type { Formula } from "../language/ast";
import { DEDICATED, SPOT } from "../language/names";
import { CURRENT } from "./bounds";
import { type Analysis, analyse } from "./facts";

/** Nodes of each kind that a formula can ask for at most; undefined where it has no bound of its own. */
export interface MostNodes {
    readonly dedicated: number | undefined;
    readonly spot: number | undefined;
}

/**
 * The most nodes that a formula can ask for. A kind that it gives no target stays as it is: none, in a pool that it sizes alone.
 * @returns undefined for a formula with errors: the service does not evaluate it
 */
export function mostNodes(text: string | Formula): MostNodes | undefined {
    const { formula, diagnostics } = check(text);
    if (!formula.complete || diagnostics.some(({ severity }) => severity === "error")) return undefined;
    return mostOf(analyse(formula));
}

/** The same of a formula that was looked at already. */
export const mostOf = (analysis: Analysis): MostNodes => ({
    dedicated: highest(analysis, DEDICATED),
    spot: highest(analysis, SPOT),
});

/** The highest value of a target, by its full name; 0 for one that is not assigned, undefined where there is no bound. */
export function highest({ final }: Analysis, name: string): number | undefined {
    const high = Math.floor(final.get(name)?.bounds.high ?? 0);
    return high >= CURRENT / 1000 ? undefined : Math.max(0, high);
}
