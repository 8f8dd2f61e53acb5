import { DEALLOCATION, DEDICATED, SPOT } from "../language/names";
import { type Value, formatValue } from "./values";

interface Outcome {
    readonly targetDedicatedNodes: number;
    readonly targetSpotNodes: number;
    readonly nodeDeallocationOption: string;
}

// The service had one kind of node until then and named the target as the formula did: so read its recorded results of 2014 to 2016.
export const SPOT_NODES_SINCE = Date.UTC(2017, 4, 1);

/** The variables of the formula in the order they are shown. */
export type Shown = readonly { readonly name: string; readonly value: Value }[];

/** The results string of a run: the service's variables, then those of the formula. */
export function results(outcome: Outcome, shown: Shown): string {
    let text = `${DEDICATED}=${outcome.targetDedicatedNodes};${SPOT}=${outcome.targetSpotNodes};${DEALLOCATION}=${outcome.nodeDeallocationOption}`;
    for (const { name, value } of shown) text += `;${name}=${formatValue(value)}`;
    return text;
}

/** The same as the service of before May 2017 printed it. */
export function oldResults(outcome: Outcome, shown: Shown, assigned: Iterable<string>): string {
    const name =
        [...assigned].findLast((candidate) => /^\$targetdedicated(nodes)?$/i.test(candidate)) ?? DEDICATED;
    const misspelt = shown.find((variable) => variable.name === name)?.value;
    const target =
        typeof misspelt === "number" ? Math.max(0, Math.trunc(misspelt)) || 0 : outcome.targetDedicatedNodes;
    const own = shown
        .filter((variable) => variable.name !== name)
        .map((variable) => `;${variable.name}=${formatValue(variable.value)}`);
    return `${name}=${target};${DEALLOCATION}=${outcome.nodeDeallocationOption}${own.join("")}`;
}
